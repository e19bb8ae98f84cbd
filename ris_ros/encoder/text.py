"""Sentence and noun-phrase features of a CLIP backbone (Yu et al., CVPR 2023)."""
from __future__ import annotations

from collections.abc import Sequence
import logging

import torch
from torch.nn import functional

from ris_ros.encoder.backbone import Backbone

_LOGGER = logging.getLogger(__name__)


@torch.inference_mode()
def text_features(backbone: Backbone, texts: Sequence[str],
                  templates: Sequence[str] = ('{}',)) -> torch.Tensor:
    """Return (T, D) float32 features of T texts.

    templates: prompts with '{}' for the text.  One gives the feature as CLIP has it, not
    normalised; of several, features of length 1 are averaged (prompt ensembling, Radford et al.,
    ICML 2021).  A text longer than the model's context is cut at its end, with a warning.
    """
    prompts = [template.format(text) for text in texts for template in templates]
    for prompt in prompts:
        warn_if_cut(backbone, prompt)
    features = encode_tokens(backbone, backbone.tokenizer(prompts))
    if len(templates) == 1:
        return features
    return functional.normalize(features, dim=-1).unflatten(0, (len(texts), -1)).mean(dim=1)


@torch.inference_mode()
def encode_tokens(backbone: Backbone, tokens: torch.Tensor) -> torch.Tensor:
    """Return (T, D) features of (T, L) int64 CLIP tokens, not normalised."""
    return backbone.model.encode_text(tokens.to(backbone.device))


def mix_text(sentence: torch.Tensor, phrase: torch.Tensor, phrase_weight: float,
             unit_features: bool) -> torch.Tensor:
    """Return ``(1 - p) * sentence + p * phrase``, (..., D), of unit parts where asked."""
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
