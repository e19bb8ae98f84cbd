# SPDX-License-Identifier: Apache-2.0
"""What the network sees: square masked crops, token masks, and how training disturbs them."""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ris_lab.training.model import GRID, IMAGE_SIZE, MEAN

CROP_MARGIN = 1.12
FILL = tuple(255 * channel for channel in MEAN)
# Contrast of the surroundings of a crop.
DIM = 0.3
TURNED_REACH = 1.4
# Of a mask that training has disturbed; an object with less in sight is hardly told by its shape.
LEAST_LEFT = 0.4


@dataclass(frozen=True)
class Pose:
    """How a crop's square lies over the picture; the default is that of run time.

    Attributes:
        margin: Side of the square over the longer side of the box.
        shift: Shift of the centre, in sides of the square.
        angle: Rotation in degrees.
        flip: Whether the crop is mirrored.
    """

    margin: float = CROP_MARGIN
    shift: tuple[float, float] = (0.0, 0.0)
    angle: float = 0.0
    flip: bool = False


STRAIGHT = Pose()


def square_crop(image: np.ndarray, mask: np.ndarray, pose: Pose = STRAIGHT) -> np.ndarray:
    """Return (S, S, 3) float32 in 0..255: the masked object, its surroundings dim."""
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    side = pose.margin * max(width, height)
    # A turned square shows more of the picture.
    reach = int(np.ceil(side / 2 * (TURNED_REACH if pose.angle else 1)))
    left, top = max(x + width // 2 - reach, 0), max(y + height // 2 - reach, 0)
    window = np.s_[top:y + height // 2 + reach + 1, left:x + width // 2 + reach + 1]
    sharp = image[window].astype(np.float32)
    part = np.float32(DIM) * sharp + (1 - np.float32(DIM)) * np.float32(FILL)
    cv2.copyTo(sharp, mask[window].astype(np.uint8), part)
    scale = IMAGE_SIZE / side
    size = np.array(part.shape[1::-1])
    if scale < 1:  # warping alone would alias
        small = np.maximum(1, np.rint(size * scale)).astype(int)
        part = cv2.resize(part, small.tolist(), interpolation=cv2.INTER_AREA)
    stretch = size / part.shape[1::-1] * scale
    warp = cv2.getRotationMatrix2D((0, 0), pose.angle, 1) * [-1 if pose.flip else 1, 1, 1]
    warp[:, :2] *= stretch
    # Pixel centres stand at +0.5 in both pictures.
    middle = np.array([x + width / 2 - left, y + height / 2 - top]) * scale / stretch - 0.5
    target = IMAGE_SIZE * (0.5 + np.array(pose.shift)) - 0.5
    warp[:, 2] = target - warp[:, :2] @ middle
    return cv2.warpAffine(part, warp, (IMAGE_SIZE, IMAGE_SIZE), flags=cv2.INTER_LINEAR,
                          borderMode=cv2.BORDER_CONSTANT, borderValue=FILL)


def whole_image(image: np.ndarray) -> np.ndarray:
    """Return the image squashed to (S, S, 3)."""
    return cv2.resize(image, (IMAGE_SIZE, IMAGE_SIZE), interpolation=cv2.INTER_AREA)


def token_mask(mask: np.ndarray) -> np.ndarray:
    """Return (G, G) float32: the share of each token inside the mask, over the largest share."""
    shares = cv2.resize(mask.astype(np.float32), (GRID, GRID), interpolation=cv2.INTER_AREA)
    return shares / shares.max()


def random_pose(rng: np.random.Generator) -> Pose:
    """Draw a crop that is a little off, sometimes turned, half the time mirrored."""
    return Pose(CROP_MARGIN * rng.uniform(0.92, 1.15), tuple(rng.uniform(-0.04, 0.04, 2)),
                rng.uniform(-25, 25) if rng.random() < 0.5 else 0.0, rng.random() < 0.5)


def disturbed_mask(rng: np.random.Generator, mask: np.ndarray) -> np.ndarray:
    """Make a true mask as imperfect as a proposal, or its object as hidden as others are.

    It is grown, shrunk, or loses a piece; at least LEAST_LEFT of it is left.
    """
    draw = rng.random()
    if draw < 0.25:
        kernel = np.ones((3, 3), np.uint8)
        filter_mask = cv2.dilate if draw < 0.15 else cv2.erode
        steps = int(rng.integers(1, 4))
        changed = filter_mask(mask.astype(np.uint8), kernel, iterations=steps).astype(bool)
    elif draw < 0.45:
        changed = cut_mask(rng, mask, rng.uniform(LEAST_LEFT, 0.95))
    elif draw < 0.65:
        changed = mask & ~convex_piece(rng, mask)
    else:
        changed = mask
    left = np.count_nonzero(changed) > LEAST_LEFT * np.count_nonzero(mask)
    return changed if left else mask


def convex_piece(rng: np.random.Generator, mask: np.ndarray) -> np.ndarray:
    """Draw a turned ellipse or a convex polygon somewhere over a mask's bounding box."""
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    centre = np.array([rng.uniform(x, x + width), rng.uniform(y, y + height)])
    radii = rng.uniform(0.08, 0.4, 2) * max(width, height)
    piece = np.zeros(mask.shape, np.uint8)
    if rng.random() < 0.5:
        cv2.ellipse(piece, (centre, 2 * radii, rng.uniform(0, 180)), 1, -1)
    else:
        angles = rng.uniform(0, 2 * np.pi, int(rng.integers(3, 8)))
        corners = centre + np.column_stack([np.cos(angles), np.sin(angles)]) * radii.max()
        cv2.fillConvexPoly(piece, cv2.convexHull(np.rint(corners).astype(np.int32)), 1)
    return piece.astype(bool)


def cut_mask(rng: np.random.Generator, mask: np.ndarray, share: float) -> np.ndarray:
    """Keep a share of a mask on one side of a line in a random direction."""
    rows, columns = np.nonzero(mask)
    angle = rng.uniform(0, 2 * np.pi)
    along = columns * np.cos(angle) + rows * np.sin(angle)
    keep = along <= np.quantile(along, share)
    part = np.zeros_like(mask)
    part[rows[keep], columns[keep]] = True
    return part
