# SPDX-License-Identifier: Apache-2.0
"""Two views of an image made for small objects: the whole, and square crops with a margin.

Unlike in the paper, a crop keeps the object's proportions and shows a margin around it, and the
picture is resized once.
"""
from __future__ import annotations

import cv2
import numpy as np
import torch

from ris_ros.encoder.settings import EncoderSettings
from ris_ros.geometry.masks import as_bytes

# Standard deviation of a blurred background, as a share of the longer side of the object's box.
BLUR = 0.1

# Contrast of dim surroundings: enough to show that a part goes on and what light the scene is in.
DIM = 0.3


def square_views(image: np.ndarray, masks: np.ndarray, size: int,
                 settings: EncoderSettings) -> tuple[torch.Tensor, torch.Tensor]:
    """Make the global and local inputs.

    Args:
        image: (H, W, 3) uint8 RGB.
        masks: (N, H, W) bool, none of them empty.
        size: S in pixels.
        settings: Of the profile.

    Returns:
        (1, 3, S, S) and (N, 3, S, S) float32.
    """
    whole = cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)
    seen, crops = torch.empty(1, 3, size, size), torch.empty(len(masks), 3, size, size)
    _normalise_into(whole, seen.numpy()[0], settings)
    for mask, out in zip(masks, crops.numpy(), strict=True):
        _normalise_into(square_crop(image, mask, size, settings), out, settings)
    return seen, crops


def square_crop(image: np.ndarray, mask: np.ndarray, size: int,
                settings: EncoderSettings) -> np.ndarray:
    """Cut an object out with the background that the settings name.

    Args:
        image: (H, W, 3) uint8 RGB.
        mask: (H, W) bool, not empty.
        size: S in pixels.
        settings: Of the profile.

    Returns:
        (S, S, 3) float32 in 0..255; what lies outside the picture has the mean colour.
    """
    box = cv2.boundingRect(as_bytes(mask))
    scale = size / (settings.crop_margin * max(box[2:]))
    fill = np.array(settings.mean, np.float32) * 255
    if settings.background == 'blur':
        part, corner = _on_blur(image, mask, box, settings.crop_margin)
    elif settings.background == 'dim':
        part, corner = _on_dim(image, mask, box, settings.crop_margin, fill)
    else:
        x, y, width, height = box
        rows, columns = slice(y, y + height), slice(x, x + width)
        part = np.empty((height, width, 3), np.float32)
        part[:] = fill
        cv2.copyTo(image[rows, columns].astype(np.float32), as_bytes(mask[rows, columns]), part)
        corner = (x, y)
    return _place(part, corner, box, scale, size, fill)


def _on_blur(image: np.ndarray, mask: np.ndarray, box: tuple[int, int, int, int],
             margin: float) -> tuple[np.ndarray, tuple[int, int]]:
    """Return the crop's part of the picture, sharp inside the mask, and its upper left corner."""
    rows, columns = _window(box, margin)
    part = image[rows, columns].astype(np.float32)
    blurred = cv2.GaussianBlur(part, (0, 0), max(BLUR * max(box[2:]), 0.5))
    return (np.where(mask[rows, columns, None], part, blurred), (columns.start, rows.start))


def _on_dim(image: np.ndarray, mask: np.ndarray, box: tuple[int, int, int, int], margin: float,
            fill: np.ndarray) -> tuple[np.ndarray, tuple[int, int]]:
    """Return the crop's part of the picture, dim outside the mask, and its upper left corner."""
    rows, columns = _window(box, margin)
    part = image[rows, columns].astype(np.float32)
    dimmed = np.float32(DIM) * part + (1 - np.float32(DIM)) * fill
    cv2.copyTo(part, as_bytes(mask[rows, columns]), dimmed)
    return dimmed, (columns.start, rows.start)


def _window(box: tuple[int, int, int, int], margin: float) -> tuple[slice, slice]:
    """Return the rows and columns of the picture that a crop shows, from its first ones on."""
    reach = int(np.ceil(margin * max(box[2:]) / 2))
    x, y = box[0] + box[2] // 2, box[1] + box[3] // 2
    return (slice(max(y - reach, 0), y + reach + 1), slice(max(x - reach, 0), x + reach + 1))


def _place(part: np.ndarray, corner: tuple[int, int], box: tuple[int, int, int, int],
           scale: float, size: int, fill: np.ndarray) -> np.ndarray:
    """Return an (S, S, 3) crop with the part scaled and the box in its middle."""
    height, width = part.shape[:2]
    if scale < 1:  # warping alone would alias
        part = cv2.resize(part, (max(1, round(width * scale)), max(1, round(height * scale))),
                          interpolation=cv2.INTER_AREA)
    stretch = scale * width / part.shape[1], scale * height / part.shape[0]
    # Pixel centres stand at +0.5 in the part and in the crop.
    shift = [(size + factor - 1) / 2 + scale * (corner[axis] - box[axis] - box[axis + 2] / 2)
             for axis, factor in enumerate(stretch)]
    warp = np.array([[stretch[0], 0, shift[0]], [0, stretch[1], shift[1]]])
    return cv2.warpAffine(part, warp, (size, size), flags=cv2.INTER_LINEAR,
                          borderMode=cv2.BORDER_CONSTANT, borderValue=fill.tolist())


def _normalise_into(picture: np.ndarray, out: np.ndarray, settings: EncoderSettings) -> None:
    """Write a (S, S, 3) picture in 0..255, normalised, into (3, S, S) float32.

    One picture at a time stays in the cache.
    """
    for channel, mean, std in zip(range(3), settings.mean, settings.std, strict=True):
        np.multiply(picture[..., channel], np.float32(1 / (255 * std)), out=out[channel])
        out[channel] -= np.float32(mean / std)
