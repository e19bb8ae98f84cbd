"""The parts of SAM's mask decoder in which places of the image and tokens of points meet."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from segment_anything.modeling.transformer import Attention


@dataclass(frozen=True, eq=False)
class SharedPlaces:
    """An image as all points see it first.

    places: (P, C) embeddings of its places.  keys: (H, D, P) and values: (H, P, D) of the places,
    which the tokens ask first.  queries: (H, D, P) with which the places ask the tokens first.
    upscaled: (P, U) the places before the first transposed convolution, but for what is added.
    """

    places: Tensor
    keys: Tensor
    values: Tensor
    queries: Tensor
    upscaled: Tensor


@dataclass(frozen=True, eq=False)
class Folded:
    """A layer norm of the places with all that follows it up to the upscaling, linear but for it.

    weight: (C, U) of what goes into the norm.  mean: (U,) of its mean, bias: (U,) what it adds.
    """

    weight: Tensor
    mean: Tensor
    bias: Tensor


def fold(norms: list[torch.nn.LayerNorm], weight: Tensor, bias: Tensor) -> list[Folded]:
    """Return the norms, one after the other, before a linear map with (C, U) weight and bias.

    ``((x - mean) * scale * gain + b) W`` is ``scale * (x - mean) (gain W) + b W``.
    """
    folded = []
    for norm in reversed(norms):
        lift, weight = norm.bias @ weight + bias, norm.weight[:, None] * weight
        folded.append(Folded(weight, -weight.sum(0), lift))
        bias = torch.zeros_like(bias)
    return folded[::-1]


@dataclass(frozen=True, eq=False)
class Taken:
    """What the places take of the tokens: shares, (N, M, P), of values, (N, M, C)."""

    shares: Tensor
    values: Tensor

    def add_to(self, places: Tensor) -> Tensor:
        """Return the (N, P, C) places with it."""
        return torch.baddbmm(places, self.shares.transpose(1, 2), self.values)


class ToImage:
    """Cross-attention of tokens to the places of the image."""

    def __init__(self, attention: Attention, positions: Tensor) -> None:
        """Take the attention and the (P, C) positional embeddings of the places."""
        self._attention = attention
        self._key, self._value = (_by_head(attention, layer.weight)
                                  for layer in (attention.k_proj, attention.v_proj))
        # (H, D, P). A key's bias adds the same to all logits of a query: it cancels.
        self._position_keys = self._key @ positions.T

    def share(self, places: Tensor) -> tuple[Tensor, Tensor]:
        """Return the (H, D, P) keys and (H, P, D) values of (P, C) places."""
        return self._key @ places.T + self._position_keys, places @ self._value.transpose(1, 2)

    def first(self, tokens: Tensor, image: SharedPlaces) -> Tensor:
        """Return (N, T, C) for (N, T, C) tokens and the places that all of them share."""
        logits = _times(self._query(tokens), image.keys)
        return self._joined(_times(torch.softmax(logits, -1), image.values))

    def __call__(self, tokens: Tensor, places: Tensor) -> Tensor:
        """Return (N, T, C) for (N, T, C) tokens and (N, P, C) places.

        ``q (K x)`` is computed as ``(q K) x``, and the mean of values as the value of the mean.
        """
        query = self._query(tokens)
        logits = torch.baddbmm(_times(query, self._position_keys).flatten(1, 2),
                               _times(query, self._key).flatten(1, 2), places.transpose(1, 2))
        mean = torch.bmm(torch.softmax(logits, -1), places).unflatten(1, (-1, tokens.shape[1]))
        return self._joined(mean @ self._value.transpose(1, 2))

    def _query(self, tokens: Tensor) -> Tensor:
        """Return the (N, H, T, D) scaled queries of (N, T, C) tokens."""
        attention = self._attention
        return _heads(attention, attention.q_proj(tokens)) * _scale(attention)

    def _joined(self, mean: Tensor) -> Tensor:
        """Return the (N, T, C) output of (N, H, T, D) means of the values, but for their bias."""
        attention = self._attention
        return attention.out_proj(mean.transpose(1, 2).flatten(2) + attention.v_proj.bias)


class ToTokens:
    """Cross-attention of the places of the image to tokens."""

    def __init__(self, attention: Attention, positions: Tensor) -> None:
        """Take the attention and the (P, C) positional embeddings of the places."""
        self._attention = attention
        self._query = _by_head(attention, attention.q_proj.weight)
        self._out = _by_head(attention, attention.out_proj.weight.T)
        offset = attention.q_proj.bias.view(attention.num_heads, -1, 1)
        self._position_queries = self._query @ positions.T + offset

    def share(self, places: Tensor) -> Tensor:
        """Return the (H, D, P) queries of (P, C) places."""
        return self._query @ places.T + self._position_queries

    def first(self, image: SharedPlaces, tokens: Tensor, values: Tensor) -> Taken:
        """Return what the places that all share take of the tokens."""
        return self._taken(_times(self._key(tokens), image.queries), values)

    def __call__(self, places: Tensor, tokens: Tensor, values: Tensor) -> Taken:
        """Return what (N, P, C) places take of the tokens.

        tokens, values: (N, T, C), what the keys and the values are made of.
        """
        key = self._key(tokens)
        logits = torch.baddbmm(_times(key, self._position_queries).flatten(1, 2),
                               _times(key, self._query).flatten(1, 2), places.transpose(1, 2))
        return self._taken(logits.unflatten(1, (-1, tokens.shape[1])), values)

    def _key(self, tokens: Tensor) -> Tensor:
        """Return the (N, H, T, D) scaled keys of (N, T, C) tokens."""
        attention = self._attention
        return _heads(attention, attention.k_proj(tokens)) * _scale(attention)

    def _taken(self, logits: Tensor, values: Tensor) -> Taken:
        """Return what is taken of (N, T, C) values by (N, H, T, P) logits."""
        attention = self._attention
        shares = torch.softmax(logits, 2).flatten(1, 2)
        # The shares of each head sum to 1, so each may bring its part of the bias.
        value = _heads(attention, attention.v_proj(values)) @ self._out
        value = value + attention.out_proj.bias / attention.num_heads
        return Taken(shares, value.flatten(1, 2))


def _times(rows: Tensor, shared: Tensor) -> Tensor:
    """Return the (N, H, T, P) product of (N, H, T, D) rows with the (H, D, P) that all share.

    A product that broadcasts would copy what is shared for each of the N.
    """
    product = rows.transpose(0, 1).flatten(1, 2) @ shared
    return product.unflatten(1, (len(rows), -1)).transpose(0, 1)


def _scale(attention: Attention) -> float:
    """Return what the logits of an attention are multiplied by."""
    return (attention.internal_dim // attention.num_heads) ** -0.5


def _by_head(attention: Attention, weight: Tensor) -> Tensor:
    """Return (H * D, C) weights as (H, D, C)."""
    return weight.unflatten(0, (attention.num_heads, -1)).contiguous()


def _heads(attention: Attention, rows: Tensor) -> Tensor:
    """Return (N, T, H * D) rows as (N, H, T, D)."""
    return rows.unflatten(-1, (attention.num_heads, -1)).transpose(1, 2)
