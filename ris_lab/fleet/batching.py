# SPDX-License-Identifier: Apache-2.0
"""Frames of several robots whose crops share passes, against frames one after the other."""
from __future__ import annotations

from collections.abc import Sequence
import itertools
import time

from ris_lab.fleet.measures import BatchCost
from ris_ros.frame import Frame
from ris_ros.pipeline import Pipeline
from ris_ros.pool_server.models import index_together


def run_batches(pipeline: Pipeline, streams: Sequence[Sequence[Frame]], count: int) -> BatchCost:
    """Measure the CPU time of frames of several robots, batched and one after the other."""
    frames = [stream[number % len(stream)] for number, stream in zip(
        range(count), itertools.cycle(streams), strict=False)]
    spent = {True: 0.0, False: 0.0}
    _index(pipeline, frames, False)
    for together in (True, False, False, True):  # so that neither is always the first
        start = time.process_time()
        if together:
            _index(pipeline, frames, False)
        else:
            for frame in frames:
                _index(pipeline, [frame], True)
        spent[together] += (time.process_time() - start) / 2
    return BatchCost(count, spent[True], spent[False])


def _index(pipeline: Pipeline, frames: Sequence[Frame], separate: bool) -> None:
    """Index frames as the pool does; raise what the models raise."""
    for found in index_together(pipeline.image_models, frames, separate):
        if isinstance(found, Exception):
            raise found
