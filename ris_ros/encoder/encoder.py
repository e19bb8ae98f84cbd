# SPDX-License-Identifier: Apache-2.0
"""The encoder of a profile: it turns proposals and words into features and compares them."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
import logging

import numpy as np
import torch
from torch.nn import functional

from ris_ros.encoder.backbone import Backbone, Family
from ris_ros.encoder.heat_map import contrasts, patch_features
from ris_ros.encoder.inputs import VisualInputs, visual_inputs
from ris_ros.encoder.settings import EncoderSettings
from ris_ros.encoder.text import TextEncoder, mix_text
from ris_ros.encoder.visual import global_features, local_features, mix_visual
from ris_ros.errors import ModelError

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Encoder:
    """A CLIP backbone with the settings of a profile."""

    backbone: Backbone
    settings: EncoderSettings
    _texts: TextEncoder = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.backbone.family is Family.VIT:
            blocks = len(self.backbone.model.visual.transformer.resblocks)
            if not 0 <= self.settings.masked_blocks <= blocks:
                raise ModelError(f"The encoder's masked_blocks is {self.settings.masked_blocks}, "
                                 f'but the model has {blocks} blocks.')
        if self.backbone.family is Family.MASKLESS and self.settings.global_weight > 0:
            _LOGGER.warning('The image tower has no place for a mask, so that the encoder uses the '
                            'crops alone; global_weight: 0 in the profile says the same.')
        if self.backbone.family is Family.MASKLESS and self.settings.heat_map_weight > 0:
            raise ModelError(f"The encoder's heat_map_weight is {self.settings.heat_map_weight}, "
                             'but the image tower of this model has no features of patches; set it '
                             'to 0 or choose another model.')
        object.__setattr__(self, '_texts', TextEncoder(self.backbone, self.settings.templates))

    def inputs(self, image: np.ndarray, masks: np.ndarray) -> VisualInputs:
        """Return the visual inputs of a (H, W, 3) uint8 image and (N, H, W) bool masks."""
        return visual_inputs(image, masks, self.backbone.size, self.backbone.grid, self.settings)

    def visual_parts(self, inputs: VisualInputs) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the (N, D) float32 global and local features of N proposals, on the CPU."""
        try:
            return self._visual_parts(self.backbone, inputs)
        except torch.OutOfMemoryError:
            pass
        _LOGGER.warning('The GPU ran out of memory for a single mask; the CPU encodes instead.')
        return self._visual_parts(self.backbone.on_cpu, inputs)

    def _visual_parts(self, backbone: Backbone,
                      inputs: VisualInputs) -> tuple[torch.Tensor, torch.Tensor]:
        settings = self.settings
        return (global_features(backbone, inputs.global_input, inputs.token_masks,
                                settings.masked_blocks, settings.batch_size),
                local_features(backbone, inputs.local_inputs, settings.batch_size))

    def mix_visual(self, global_part: torch.Tensor, local_part: torch.Tensor) -> torch.Tensor:
        """Return the (N, D) visual features of (N, D) global and local ones."""
        maskless = self.backbone.family is Family.MASKLESS
        return mix_visual(global_part, local_part, 0.0 if maskless else self.settings.global_weight,
                          self.settings.unit_features)

    def with_heat(self, visual: torch.Tensor, global_input: torch.Tensor,
                  token_masks: torch.Tensor) -> torch.Tensor:
        """Add the heat map to visual features.

        Args:
            visual: (N, D) float32, from `mix_visual`.
            global_input: (1, 3, S, S) float32, the image.
            token_masks: (N, G, G) float32 in 0..1.

        Returns:
            (N, D) float32, whose product with a text of length 1 is the score over the scale. They
            are the same as ``visual`` without a ``heat_map_weight``.

        Source: Liu and Li, Hybrid Global-Local Representation with Augmented Spatial Guidance for
        Zero-Shot Referring Image Segmentation, CVPR 2025. docs/paper.md says what differs.
        """
        weight = self.settings.heat_map_weight
        if weight == 0:
            return visual
        heat = contrasts(self._patches(global_input), token_masks)
        return (1 - weight) * functional.normalize(visual, dim=-1) + weight * heat

    def _patches(self, global_input: torch.Tensor) -> torch.Tensor:
        """Return the (G * G, D) features of patches, computed where there is memory for it."""
        try:
            return patch_features(self.backbone, global_input)
        except torch.OutOfMemoryError:
            pass
        _LOGGER.warning('The GPU ran out of memory for a heat map; the CPU computes it instead.')
        return patch_features(self.backbone.on_cpu, global_input)

    def visual(self, image: np.ndarray, masks: np.ndarray) -> torch.Tensor:
        """Return (N, D) float32 visual features of a (H, W, 3) uint8 image's (N, H, W) masks."""
        inputs = self.inputs(image, masks)
        mixed = self.mix_visual(*self.visual_parts(inputs))
        return self.with_heat(mixed, inputs.global_input, inputs.token_masks)

    def text_parts(self, sentences: Sequence[str],
                   phrases: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the (T, D) float32 features of T sentences and of their noun phrases."""
        features = self._texts([*sentences, *phrases])
        return features[:len(sentences)], features[len(sentences):]

    def mix_text(self, sentences: torch.Tensor, phrases: torch.Tensor) -> torch.Tensor:
        """Return the (T, D) text features of (T, D) sentence and noun-phrase features."""
        # The published RN50 path scales both to length 1 first, the ViT path does not.
        unit = self.settings.unit_features or self.backbone.is_resnet
        return mix_text(sentences, phrases, self.settings.phrase_weight, unit)

    def text(self, sentence: str, phrase: str) -> torch.Tensor:
        """Return the (D,) float32 feature of one sentence, mixed with its noun phrase."""
        return self.mix_text(*self.text_parts([sentence], [phrase]))[0]

    def texts(self, sentences: Sequence[str], phrases: Sequence[str]) -> torch.Tensor:
        """Return the (T, D) float32 features of T sentences, each mixed with its noun phrase."""
        return self.mix_text(*self.text_parts(sentences, phrases))

    def vocabulary(self, phrases: Sequence[str]) -> torch.Tensor:
        """Return the (T, D) float32 features of T phrases that each start of a robot needs.

        They are those of `texts`, and they are kept in the user's cache.
        """
        features = self._texts.vocabulary(phrases)
        return self.mix_text(features, features)

    @property
    def _scores_by_length(self) -> bool:
        """Whether the length of features counts."""
        return self.backbone.is_resnet and not self.settings.unit_features

    def compare(self, visual: torch.Tensor, texts: torch.Tensor) -> torch.Tensor:
        """Compare visual features with texts.

        A ViT scores by the cosine, a ResNet by the dot product: its features keep their length,
        as in the published code (Yu et al., CVPR 2023). With a heat map it is the product with the
        text at length 1, because `with_heat` has scaled the rest.

        Args:
            visual: (N, D) float32.
            texts: (T, D) float32.

        Returns:
            (N, T) scores, 100 times the product; for a tower of timm the model's own logits.
        """
        scale, bias = self.backbone.logit
        if self.settings.heat_map_weight > 0:
            return scale * visual @ functional.normalize(texts, dim=-1).T + bias
        if self._scores_by_length:
            return scale * visual @ texts.T
        visual, texts = (functional.normalize(one, dim=-1) for one in (visual, texts))
        return scale * visual @ texts.T + bias

    def scores(self, visual: torch.Tensor, text: torch.Tensor) -> torch.Tensor:
        """Return the (N,) scores of (N, D) visual features for one (D,) text; see `compare`."""
        return self.compare(visual, text[None])[:, 0]

    def rate(self, visual: torch.Tensor, sentence: str, phrase: str,
             anchors: Sequence[str]) -> torch.Tensor:
        """Score proposals for a sentence, less their scores for negative phrases.

        Source: Suo et al., Text Augmented Spatial-aware Zero-shot Referring Image Segmentation,
        EMNLP Findings 2023. There the negatives come from a caption; here they come from the
        command and the profile.

        Args:
            visual: (N, D) float32 features.
            sentence: The whole expression.
            phrase: Its noun phrase.
            anchors: Phrases of the same command that mean other objects. They are negatives, as
                those of the settings are.

        Returns:
            (N,) float32. Without a ``negative_weight`` nothing is taken off.
        """
        scores = self.scores(visual, self.text(sentence, phrase))
        if self.settings.negative_weight == 0:
            return scores
        negatives = [*self.settings.negative_phrases, *anchors]
        if not negatives:
            return scores
        others = self._texts(negatives)
        rated = [self.scores(visual, text) for text in others]
        return scores - self.settings.negative_weight * torch.stack(rated).mean(dim=0)
