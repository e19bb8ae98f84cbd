# SPDX-License-Identifier: Apache-2.0
"""The lines of the next frame measure what their names say."""
import numpy as np

from ris_lab.benchmark.incremental_lines import changed_in_a_tenth, incremental_lines, moved_object
from ris_ros.frame import Frame
from ris_ros.index.updater import UpdateKind
from ris_ros.pipeline import Pipeline


def test_lines_do_what_they_say():
    unchanged, moved, tenth = incremental_lines(Pipeline.load('embedded'))
    assert unchanged.ours().kind is UpdateKind.UNCHANGED
    for line in (moved, tenth):
        for _ in range(2):  # there and back
            update = line.ours()
            assert update.kind is not UpdateKind.UNCHANGED
            assert update.reused > 0
    assert len(unchanged.plain().masks) > 3


def test_a_tenth_of_the_picture_changes():
    rng = np.random.default_rng(0)
    frame = Frame(rng.integers(0, 255, (480, 640, 3), dtype=np.uint8),
                  rng.random((480, 640), dtype=np.float32))
    changed = changed_in_a_tenth(frame)
    assert abs((changed.depth != frame.depth).mean() - .1) < .002
    assert abs((changed.image != frame.image).any(axis=2).mean() - .1) < .002


def test_an_object_moves():
    first, then = moved_object()
    assert .005 < (np.abs(first.image.astype(int) - then.image).max(axis=2) > 40).mean() < .2
