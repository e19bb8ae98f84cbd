"""SAM's mask decoder for single points: exact, for a part of the cost.

A point makes seven tokens that attend to 4096 places of the image and are attended by them.  What
that costs are projections and norms of the places; here the places of a point are never computed
(`sam_places`), what hangs on the position alone is computed once, what all points share once for
each image, and masks are made only where the predicted IoU asks for them.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from ris_ros.proposals.sam_attention import ToImage, ToTokens
from ris_ros.proposals.sam_places import Asked, Base, Update, power, untouched

if TYPE_CHECKING:
    from segment_anything.modeling import Sam

# Of so many places at a time masks are made on a CPU: more leave its caches.
_PLACES = 512


@dataclass(frozen=True, eq=False)
class Shared:
    """An image as all points share it.

    bases: before each layer.  last: after them, as the tokens ask it.
    upscaled: (P, U) the same through the first transposed convolution, but for its bias.
    """

    bases: tuple[Base, ...]
    last: Asked
    upscaled: Tensor


@dataclass(frozen=True, eq=False)
class Attended:
    """N points after the transformer.

    tokens: (N, T, C).  iou: (N, 3) float32, the predicted IoU of the masks.
    scale: (N, P, 1), shares: (N, M, P), rows: (N, M, U), offset: (U,): the places through the
    first transposed convolution are ``scale * (Shared.upscaled + shares.T @ rows) + offset``.
    """

    tokens: Tensor
    iou: Tensor
    shared: Shared
    scale: Tensor
    shares: Tensor
    rows: Tensor
    offset: Tensor

    def take(self, which: Tensor) -> Attended:
        """Return the points that an (N,) bool chooses."""
        if bool(which.all()):
            return self
        return Attended(self.tokens[which], self.iou[which], self.shared, self.scale[which],
                        self.shares[which], self.rows[which], self.offset)


class PointDecoder:
    """Decodes points of a SAM model, each into three masks (`multimask_output`)."""

    def __init__(self, model: Sam) -> None:
        """Take a model, whose weights must not change any more."""
        decoder = model.mask_decoder
        self._model, self._decoder = model, decoder
        self.dtype = decoder.mask_tokens.weight.dtype
        transformer = decoder.transformer
        positions = model.prompt_encoder.get_dense_pe()[0].flatten(1).T.to(self.dtype)
        self._layers, update = [], None
        for layer in transformer.layers:
            to_tokens = ToTokens(layer.cross_attn_image_to_token, positions)
            update = Update(layer.norm4, to_tokens.out, to_tokens.bias, before=update)
            self._layers.append((layer, ToImage(layer.cross_attn_token_to_image, positions),
                                 to_tokens, update))
        self._final = ToImage(transformer.final_attn_token_to_image, positions)
        self._first, self._second = (
            (layer.weight.permute(0, 2, 3, 1).flatten(1), layer.bias.repeat(4))
            for layer in (decoder.output_upscaling[0], decoder.output_upscaling[3]))

    def share(self, embedding: Tensor) -> Shared:
        """Return what all points of an image have in common; embedding: (1, C, G, G)."""
        no_mask = self._model.prompt_encoder.no_mask_embed.weight
        places = (embedding[0].flatten(1).T + no_mask).to(self.dtype)
        bases = []
        for _, to_image, to_tokens, update in self._layers:
            added = update.added_to(places)
            bases.append(Base(to_image.share(places), to_tokens.share(places), power(added),
                              update.products(added)))
            places = update.normed(added)
        return Shared(tuple(bases), self._final.share(places), places @ self._first[0])

    def attend(self, image: Shared, points: Tensor) -> Attended:
        """Run the transformer for (N, 2) points x, y in pixels of the model's input, N > 0.

        To be called, as `masks`, in torch's inference mode.
        """
        labels = torch.ones(len(points), 1, dtype=torch.int, device=points.device)
        prompts, _ = self._model.prompt_encoder(
            points=(points[:, None], labels), boxes=None, masks=None)
        decoder = self._decoder
        output = torch.cat([decoder.iou_token.weight, decoder.mask_tokens.weight])
        start = torch.cat([output.expand(len(points), -1, -1), prompts.to(self.dtype)], 1)
        tokens, places = start, untouched(start, len(image.upscaled))
        for (layer, to_image, to_tokens, update), base in zip(self._layers, image.bases,
                                                              strict=True):
            if layer.skip_first_layer_pe:
                tokens = layer.self_attn(q=tokens, k=tokens, v=tokens)
            else:
                asking = tokens + start
                tokens = tokens + layer.self_attn(q=asking, k=asking, v=tokens)
            tokens = layer.norm1(tokens)
            tokens = layer.norm2(tokens + to_image(tokens + start, places, base.asked))
            tokens = layer.norm3(tokens + layer.mlp(tokens))
            taken = to_tokens(places, base.queries, tokens + start, tokens)
            places = update(places, taken, base)
        tokens = decoder.transformer.norm_final_attn(
            tokens + self._final(tokens + start, places, image.last))
        weight, bias = self._first
        return Attended(tokens, decoder.iou_prediction_head(tokens[:, 0])[:, 1:].float(), image,
                        places.scale.transpose(1, 2), places.shares, places.rows @ weight,
                        places.offset @ weight + bias)

    def masks(self, attended: Attended) -> Tensor:
        """Return the (N, 3, 4G, 4G) float32 logits of the masks."""
        # The token at 0 predicts IoU; that at 1 the single mask of prompts that are not ambiguous.
        heads = self._decoder.output_hypernetworks_mlps
        weights = torch.stack([heads[number](attended.tokens[:, 1 + number])
                               for number in range(1, len(heads))], 1)
        count, places, _ = attended.scale.shape
        some = _PLACES if attended.scale.device.type == 'cpu' else places
        x = torch.cat([
            self._logits(*part, attended.rows, attended.offset, weights)
            for part in zip(attended.shared.upscaled.split(some), attended.scale.split(some, 1),
                            attended.shares.split(some, 2), strict=True)], 1)
        side = round(places ** 0.5)
        masks = weights.shape[1]
        x = x.view(count, side, side, 2, 2, 2, 2, masks).permute(0, 7, 1, 3, 5, 2, 4, 6)
        return x.reshape(count, masks, 4 * side, 4 * side).float()

    def _logits(self, shared: Tensor, scale: Tensor, shares: Tensor, rows: Tensor,
                offset: Tensor, weights: Tensor) -> Tensor:
        """Return the (N, Q * 16, 3) logits of the pixels of Q places; arguments: of `Attended`.

        weights: (N, 3, D) of the masks.
        """
        norm = self._decoder.output_upscaling[1]
        x = torch.addcmul(offset, torch.baddbmm(shared, shares.transpose(1, 2), rows), scale)
        x = x.view(-1, len(norm.weight))
        x = functional.layer_norm(x, x.shape[1:], norm.weight, norm.bias, norm.eps)
        x = _gelu(torch.addmm(self._second[1], _gelu(x), self._second[0]))
        return x.view(len(weights), 16 * len(shared), weights.shape[2]) @ weights.transpose(1, 2)


def _gelu(x: Tensor) -> Tensor:
    """Return x with the GELU of each element in its place: a fresh block of memory costs more."""
    return torch.ops.aten.gelu_(x)
