"""Render the training pictures: python -m training.render --out D --split train --shards 50."""
from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from ris_ros.simulation.renderer import Renderer
from ris_ros.simulation.sampling import sample_scene
from ris_ros.simulation.scene import Scene
from ris_ros.simulation.visibility import visible_share
from training.captions import Attributes
from training.scenes import ShardObject, write_shard

SCENES_PER_SHARD = 100
SPLIT_SEEDS = {'train': 1000, 'test': 2000}
# A picture costs the same however full the table is; full tables give more crops.
OBJECTS = {'train': (6, 11), 'test': (3, 8)}


def render_shard(stem: Path, split: str, number: int, renderer: Renderer) -> None:
    """Render one shard; its content follows from the split and the number alone."""
    rng = np.random.default_rng([SPLIT_SEEDS[split], number])
    images, labels, objects = [], [], []
    for _ in range(SCENES_PER_SHARD):
        scene = sample_scene(rng, split, OBJECTS[split])
        rendering = renderer.render(scene)
        images.append(rendering.image)
        labels.append(rendering.labels)
        objects.append(shard_objects(scene, rendering.labels.shape))
    write_shard(stem, np.stack(images), np.stack(labels), objects)


def shard_objects(scene: Scene, shape: tuple[int, int]) -> list[ShardObject]:
    """Describe a scene's objects, with how much of each a picture of (H, W) pixels shows."""
    model = scene.camera.model(shape[1], shape[0])
    things = scene.objects
    shares = [visible_share(thing, [*things[:i], *things[i + 1:]], scene.camera, model)
              for i, thing in enumerate(things)]
    return [ShardObject(Attributes(thing.category, thing.colour, thing.material), round(share, 3))
            for thing, share in zip(things, shares, strict=True)]


def main() -> None:
    """Render the shards that are not there yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--out', type=Path, required=True, help='folder of the shards')
    parser.add_argument('--split', choices=sorted(SPLIT_SEEDS), required=True)
    parser.add_argument('--shards', type=int, required=True, help='shards of 100 scenes')
    parser.add_argument('--first', type=int, default=0, help='number of the first shard')
    parser.add_argument('--stride', type=int, default=1, help='2 where two processes share it')
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    renderer = Renderer(width=640, height=480)
    for number in range(arguments.first, arguments.shards, arguments.stride):
        stem = arguments.out / f'{arguments.split}_{number:04d}'
        if not Path(f'{stem}.json').exists():
            render_shard(stem, arguments.split, number, renderer)
            print(stem.name, flush=True)


if __name__ == '__main__':
    main()
