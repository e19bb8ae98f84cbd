# SPDX-License-Identifier: Apache-2.0
"""What is trained: the CLIP, the heads that only training needs, and their optimizers."""
from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from ris_lab.training.dataset import CATEGORIES, COLOURS, Batch
from ris_lab.training.losses import classification, contrastive, pairwise, within_scene
from ris_lab.training.model import (
    global_features,
    local_features,
    new_clip,
    normalised,
    text_features,
)
from ris_lab.training.words import MATERIALS

MAX_SCALE = 50.0
# Learning rate of what exported weights lack, as a multiple of the rate of the rest.
NEW_RATE = 5.0


class Learner(nn.Module):
    """The CLIP and what only its training needs: class heads and the pairwise loss's scale."""

    def __init__(self, vocabulary_size: int) -> None:
        super().__init__()
        self.clip = new_clip(vocabulary_size)
        width = self.clip.visual.proj.shape[1]
        sizes = (len(CATEGORIES), len(COLOURS), len(MATERIALS))
        self.heads = nn.ModuleList(nn.Linear(width, size) for size in sizes)
        self.pair_scale = nn.Parameter(torch.tensor(math.log(10.0)))
        self.pair_middle = nn.Parameter(torch.tensor(0.5))

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
        pairs = self.pair_scale.exp() * (cosines - self.pair_middle)
        return {f'{name} batch': contrastive(scale * cosines, truth),
                f'{name} scene': within_scene(scale * cosines, truth, same),
                f'{name} pairs': pairwise(pairs, truth, same)}


class Optimizers:
    """Muon for the matrices of the transformer blocks and AdamW for the rest of the CLIP.

    The heads and the scale of the pairwise loss, which are not in exported weights, have an AdamW
    of their own that is faster.
    """

    def __init__(self, learner: Learner, rate: float) -> None:
        matrices = [weight for name, weight in learner.clip.named_parameters()
                    if '.resblocks.' in name and weight.ndim == 2]
        ids = {id(weight) for weight in matrices}
        rest = [weight for weight in learner.clip.parameters() if id(weight) not in ids]
        new = [*learner.heads.parameters(), learner.pair_scale, learner.pair_middle]
        self._new = torch.optim.AdamW(new, lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
        self._old = [torch.optim.Muon(matrices, lr=rate, weight_decay=0.05,
                                      adjust_lr_fn='match_rms_adamw'),
                     torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.98), weight_decay=0.01)]

    def step(self, rate: float, new_only: bool) -> None:
        """Update all by the gradients, or only what exported weights lack."""
        _step(self._new, NEW_RATE * rate)
        for optimizer in () if new_only else self._old:
            _step(optimizer, rate)

    def state_dict(self) -> list[dict]:
        """Return the state of all three."""
        return [optimizer.state_dict() for optimizer in (self._new, *self._old)]

    def load_state_dict(self, states: list[dict]) -> None:
        """Take up the state of all three."""
        for optimizer, state in zip((self._new, *self._old), states, strict=True):
            optimizer.load_state_dict(state)


def _step(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group['lr'] = rate
    optimizer.step()
