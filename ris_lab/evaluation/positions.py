"""How far positions and sizes are off, measured on simulated scenes with the noise of a camera.

    python -m ris_lab.evaluation.positions --seed 77 --scenes 60

prints, for objects in sight at .5 to 1.5 m: with the true masks and with the profile's own (the
best proposal of each object, where it overlaps by more than half), how many have a position, its
error to the mean of the visible surface in the noiseless depth, the share of errors that the
covariance explains (95 % if it is right), and the error of the longest side.
"""
from __future__ import annotations

import argparse
from collections.abc import Iterator
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

NEAR, FAR = .5, 1.5
# What is hidden but for so few pixels is not in sight.
LEAST_PIXELS = 150
# Of the chi-squared distribution with three degrees of freedom.
EXPLAINED = 7.815


@dataclass(frozen=True)
class Row:
    """One object: error of its position and of its longest side, metres; NaN without position.

    surprise: squared error in units of the covariance.
    """

    error: float
    surprise: float
    length_error: float


def compare(mask: np.ndarray, frame: Frame, truth: Frame, true_mask: np.ndarray,
            centroid: np.ndarray) -> Row:
    """Return what a mask in a noisy frame makes of an object whose truth is known."""
    found = locate(mask, frame)
    if found.position is None:
        return Row(np.nan, np.nan, np.nan)
    error = np.array(found.position) - centroid
    real = locate(true_mask, truth)
    return Row(float(np.linalg.norm(error)),
               float(error @ np.linalg.solve(found.covariance, error)),
               float(abs(found.size[0] - real.size[0])))


def rows(proposer: Proposer, seed: int, scenes: int) -> Iterator[tuple[Row, Row | None]]:
    """Yield for each object the row of its true mask and that of its own, or None without one."""
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
    """Return whether an object is near enough, and shows enough of itself."""
    return (centroid is not None and NEAR <= np.linalg.norm(centroid) <= FAR
            and (rendering.labels == label).sum() >= LEAST_PIXELS)


def summary(name: str, some: list[Row]) -> str:
    """Return a row of the table."""
    error = 1000 * np.array([row.error for row in some])
    located = np.isfinite(error)
    longest = 1000 * np.array([row.length_error for row in some])[located]
    explained = np.array([row.surprise for row in some])[located] < EXPLAINED
    median, high, worst = np.percentile(error[located], [50, 95, 100])
    return (f'| {name} | {len(some)} | {located.sum()} | {median:.1f} | {high:.1f} | {worst:.1f} '
            f'| {explained.mean():.2f} | {np.median(longest):.1f} |')


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--profile', default='embedded')
    parser.add_argument('--seed', type=int, default=77)
    parser.add_argument('--scenes', type=int, default=60)
    args = parser.parse_args()
    proposer = make_proposer(load_profile(args.profile).proposals, 'cpu')
    pairs = list(rows(proposer, args.seed, args.scenes))
    print('| masks | objects | located | median, mm | p95, mm | worst, mm | explained '
          '| longest side off by, mm |')
    print('| --- ' * 8 + '|')
    print(summary('true', [true for true, _ in pairs]))
    print(summary(f'own, of {len(pairs)} objects', [own for _, own in pairs if own is not None]))


if __name__ == '__main__':
    main()
