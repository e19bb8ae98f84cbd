"""Images and masks become the encoder's inputs, as the paper does it (Yu et al., CVPR 2023)."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image
import torch
from torch.nn import functional

from ris_ros.encoder.settings import EncoderSettings


@dataclass(frozen=True, eq=False)
class VisualInputs:
    """What the visual encoder reads.

    global_input: (1, 3, S, S) float32, the whole image.
    local_inputs: (N, 3, S, S) float32, one masked crop for each proposal.
    token_masks: (N, G, G) float32 in 0..1, the proposals on the token grid.
    """

    global_input: torch.Tensor
    local_inputs: torch.Tensor
    token_masks: torch.Tensor


def paper_inputs(image: np.ndarray, masks: np.ndarray, size: int, grid: int,
                 settings: EncoderSettings) -> VisualInputs:
    """Return the paper's inputs for a (H, W, 3) uint8 image and (N, H, W) bool masks."""
    height, width = image.shape[:2]
    normalised = normalised_image(image, settings)
    source = resize(normalised, (height, width), settings.antialias)
    return VisualInputs(
        global_input=resize(normalised, (size, size), settings.antialias),
        local_inputs=masked_crops(source, masks, size, settings.antialias),
        token_masks=token_masks(masks, grid, settings.antialias))


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


def token_masks(masks: np.ndarray, grid: int, antialias: bool) -> torch.Tensor:
    """Return (N, G, G) float32: soft masks on the token grid, no threshold."""
    tensor = torch.from_numpy(masks).float()[:, None]
    return resize(tensor, (grid, grid), antialias)[:, 0]


def paper_box(mask: np.ndarray) -> tuple[int, int, int, int]:
    """Return x1, y1, x2, y2 (exclusive) of the paper's crop.

    Centre: mean index of the occupied columns (rows); size: how many they are; truncated toward
    0.  A mask in several parts gets a box smaller than its extent.  The published code fails
    where a side comes out empty; here it is at least one pixel.
    """
    sides = []
    for axis in (0, 1):
        occupied = np.flatnonzero(mask.any(axis=axis))
        centre, count = occupied.mean(), len(occupied)
        first, last = int(centre - count / 2), int(centre + count / 2)
        sides.append((first, max(last, first + 1)))
    (x1, x2), (y1, y2) = sides
    return x1, y1, x2, y2


def masked_crops(source: torch.Tensor, masks: np.ndarray, size: int,
                 antialias: bool) -> torch.Tensor:
    """Return (N, 3, S, S) float32 crops of the (1, 3, H, W) normalised image.

    Outside the mask stands the ImageNet mean, as a value of the normalised space (the published
    code does that).
    """
    if len(masks) == 0:
        return torch.zeros(0, 3, size, size)
    fill = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
    crops = []
    for mask in masks:
        x1, y1, x2, y2 = paper_box(mask)
        inside = torch.from_numpy(mask[y1:y2, x1:x2]).float()
        crop = source[:, :, y1:y2, x1:x2] * inside + (1 - inside) * fill
        crops.append(resize(crop, (size, size), antialias))
    return torch.cat(crops)
