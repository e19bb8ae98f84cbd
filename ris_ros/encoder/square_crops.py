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
    side = settings.crop_margin * max(width, height)
    scale = size / side
    left, top = x + width / 2 - side / 2, y + height / 2 - side / 2
    # Pixel centres stand at +0.5: map the crop's square onto the output's.
    warp = np.array([[scale, 0, (0.5 - left) * scale - 0.5],
                     [0, scale, (0.5 - top) * scale - 0.5]])
    fill = np.array(settings.mean, np.float32) * 255
    # Work on the box alone; shrinking a large box needs an area filter, which warping has not.
    x2, y2 = x + width, y + height
    part = np.where(mask[y:y2, x:x2, None], image[y:y2, x:x2], fill.astype(np.float32))
    warp[:, 2] += warp[:, :2] @ (x, y)
    if scale < 1:
        part, warp = _shrink(part, warp, scale)
    return cv2.warpAffine(part, warp, (size, size), flags=cv2.INTER_LINEAR,
                          borderMode=cv2.BORDER_CONSTANT, borderValue=fill.tolist())


def _shrink(part: np.ndarray, warp: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Resize ``part`` by area to the crop's scale, and take that scale out of ``warp``."""
    height, width = part.shape[:2]
    new_width, new_height = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(part, (new_width, new_height), interpolation=cv2.INTER_AREA)
    ratio_x, ratio_y = new_width / width, new_height / height
    # Undo the resize (pixel centres at +0.5 again) before the original map.
    undo = np.array([[1 / ratio_x, 0, 0.5 / ratio_x - 0.5], [0, 1 / ratio_y, 0.5 / ratio_y - 0.5],
                     [0, 0, 1]])
    return small, warp @ undo


def peak_token_mask(mask: np.ndarray, grid: int) -> np.ndarray:
    """Return (G, G) float32: the share of each token's area inside the mask, over the largest."""
    shares = cv2.resize(mask.astype(np.float32), (grid, grid), interpolation=cv2.INTER_AREA)
    return shares / shares.max()


def _normalise(pictures: list[np.ndarray], size: int, settings: EncoderSettings) -> torch.Tensor:
    """Stack (S, S, 3) pictures in 0..255 as a normalised (N, 3, S, S) float32 tensor."""
    stack = np.asarray(pictures, np.float32).reshape(-1, size, size, 3) / 255
    stack = (stack - np.float32(settings.mean)) / np.float32(settings.std)
    return torch.from_numpy(np.ascontiguousarray(stack.transpose(0, 3, 1, 2)))
