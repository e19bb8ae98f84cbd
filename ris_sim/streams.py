# SPDX-License-Identifier: Apache-2.0
"""Streams of a simulated RGB-D camera that looks at a scene in motion, with the truth.

>>> stream = make_stream('panning', seed=1)
>>> for shot in stream.shots(Renderer(320, 240)):
...     shot.frame, shot.rendering.labels == stream.target
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ris_ros.errors import RisError
from ris_ros.frame import Frame
from ris_sim.motions import KINDS, Motion, movable
from ris_sim.rendering.camera_effects import sensor_noise
from ris_sim.rendering.depth_effects import add_depth_noise
from ris_sim.rendering.raycast import visible_share
from ris_sim.rendering.renderer import Renderer, Rendering
from ris_sim.sampling.scenes import sample_scene
from ris_sim.scene import Scene

__all__ = ['KINDS', 'Shot', 'Stream', 'make_stream']

# Least and most objects of a scene.
COUNT = (4, 7)
# The target is clearly visible at first: its visible share, and the middle one of its edges.
VISIBLE = .85
SMALLEST_M = .05


@dataclass(frozen=True, eq=False)
class Shot:
    """One picture of a stream.

    Attributes:
        scene: the scene at that time.
        rendering: the true image, depth and labels.
        frame: the robot's input, with the noise of both sensors, stamped in seconds since the
            beginning of the stream.
    """

    scene: Scene
    rendering: Rendering
    frame: Frame


@dataclass(frozen=True)
class Stream:
    """A stream of pictures of a scene in motion.

    Attributes:
        kind: a key of motions.KINDS.
        at: returns the scene at a time in seconds.
        target: label of the object that is tracked.
        count: number of pictures.
        rate: pictures per second.
        seed: of the sensors' noise.
    """

    kind: str
    at: Motion
    target: int
    count: int
    rate: float
    seed: int

    def shots(self, renderer: Renderer) -> Iterator[Shot]:
        """Render picture after picture; a stream gives the same pictures each time."""
        rng = np.random.default_rng([self.seed, 1])
        read, shot_noise = rng.uniform(.002, .01), rng.uniform(.004, .018)
        last, rendering = None, None
        for number in range(self.count):
            scene = self.at(number / self.rate)
            if scene is not last:  # a still scene is rendered once
                rendering, last = renderer.render(scene), scene
            image = sensor_noise(rendering.image, read, shot_noise, rng)
            depth = add_depth_noise(rendering.depth, rng, rendering.shiny)
            yield Shot(scene, rendering, Frame(image, depth, rendering.camera,
                                               number / self.rate))


def make_stream(kind: str, seed: int, count: int = 60, rate: float = 15.0) -> Stream:
    """Draw a scene and a motion for a stream.

    Args:
        kind: a key of motions.KINDS.
        seed: the same seed gives the same stream.
        count: number of pictures.
        rate: pictures per second.

    Raises:
        RisError: if there is no such kind.
    """
    if kind not in KINDS:
        raise RisError(f'There is no stream {kind!r}; choose from {", ".join(KINDS)}.')
    rng = np.random.default_rng([seed, 0])
    while True:  # a few scenes have no good target, or no room for the motion
        scene = sample_scene(rng, 'test', COUNT)
        targets = [i for i in movable(scene) if _is_good_target(scene, i)]
        if not targets:
            continue
        index = int(rng.choice(targets))
        motion = KINDS[kind](scene, index, max(count - 1, 1) / rate, rng)
        if motion is not None:
            return Stream(kind, motion, index + 1, count, rate, seed)


def _is_good_target(scene: Scene, index: int) -> bool:
    """Tell whether an object is large enough and clearly visible."""
    thing = scene.objects[index]
    others = [other for i, other in enumerate(scene.objects) if i != index]
    model = scene.camera.model(640, 480)
    return (sorted(thing.extents)[1] > SMALLEST_M
            and visible_share(thing, others, scene.camera, model) > VISIBLE)
