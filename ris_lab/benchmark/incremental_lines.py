# SPDX-License-Identifier: Apache-2.0
"""The lines of a camera's next frame: unchanged, with a moved object, or with a new tenth."""
from __future__ import annotations

from dataclasses import replace
from functools import cache
import itertools

import numpy as np

from ris_lab.benchmark.line import Line
from ris_ros.frame import Frame
from ris_ros.index.thumbnail import changed_blocks, thumbnail
from ris_ros.index.updater import Updater
from ris_ros.pipeline import Pipeline
from ris_sim.rendering.renderer import Renderer
from ris_sim.streams import make_stream

UNCHANGED_MS = 1.0
_AT_LEAST = 3.0
_REPEATS = 9
_SEED = 1
# A refresh by age alone would disturb the measurement.
_NEVER = 10 ** 9


def incremental_lines(pipeline: Pipeline) -> list[Line]:
    """Return the lines of an update of the index against a full one, at 640 x 480 with depth."""
    first, then = moved_object()
    still = Updater(pipeline.proposer, pipeline.encoder, _NEVER)
    still.update(first)
    return [
        Line('an unchanged frame', lambda: still.update(first),
             lambda: pipeline.index(replace(first)), most_ms=UNCHANGED_MS, repeats=_REPEATS,
             note='against a full index'),
        _line(pipeline, 'an object moved', first, then),
        _line(pipeline, '10 % of the picture changed', first, changed_in_a_tenth(first)),
    ]


def _line(pipeline: Pipeline, name: str, first: Frame, then: Frame) -> Line:
    """Return the line of updates from one frame to another and back."""
    updater = Updater(pipeline.proposer, pipeline.encoder, _NEVER)
    frames = itertools.cycle([then, first])
    updater.update(first)
    share = changed_blocks(thumbnail(first), thumbnail(then)).mean()
    return Line(name, lambda: updater.update(next(frames)), lambda: pipeline.index(replace(first)),
                at_least=_AT_LEAST, repeats=_REPEATS,
                note=f'{100 * share:.0f} % of its blocks; against a full index')


@cache
def moved_object() -> tuple[Frame, Frame]:
    """Return two noisy frames of a scene; an object has moved in the second one."""
    shots = make_stream('other_moves', _SEED, count=3, rate=2.0).shots(Renderer())
    first, then, _ = (shot.frame for shot in shots)
    return first, then


def changed_in_a_tenth(frame: Frame) -> Frame:
    """Return the frame with a tenth of it, in the middle, mirrored from left to right."""
    height, width = frame.size
    down, across = round(height * 0.1 ** 0.5), round(width * 0.1 ** 0.5)
    part = np.s_[(height - down) // 2:(height + down) // 2,
                 (width - across) // 2:(width + across) // 2]
    image, depth = frame.image.copy(), frame.depth.copy()
    image[part], depth[part] = frame.image[part][:, ::-1], frame.depth[part][:, ::-1]
    return replace(frame, image=image, depth=depth)
