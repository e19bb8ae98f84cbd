# SPDX-License-Identifier: Apache-2.0
"""Make data sets like `ris simulate`'s of rendered scenes: ``ris renderers collect``."""
from __future__ import annotations

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


def collect_scenes(source: Path, name: str, target: Path) -> None:
    """Write a data set of every scene that has a picture.

    Args:
        source: Folder of the exported scenes.
        name: One of `RENDERERS`; 'builtin' renders the same scenes here, for comparison.
        target: Folder of the data set.
    """
    renderer, tiles, differences, total = Renderer(*SIZE), [], [], 0
    for folder in sorted(source.glob('scene_*')):
        picture = folder / f'{name}.npz'
        if name != 'builtin' and not picture.exists():
            continue
        number, scene = redraw(folder)
        rendering = truth = renderer.render(scene)
        if name != 'builtin':
            rendering = load(picture, truth)
            differences.append(depth_difference(rendering, truth))
        # All renderers get the same sayings and the same camera noise.
        rng = np.random.default_rng([SEED + 1, number])
        expressions = generate_expressions(scene, truth.labels, rng, PER_KIND)
        image = write_scene(target / folder.name, scene, rendering, expressions, rng)
        total += len(expressions)
        if len(tiles) < SHEET_SCENES:
            tiles.append(tile(image, rendering.labels, expressions))
    write_image(target / 'contact_sheet.png', contact_sheet(tiles))
    (target / 'simulation.json').write_text(json.dumps(
        {'seed': SEED, 'split': SPLIT, 'renderer': name, 'expressions': total,
         'width': SIZE[0], 'height': SIZE[1]}) + '\n')
    if differences:
        print(f'{len(differences)} scenes; depth differs from the built-in renderer by '
              f'{1000 * max(differences):.4f} mm (median on objects) in the worst one.')
