# SPDX-License-Identifier: Apache-2.0
"""How far positions and sizes are off, measured on simulated scenes with the noise of a camera."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ris_lab.evaluation.metrics import intersection_union, iou
from ris_ros.frame import Frame
from ris_ros.geometry.location import locate
from ris_ros.profile import load_profile
from ris_ros.proposals import Proposer
from ris_ros.proposals.sources import make_proposer
from ris_sim.dataset import surface_centroid
from ris_sim.rendering.camera_effects import photograph
from ris_sim.rendering.depth_effects import add_depth_noise
from ris_sim.rendering.renderer import Renderer, Rendering
from ris_sim.sampling.scenes import sample_scene

# Metres; objects at other distances do not count.
NEAR, FAR = .5, 1.5
# Objects of which fewer pixels show do not count.
LEAST_PIXELS = 150
# The 95 % point of the chi-squared distribution with three degrees of freedom.
EXPLAINED = 7.815


@dataclass(frozen=True)
class PositionError:
    """How far a mask's position is off; all NaN where it has none.

    Attributes:
        distance: Of the position from the truth, metres.
        squared: The squared error in units of the covariance.
        length: Error of the longest side, metres.
    """

    distance: float
    squared: float
    length: float


def measure_positions(profile: str, seed: int, scenes: int) -> None:
    """Print the errors of positions and sizes of objects that are .5 to 1.5 m away.

    One row is of the true masks, one of the profile's best proposal for each object, where their
    IoU is above .5.  The columns are how many objects have a position, its distance from the mean
    of the visible surface in the noiseless depth, the share of errors that the covariance explains
    (.95 if it is right), and the median error of the longest side.

    Args:
        profile: Its name or file.
        seed: Of the scenes.
        scenes: How many.
    """
    proposer = make_proposer(load_profile(profile).proposals, 'cpu')
    pairs = list(position_errors(proposer, seed, scenes))
    print('| masks | objects | located | median, mm | p95, mm | worst, mm | explained '
          '| longest side off by, mm |')
    print('| --- ' * 8 + '|')
    print(table_row('true', [true for true, _ in pairs]))
    print(table_row(f'own, of {len(pairs)} objects',
                    [own for _, own in pairs if own is not None]))


def position_errors(proposer: Proposer, seed: int, scenes: int
                    ) -> Iterator[tuple[PositionError, PositionError | None]]:
    """Yield for each object the error of its true mask and of its best proposal, if there is one.

    Args:
        proposer: Makes the proposals.
        seed: Of the scenes, whose shapes are those of the split 'test'.
        scenes: Number.
    """
    for number in range(scenes):
        rng = np.random.default_rng([seed, number])
        scene = sample_scene(rng, 'test')
        rendering = Renderer().render(scene)
        depth = add_depth_noise(rendering.depth, rng, rendering.shiny)
        frame = Frame(photograph(rendering.image, rng), depth, rendering.camera)
        proposals = proposer.propose(frame)
        for label in range(1, len(scene.objects) + 1):
            centroid = surface_centroid(rendering, label)
            if is_in_sight(rendering, label, centroid):
                mask = rendering.labels == label
                truth = rendering.frame()
                fit = [iou(*intersection_union(own, mask)) for own in proposals]
                best = int(np.argmax(fit)) if fit else -1
                own = (compare(proposals[best], frame, truth, mask, centroid)
                       if fit and fit[best] > .5 else None)
                yield compare(mask, frame, truth, mask, centroid), own


def is_in_sight(rendering: Rendering, label: int, centroid: np.ndarray | None) -> bool:
    """Tell whether an object is near enough, and enough of it shows."""
    return (centroid is not None and NEAR <= np.linalg.norm(centroid) <= FAR
            and (rendering.labels == label).sum() >= LEAST_PIXELS)


def compare(mask: np.ndarray, frame: Frame, truth: Frame, true_mask: np.ndarray,
            centroid: np.ndarray) -> PositionError:
    """Locate an object and compare its position and size with the truth.

    Args:
        mask: (H, W) bool, of the object in the noisy frame.
        frame: With the noise of a camera.
        truth: The same frame without noise.
        true_mask: (H, W) bool.
        centroid: (3,) metres, in the camera's optical frame.
    """
    found = locate(mask, frame)
    if found.position is None:
        return PositionError(np.nan, np.nan, np.nan)
    error = np.array(found.position) - centroid
    real = locate(true_mask, truth)
    return PositionError(float(np.linalg.norm(error)),
                         float(error @ np.linalg.solve(found.covariance, error)),
                         float(abs(found.size[0] - real.size[0])))


def table_row(name: str, errors: Sequence[PositionError]) -> str:
    """Return a row of the table of `measure_positions`."""
    distances = 1000 * np.array([error.distance for error in errors])
    located = np.isfinite(distances)
    lengths = 1000 * np.array([error.length for error in errors])[located]
    explained = np.array([error.squared for error in errors])[located] < EXPLAINED
    median, high, worst = np.percentile(distances[located], [50, 95, 100])
    return (f'| {name} | {len(errors)} | {located.sum()} | {median:.1f} | {high:.1f} '
            f'| {worst:.1f} | {explained.mean():.2f} | {np.median(lengths):.1f} |')
