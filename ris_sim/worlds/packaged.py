"""Make the worlds of the demo: python -m ris_sim.worlds.packaged --out worlds.

Each world is ``sample_scene`` of its seed with shapes of the held-out split. The seeds were chosen
for scenes in which every object is well in view, which together show most categories and colours,
things on and in others, and of which the embedded profile understands most; what it gets right in
general is measured on scenes of ``ris simulate`` that nobody chose. The commands follow from the
seed too. One more world, relations.sdf, is laid by hand (see laid_table), and so are its commands,
relations.yaml.
"""
from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import yaml

from ris_sim.expressions.expression import Expression
from ris_sim.expressions.generator import generate_expressions
from ris_sim.expressions.vocabulary import GENERIC_WORDS
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene
from ris_sim.scene import Scene
from ris_sim.worlds.laid_table import lay_table
from ris_sim.worlds.sdf_writer import write_world

OBJECT_COUNT = (5, 8)
ATTRIBUTE_COMMANDS = 3
# Seed of each world, and the two kinds of command that it has besides attributes.
WORLDS = (
    (296, ('size', 'relation')), (150, ('size', 'position')), (164, ('position', 'relation')),
    (162, ('position', 'absent')), (688, ('size', 'relation')), (359, ('size', 'position')),
    (142, ('size', 'absent')), (680, ('position', 'absent')))


def make_scene(seed: int) -> Scene:
    """Return the scene of a seed."""
    return sample_scene(np.random.default_rng(seed), 'test', OBJECT_COUNT)


def make_commands(seed: int, scene: Scene, labels: np.ndarray,
                  others: tuple[str, ...]) -> list[Expression]:
    """Draw the commands of a world: attributes of different objects, and one of other kinds."""
    rng = np.random.default_rng([seed, 1])
    chosen: dict[int, Expression] = {}
    for expression in generate_expressions(scene, labels, rng, 8, ('attribute',)):
        if expression.phrase.split()[-1] not in GENERIC_WORDS:
            chosen.setdefault(expression.target_index, expression)
    attributes = list(chosen.values())[:ATTRIBUTE_COMMANDS]
    return [*attributes, *(make_command(seed, scene, labels, kind) for kind in others)]


def make_command(seed: int, scene: Scene, labels: np.ndarray, kind: str) -> Expression:
    """Draw a command of a kind; of relations, one with 'on' or 'in' where the scene has such."""
    rng = np.random.default_rng([seed, 2, len(kind)])
    found = generate_expressions(scene, labels, rng, 6, (kind,))
    return next((e for e in found if e.detail in ('on', 'in')), found[0])


def as_record(expression: Expression, scene: Scene) -> dict[str, str | None]:
    """Return a command as plain YAML values."""
    index = expression.target_index
    return {'kind': expression.kind, 'text': expression.text,
            'target': None if index is None else scene.objects[index].name}


def main() -> None:
    """Write worlds/tabletop_*.sdf, relations.sdf, their meshes and worlds/commands.yaml."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--out', type=Path, default=Path('worlds'), help='folder [worlds]')
    out = parser.parse_args().out
    renderer, worlds = Renderer(), {}
    for number, (seed, others) in enumerate(WORLDS, 1):
        scene = make_scene(seed)
        write_world(out / f'tabletop_{number}.sdf', scene, renderer.width, renderer.height)
        commands = make_commands(seed, scene, renderer.render(scene).labels, others)
        worlds[f'tabletop_{number}'] = {
            'seed': seed, 'commands': [as_record(command, scene) for command in commands]}
    write_world(out / 'relations.sdf', lay_table(), renderer.width, renderer.height)
    header = ('# Commands for the worlds beside this file, with the name of the model that is\n'
              '# meant (null: nothing in the world). Made by ris_sim.worlds.packaged.\n')
    text = yaml.safe_dump(worlds, sort_keys=False, width=100)
    (out / 'commands.yaml').write_text(header + text)


if __name__ == '__main__':
    main()
