"""SAM's mask decoder for single points: exact, for a part of the cost.

A point makes seven tokens that attend to 4096 places of the image and are attended by them.  The
projections of the places are what costs; here they are folded into the tokens' side, what hangs on
the position alone is computed once, what all points share once for each image, and masks are made
only where the predicted IoU asks for them.  To the places that all points share a point only adds
a few multiples of its tokens, so that a projection of them is one of these (`Folded`).
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from ris_ros.proposals.sam_attention import SharedPlaces, Taken, ToImage, ToTokens, fold

if TYPE_CHECKING:
    from segment_anything.modeling import Sam


@dataclass(frozen=True, eq=False)
class Attended:
    """N points after the transformer.

    tokens: (N, T, C).  iou: (N, 3) float32, the predicted IoU of the masks.  shared: as
    SharedPlaces.upscaled.  scale, shares, rows: (N, P, 1), (N, R, P) and (N, R, U); the places,
    upscaled, are ``scale * shared + shares.T @ rows``.
    """

    tokens: Tensor
    iou: Tensor
    shared: Tensor
    scale: Tensor
    shares: Tensor
    rows: Tensor

    def take(self, which: Tensor) -> Attended:
        """Return the points that an (N,) bool chooses."""
        if bool(which.all()):
            return self
        return Attended(self.tokens[which], self.iou[which], self.shared, self.scale[which],
                        self.shares[which], self.rows[which])


class PointDecoder:
    """Decodes points of a SAM model, each into three masks (`multimask_output`)."""

    def __init__(self, model: Sam) -> None:
        """Take a model, whose weights must not change any more."""
        decoder = model.mask_decoder
        self._model, self._decoder = model, decoder
        self.dtype = decoder.mask_tokens.weight.dtype
        transformer = decoder.transformer
        positions = model.prompt_encoder.get_dense_pe()[0].flatten(1).T.to(self.dtype)
        self._layers = [(layer, ToImage(layer.cross_attn_token_to_image, positions),
                         ToTokens(layer.cross_attn_image_to_token, positions))
                        for layer in transformer.layers]
        self._final = ToImage(transformer.final_attn_token_to_image, positions)
        self._first, self._second = (
            (layer.weight.permute(0, 2, 3, 1).flatten(1), layer.bias.repeat(4))
            for layer in (decoder.output_upscaling[0], decoder.output_upscaling[3]))
        self._folded = fold([layer.norm4 for layer in transformer.layers], *self._first)

    def share(self, embedding: Tensor) -> SharedPlaces:
        """Return what all points of an image have in common; embedding: (1, C, G, G)."""
        no_mask = self._model.prompt_encoder.no_mask_embed.weight
        places = (embedding[0].flatten(1).T + no_mask).to(self.dtype)
        _, to_image, to_tokens = self._layers[0]
        return SharedPlaces(places, *to_image.share(places), to_tokens.share(places),
                            places @ self._folded[0].weight)

    def attend(self, image: SharedPlaces, points: Tensor) -> Attended:
        """Run the transformer for (N, 2) points x, y in pixels of the model's input."""
        labels = torch.ones(len(points), 1, dtype=torch.int, device=points.device)
        prompts, _ = self._model.prompt_encoder(
            points=(points[:, None], labels), boxes=None, masks=None)
        decoder = self._decoder
        output = torch.cat([decoder.iou_token.weight, decoder.mask_tokens.weight])
        start = torch.cat([output.expand(len(points), -1, -1), prompts.to(self.dtype)], 1)
        tokens, places, steps = start, None, []
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
            taken = (to_tokens.first(image, tokens + start, tokens) if places is None
                     else to_tokens(places, tokens + start, tokens))
            before = image.places.expand(len(tokens), -1, -1) if places is None else places
            norm = layer.norm4
            places, mean, scale = torch.native_layer_norm(
                taken.add_to(before), norm.normalized_shape, norm.weight, norm.bias, norm.eps)
            steps.append((taken, mean.to(self.dtype).transpose(1, 2),
                          scale.to(self.dtype).transpose(1, 2)))
        tokens = decoder.transformer.norm_final_attn(
            tokens + self._final(tokens + start, places))
        return Attended(tokens, decoder.iou_prediction_head(tokens[:, 0])[:, 1:].float(),
                        image.upscaled, *self._upscale(steps))

    def _upscale(self, steps: list[tuple[Taken, Tensor, Tensor]]) -> tuple[Tensor, ...]:
        """Return scale, shares and rows of Attended.

        steps: of each layer, what the places took, and (N, 1, P) mean and scale of the norm after.
        """
        shares, rows = [], []
        scale = torch.ones_like(steps[-1][2])
        for (taken, mean, own), folded in zip(reversed(steps), reversed(self._folded),
                                              strict=True):
            after, scale = scale, scale * own
            shares += [taken.shares * scale, mean * scale, after]
            rows += [taken.values @ folded.weight,
                     *(row.expand(len(mean), 1, -1) for row in (folded.mean, folded.bias))]
        return scale.transpose(1, 2), torch.cat(shares, 1), torch.cat(rows, 1)

    def masks(self, attended: Attended) -> Tensor:
        """Return the (N, 3, 4G, 4G) float32 logits of the masks."""
        decoder = self._decoder
        norm = decoder.output_upscaling[1]
        count, places, _ = attended.scale.shape
        x = attended.shared * attended.scale
        x = x.baddbmm_(attended.shares.transpose(1, 2), attended.rows).view(-1, len(norm.weight))
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


def _gelu(x: Tensor) -> Tensor:
    """Return x with the GELU of each element in its place: a fresh block of memory costs more."""
    return torch.ops.aten.gelu_(x)
