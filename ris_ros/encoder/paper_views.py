# SPDX-License-Identifier: Apache-2.0
"""The paper's two views of an image: the whole, and masked crops (Yu et al., CVPR 2023)."""
from __future__ import annotations

import cv2
import numpy as np
from PIL import Image
import torch
from torch.nn import functional

from ris_ros.encoder.settings import IMAGENET_MEAN, EncoderSettings
from ris_ros.geometry.masks import as_bytes

# Outside its mask a crop has the ImageNet mean as a value of the *normalised* space, whatever the
# normalisation is, because the published code does that.
CROP_FILL = IMAGENET_MEAN


def paper_views(image: np.ndarray, masks: np.ndarray, size: int,
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
    normalised = normalised_image(image, settings)
    source = resize(normalised, image.shape[:2], settings.antialias)
    return (resize(normalised, (size, size), settings.antialias),
            masked_crops(source, masks, size, settings.antialias))


def normalised_image(image: np.ndarray, settings: EncoderSettings) -> torch.Tensor:
    """Return (1, 3, h, w) float32: short side resized on 8 bits (PIL), normalised."""
    height, width = image.shape[:2]
    short, long = sorted((height, width))
    long_side = int(settings.short_side * long / short)
    new_width, new_height = ((long_side, settings.short_side) if width >= height
                             else (settings.short_side, long_side))
    resized = Image.fromarray(image).resize((new_width, new_height), Image.Resampling.BILINEAR)
    tensor = torch.from_numpy(np.array(resized)).permute(2, 0, 1)[None].float().div(255)
    mean = torch.tensor(settings.mean).view(1, 3, 1, 1)
    std = torch.tensor(settings.std).view(1, 3, 1, 1)
    return (tensor - mean) / std


def resize(tensor: torch.Tensor, size: tuple[int, int], antialias: bool) -> torch.Tensor:
    """Resize (N, C, h, w) bilinearly to ``size`` (height, width)."""
    return functional.interpolate(tensor, size=size, mode='bilinear', align_corners=False,
                                  antialias=antialias)


def paper_box(mask: np.ndarray) -> tuple[int, int, int, int]:
    """Return x1, y1, x2, y2 (exclusive) of the paper's crop.

    Its centre is the mean index of the occupied columns (rows), its size their number, truncated
    toward 0. A mask in several parts gets a box that is smaller than its extent. The published
    code fails if a side is empty; here a side has at least one pixel.

    Args:
        mask: (H, W) bool, not empty.
    """
    x, y, width, height = cv2.boundingRect(as_bytes(mask))
    part = as_bytes(mask[y:y + height, x:x + width])
    sides = []
    for axis, start in ((0, x), (1, y)):
        occupied = np.flatnonzero(cv2.reduce(part, axis, cv2.REDUCE_MAX)) + start
        centre, count = occupied.mean(), len(occupied)
        first, last = int(centre - count / 2), int(centre + count / 2)
        sides.append((first, max(last, first + 1)))
    (x1, x2), (y1, y2) = sides
    return x1, y1, x2, y2


def masked_crops(source: torch.Tensor, masks: np.ndarray, size: int,
                 antialias: bool) -> torch.Tensor:
    """Cut masked crops out of an image.

    Args:
        source: (1, 3, H, W) float32, the normalised image.
        masks: (N, H, W) bool, none of them empty.
        size: S in pixels.
        antialias: Whether the resize has a low-pass filter.

    Returns:
        (N, 3, S, S) float32.
    """
    fill = torch.tensor(CROP_FILL).view(3, 1, 1)
    crops = torch.empty(len(masks), 3, size, size)
    for mask, out in zip(masks, crops, strict=True):
        x1, y1, x2, y2 = paper_box(mask)
        inside = torch.from_numpy(np.ascontiguousarray(mask[y1:y2, x1:x2]))
        crop = torch.where(inside, source[0, :, y1:y2, x1:x2], fill)
        out[:] = resize(crop[None], (size, size), antialias)[0]
    return crops
