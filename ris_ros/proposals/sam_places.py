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
    power: see `power`, of the places with what the layer adds to all of them.
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
    """What a layer does to the places: it adds what they take of the tokens, and norms them.

    In fp32 it agrees with computed places to 1e-5 unless the sum that is normed is far smaller
    than what is summed: its variance is a sum of their products.
    """

    def __init__(self, norm: torch.nn.LayerNorm, out: Tensor, bias: Tensor,
                 before: Update | None) -> None:
        """Take the norm, the (H, D, C) and (C,) of what is added, and the layer before."""
        self._norm, self._before, self._out = norm, before, out
        # What all places take goes to the first base; later bases are scaled, and it is a row of
        # its own, (1, 1, C), beside those of the values.
        self._to_base = torch.zeros_like(bias) if before else bias
        self._constants = [(before._norm.bias + bias)[None, None]] if before else []

    def __call__(self, places: Places, taken: Taken, base: Base) -> Places:
        """Return the places after it."""
        norm, count = self._norm, len(taken.shares)
        inverse = places.scale.reciprocal()
        constants = [row.expand(count, -1, -1) for row in self._constants]
        shares = torch.cat(
            [places.shares, *(inverse for _ in constants), taken.shares * inverse], 1)
        rows = torch.cat([places.rows, *constants, (taken.values @ self._out).flatten(1, 2)], 1)
        rows = rows - rows.mean(-1, keepdim=True)
        ones = torch.ones_like(places.scale[..., :1, None])
        parts = (*places.parts, *(ones for _ in constants), taken.values)
        variance = _variance(base, shares.float(), rows.float(), parts)
        scale = places.scale.float()
        scale = scale * torch.rsqrt(scale.square() * variance + norm.eps)
        # Beyond it would be infinite, and the places not numbers.
        scale = scale.clamp(max=torch.finfo(shares.dtype).max).to(shares.dtype)
        return Places(scale, shares, rows * norm.weight, norm.bias, parts)

    def added_to(self, base: Tensor) -> Tensor:
        """Return the (P, C) places of a base with what is added to all of them."""
        return base + self._to_base

    def normed(self, base: Tensor) -> Tensor:
        """Return the (P, C) places of such a base after the norm."""
        return _centred(base) * self._norm.weight

    def products(self, base: Tensor) -> tuple[Tensor, ...]:
        """Return the products (see `Base`) of the (P, C) places of such a base."""
        return self._products(base.float() * (2 / base.shape[-1]))

    def _products(self, factors: Tensor) -> tuple[Tensor, ...]:
        """Return the products of all rows so far with (P, C) factors, less their mean.

        A norm's mean and weight may as well be applied to what the rows are multiplied by.
        """
        factors = _centred(factors)
        earlier = (self._before._products(factors * self._before._norm.weight)
                   if self._before else ())
        return *earlier, *(out.float() @ factors.T for out in (*self._constants, self._out))


def power(base: Tensor) -> Tensor:
    """Return the (P,) float32 mean square of (P, C) places less the mean of each."""
    return _centred(base.float()).square().mean(-1)


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
