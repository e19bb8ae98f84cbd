# SPDX-License-Identifier: Apache-2.0
"""The scenes in which commands are spoken: the packaged worlds, or scenes that nobody picked."""
from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import yaml

from ris_lab.evaluation.metrics import intersection_union, iou
from ris_ros.frame import Frame
from ris_ros.grounding.result import Grounding
from ris_ros.index.scene_index import SceneIndex
from ris_ros.pipeline import Pipeline
from ris_sim.expressions.generator import generate_expressions
from ris_sim.rendering.renderer import Renderer, Rendering
from ris_sim.sampling.scenes import sample_scene
from ris_sim.scene import Scene
from ris_sim.worlds.sdf_reader import read_world

_IOU_NEEDED = 0.5
_DRAWN = 'drawn_'
_OBJECT_COUNT = (5, 8)
_KINDS = ('attribute', 'size', 'position', 'relation', 'absent')
_A_SCENE = 6  # commands


@dataclass(frozen=True)
class SpokenCommand:
    """A command with its truth.

    Attributes:
        text: The command.
        world: Name of its scene.
        target: Name of the object that it means; None for one that is not there.
    """

    text: str
    world: str
    target: str | None


@dataclass(frozen=True, eq=False)
class SeenWorld:
    """A scene as the robot sees it.

    Attributes:
        rendering: Its picture with the truth.
        labels: Name of each object, and its label in the rendering.
        index: What the models see.
    """

    rendering: Rendering
    labels: dict[str, int]
    index: SceneIndex


class SpokenScenes:
    """The scenes, seen by the models of the profile `embedded`."""

    def __init__(self, worlds: Path) -> None:
        """Load the models.

        Args:
            worlds: Folder of SDF worlds with their commands.
        """
        self.worlds = worlds
        self.pipeline = Pipeline.load('embedded')
        self._renderer = Renderer(640, 480)
        self.look = lru_cache(maxsize=None)(self._look)

    def packaged(self) -> list[SpokenCommand]:
        """Return the commands of the worlds."""
        plan = yaml.safe_load((self.worlds / 'commands.yaml').read_text())
        return [SpokenCommand(entry['text'], name, entry['target'])
                for name, world in plan.items() for entry in world['commands']]

    def draw(self, count: int, seed: int) -> list[SpokenCommand]:
        """Draw commands in new scenes, only such as are answered rightly when they are typed.

        What the models do not see is no fault of the ears.
        """
        found: list[SpokenCommand] = []
        number = seed * 10_000
        while len(found) < count:
            name = f'{_DRAWN}{number}'
            scene, seen = self._scene(name), self.look(name)
            expressions = generate_expressions(
                scene, seen.rendering.labels, np.random.default_rng([1, number]), 2, _KINDS)
            commands = [SpokenCommand(one.text, name, None if one.target_index is None else
                                      scene.objects[one.target_index].name)
                        for one in expressions]
            right = [one for one in commands
                     if self.is_right(one, self.pipeline.refer(seen.index, one.text))]
            order = np.random.default_rng([2, number]).permutation(len(right))[:_A_SCENE]
            found += [right[i] for i in sorted(order)]
            number += 1
        return found[:count]

    def is_right(self, command: SpokenCommand, grounding: Grounding) -> bool:
        """Tell whether an answer is the target, or that there is none where there is none."""
        if command.target is None:
            return grounding.status.name == 'NOT_FOUND'
        if grounding.status.name not in ('FOUND', 'ANSWERED') or grounding.mask is None:
            return False
        seen = self.look(command.world)
        truth = seen.rendering.labels == seen.labels[command.target]
        return iou(*intersection_union(grounding.mask, truth)) >= _IOU_NEEDED

    def _scene(self, name: str) -> Scene:
        """Return the scene of a name."""
        if name.startswith(_DRAWN):
            return sample_scene(np.random.default_rng([0, int(name.removeprefix(_DRAWN))]), 'test',
                                _OBJECT_COUNT)
        return read_world(str(self.worlds / f'{name}.sdf'))

    def _look(self, name: str) -> SeenWorld:
        """Render a scene and index its picture."""
        scene = self._scene(name)
        rendering = self._renderer.render(scene)
        labels = {thing.name: i for i, thing in enumerate(scene.objects, 1)}
        return SeenWorld(rendering, labels, self.pipeline.index(
            Frame(rendering.image, rendering.depth, rendering.camera)))
