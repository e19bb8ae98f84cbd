"""SAM's mask decoder for single points: exact, for a part of the cost.

A point makes seven tokens that attend to 4096 places of the image and are attended by them.  The
projections of the places are what costs; here they are folded into the tokens' side, what hangs on
the position alone is computed once, what all points share once for each image, and masks are made
only where the predicted IoU asks for them.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

if TYPE_CHECKING:
    from segment_anything.modeling import Sam
    from segment_anything.modeling.transformer import Attention


@dataclass(frozen=True, eq=False)
class SharedPlaces:
    """An image as all points see it first.

    places: (P, C) embeddings of its places.  keys: (H, D, P) and values: (H, P, D) of the places,
    which the tokens ask first.  queries: (H, D, P) with which the places ask the tokens first.
    """

    places: Tensor
    keys: Tensor
    values: Tensor
    queries: Tensor


@dataclass(frozen=True, eq=False)
class Attended:
    """N points after the transformer.

    tokens: (N, T, C).  places: (N, P, C).  iou: (N, 3) float32, the predicted IoU of the masks.
    """

    tokens: Tensor
    places: Tensor
    iou: Tensor

    def take(self, which: Tensor) -> Attended:
        """Return the points that an (N,) bool chooses."""
        if bool(which.all()):
            return self
        return Attended(self.tokens[which], self.places[which], self.iou[which])


class PointDecoder:
    """Decodes points of a SAM model, each into three masks (`multimask_output`)."""

    def __init__(self, model: Sam) -> None:
        """Take a model, whose weights must not change any more."""
        decoder = model.mask_decoder
        self._model, self._decoder = model, decoder
        self.dtype = decoder.mask_tokens.weight.dtype
        transformer = decoder.transformer
        positions = model.prompt_encoder.get_dense_pe()[0].flatten(1).T.to(self.dtype)
        self._layers = [(layer, _ToImage(layer.cross_attn_token_to_image, positions),
                         _ToTokens(layer.cross_attn_image_to_token, positions))
                        for layer in transformer.layers]
        self._final = _ToImage(transformer.final_attn_token_to_image, positions)
        self._first, self._second = (
            (layer.weight.permute(0, 2, 3, 1).flatten(1), layer.bias.repeat(4))
            for layer in (decoder.output_upscaling[0], decoder.output_upscaling[3]))

    def share(self, embedding: Tensor) -> SharedPlaces:
        """Return what all points of an image have in common; embedding: (1, C, G, G)."""
        no_mask = self._model.prompt_encoder.no_mask_embed.weight
        places = (embedding[0].flatten(1).T + no_mask).to(self.dtype)
        _, to_image, to_tokens = self._layers[0]
        return SharedPlaces(places, *to_image.share(places), to_tokens.share(places))

    def attend(self, image: SharedPlaces, points: Tensor) -> Attended:
        """Run the transformer for (N, 2) points x, y in pixels of the model's input."""
        labels = torch.ones(len(points), 1, dtype=torch.int, device=points.device)
        prompts, _ = self._model.prompt_encoder(
            points=(points[:, None], labels), boxes=None, masks=None)
        decoder = self._decoder
        output = torch.cat([decoder.iou_token.weight, decoder.mask_tokens.weight])
        start = torch.cat([output.expand(len(points), -1, -1), prompts.to(self.dtype)], 1)
        tokens, places = start, None
        for layer, to_image, to_tokens in self._layers:
            if layer.skip_first_layer_pe:
                tokens = layer.self_attn(q=tokens, k=tokens, v=tokens)
            else:
                asking = tokens + start
                tokens = tokens + layer.self_attn(q=asking, k=asking, v=tokens)
            tokens = layer.norm1(tokens)
            found = (to_image.first(tokens + start, image) if places is None
                     else to_image(tokens + start, places))
            tokens = layer.norm2(tokens + found)
            tokens = layer.norm3(tokens + layer.mlp(tokens))
            found = (to_tokens.first(image, tokens + start, tokens) if places is None
                     else to_tokens(places, tokens + start, tokens))
            places = layer.norm4(found)
        tokens = decoder.transformer.norm_final_attn(
            tokens + self._final(tokens + start, places))
        return Attended(tokens, places, decoder.iou_prediction_head(tokens[:, 0])[:, 1:].float())

    def masks(self, attended: Attended) -> Tensor:
        """Return the (N, 3, 4G, 4G) float32 logits of the masks."""
        decoder = self._decoder
        norm = decoder.output_upscaling[1]
        count, places, _ = attended.places.shape
        x = torch.addmm(self._first[1], attended.places.flatten(0, 1), self._first[0])
        x = x.view(-1, len(norm.weight))
        x = functional.layer_norm(x, x.shape[1:], norm.weight, norm.bias, norm.eps)
        x = torch.addmm(self._second[1], _gelu(x), self._second[0])
        x = _gelu(x)
        # The token at 0 predicts IoU; that at 1 the single mask of prompts that are not ambiguous.
        weights = torch.stack([head(attended.tokens[:, 1 + number]) for number, head in enumerate(
            decoder.output_hypernetworks_mlps) if number], 1)
        x = x.view(count, places * 16, weights.shape[2]) @ weights.transpose(1, 2)
        side = round(places ** 0.5)
        x = x.view(count, side, side, 2, 2, 2, 2, weights.shape[1]).permute(0, 7, 1, 3, 5, 2, 4, 6)
        return x.reshape(count, weights.shape[1], 4 * side, 4 * side).float()


class _ToImage:
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
        return _heads(attention, attention.q_proj(tokens)) * attention_scale(attention)

    def _joined(self, mean: Tensor) -> Tensor:
        """Return the (N, T, C) output of (N, H, T, D) means of the values, but for their bias."""
        attention = self._attention
        return attention.out_proj(mean.transpose(1, 2).flatten(2) + attention.v_proj.bias)


class _ToTokens:
    """Cross-attention of the places of the image to tokens, with what it is added to."""

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

    def first(self, image: SharedPlaces, tokens: Tensor, values: Tensor) -> Tensor:
        """Return (N, P, C): the places that all share, plus what they take of the tokens."""
        places = image.places.expand(len(tokens), -1, -1)
        return self._added(places, _times(self._key(tokens), image.queries), values)

    def __call__(self, places: Tensor, tokens: Tensor, values: Tensor) -> Tensor:
        """Return (N, P, C): (N, P, C) places, plus what they take of the tokens.

        tokens, values: (N, T, C), what the keys and the values are made of.
        """
        key = self._key(tokens)
        logits = torch.baddbmm(_times(key, self._position_queries).flatten(1, 2),
                               _times(key, self._query).flatten(1, 2), places.transpose(1, 2))
        return self._added(places, logits.unflatten(1, (-1, tokens.shape[1])), values)

    def _key(self, tokens: Tensor) -> Tensor:
        """Return the (N, H, T, D) scaled keys of (N, T, C) tokens."""
        attention = self._attention
        return _heads(attention, attention.k_proj(tokens)) * attention_scale(attention)

    def _added(self, places: Tensor, logits: Tensor, values: Tensor) -> Tensor:
        """Return (N, P, C) places plus the values in proportion to the (N, H, T, P) logits."""
        attention = self._attention
        shares = torch.softmax(logits, 2).flatten(1, 2)
        # The shares of each head sum to 1, so each may bring its part of the bias.
        value = _heads(attention, attention.v_proj(values)) @ self._out
        value = value + attention.out_proj.bias / attention.num_heads
        return torch.baddbmm(places, shares.transpose(1, 2), value.flatten(1, 2))


def _times(rows: Tensor, shared: Tensor) -> Tensor:
    """Return the (N, H, T, P) product of (N, H, T, D) rows with the (H, D, P) that all share.

    A product that broadcasts would copy what is shared for each of the N.
    """
    product = rows.transpose(0, 1).flatten(1, 2) @ shared
    return product.unflatten(1, (len(rows), -1)).transpose(0, 1)


def _gelu(x: Tensor) -> Tensor:
    """Return x with the GELU of each element in its place: a fresh block of memory costs more."""
    return torch.ops.aten.gelu_(x)


def attention_scale(attention: Attention) -> float:
    """Return what the logits of an attention are multiplied by."""
    return (attention.internal_dim // attention.num_heads) ** -0.5


def _by_head(attention: Attention, weight: Tensor) -> Tensor:
    """Return (H * D, C) weights as (H, D, C)."""
    return weight.unflatten(0, (attention.num_heads, -1)).contiguous()


def _heads(attention: Attention, rows: Tensor) -> Tensor:
    """Return (N, T, H * D) rows as (N, H, T, D)."""
    return rows.unflatten(-1, (attention.num_heads, -1)).transpose(1, 2)
