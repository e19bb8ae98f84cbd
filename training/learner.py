"""What is trained: the CLIP, the heads that only training needs, and their optimizers."""
from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from training.captions import MATERIALS
from training.dataset import CATEGORIES, COLOURS, Batch
from training.losses import classification, contrastive, pairwise, within_scene
from training.model import (
    global_features,
    local_features,
    new_clip,
    normalised,
    text_features,
)
from training.muon import Muon

MAX_SCALE = 50.0


class Learner(nn.Module):
    """The CLIP and what only its training needs: class heads and the pairwise loss's scale."""

    def __init__(self, vocabulary_size: int) -> None:
        super().__init__()
        self.clip = new_clip(vocabulary_size)
        width = self.clip.visual.proj.shape[1]
        sizes = (len(CATEGORIES), len(COLOURS), len(MATERIALS))
        self.heads = nn.ModuleList(nn.Linear(width, size) for size in sizes)
        self.pair_scale = nn.Parameter(torch.tensor(math.log(10.0)))
        self.pair_bias = nn.Parameter(torch.tensor(-5.0))

    def losses(self, batch: Batch, with_global: bool) -> dict[str, Tensor]:
        """Return the terms of the loss of one batch."""
        texts = text_features(self.clip, batch.tokens)
        crops = local_features(self.clip, normalised(batch.crops))
        objects = len(batch.classes)
        same = batch.caption_scenes[:, None] == batch.crop_scenes
        terms = self._matching('local', texts @ crops.T, batch.truth, same)
        logits = [head(8 * crops[:objects]) for head in self.heads]
        terms['classes'] = classification(logits, batch.classes)
        if with_global:
            seen = global_features(self.clip, normalised(batch.images), batch.token_masks,
                                   batch.crop_scenes[batch.masked])
            terms |= self._matching('global', texts @ seen.T, batch.truth[:, batch.masked],
                                    same[:, batch.masked])
        return terms

    def _matching(self, name: str, cosines: Tensor, truth: Tensor,
                  same: Tensor) -> dict[str, Tensor]:
        """Return three terms of (T, C) cosines, their truth, and whether their scene is one."""
        scale = self.clip.logit_scale.exp().clamp(max=MAX_SCALE)
        pairs = cosines * self.pair_scale.exp() + self.pair_bias
        return {f'{name} batch': contrastive(scale * cosines, truth),
                f'{name} scene': within_scene(scale * cosines, truth, same),
                f'{name} pairs': pairwise(pairs, truth, same)}


def make_optimizers(learner: Learner, rate: float) -> list[torch.optim.Optimizer]:
    """Return Muon for the matrices of the transformer blocks and AdamW for the rest."""
    matrices = [weight for name, weight in learner.named_parameters()
                if '.resblocks.' in name and weight.ndim == 2]
    ids = {id(weight) for weight in matrices}
    rest = [weight for weight in learner.parameters() if id(weight) not in ids]
    return [Muon(matrices, rate, weight_decay=0.05),
            torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.98), weight_decay=0.01)]
