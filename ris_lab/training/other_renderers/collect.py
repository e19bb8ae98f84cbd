"""Make data sets like `ris simulate`'s of rendered scenes.

Run it as python -m ris_lab.training.other_renderers.collect.

With --renderer builtin the same scenes are rendered here, for comparison.
"""
from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from ris_lab.training.other_renderers.export import SEED, SIZE, SPLIT, describe, draw
from ris_ros.errors import RisError
from ris_ros.image_files import write_image
from ris_sim.dataset import contact_sheet, tile, write_scene
from ris_sim.expressions.generator import generate_expressions
from ris_sim.rendering.renderer import Renderer, Rendering
from ris_sim.scene import Scene

RENDERERS = ('builtin', 'blender', 'mujoco')
PER_KIND = 2
SHEET_SCENES = 24


def load(path: Path, truth: Rendering) -> Rendering:
    """Read another renderer's picture; its intrinsics and shine are the truth's."""
    with np.load(path) as arrays:
        return Rendering(arrays['image'], arrays['depth'], arrays['labels'], truth.camera,
                         truth.shiny)


def redraw(folder: Path) -> tuple[int, Scene]:
    """Return number and scene of an exported folder.

    Raises RisError where the simulation has changed since it was exported.
    """
    number = int(folder.name.removeprefix('scene_'))
    scene = draw(number)
    exported = json.loads((folder / 'scene.json').read_text())
    if json.loads(json.dumps(describe(scene)[0])) != exported:
        raise RisError(f'The simulation no longer draws the scene in {folder}; export and render '
                       'the scenes again.')
    return number, scene


def depth_difference(one: Rendering, other: Rendering) -> float:
    """Return the median difference in metres where both see the same object."""
    same = (one.labels == other.labels) & (one.labels > 0)
    return float(np.median(np.abs(one.depth - other.depth)[same]))


def main() -> None:
    """Write a data set of every scene that has a picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--scenes', type=Path, required=True, help='folder of exported scenes')
    parser.add_argument('--renderer', choices=RENDERERS, required=True)
    parser.add_argument('--out', type=Path, required=True, help='folder of the data set')
    arguments = parser.parse_args()
    renderer, tiles, differences, total = Renderer(*SIZE), [], [], 0
    for folder in sorted(arguments.scenes.glob('scene_*')):
        picture = folder / f'{arguments.renderer}.npz'
        if arguments.renderer != 'builtin' and not picture.exists():
            continue
        number, scene = redraw(folder)
        rendering = truth = renderer.render(scene)
        if arguments.renderer != 'builtin':
            rendering = load(picture, truth)
            differences.append(depth_difference(rendering, truth))
        # All renderers get the same sayings and the same camera noise.
        rng = np.random.default_rng([SEED + 1, number])
        expressions = generate_expressions(scene, truth.labels, rng, PER_KIND)
        image = write_scene(arguments.out / folder.name, scene, rendering, expressions, rng)
        total += len(expressions)
        if len(tiles) < SHEET_SCENES:
            tiles.append(tile(image, rendering.labels, expressions))
    write_image(arguments.out / 'contact_sheet.png', contact_sheet(tiles))
    (arguments.out / 'simulation.json').write_text(json.dumps(
        {'seed': SEED, 'split': SPLIT, 'renderer': arguments.renderer, 'expressions': total,
         'width': SIZE[0], 'height': SIZE[1]}) + '\n')
    if differences:
        print(f'{len(differences)} scenes; depth differs from the built-in renderer by '
              f'{1000 * max(differences):.4f} mm (median on objects) in the worst one.')


if __name__ == '__main__':
    main()
