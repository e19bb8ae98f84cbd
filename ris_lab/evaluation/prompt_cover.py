# SPDX-License-Identifier: Apache-2.0
"""How many objects a prompt of Segment Anything lies on, which no weights can change."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
import time

import numpy as np

from ris_ros.frame import Frame
from ris_ros.proposals.embedded import EmbeddedProposer
from ris_ros.proposals.sam_prompts import InputGeometry, frame_prompts, grid_points
from ris_sim.rendering.camera_effects import photograph
from ris_sim.rendering.depth_effects import add_depth_noise
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene

# Sides of Segment Anything's input and of its mask prompts.
_SIDE, _MASK_SIDE = 1024, 256
_MOST_PROMPTS = 64
# Objects of which fewer pixels show do not count.
_LEAST_PIXELS = 150


class PromptWay(Enum):
    """Ways to prompt; a number is that of the grid's points along each side."""

    GRID_8 = 'grid of 8 x 8'
    GRID_16 = 'grid of 16 x 16'
    GRID_32 = 'grid of 32 x 32'
    OBJECTS = 'objects and 8 x 8, with depth'
    OBJECTS_IN_COLOUR = 'objects and 8 x 8, without depth'


_GRIDS = {PromptWay.GRID_8: 8, PromptWay.GRID_16: 16, PromptWay.GRID_32: 32}


@dataclass(frozen=True, eq=False)
class FramePrompts:
    """The prompts of one frame.

    Attributes:
        hits: (N,) number of prompts on each object.
        count: Number of prompts.
        seconds: CPU time that making them took.
    """

    hits: np.ndarray
    count: int
    seconds: float


def measure_prompts(seed: int, scenes: int) -> None:
    """Print how many objects of simulated scenes have a prompt on them, for each way to prompt.

    Args:
        seed: Of the scenes, whose shapes are those of the split 'test'.
        scenes: Number.
    """
    proposer = EmbeddedProposer()
    found: dict[PromptWay, list[FramePrompts]] = {way: [] for way in PromptWay}
    for number in range(scenes):
        rng = np.random.default_rng([seed, number])
        rendering = Renderer().render(sample_scene(rng, 'test'))
        depth = add_depth_noise(rendering.depth, rng, rendering.shiny)
        frame = Frame(photograph(rendering.image, rng), depth, rendering.camera)
        for way, frames in found.items():
            frames.append(prompt_frame(way, frame, rendering.labels, proposer))
    print('| prompts | a frame | objects | with a prompt | with several | CPU ms a frame |')
    print('| --- ' * 6 + '|')
    for way, frames in found.items():
        print(_table_row(way, frames))


def prompt_frame(way: PromptWay, frame: Frame, labels: np.ndarray,
                 proposer: EmbeddedProposer) -> FramePrompts:
    """Make the prompts of a frame and count those on each object.

    Args:
        way: How to prompt.
        frame: With depth.
        labels: (H, W) uint8, 0 where there is no object.
        proposer: Finds the objects.
    """
    began = time.process_time()
    points = _prompt_points(way, frame, proposer)
    seconds = time.process_time() - began
    columns, rows = points.astype(int).T
    on = labels[rows, columns]
    numbers, areas = np.unique(labels[labels > 0], return_counts=True)
    numbers = numbers[areas >= _LEAST_PIXELS]
    return FramePrompts((on == numbers[:, None]).sum(1), len(points), seconds)


def _prompt_points(way: PromptWay, frame: Frame, proposer: EmbeddedProposer) -> np.ndarray:
    """Return the (N, 2) points x, y of the picture at which a way prompts."""
    height, width = frame.size
    if way in _GRIDS:
        return grid_points(_GRIDS[way], frame.size)
    scale = _SIDE / max(frame.size)
    geometry = InputGeometry(frame.size, (round(height * scale), round(width * scale)), _SIDE,
                             _MASK_SIDE)
    seen = frame if way is PromptWay.OBJECTS else Frame(frame.image)
    prompts = frame_prompts(proposer.propose(seen), 8, _MOST_PROMPTS, geometry)
    points = np.concatenate([some.points.numpy() for some in prompts])
    return points * [width / geometry.input_size[1], height / geometry.input_size[0]]


def _table_row(way: PromptWay, frames: Sequence[FramePrompts]) -> str:
    """Return a row of the table."""
    hits = np.concatenate([frame.hits for frame in frames])
    count = np.mean([frame.count for frame in frames])
    milliseconds = 1000 * np.median([frame.seconds for frame in frames])
    return (f'| {way.value} | {count:.1f} | {len(hits)} | {np.mean(hits > 0):.3f} '
            f'| {np.mean(hits > 1):.3f} | {milliseconds:.1f} |')
