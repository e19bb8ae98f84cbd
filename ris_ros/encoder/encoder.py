"""The encoder: proposals and words of one profile become features that can be compared."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from ris_ros.encoder.backbone import Backbone
from ris_ros.encoder.preprocess import VisualInputs, paper_inputs
from ris_ros.encoder.settings import EncoderSettings
from ris_ros.encoder.square_crops import square_inputs
from ris_ros.encoder.text import mix_text, text_features
from ris_ros.encoder.visual import global_features, local_features, mix_visual

LOGIT_SCALE = 100.0


@dataclass(frozen=True, eq=False)
class Encoder:
    """A CLIP backbone with the settings of a profile."""

    backbone: Backbone
    settings: EncoderSettings

    def inputs(self, image: np.ndarray, masks: np.ndarray) -> VisualInputs:
        """Return the visual inputs of a (H, W, 3) uint8 image and (N, H, W) bool masks."""
        prepare = paper_inputs if self.settings.preprocessing == 'paper' else square_inputs
        return prepare(image, masks, self.backbone.size, self.backbone.grid, self.settings)

    def visual(self, image: np.ndarray, masks: np.ndarray) -> torch.Tensor:
        """Return (N, D) float32 mixed visual features."""
        inputs = self.inputs(image, masks)
        settings = self.settings
        whole = global_features(self.backbone, inputs.global_input, inputs.token_masks,
                                settings.masked_blocks, settings.batch_size)
        parts = local_features(self.backbone, inputs.local_inputs, settings.batch_size)
        return mix_visual(whole, parts, settings.global_weight, settings.unit_features)

    def text(self, sentence: str, phrase: str) -> torch.Tensor:
        """Return the (D,) float32 mixed feature of a sentence and its noun phrase."""
        features = text_features(self.backbone, [sentence, phrase])
        # The published RN50 path scales both to length 1 first, the ViT path does not.
        unit = self.settings.unit_features or self.backbone.is_resnet
        return mix_text(features[0], features[1], self.settings.phrase_weight, unit)

    def scores(self, visual: torch.Tensor, text: torch.Tensor) -> torch.Tensor:
        """Return (N,) scores: 100 x cosine; for a ResNet 100 x dot product, as published."""
        if self.backbone.is_resnet and not self.settings.unit_features:
            return LOGIT_SCALE * visual @ text
        return LOGIT_SCALE * functional.cosine_similarity(visual, text[None], dim=-1)
