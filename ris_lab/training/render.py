# SPDX-License-Identifier: Apache-2.0
"""Render the training pictures: ``ris train render``."""
from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from ris_lab.training.captions import MEANINGS, Attributes
from ris_lab.training.colour_names import Rgb
from ris_lab.training.scenes import (
    MAY_BE_NAMED,
    ShardObject,
    write_depths,
    write_maps,
    write_shard,
)
from ris_lab.training.variety import describe_crowd, other_lights
from ris_sim.rendering.camera_pipeline import sample_camera_pipeline
from ris_sim.rendering.depth_effects import add_depth_noise
from ris_sim.rendering.raycast import visible_share
from ris_sim.rendering.renderer import Renderer, Rendering
from ris_sim.rendering.sensor_depth import sample_sensor
from ris_sim.sampling.scenes import sample_scene
from ris_sim.scene import Scene, SceneObject
from ris_sim.style import Style

SCENES_PER_SHARD = 25
DEPTH_SEED = 77
SPLIT_SEEDS = {'train': 1000, 'test': 2000}
STYLE_SEEDS = {Style.TOY: (), Style.HOME: (1,)}
# A picture costs the same however full the table is; full tables give more crops.
OBJECTS = {'train': (6, 11), 'test': (3, 8)}


def render_shard(stem: Path, style: Style = Style.TOY) -> Path:
    """Render a shard <split>_<number>; its content follows from these alone. Return its stem."""
    cv2.setNumThreads(1)
    split, number = stem.name.split('_')[0], int(stem.name.split('_')[1])
    renderer = Renderer(width=640, height=480)
    rng = np.random.default_rng([SPLIT_SEEDS[split], number, *STYLE_SEEDS[style]])
    depth_rng = np.random.default_rng([SPLIT_SEEDS[split], number, DEPTH_SEED])
    taken, cameras, objects = [], [], []
    for _ in range(SCENES_PER_SHARD):
        scene = draw_scene(rng, split, style)
        rendering = renderer.render(scene)
        picture = take_picture(rendering, style, rng, depth_rng)
        if style is Style.HOME:
            picture['background'] = without_named(picture['background'], scene)
        taken.append(picture)
        cameras.append(rendering.camera)
        objects.append(shard_objects(scene, rendering.labels.shape))
    columns = {name: np.stack([row[name] for row in taken]) for name in taken[0]}
    write_depths(stem, columns['depth'], cameras)
    if style is Style.HOME:
        write_maps(stem, columns)
    write_shard(stem, columns['image'], columns['labels'], objects)
    return stem


def draw_scene(rng: np.random.Generator, split: str, style: Style) -> Scene:
    """Draw a scene of a split; of Style.TOY, those for training are lit otherwise, too."""
    if split != 'train':
        return sample_scene(rng, split, OBJECTS[split], style=style)
    scene = sample_scene(rng, split, OBJECTS[split], describe_crowd, style)
    return other_lights(scene, rng) if style is Style.TOY else scene


def take_picture(rendering: Rendering, style: Style, rng: np.random.Generator,
                 depth_rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return what a shard keeps of a picture.

    The colours of Style.TOY are those of a perfect camera. Style.HOME has cameras and depth
    sensors of its own.
    """
    kept = {'labels': rendering.labels}
    if style is Style.TOY:
        depth = add_depth_noise(rendering.depth, depth_rng, rendering.shiny)
        return kept | {'image': rendering.image, 'depth': depth}
    return kept | {'image': sample_camera_pipeline(rng).photograph(rendering.image, rng),
                   'depth': sample_sensor(depth_rng).measure(rendering, depth_rng),
                   'background': rendering.background, 'parts': rendering.parts}


def without_named(background: np.ndarray, scene: Scene) -> np.ndarray:
    """Return a picture's (H, W) background with MAY_BE_NAMED where a command might name a thing.

    A laptop is furniture in one scene and the target in another.
    """
    marked = background.copy()
    for number, thing in enumerate(scene.background, 1):
        if thing.category in MEANINGS or thing.category.split()[-1] in MEANINGS:
            marked[background == number] = MAY_BE_NAMED
    return marked


def shard_objects(scene: Scene, shape: tuple[int, int]) -> list[ShardObject]:
    """Describe a scene's objects, with how much of each a picture of (H, W) pixels shows."""
    model = scene.camera.model(shape[1], shape[0])
    things = scene.objects
    shares = [visible_share(thing, [*things[:i], *things[i + 1:]], scene.camera, model)
              for i, thing in enumerate(things)]
    return [ShardObject(Attributes(thing.category, thing.colour, thing.material,
                                   main_colour(thing)), round(share, 3))
            for thing, share in zip(things, shares, strict=True)]


def main_colour(thing: SceneObject) -> Rgb | None:
    """Return the sRGB colour of a thing's main part; None where print or glass has another."""
    main = next((part.surface for part in thing.parts if part.role == 'main'), None)
    if main is None or not thing.colour or main.print is not None or main.transmission:
        return None
    return tuple(round(float(channel), 3) for channel in main.colour)


def render_shards(folder: Path, split: str, count: int, workers: int = 1,
                  style: Style = Style.TOY) -> None:
    """Render the shards that are not there yet, and print the name of each.

    Args:
        folder: Folder of the shards; it is made where it is missing.
        split: 'train' or 'test', one of `SPLIT_SEEDS`.
        count: Number of shards that the folder has in the end, of 25 scenes each.
        workers: Number of processes.
        style: What the scenes look like; a folder has one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stems = (folder / f'{split}_{number:04d}' for number in range(count))
    with ProcessPoolExecutor(workers) as pool:
        for stem in pool.map(partial(render_shard, style=style), [
                stem for stem in stems if not Path(f'{stem}.json').exists()]):
            print(stem.name, flush=True)
