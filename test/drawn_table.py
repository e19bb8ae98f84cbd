# SPDX-License-Identifier: Apache-2.0
"""Frames of a drawn table: discs and a board that passes before them, at known depths."""
from dataclasses import dataclass

import cv2
import numpy as np

from ris_ros.frame import CameraModel, Frame
from ris_ros.index.scene_index import SceneIndex

SIZE = (120, 160)
CAMERA = CameraModel(150.0, 150.0, 79.5, 59.5, 160, 120)
COLOURS = {'red': (200, 40, 40), 'blue': (40, 60, 200), 'gray': (120, 120, 120),
           'scarlet': (200, 40, 40), 'bright red': (240, 75, 75)}
TABLE_M, DISC_M, BOARD_M = 1.2, 1.1, .6
NOISE = 3
_RANDOM = np.random.default_rng(5)
# Larger than the picture, so that the camera can move over it.
_TABLE = cv2.resize(_RANDOM.integers(90, 200, (30, 60, 3), np.uint8), (480, 240),
                    interpolation=cv2.INTER_CUBIC)
_PRINT = cv2.resize(_RANDOM.integers(0, 90, (16, 16), np.uint8), (64, 64))


@dataclass(frozen=True)
class Disc:
    """A disc of a colour at a place of the table, in pixels."""

    colour: str
    x: float
    y: float
    radius: int = 14


RED, BLUE = Disc('red', 60, 60), Disc('blue', 120, 70)


def take(*discs, camera=0.0, board=None, light=1.0, stamp=0.0, depth=True):
    """Return a frame, and the (N, H, W) bool masks of the visible part of each disc.

    camera: pixels by which it has moved to the right.  board: x of a board in front, or None.
    """
    left = 160 + round(camera)
    picture = _TABLE[60:60 + SIZE[0], left:left + SIZE[1]].copy()
    distance = np.full(SIZE, TABLE_M, np.float32)
    labels = np.zeros(SIZE, np.uint8)
    for label, disc in enumerate(discs, 1):
        mask = np.zeros(SIZE, np.uint8)
        centre = round(disc.x - round(camera)), round(disc.y)
        cv2.circle(mask, centre, disc.radius, 1, -1)
        inside = mask > 0
        look = np.clip(np.array(COLOURS[disc.colour]) - 45 + _printed(centre)[..., None], 0, 255)
        picture[inside], distance[inside], labels[inside] = look[inside], DISC_M, label
    if board is not None:
        columns = slice(max(round(board), 0), max(round(board) + 50, 0))
        picture[20:110, columns], distance[20:110, columns] = COLOURS['gray'], BOARD_M
        labels[20:110, columns] = 0
    noise = np.random.default_rng(int(1000 * stamp)).normal(0, NOISE, picture.shape)
    image = np.clip(light * picture + noise, 0, 255).astype(np.uint8)
    frame = Frame(image, distance if depth else None, CAMERA if depth else None, stamp)
    return frame, labels == np.arange(1, len(discs) + 1)[:, None, None]


def index(frame, masks, discs):
    """Return the index that perfect proposals would give; the feature is the colour's name."""
    shown = [number for number, mask in enumerate(masks) if mask.sum() > 60]
    masks = masks[shown]
    names = list(COLOURS)
    features = np.eye(len(names), dtype=np.float32)[
        [names.index(discs[number].colour) for number in shown]]
    return SceneIndex.of(frame, masks, features)


def _printed(centre):
    """Return (H, W) of a print that moves with a disc."""
    print_ = np.zeros(SIZE, int)
    rows, columns = np.mgrid[:SIZE[0], :SIZE[1]]
    print_[:] = _PRINT[(rows - centre[1]) % 64, (columns - centre[0]) % 64]
    return print_
