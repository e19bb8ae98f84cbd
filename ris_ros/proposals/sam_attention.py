"""The parts of SAM's mask decoder in which places of the image and tokens of points meet."""
from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ris_ros.proposals.sam_places import Asked, Places, Taken, times

if TYPE_CHECKING:
    from segment_anything.modeling.transformer import Attention


class ToImage:
    """Cross-attention of tokens to the places of the image."""

    def __init__(self, attention: Attention, positions: Tensor) -> None:
        """Take the attention and the (P, C) positional embeddings of the places."""
        self._attention = attention
        self._key, self._value = (_by_head(attention, layer.weight)
                                  for layer in (attention.k_proj, attention.v_proj))
        # (H, D, P). A key's bias adds the same to all logits of a query: it cancels.
        self._position_keys = self._key @ positions.T

    def share(self, base: Tensor) -> Asked:
        """Return the keys and values of the (P, C) places that points share."""
        return Asked(self._key @ base.T, base @ self._value.transpose(1, 2))

    def __call__(self, tokens: Tensor, places: Places, base: Asked) -> Tensor:
        """Return (N, T, C) for (N, T, C) tokens and the places of N points.

        ``q (K x)`` is computed as ``(q K) x``, and the mean of values as the value of the mean.
        """
        attention = self._attention
        query = _heads(attention, attention.q_proj(tokens)) * _scale(attention)
        logits = _logits(query, self._key, base.keys, self._position_keys, places)
        weights = torch.softmax(logits, -1).mul_(places.scale[:, None])
        rows = (weights.flatten(1, 2) @ places.shares.transpose(1, 2) @ places.rows
                + places.offset).unflatten(1, query.shape[1:3])
        mean = times(weights, base.values) + rows @ self._value.transpose(1, 2)
        return attention.out_proj(mean.transpose(1, 2).flatten(2) + attention.v_proj.bias)


class ToTokens:
    """Cross-attention of the places of the image to tokens."""

    def __init__(self, attention: Attention, positions: Tensor) -> None:
        """Take the attention and the (P, C) positional embeddings of the places."""
        self._attention = attention
        self._query = _by_head(attention, attention.q_proj.weight)
        # (H, D, C) and (C,), by which what is taken of the tokens is added to the places.
        self.out, self.bias = (_by_head(attention, attention.out_proj.weight.T),
                               attention.out_proj.bias)
        offset = attention.q_proj.bias.view(attention.num_heads, -1, 1)
        self._position_queries = self._query @ positions.T + offset

    def share(self, base: Tensor) -> Tensor:
        """Return the (H, D, P) queries of the (P, C) places that points share."""
        return self._query @ base.T

    def __call__(self, places: Places, queries: Tensor, tokens: Tensor, values: Tensor) -> Taken:
        """Return what the places of N points take of the tokens.

        queries: of their base.  tokens, values: (N, T, C), of which keys and values are made.
        """
        attention = self._attention
        key = _heads(attention, attention.k_proj(tokens)) * _scale(attention)
        logits = _logits(key, self._query, queries, self._position_queries, places)
        # Softmax is over the tokens, for which what the offset adds is not the same.
        logits += key @ (self._query @ places.offset)[..., None]
        shares = torch.softmax(logits, 2).flatten(1, 2)
        return Taken(shares, _heads(attention, attention.v_proj(values)))


def _logits(asking: Tensor, projection: Tensor, base: Tensor, positions: Tensor,
            places: Places) -> Tensor:
    """Return the (N, H, T, P) products of (N, H, T, D) rows with places, but for their offset.

    projection: (H, D, C) of the places; base, positions: (H, D, P) of their base and positions.
    """
    rows = (asking @ projection).flatten(1, 2) @ places.rows.transpose(1, 2)
    found = (rows @ places.shares).unflatten(1, asking.shape[1:3])
    found += times(asking, base)
    # In its own place, so that it stays in one piece.
    return torch.addcmul(times(asking, positions), found, places.scale[:, None], out=found)


def _scale(attention: Attention) -> float:
    """Return what the logits of an attention are multiplied by."""
    return (attention.internal_dim // attention.num_heads) ** -0.5


def _by_head(attention: Attention, weight: Tensor) -> Tensor:
    """Return (H * D, C) weights as (H, D, C)."""
    return weight.unflatten(0, (attention.num_heads, -1)).contiguous()


def _heads(attention: Attention, rows: Tensor) -> Tensor:
    """Return (N, T, H * D) rows as (N, H, T, D)."""
    return rows.unflatten(-1, (attention.num_heads, -1)).transpose(1, 2)
