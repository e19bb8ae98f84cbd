"""Masks on the token grid of the visual encoder."""
from __future__ import annotations

import cv2
import numpy as np
import torch
from torch.nn import functional


def sampled_token_masks(masks: np.ndarray, grid: int, antialias: bool) -> torch.Tensor:
    """Return (N, G, G) float32 in 0..1: soft masks, no threshold (Yu et al., CVPR 2023).

    masks: (N, H, W) bool.  grid: G.  Without antialias a mask is seen at G x G points only, and a
    small one may come out as all zeros.
    """
    tensor = torch.from_numpy(masks).float()[:, None]
    return functional.interpolate(tensor, size=(grid, grid), mode='bilinear',
                                  align_corners=False, antialias=antialias)[:, 0]


def peak_token_masks(masks: np.ndarray, grid: int) -> torch.Tensor:
    """Return (N, G, G) float32: the share of each token's area in a mask, over the largest.

    masks: (N, H, W) bool, none of them empty.  grid: G.  However small it is, a mask has one
    token of weight 1, so that its global feature is its own.
    """
    grids = np.zeros((len(masks), grid, grid), np.float32)
    for mask, out in zip(masks, grids, strict=True):
        shares = cv2.resize(mask.astype(np.float32), (grid, grid), interpolation=cv2.INTER_AREA)
        out[:] = shares / shares.max()
    return torch.from_numpy(grids)
