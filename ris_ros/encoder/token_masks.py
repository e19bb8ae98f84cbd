# SPDX-License-Identifier: Apache-2.0
"""Masks on the token grid of the visual encoder."""
from __future__ import annotations

import cv2
import numpy as np
import torch
from torch.nn import functional

from ris_ros.geometry.masks import as_bytes


def sampled_token_masks(masks: np.ndarray, grid: int, antialias: bool) -> torch.Tensor:
    """Resize masks bilinearly to the token grid, without a threshold (Yu et al., CVPR 2023).

    Args:
        masks: (N, H, W) bool.
        grid: G.
        antialias: Without it only 2G x 2G pixels of a mask count, and a small one may become all
            zeros.

    Returns:
        (N, G, G) float32 in 0..1.
    """
    if antialias:
        tensor = torch.from_numpy(masks).float()[:, None]
        return functional.interpolate(tensor, size=(grid, grid), mode='bilinear',
                                      align_corners=False, antialias=True)[:, 0]
    (rows, down), (columns, across) = (_neighbours(side, grid) for side in masks.shape[1:])
    seen = masks[:, rows[:, :, None, None], columns].astype(np.float32)  # (N, G, 2, G, 2)
    return torch.from_numpy(np.einsum('ngahb,ga,hb->ngh', seen, down, across))


def peak_token_masks(masks: np.ndarray, grid: int) -> torch.Tensor:
    """Return the share of each token's area that a mask covers, over the largest such share.

    However small it is, a mask has a token of weight 1, so that its global feature is its own.

    Args:
        masks: (N, H, W) bool, none of them empty.
        grid: G.

    Returns:
        (N, G, G) float32 in 0..1.
    """
    down, across = (_shares(side, grid) for side in masks.shape[1:])
    grids = np.zeros((len(masks), grid, grid), np.float32)
    for mask, out in zip(masks, grids, strict=True):
        x, y, width, height = cv2.boundingRect(as_bytes(mask))
        part = mask[y:y + height, x:x + width].astype(np.float32)
        shares = down[:, y:y + height] @ (part @ across[:, x:x + width].T)
        np.divide(shares, shares.max(), out=out)
    return torch.from_numpy(grids)


def _neighbours(side: int, grid: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the two pixels that each of G places lies between, and their weights, (G, 2) each.

    As torch's bilinear resize has them: pixel centres at one half, the border repeated.
    """
    scale = np.float32(side) / np.float32(grid)
    place = np.maximum((np.arange(grid) + 0.5) * np.float64(scale) - 0.5, 0).astype(np.float32)
    first = place.astype(np.int64)
    share = place - first
    pixels = np.stack([first, np.minimum(first + 1, side - 1)], 1)
    return pixels, np.stack([1 - share, share], 1).astype(np.float32)


def _shares(side: int, grid: int) -> np.ndarray:
    """Return (G, side) float32: the length of each pixel that lies in each of G equal parts."""
    edges = np.arange(grid + 1)[:, None] * side / grid
    pixels = np.arange(side)
    inside = np.minimum(edges[1:], pixels + 1) - np.maximum(edges[:-1], pixels)
    return np.maximum(inside, 0).astype(np.float32)
