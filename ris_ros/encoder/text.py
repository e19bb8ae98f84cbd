# SPDX-License-Identifier: Apache-2.0
"""Sentence and noun-phrase features of a CLIP backbone (Yu et al., CVPR 2023)."""
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
import logging
import threading
from typing import Generic, TypeVar

import torch
from torch.nn import functional

from ris_ros.encoder.backbone import Backbone
from ris_ros.encoder.kept_features import kept_features
from ris_ros.encoder.single_token import block_for_one_token

_LOGGER = logging.getLogger(__name__)

# Number of prompts whose features are kept; those of the usual models take 2 KB each at most.
_KEPT = 1024

Value = TypeVar('Value')


class Recent(Generic[Value]):
    """Keeps the values of the names that were asked for last; any thread may call it."""

    def __init__(self, limit: int) -> None:
        """Keep up to ``limit`` values."""
        self._limit = limit
        self._values: OrderedDict[str, Value] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many values are kept."""
        return len(self._values)

    def get(self, names: Sequence[str],
            make: Callable[[Sequence[str]], Iterable[Value]]) -> list[Value]:
        """Return the value of each name.

        Args:
            names: Names of values.
            make: Returns the values of names that are not kept, in their order.
        """
        with self._lock:
            found = {name: self._values[name] for name in names if name in self._values}
        missing = [name for name in dict.fromkeys(names) if name not in found]
        if missing:  # outside the lock, because it takes long
            found.update(zip(missing, make(missing), strict=True))
        with self._lock:
            for name in names:
                self._values[name] = found[name]
                self._values.move_to_end(name)
            while len(self._values) > self._limit:
                self._values.popitem(last=False)
        return [found[name] for name in names]


class TextEncoder:
    """Encodes texts, and remembers the features of the prompts it saw last."""

    def __init__(self, backbone: Backbone, templates: Sequence[str] = ('{}',)) -> None:
        """Take a backbone and templates.

        With one template the feature of a text is CLIP's own, not normalised. With several, their
        features of length 1 are averaged (prompt ensembling, Radford et al., ICML 2021).

        Args:
            backbone: The CLIP model.
            templates: Prompts with '{}' for the text.
        """
        self._backbone = backbone
        self._templates = tuple(templates)
        self._recent: Recent[torch.Tensor] = Recent(_KEPT)

    def __call__(self, texts: Sequence[str]) -> torch.Tensor:
        """Return (T, D) float32 features of T >= 1 texts, on the CPU.

        A text longer than the model's context is cut at its end, with a warning.
        """
        features = self._recent.get(self._prompts(texts), self._encode)
        return self._join(torch.stack(features))

    def vocabulary(self, texts: Sequence[str]) -> torch.Tensor:
        """Return the features of T >= 1 texts that each start needs; they are kept on disk."""
        tokens = self._backbone.tokenizer(self._prompts(texts))
        return self._join(kept_features(self._backbone, tokens, self._on_some_device))

    def _prompts(self, texts: Sequence[str]) -> list[str]:
        """Return the prompts of texts, those of each text together."""
        return [template.format(text) for text in texts for template in self._templates]

    def _join(self, features: torch.Tensor) -> torch.Tensor:
        """Return the (T, D) features of texts from those of their prompts."""
        count = len(self._templates)
        if count == 1:
            return features
        return functional.normalize(features, dim=-1).unflatten(0, (-1, count)).mean(dim=1)

    def _encode(self, prompts: Sequence[str]) -> list[torch.Tensor]:
        """Return the (D,) features of prompts that are not remembered."""
        tokens = self._backbone.tokenizer(list(prompts))
        for prompt, row in zip(prompts, tokens, strict=True):
            if row[-1]:  # the context is full
                warn_if_cut(self._backbone, prompt)
        features = self._on_some_device(tokens)
        return [feature.clone() for feature in features]  # one forgotten is one freed

    def _on_some_device(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return the (T, D) features of tokens, computed where there is memory for it."""
        try:
            return encode_tokens(self._backbone, tokens)
        except torch.OutOfMemoryError:
            pass
        _LOGGER.warning('The GPU ran out of memory for a text; the CPU encodes it instead.')
        return encode_tokens(self._backbone.on_cpu, tokens)


@torch.inference_mode()
def encode_tokens(backbone: Backbone, tokens: torch.Tensor) -> torch.Tensor:
    """Encode texts for a part of the cost.

    A token sees only those before it, and the output at the end token is the feature. So what comes
    after the last end is left out, and the last block is computed for the end tokens only.

    Args:
        backbone: The CLIP model.
        tokens: (T, L) int64, from the model's tokenizer.

    Returns:
        (T, D) features on the CPU, not normalised.
    """
    model = backbone.model
    if backbone.is_of_timm:  # its tokens may see those after them, and the last may be the feature
        return model.encode_text(tokens.to(backbone.device)).cpu()
    ends = tokens.argmax(-1).to(backbone.device)  # the end has the highest number
    length = int(ends.max()) + 1
    x = model.token_embedding(tokens[:, :length].to(backbone.device))
    x = x + model.positional_embedding[:length]
    blocks = model.transformer.resblocks
    for block in blocks[:-1]:
        x = block(x, attn_mask=model.attn_mask[:length, :length])
    x = block_for_one_token(blocks[-1], x, ends, model.attn_mask[ends, :length])
    return (model.ln_final(x) @ model.text_projection).cpu()


def mix_text(sentence: torch.Tensor, phrase: torch.Tensor, phrase_weight: float,
             unit_features: bool) -> torch.Tensor:
    """Mix (..., D) features as ``(1 - p) * sentence + p * phrase``.

    unit_features scales both to length 1 first.
    """
    if unit_features:
        sentence = functional.normalize(sentence, dim=-1)
        phrase = functional.normalize(phrase, dim=-1)
    return (1 - phrase_weight) * sentence + phrase_weight * phrase


def warn_if_cut(backbone: Backbone, text: str) -> None:
    """Warn if a text has more tokens than the model reads, because open_clip cuts it in silence."""
    room = backbone.tokenizer.context_length - 2  # start and end tokens
    count = len(backbone.tokenizer.encode(text))
    if count > room:
        _LOGGER.warning('The text has %d tokens but the model reads %d; its end is ignored: %.60s…',
                        count, room, text)
