# SPDX-License-Identifier: Apache-2.0
"""Crops, token masks and boxes the straightforward way: on whole pictures, with torch.

The encoder's inputs have to equal these, and their cost is measured against theirs.
"""
from __future__ import annotations

import cv2
import numpy as np
from PIL import Image
import torch
from torch.nn import functional

from ris_ros.encoder.paper_views import CROP_FILL
from ris_ros.encoder.settings import EncoderSettings


def paper_crops(source: torch.Tensor, masks: np.ndarray, size: int) -> torch.Tensor:
    """Return (N, 3, S, S) float32: the whole (1, 3, H, W) picture masked, cropped, resized."""
    fill = torch.tensor(CROP_FILL).view(1, 3, 1, 1)
    crops = []
    for mask in masks:
        inside = torch.from_numpy(mask).float()
        x1, y1, x2, y2 = paper_box(mask)
        crop = (source * inside + (1 - inside) * fill)[:, :, y1:y2, x1:x2]
        crops.append(functional.interpolate(crop, (size, size), mode='bilinear',
                                            align_corners=False))
    return torch.cat(crops)


def paper_box(mask: np.ndarray) -> tuple[int, int, int, int]:
    """Return x1, y1, x2, y2 (exclusive) of the paper's crop of a (H, W) bool mask."""
    sides = []
    for axis in (0, 1):
        occupied = np.flatnonzero(mask.any(axis=axis))
        half = len(occupied) / 2
        first, last = int(occupied.mean() - half), int(occupied.mean() + half)
        sides.append((first, max(last, first + 1)))
    return sides[0][0], sides[1][0], sides[0][1], sides[1][1]


def pil_crops(image: np.ndarray, masks: np.ndarray, size: int,
              settings: EncoderSettings) -> torch.Tensor:
    """Return (N, 3, S, S) float32 square crops: the whole picture masked, then cut, by Pillow.

    They differ slightly from those of square_views, whose filter is another one.
    """
    fill = tuple(round(255 * value) for value in settings.mean)
    mean, std = (torch.tensor(value).view(3, 1, 1) for value in (settings.mean, settings.std))
    crops = []
    for mask, (x, y, width, height) in zip(masks, boxes(masks).tolist(), strict=True):
        inside = mask[..., None].astype(np.uint8)
        masked = image * inside + np.uint8(fill) * (1 - inside)
        half = settings.crop_margin * max(width, height) / 2
        middle = x + width / 2, y + height / 2
        corners = [round(place + sign * half) for sign in (-1, 1) for place in middle]
        # Beyond the picture Pillow's crop is black.
        framed = Image.new('RGB', (corners[2] - corners[0], corners[3] - corners[1]), fill)
        framed.paste(Image.fromarray(masked), (-corners[0], -corners[1]))
        pixels = np.array(framed.resize((size, size), Image.Resampling.BICUBIC))
        crops.append((torch.from_numpy(pixels).permute(2, 0, 1).float() / 255 - mean) / std)
    return torch.stack(crops)


def sampled_token_masks(masks: np.ndarray, grid: int) -> torch.Tensor:
    """Return (N, G, G) float32: whole masks in floats, resized by torch."""
    return functional.interpolate(torch.from_numpy(masks).float()[:, None], (grid, grid),
                                  mode='bilinear', align_corners=False)[:, 0]


def peak_token_masks(masks: np.ndarray, grid: int) -> torch.Tensor:
    """Return (N, G, G) float32: whole masks in floats, averaged over each token's area."""
    shares = [cv2.resize(mask.astype(np.float32), (grid, grid), interpolation=cv2.INTER_AREA)
              for mask in masks]
    return torch.from_numpy(np.stack([share / share.max() for share in shares]))


def boxes(masks: np.ndarray) -> np.ndarray:
    """Return the (N, 4) int64 boxes x, y, width, height of non-empty masks, with torch."""
    found = []
    for mask in torch.from_numpy(masks):
        rows, columns = mask.nonzero(as_tuple=True)
        x, y = int(columns.min()), int(rows.min())
        found.append((x, y, int(columns.max()) + 1 - x, int(rows.max()) + 1 - y))
    return np.array(found).reshape(-1, 4)
