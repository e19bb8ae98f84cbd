"""The published method from end to end on weights, an image, masks and texts of one's own."""
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
    """All that the method computes for N masks and T texts; float32 arrays, features of width D.

    token_masks: (N, G, G).  global_features, local_features, visual: (N, D), not normalised (a
    ResNet's local ones have length 1).  sentence_features, phrase_features: (T, D), as CLIP gives
    them.  text: (T, D), their mix.  scores: (T, N).  best: (T,) int64, the mask of each text.
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
    """Ground T sentences among N masks of an image (Yu et al., CVPR 2023).

    image: (H, W, 3) uint8 RGB.  masks: (N, H, W) bool, N >= 1, none of them empty.  phrases: the
    noun phrase of each sentence (ris_ros.language.paper_rule finds it by the paper's rule).
    settings: EncoderSettings() is the published method; its antialias and global_weight (see
    PAPER_GLOBAL_WEIGHT) are the ones that published runs differ in.
    Raises FrameError for an image or masks of another kind, CommandError where there is not one
    phrase for each sentence.
    """
    _check(image, masks, sentences, phrases)
    encoder = Encoder(backbone, settings)
    inputs = encoder.inputs(image, masks)
    whole, local = encoder.visual_parts(inputs)
    visual = encoder.mix_visual(whole, local)
    of_sentences, of_phrases = encoder.text_parts(sentences, phrases)
    text = encoder.mix_text(of_sentences, of_phrases)
    scores = torch.stack([encoder.scores(visual, words) for words in text])
    return GlobalLocal(*(tensor.numpy() for tensor in (
        inputs.token_masks, whole, local, visual, of_sentences, of_phrases, text, scores)))


def _check(image: np.ndarray, masks: np.ndarray, sentences: Sequence[str],
           phrases: Sequence[str]) -> None:
    """Raise where the input is not what global_local says."""
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
