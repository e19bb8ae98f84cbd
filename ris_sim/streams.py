"""Streams of a simulated RGB-D camera: what it sees of a scene that moves, with the truth.

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

COUNT = (4, 7)
# The target is looked for first, so it stands in sight, and not as a speck.
VISIBLE = .85
SMALLEST_M = .05


@dataclass(frozen=True, eq=False)
class Shot:
    """One picture of a stream.

    scene, rendering: the truth; rendering.labels tells the objects apart.  frame: what the robot
    gets, with the noise of both sensors, stamped in seconds from the beginning of the stream.
    """

    scene: Scene
    rendering: Rendering
    frame: Frame


@dataclass(frozen=True)
class Stream:
    """Pictures of a scene in motion.

    kind: a key of motions.KINDS.  at: returns the scene at a time in seconds.  target: label of
    the object that it is about.  count: of pictures.  rate: in hertz.  seed: draws the noise.
    """

    kind: str
    at: Motion
    target: int
    count: int
    rate: float
    seed: int

    def shots(self, renderer: Renderer) -> Iterator[Shot]:
        """Render picture after picture; the same stream gives the same ones each time."""
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
    """Return a stream of one kind (a key of motions.KINDS) in a scene drawn from the seed.

    Raises RisError for an unknown kind.
    """
    if kind not in KINDS:
        raise RisError(f'There is no stream {kind!r}; choose from {", ".join(KINDS)}.')
    rng = np.random.default_rng([seed, 0])
    while True:  # most scenes do; a few have no good target, or no room for the story
        scene = sample_scene(rng, 'test', COUNT)
        targets = [i for i in movable(scene) if _is_good_target(scene, i)]
        if not targets:
            continue
        index = int(rng.choice(targets))
        motion = KINDS[kind](scene, index, max(count - 1, 1) / rate, rng)
        if motion is not None:
            return Stream(kind, motion, index + 1, count, rate, seed)


def _is_good_target(scene: Scene, index: int) -> bool:
    """Return whether an object is in good sight."""
    thing = scene.objects[index]
    others = [other for i, other in enumerate(scene.objects) if i != index]
    model = scene.camera.model(640, 480)
    return (sorted(thing.extents)[1] > SMALLEST_M
            and visible_share(thing, others, scene.camera, model) > VISIBLE)
