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
    """An image as all points see it first: (P, C) embeddings of its places."""

    places: Tensor


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
        return SharedPlaces((embedding[0].flatten(1).T + no_mask).to(self.dtype))

    def attend(self, image: SharedPlaces, points: Tensor) -> Attended:
        """Run the transformer for (N, 2) points x, y in pixels of the model's input."""
        labels = torch.ones(len(points), 1, dtype=torch.int, device=points.device)
        prompts, _ = self._model.prompt_encoder(
            points=(points[:, None], labels), boxes=None, masks=None)
        decoder = self._decoder
        output = torch.cat([decoder.iou_token.weight, decoder.mask_tokens.weight])
        start = torch.cat([output.expand(len(points), -1, -1), prompts.to(self.dtype)], 1)
        tokens, places = start, image.places[None]
        for layer, to_image, to_tokens in self._layers:
            if layer.skip_first_layer_pe:
                tokens = layer.self_attn(q=tokens, k=tokens, v=tokens)
            else:
                asking = tokens + start
                tokens = tokens + layer.self_attn(q=asking, k=asking, v=tokens)
            tokens = layer.norm1(tokens)
            tokens = layer.norm2(tokens + to_image(tokens + start, places))
            tokens = layer.norm3(tokens + layer.mlp(tokens))
            places = layer.norm4(to_tokens(places, tokens + start, tokens))
        tokens = decoder.transformer.norm_final_attn(
            tokens + self._final(tokens + start, places))
        return Attended(tokens, places, decoder.iou_prediction_head(tokens[:, 0])[:, 1:].float())

    def masks(self, attended: Attended) -> Tensor:
        """Return the (N, 3, 4G, 4G) float32 logits of the masks."""
        decoder = self._decoder
        _, norm, active, _, active_again = decoder.output_upscaling
        count, places, _ = attended.places.shape
        x = torch.addmm(self._first[1], attended.places.flatten(0, 1), self._first[0])
        x = x.view(-1, len(norm.weight))
        x = active(functional.layer_norm(x, x.shape[1:], norm.weight, norm.bias, norm.eps))
        x = active_again(torch.addmm(self._second[1], x, self._second[0]))
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

    def __call__(self, tokens: Tensor, places: Tensor) -> Tensor:
        """Return (N, T, C) for (N, T, C) tokens and (N, P, C) or, shared by all, (1, P, C) places.

        ``q (K x)`` is computed as ``(q K) x``, and the mean of values as the value of the mean.
        """
        attention = self._attention
        count, length, _ = tokens.shape
        query = _heads(attention, attention.q_proj(tokens)) * attention_scale(attention)
        if len(places) == 1:
            key = self._key @ places[0].T + self._position_keys
            value = places[0] @ self._value.transpose(1, 2)
            shared = query.transpose(0, 1).flatten(1, 2)
            mean = torch.softmax(shared @ key, -1) @ value
            mean = mean.unflatten(1, (count, length)).transpose(0, 1)
        else:
            logits = torch.baddbmm((query @ self._position_keys).flatten(1, 2),
                                   (query @ self._key).flatten(1, 2), places.transpose(1, 2))
            mean = torch.bmm(torch.softmax(logits, -1), places)
            mean = mean.unflatten(1, (-1, length)) @ self._value.transpose(1, 2)
        mean = mean.transpose(1, 2).flatten(2) + attention.v_proj.bias
        return attention.out_proj(mean)


class _ToTokens:
    """Cross-attention of the places of the image to tokens, with what it is added to."""

    def __init__(self, attention: Attention, positions: Tensor) -> None:
        """Take the attention and the (P, C) positional embeddings of the places."""
        self._attention = attention
        self._query = _by_head(attention, attention.q_proj.weight)
        self._out = _by_head(attention, attention.out_proj.weight.T)
        offset = attention.q_proj.bias.view(attention.num_heads, -1, 1)
        self._position_queries = self._query @ positions.T + offset

    def __call__(self, places: Tensor, tokens: Tensor, values: Tensor) -> Tensor:
        """Return (N, P, C): places, (N, P, C) or (1, P, C), plus what they take of the tokens.

        tokens, values: (N, T, C), what the keys and the values are made of.
        """
        attention = self._attention
        count, length, _ = tokens.shape
        key = _heads(attention, attention.k_proj(tokens)) * attention_scale(attention)
        if len(places) == 1:
            query = self._query @ places[0].T + self._position_queries
            logits = key @ query
        else:
            logits = torch.baddbmm((key @ self._position_queries).flatten(1, 2),
                                   (key @ self._query).flatten(1, 2), places.transpose(1, 2))
            logits = logits.unflatten(1, (-1, length))
        shares = torch.softmax(logits, 2).flatten(1, 2)
        # The shares of each head sum to 1, so each may bring its part of the bias.
        value = _heads(attention, attention.v_proj(values)) @ self._out
        value = value + attention.out_proj.bias / attention.num_heads
        return torch.baddbmm(places.expand(count, -1, -1), shares.transpose(1, 2),
                             value.flatten(1, 2))


def attention_scale(attention: Attention) -> float:
    """Return what the logits of an attention are multiplied by."""
    return (attention.internal_dim // attention.num_heads) ** -0.5


def _by_head(attention: Attention, weight: Tensor) -> Tensor:
    """Return (H * D, C) weights as (H, D, C)."""
    return weight.unflatten(0, (attention.num_heads, -1)).contiguous()


def _heads(attention: Attention, rows: Tensor) -> Tensor:
    """Return (N, T, H * D) rows as (N, H, T, D)."""
    return rows.unflatten(-1, (attention.num_heads, -1)).transpose(1, 2)
