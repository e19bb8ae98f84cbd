# SPDX-License-Identifier: Apache-2.0
"""Look-alikes are remembered up to a bound; when one was forgotten, nothing new is trusted."""
from drawn_table import Disc, take
import numpy as np

from ris_ros.tracking.distractors import Distractors
from ris_ros.tracking.motion import shifted
from ris_ros.tracking.scaled_frame import ScaledFrame

STILL = np.eye(3)


def remember(distractors, places):
    for x, y in places:
        frame, masks = take(Disc('red', x, y, 5))
        distractors.add(ScaledFrame.of(frame), masks)
    return frame


def test_distractors_that_all_stand_are_recognised():
    distractors = Distractors()
    frame = remember(distractors, [(40, 40)])
    assert distractors.exist
    assert distractors.all_stand(ScaledFrame.of(frame), STILL)
    assert not distractors.all_stand(ScaledFrame.of(frame), None)
    assert not distractors.all_stand(ScaledFrame.of(frame), shifted((1, 0)))
    moved, _ = take(Disc('red', 100, 90, 5), stamp=1.0)
    assert not distractors.all_stand(ScaledFrame.of(moved), STILL)


def test_distractors_are_bounded_and_a_forgotten_one_is_not_trusted_to_stand():
    distractors, grid = Distractors(), [(x, y) for y in (20, 50, 80) for x in range(20, 140, 12)]
    frame = remember(distractors, grid)
    last, first = np.zeros((2, 120, 160), bool)
    last[80, 128] = first[20, 20] = True
    assert distractors.are_at(last)
    assert not distractors.are_at(first)
    everything, _ = take(*(Disc('red', x, y, 5) for x, y in grid))
    assert not distractors.all_stand(ScaledFrame.of(everything), STILL)
    assert not distractors.all_stand(ScaledFrame.of(frame), STILL)
