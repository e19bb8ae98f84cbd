"""Sentence and noun-phrase features of a CLIP backbone (Yu et al., CVPR 2023)."""
from __future__ import annotations

import logging

import torch
from torch.nn import functional

from ris_ros.encoder.backbone import Backbone

_LOGGER = logging.getLogger(__name__)


@torch.inference_mode()
def text_features(backbone: Backbone, texts: list[str]) -> torch.Tensor:
    """Return (T, D) float32 features of the texts, not normalised.

    A text longer than the model's context is cut at its end, with a warning.
    """
    for text in texts:
        warn_if_cut(backbone, text)
    return encode_tokens(backbone, backbone.tokenizer(texts))


@torch.inference_mode()
def encode_tokens(backbone: Backbone, tokens: torch.Tensor) -> torch.Tensor:
    """Return (T, D) features of (T, L) int64 CLIP tokens, not normalised."""
    return backbone.model.encode_text(tokens.to(backbone.device))


def mix_text(sentence: torch.Tensor, phrase: torch.Tensor, phrase_weight: float,
             unit_features: bool) -> torch.Tensor:
    """Return ``(1 - p) * sentence + p * phrase``, of unit parts where asked."""
    if unit_features:
        sentence = functional.normalize(sentence, dim=-1)
        phrase = functional.normalize(phrase, dim=-1)
    return (1 - phrase_weight) * sentence + phrase_weight * phrase


def warn_if_cut(backbone: Backbone, text: str) -> None:
    """Say so when ``text`` has more tokens than the model reads (open_clip cuts in silence)."""
    room = backbone.tokenizer.context_length - 2  # start and end tokens
    count = len(backbone.tokenizer.encode(text))
    if count > room:
        _LOGGER.warning('The text has %d tokens but the model reads %d; its end is ignored: %.60s…',
                        count, room, text)
