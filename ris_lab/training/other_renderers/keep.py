# SPDX-License-Identifier: Apache-2.0
"""Keep some scenes of a data set for the tests: ``ris renderers keep``."""
from __future__ import annotations

import json
from pathlib import Path
import shutil

import cv2
import numpy as np

from ris_lab.training.other_renderers.export import SEED, draw
from ris_ros.image_files import read_image, write_image
from ris_sim.dataset import as_record, millimetres
from ris_sim.expressions.generator import generate_expressions

JPEG_QUALITY = 88
PER_SCENE = 10


def keep(source: Path, target: Path) -> None:
    """Copy a scene in little space: a JPEG, depth without noise, and more attribute expressions."""
    target.mkdir(parents=True, exist_ok=True)
    image = cv2.cvtColor(read_image(source / 'image.png'), cv2.COLOR_RGB2BGR)
    cv2.imwrite(str(target / 'image.jpg'), image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    with np.load(source / 'depth_true.npz') as arrays:
        write_image(target / 'depth.png', millimetres(arrays['depth']))
    for name in ('labels.png', 'camera_info.yaml'):
        shutil.copyfile(source / name, target / name)
    number = int(source.name.removeprefix('scene_'))
    scene = draw(number)
    labels = cv2.imread(str(source / 'labels.png'), cv2.IMREAD_UNCHANGED)
    rng = np.random.default_rng([SEED + 2, number])
    said = generate_expressions(scene, labels, rng, PER_SCENE, ('attribute',))
    lines = [json.dumps(as_record(expression, scene)) + '\n' for expression in said]
    (target / 'expressions.jsonl').write_text(''.join(lines))


def keep_scenes(source: Path, numbers: list[int], target: Path) -> None:
    """Keep the numbered scenes of a data set.

    Args:
        source: Folder of the data set.
        numbers: Numbers of the scenes.
        target: Folder of the copies.
    """
    for number in numbers:
        name = f'scene_{number:04d}'
        keep(source / name, target / name)
