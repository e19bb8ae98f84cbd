# SPDX-License-Identifier: Apache-2.0
"""The benchmark's inputs: a picture, masks of all sizes, and models with random weights.

The cost does not depend on the weights, and pretrained ones cannot be had everywhere.
"""
from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch

from ris_ros.encoder.backbone import Backbone, backbone_from_state
from ris_ros.encoder.clip_library import CLIP, model_config

if TYPE_CHECKING:
    from segment_anything.modeling import Sam

SEED = 1


def draw_picture(height: int, width: int) -> np.ndarray:
    """Return (H, W, 3) uint8 RGB: blurred noise."""
    noise = np.random.default_rng(SEED).integers(0, 256, (height, width, 3), np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 5)


def draw_masks(count: int, height: int, width: int) -> np.ndarray:
    """Return (N, H, W) bool: ellipses of .5 to 40 % of the picture, more small than large ones."""
    return draw_slopes(count, height, width) <= 1


def draw_slopes(count: int, height: int, width: int) -> np.ndarray:
    """Return (N, H, W) float32: below 1 inside an ellipse, growing with the distance."""
    rng = np.random.default_rng(SEED)
    rows, columns = np.ogrid[:height, :width]
    slopes = np.empty((count, height, width), np.float32)
    for slope in slopes:
        area = math.exp(rng.uniform(math.log(0.005), math.log(0.4))) * height * width
        across = math.sqrt(area / math.pi * math.exp(rng.uniform(-0.7, 0.7)))
        down = area / math.pi / across
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        slope[:] = ((columns - x) / across) ** 2 + ((rows - y) / down) ** 2
    return slopes


def random_clip(architecture: str, precision: str = 'fp32', device: str = 'cpu') -> Backbone:
    """Return a CLIP of open_clip with seeded random weights."""
    torch.manual_seed(SEED)
    model = CLIP(**model_config(architecture))
    return backbone_from_state(architecture, model.state_dict(), device, precision=precision)


def random_sam() -> Sam:
    """Return SAM ViT-B with seeded random weights."""
    from segment_anything import sam_model_registry
    torch.manual_seed(SEED)
    return sam_model_registry['vit_b']().eval().requires_grad_(False)
