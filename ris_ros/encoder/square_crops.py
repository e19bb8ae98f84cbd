"""Images and masks become the encoder's inputs, made for small objects on a table.

It departs from the paper in three points: crops are square with a margin, so that shapes keep
their proportions; token masks are area averages scaled to a peak of 1, so that an object smaller
than a token still has a feature of its own; the picture is resized once.
"""
from __future__ import annotations

import cv2
import numpy as np
import torch

from ris_ros.encoder.preprocess import VisualInputs
from ris_ros.encoder.settings import EncoderSettings


def square_inputs(image: np.ndarray, masks: np.ndarray, size: int, grid: int,
                  settings: EncoderSettings) -> VisualInputs:
    """Return the inputs for a (H, W, 3) uint8 image and (N, H, W) bool masks."""
    whole = cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)
    crops = [square_crop(image, mask, size, settings) for mask in masks]
    grids = [peak_token_mask(mask, grid) for mask in masks]
    return VisualInputs(
        global_input=_normalise([whole], size, settings),
        local_inputs=_normalise(crops, size, settings),
        token_masks=torch.from_numpy(np.array(grids, np.float32).reshape(-1, grid, grid)))


def square_crop(image: np.ndarray, mask: np.ndarray, size: int,
                settings: EncoderSettings) -> np.ndarray:
    """Return (S, S, 3) float32 in 0..255: the object, the mean colour everywhere else."""
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    rows, columns = slice(y, y + height), slice(x, x + width)
    fill = np.float32(settings.mean) * 255
    part = np.where(mask[rows, columns, None], image[rows, columns], fill)
    scale = size / (settings.crop_margin * max(width, height))
    if scale < 1:  # warping alone would alias
        part = cv2.resize(part, (max(1, round(width * scale)), max(1, round(height * scale))),
                          interpolation=cv2.INTER_AREA)
    stretch = scale * width / part.shape[1], scale * height / part.shape[0]
    # The middle of the box goes to the middle of the crop; pixel centres stand at +0.5 in both.
    shift = [(size - factor * length) / 2 + factor / 2 - 0.5
             for factor, length in zip(stretch, part.shape[1::-1], strict=True)]
    warp = np.array([[stretch[0], 0, shift[0]], [0, stretch[1], shift[1]]])
    return cv2.warpAffine(part, warp, (size, size), flags=cv2.INTER_LINEAR,
                          borderMode=cv2.BORDER_CONSTANT, borderValue=fill.tolist())


def peak_token_mask(mask: np.ndarray, grid: int) -> np.ndarray:
    """Return (G, G) float32: the share of each token's area inside the mask, over the largest."""
    shares = cv2.resize(mask.astype(np.float32), (grid, grid), interpolation=cv2.INTER_AREA)
    return shares / shares.max()


def _normalise(pictures: list[np.ndarray], size: int, settings: EncoderSettings) -> torch.Tensor:
    """Stack (S, S, 3) pictures in 0..255 as a normalised (N, 3, S, S) float32 tensor."""
    stack = np.asarray(pictures, np.float32).reshape(-1, size, size, 3) / 255
    stack = (stack - np.float32(settings.mean)) / np.float32(settings.std)
    return torch.from_numpy(np.ascontiguousarray(stack.transpose(0, 3, 1, 2)))
