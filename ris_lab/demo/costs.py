# SPDX-License-Identifier: Apache-2.0
"""CPU time of an answer, measured in this process on the demo's first world."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
import time

from ris_ros.frame import Frame
from ris_ros.pipeline import Pipeline
from ris_ros.process import use_one_blas_thread
from ris_sim.rendering.renderer import Renderer
from ris_sim.worlds.sdf_reader import read_world

_REPEATS = 5
_TEXTS = ('the red mug', 'grab the small blue cube', 'the yellow banana next to the bowl',
          'pick up the green bottle', 'the leftmost white plate')


@dataclass(frozen=True)
class Costs:
    """Median CPU seconds over all threads.

    Attributes:
        index: Of a scene index.
        command: Of a command on an indexed frame.
    """

    index: float
    command: float


def measure_costs(profile: str, world: Path) -> Costs:
    """Index a rendered 640 x 480 frame and ground commands in it, several times each."""
    use_one_blas_thread()  # as the node does
    pipeline = Pipeline.load(profile)
    rendering = Renderer().render(read_world(world))
    frame = Frame(rendering.image, rendering.depth, rendering.camera)
    scene = pipeline.index(frame)  # the first pass of each also warms up
    pipeline.ground(scene, _TEXTS[0])
    index = [_cpu_seconds(lambda: pipeline.index(frame)) for _ in range(_REPEATS)]
    command = [_cpu_seconds(lambda text=text: pipeline.ground(scene, text)) for text in _TEXTS]
    return Costs(median(index), median(command))


def _cpu_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start
