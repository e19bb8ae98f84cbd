"""The lines of the next frame of a camera: unchanged, and changed in a tenth of the picture."""
from __future__ import annotations

from dataclasses import replace
import itertools

import numpy as np

from ris_ros.benchmark.line import Line
from ris_ros.frame import Frame
from ris_ros.incremental.updating import Updater
from ris_ros.pipeline import Pipeline

UNCHANGED_MS = 1.0
_AT_LEAST = 3.0
_REPEATS = 9
# Nothing is looked at again for its age alone.
_NEVER = 10 ** 9


def incremental_lines(pipeline: Pipeline, frame: Frame) -> list[Line]:
    """Return the lines of an update of the index against a full one.

    frame: 640 x 480 with depth.
    """
    still, moved = Updater(pipeline, _NEVER), Updater(pipeline, _NEVER)
    still.update(frame)
    moved.update(frame)
    frames = itertools.cycle([changed_in_a_tenth(frame), frame])
    return [
        Line('an unchanged frame', lambda: still.update(frame), lambda: pipeline.index(frame),
             most_ms=UNCHANGED_MS, repeats=_REPEATS, note='against a full index'),
        Line('10 % of the picture changed', lambda: moved.update(next(frames)),
             lambda: pipeline.index(frame), at_least=_AT_LEAST, repeats=_REPEATS,
             note='against a full index'),
    ]


def changed_in_a_tenth(frame: Frame) -> Frame:
    """Return the frame with a tenth of it, in the middle, turned over from left to right."""
    height, width = frame.size
    down, across = round(height * 0.1 ** 0.5), round(width * 0.1 ** 0.5)
    part = np.s_[(height - down) // 2:(height + down) // 2,
                 (width - across) // 2:(width + across) // 2]
    image, depth = frame.image.copy(), frame.depth.copy()
    image[part], depth[part] = image[part][:, ::-1].copy(), depth[part][:, ::-1].copy()
    return replace(frame, image=image, depth=depth)
