"""Render the training pictures: ``ris train render``."""
from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from ris_lab.training.captions import Attributes
from ris_lab.training.scenes import ShardObject, write_depths, write_shard
from ris_lab.training.variety import describe_crowd, other_lights
from ris_sim.rendering.depth_effects import add_depth_noise
from ris_sim.rendering.raycast import visible_share
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene
from ris_sim.scene import Scene

SCENES_PER_SHARD = 25
DEPTH_SEED = 77
SPLIT_SEEDS = {'train': 1000, 'test': 2000}
# A picture costs the same however full the table is; full tables give more crops.
OBJECTS = {'train': (6, 11), 'test': (3, 8)}


def render_shard(stem: Path) -> Path:
    """Render a shard <split>_<number>; its content follows from these alone. Return its stem."""
    cv2.setNumThreads(1)
    split, number = stem.name.split('_')[0], int(stem.name.split('_')[1])
    renderer = Renderer(width=640, height=480)
    rng = np.random.default_rng([SPLIT_SEEDS[split], number])
    depth_rng = np.random.default_rng([SPLIT_SEEDS[split], number, DEPTH_SEED])
    images, labels, depths, cameras, objects = [], [], [], [], []
    for _ in range(SCENES_PER_SHARD):
        if split == 'train':
            scene = other_lights(sample_scene(rng, split, OBJECTS[split], describe_crowd), rng)
        else:
            scene = sample_scene(rng, split, OBJECTS[split])
        rendering = renderer.render(scene)
        depths.append(add_depth_noise(rendering.depth, depth_rng, rendering.shiny))
        cameras.append(rendering.camera)
        images.append(rendering.image)
        labels.append(rendering.labels)
        objects.append(shard_objects(scene, rendering.labels.shape))
    write_depths(stem, np.stack(depths), cameras)
    write_shard(stem, np.stack(images), np.stack(labels), objects)
    return stem


def shard_objects(scene: Scene, shape: tuple[int, int]) -> list[ShardObject]:
    """Describe a scene's objects, with how much of each a picture of (H, W) pixels shows."""
    model = scene.camera.model(shape[1], shape[0])
    things = scene.objects
    shares = [visible_share(thing, [*things[:i], *things[i + 1:]], scene.camera, model)
              for i, thing in enumerate(things)]
    return [ShardObject(Attributes(thing.category, thing.colour, thing.material), round(share, 3))
            for thing, share in zip(things, shares, strict=True)]


def render_shards(folder: Path, split: str, count: int, workers: int = 1) -> None:
    """Render the shards that are not there yet, and print the name of each.

    Args:
        folder: Folder of the shards; it is made where it is missing.
        split: 'train' or 'test', one of `SPLIT_SEEDS`.
        count: Number of shards that the folder has in the end, of 25 scenes each.
        workers: Number of processes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stems = (folder / f'{split}_{number:04d}' for number in range(count))
    with ProcessPoolExecutor(workers) as pool:
        for stem in pool.map(render_shard, [stem for stem in stems
                                            if not Path(f'{stem}.json').exists()]):
            print(stem.name, flush=True)
