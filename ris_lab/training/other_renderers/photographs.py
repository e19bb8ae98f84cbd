# SPDX-License-Identifier: Apache-2.0
"""Look at real photographs: ``ris renderers photographs``.

The pictures come with scikit-image and scikit-learn; nothing is fetched.
"""
from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np

from ris_ros.errors import RisError
from ris_ros.frame import CameraModel, Frame
from ris_ros.image_files import read_image, write_image
from ris_ros.overlay import draw_overlay
from ris_ros.pipeline import Pipeline

# File in its package, and what to ask for.
PHOTOGRAPHS = {
    'coffee': ('skimage', 'data/coffee.png', 'the brown cup'),
    'coins': ('skimage', 'data/coins.png', 'the gray thing on the left'),
    'astronaut': ('skimage', 'data/astronaut.png', 'the orange thing'),
    'chelsea': ('skimage', 'data/chelsea.png', 'the cat'),
    'rocket': ('skimage', 'data/rocket.jpg', 'the white bottle'),
    'flower': ('sklearn', 'datasets/images/flower.jpg', 'the pink flower'),
    'motorcycle': ('skimage', 'data/motorcycle_left.png', 'the red thing'),
}
# Middlebury 2014 at this size, as scikit-image documents it: pixels, and metres.
MOTORCYCLE = CameraModel(994.978, 994.978, 311.193, 254.877, 741, 500)
BASELINE, OFFSET = .193001, 31.086
TILE_HEIGHT = 300


def package_file(package: str, path: str) -> Path:
    """Find a file that a package ships; raises RisError where the package is missing."""
    found = find_spec(package)
    if found is None:
        raise RisError(f'The package {package!r} is not installed; ris_lab/training/'
                       'other_renderers/README.md says what the photographs need.')
    return Path(found.origin).parent / path


def motorcycle_depth() -> np.ndarray:
    """Return the (H, W) float32 depth in metres of the motorcycle's left picture, 0 unknown."""
    with np.load(package_file('skimage', 'data/motorcycle_disp.npz')) as arrays:
        disparity = arrays['arr_0']
    depth = BASELINE * MOTORCYCLE.fx / (disparity + OFFSET)
    return np.where(np.isfinite(depth), depth, 0).astype(np.float32)


def draw_proposals(image: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Return a copy of the picture with every mask's outline, each of another colour."""
    picture = image.copy()
    for number, mask in enumerate(masks):
        hue = np.uint8([[[number * 67 % 180, 255, 255]]])
        colour = tuple(int(v) for v in cv2.cvtColor(hue, cv2.COLOR_HSV2RGB)[0, 0])
        contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL,
                                       cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(picture, contours, -1, colour, 2, cv2.LINE_AA)
    return picture


def look(pipeline: Pipeline, frame: Frame, text: str) -> tuple[np.ndarray, str]:
    """Return proposals and answer side by side, and a line about them."""
    scene = pipeline.index(frame)
    grounding = pipeline.ground(scene, text)
    overlay = draw_overlay(frame.image, grounding, text)
    proposals = np.zeros_like(overlay)
    proposals[:frame.size[0]] = draw_proposals(frame.image, scene.masks)
    both = np.hstack([proposals, overlay])
    width = round(both.shape[1] * TILE_HEIGHT / both.shape[0])
    line = f'{len(scene.masks)} proposals; {text!r}: {grounding.status.name}'
    if grounding.candidates:
        line += f', best score {grounding.candidates[0].score:.1f}'
    return cv2.resize(both, (width, TILE_HEIGHT), interpolation=cv2.INTER_AREA), line


def draw_photographs(target: Path) -> None:
    """Write a picture of each photograph's proposals and answer.

    Args:
        target: Folder for the pictures.
    """
    pipeline = Pipeline.load('embedded')
    for name, (package, path, text) in PHOTOGRAPHS.items():
        frames = {name: Frame(read_image(package_file(package, path)))}
        if name == 'motorcycle':
            image = frames[name].image
            frames['motorcycle_depth'] = Frame(image, motorcycle_depth(), MOTORCYCLE)
        for title, frame in frames.items():
            picture, line = look(pipeline, frame, text)
            write_image(target / f'{title}.png', picture)
            print(f'{title}: {line}')
