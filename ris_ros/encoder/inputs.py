# SPDX-License-Identifier: Apache-2.0
"""The visual encoder's inputs: an image and its masks, cropped, resized and normalised."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from ris_ros.encoder.paper_views import paper_views
from ris_ros.encoder.settings import EncoderSettings
from ris_ros.encoder.square_views import square_views
from ris_ros.encoder.token_masks import peak_token_masks, sampled_token_masks


@dataclass(frozen=True, eq=False)
class VisualInputs:
    """The visual encoder's inputs.

    Attributes:
        global_input: (1, 3, S, S) float32, the whole image.
        local_inputs: (N, 3, S, S) float32, one masked crop for each proposal.
        token_masks: (N, G, G) float32 in 0..1, the proposals on the token grid.
    """

    global_input: torch.Tensor
    local_inputs: torch.Tensor
    token_masks: torch.Tensor


def visual_inputs(image: np.ndarray, masks: np.ndarray, size: int, grid: int,
                  settings: EncoderSettings) -> VisualInputs:
    """Make the inputs of an image with N proposals.

    Args:
        image: (H, W, 3) uint8 RGB.
        masks: (N, H, W) bool, none of them empty.
        size: S, side of the encoder's input in pixels.
        grid: G, tokens along one side.
        settings: Of the profile.
    """
    views = paper_views if settings.preprocessing == 'paper' else square_views
    whole, crops = views(image, masks, size, settings)
    tokens = (peak_token_masks(masks, grid) if settings.token_masks == 'peak'
              else sampled_token_masks(masks, grid, settings.antialias))
    return VisualInputs(whole, crops, tokens)
