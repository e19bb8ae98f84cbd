# SPDX-License-Identifier: Apache-2.0
"""The published method from end to end on your own weights, image, masks and texts."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from ris_ros.encoder.backbone import Backbone
from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.settings import EncoderSettings
from ris_ros.errors import CommandError, FrameError


@dataclass(frozen=True, eq=False)
class GlobalLocal:
    """All that the method computes for N masks and T texts, in float32 arrays.

    Attributes:
        token_masks: (N, G, G) in 0..1, the masks on the token grid.
        global_features: (N, D), not normalised.
        local_features: (N, D), not normalised; those of a ResNet have length 1.
        visual: (N, D), their mix.
        sentence_features: (T, D), as CLIP gives them.
        phrase_features: (T, D), as CLIP gives them.
        text: (T, D), their mix.
        scores: (T, N).
    """

    token_masks: np.ndarray
    global_features: np.ndarray
    local_features: np.ndarray
    visual: np.ndarray
    sentence_features: np.ndarray
    phrase_features: np.ndarray
    text: np.ndarray
    scores: np.ndarray

    @property
    def best(self) -> np.ndarray:
        """Return the (T,) indices of the masks that the texts refer to."""
        return self.scores.argmax(axis=1)


def global_local(backbone: Backbone, image: np.ndarray, masks: np.ndarray,
                 sentences: Sequence[str], phrases: Sequence[str],
                 settings: EncoderSettings) -> GlobalLocal:
    """Ground T sentences among N masks of an image.

    Source: Yu et al., Zero-shot Referring Image Segmentation with Global-Local Context Features,
    CVPR 2023.

    Args:
        backbone: The CLIP model.
        image: (H, W, 3) uint8 RGB.
        masks: (N, H, W) bool, N >= 1, none of them empty.
        sentences: T >= 1 referring expressions.
        phrases: The noun phrase of each sentence; `ris_ros.language.paper_rule` finds it by the
            paper's rule.
        settings: EncoderSettings() is the published method. Published runs differ in antialias
            and global_weight (see PAPER_GLOBAL_WEIGHT).

    Raises:
        FrameError: The image or the masks have another shape or type.
        CommandError: There is not one phrase for each sentence.
    """
    _check(image, masks, sentences, phrases)
    encoder = Encoder(backbone, settings)
    inputs = encoder.inputs(image, masks)
    whole, local = encoder.visual_parts(inputs)
    visual = encoder.with_heat(encoder.mix_visual(whole, local), inputs.global_input,
                               inputs.token_masks)
    of_sentences, of_phrases = encoder.text_parts(sentences, phrases)
    text = encoder.mix_text(of_sentences, of_phrases)
    scores = torch.stack([encoder.scores(visual, words) for words in text])
    return GlobalLocal(*(tensor.numpy() for tensor in (
        inputs.token_masks, whole, local, visual, of_sentences, of_phrases, text, scores)))


def _check(image: np.ndarray, masks: np.ndarray, sentences: Sequence[str],
           phrases: Sequence[str]) -> None:
    """Check the arguments of global_local."""
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise FrameError(f'The image has shape {image.shape} and type {image.dtype}; expected '
                         '(H, W, 3) uint8 RGB.')
    if masks.dtype != bool or masks.ndim != 3 or masks.shape[1:] != image.shape[:2]:
        raise FrameError(f'The masks have shape {masks.shape} and type {masks.dtype}; expected '
                         f'(N, {image.shape[0]}, {image.shape[1]}) bool, as the image is.')
    if not len(masks) or not masks.any(axis=(1, 2)).all():
        raise FrameError('There are no masks, or one of them is empty; leave empty ones out.')
    if isinstance(sentences, str) or len(sentences) != len(phrases) or not sentences:
        raise CommandError('Expected a list of sentences and a list with the noun phrase of each, '
                           f'got {sentences!r} and {phrases!r}.')
