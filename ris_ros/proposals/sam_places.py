"""The places of an image in SAM's mask decoder, as points see them, without computing them.

A layer adds to each place a few multiples of the same rows, made of its tokens, and a layer norm
is linear but for the scale of each place.  So between two layers the (P, C) places of a point are

    scale * (base + shares.T @ rows) + offset

with a base that all points share.  A projection of the places is one of the base, done once for
an image, and one of the rows, of which there are few.
"""
from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Asked:
    """A base as the heads of an attention ask it: keys (H, D, P) and values (H, P, D)."""

    keys: Tensor
    values: Tensor


@dataclass(frozen=True, eq=False)
class Base:
    """What all points share of an image's places before a layer, and in the norm after it.

    asked: by the tokens.  queries: (H, D, P), with which it asks the tokens.
    power: (P,) mean square of the places less their mean.
    products: for each part of the rows that are there at the norm, (H, D, P) twice the mean
    product of what the part is made of with the places less their mean.  Both are float32.
    """

    asked: Asked
    queries: Tensor
    power: Tensor
    products: tuple[Tensor, ...]


@dataclass(frozen=True, eq=False)
class Places:
    """The places of N points before a layer, but for their base.

    scale: (N, 1, P).  shares: (N, M, P).  rows: (N, M, C).  offset: (C,).
    parts: the rows in the order of their coming, each (N, H, T, D) values which with the (H, D, C)
    of the layer that added them made (N, H * T, C) rows; what norms did to these is in the rows
    and in the products of the base.
    """

    scale: Tensor
    shares: Tensor
    rows: Tensor
    offset: Tensor
    parts: tuple[Tensor, ...]


def untouched(tokens: Tensor, number: int) -> Places:
    """Return the places, so many, as the points of (N, T, C) tokens see them first."""
    count, _, channels = tokens.shape
    return Places(tokens.new_ones(count, 1, number), tokens.new_zeros(count, 0, number),
                  tokens.new_zeros(count, 0, channels), tokens.new_zeros(channels), ())


@dataclass(frozen=True, eq=False)
class Taken:
    """What the places take of the tokens: shares, (N, H * T, P), of rows ``values @ out``.

    values: (N, H, T, D).
    """

    shares: Tensor
    values: Tensor


class Update:
    """What a layer does to the places: it adds what they take of the tokens, and norms them."""

    def __init__(self, norm: torch.nn.LayerNorm, out: Tensor, bias: Tensor,
                 before: Update | None) -> None:
        """Take the norm, the (H, D, C) and (C,) of what is added, and the layer before."""
        self._norm, self._before = norm, before
        offset = before._norm.bias if before else torch.zeros_like(bias)
        # Of what there is anyway and of what is taken; a single share has the first.
        self._added = (offset + bias)[None, None], out

    def __call__(self, places: Places, taken: Taken, base: Base) -> Places:
        """Return the places after it."""
        norm, (constant, out) = self._norm, self._added
        inverse = places.scale.reciprocal()
        shares = torch.cat([places.shares, inverse, taken.shares * inverse], 1)
        rows = torch.cat([places.rows, constant.expand(len(shares), -1, -1),
                          (taken.values @ out).flatten(1, 2)], 1)
        rows = rows - rows.mean(-1, keepdim=True)
        parts = (*places.parts, torch.ones_like(places.scale[..., :1, None]), taken.values)
        variance = _variance(base, shares.float(), rows.float(), parts)
        scale = places.scale.float()
        scale = scale * torch.rsqrt(scale.square() * variance + norm.eps)
        return Places(scale.to(shares.dtype), shares, rows * norm.weight, norm.bias, parts)

    def of_base(self, places: Tensor) -> Tensor:
        """Return the (P, C) places of a base after it."""
        return _centred(places) * self._norm.weight

    def power(self, places: Tensor) -> Tensor:
        """Return the power of a base with such places."""
        return _centred(places.float()).square().mean(-1)

    def products(self, places: Tensor) -> tuple[Tensor, ...]:
        """Return the products of a base with such places."""
        return self._products(places.float() * (2 / places.shape[-1]))

    def _products(self, factors: Tensor) -> tuple[Tensor, ...]:
        """Return the products of all rows so far with (P, C) factors, less their mean.

        A norm's mean and weight may as well be applied to what the rows are multiplied by.
        """
        factors = _centred(factors)
        earlier = (self._before._products(factors * self._before._norm.weight)
                   if self._before else ())
        return *earlier, *(out.float() @ factors.T for out in self._added)


def _variance(base: Base, shares: Tensor, rows: Tensor, parts: tuple[Tensor, ...]) -> Tensor:
    """Return the (N, 1, P) variance of ``base + shares.T @ rows``, with rows of mean 0."""
    spread = (rows @ rows.transpose(1, 2) / rows.shape[-1]) @ shares
    start = 0
    for part, products in zip(parts, base.products, strict=True):
        heads, count = part.shape[1:3]
        end = start + heads * count
        spread[:, start:end].unflatten(1, (heads, count)).add_(times(part.float(), products))
        start = end
    return (spread.mul_(shares).sum(1, keepdim=True) + base.power).clamp_(min=0)


def times(rows: Tensor, shared: Tensor) -> Tensor:
    """Return the (N, H, T, P) product of (N, H, T, D) rows with the (H, D, P) that all share.

    A product that broadcasts would copy what is shared for each of the N.
    """
    product = rows.transpose(0, 1).flatten(1, 2) @ shared
    return product.unflatten(1, (len(rows), -1)).transpose(0, 1)


def _centred(rows: Tensor) -> Tensor:
    """Return rows less the mean of each."""
    return rows - rows.mean(-1, keepdim=True)
