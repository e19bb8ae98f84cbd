# SPDX-License-Identifier: Apache-2.0
"""Contrastive losses where one caption may match several objects."""
from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from ris_lab.training.dataset import MATCH, NO_MATCH, UNDECIDED, UNKNOWN

EXCLUDED = -1e4


def multi_positive(logits: Tensor, truth: Tensor) -> Tensor:
    """InfoNCE over the rows of (R, C) logits, the target spread over a row's matches.

    Undecided pairs leave the softmax; rows without a match do not count.
    """
    targets = (truth == MATCH).float()
    rows = targets.sum(1) > 0
    if not rows.any():
        return logits.sum() * 0
    targets = targets[rows]
    logs = logits[rows].masked_fill(truth[rows] == UNDECIDED, EXCLUDED).log_softmax(1)
    return -(targets * logs).sum(1).div(targets.sum(1)).mean()


def contrastive(logits: Tensor, truth: Tensor) -> Tensor:
    """Mean of both directions of :func:`multi_positive`: captions to crops, crops to captions."""
    return (multi_positive(logits, truth) + multi_positive(logits.T, truth.T)) / 2


def within_scene(logits: Tensor, truth: Tensor, same_scene: Tensor) -> Tensor:
    """InfoNCE of each caption among the crops of its own scene, as at run time."""
    return multi_positive(logits, truth.masked_fill(~same_scene, UNDECIDED))


def pairwise(logits: Tensor, truth: Tensor, same_scene: Tensor) -> Tensor:
    """Sigmoid loss of each pair, matches and others weighing the same (Zhai et al., ICCV 2023).

    It makes scores comparable between captions, which one threshold at run time needs.  The
    likeliest wrong crop of each caption's own scene counts once more: that one decides whether
    a thing that is not there is refused.
    """
    yes, no = logits[truth == MATCH], logits[truth == NO_MATCH]
    rivals = logits.masked_fill(~same_scene | (truth != NO_MATCH), EXCLUDED).amax(1)
    return (functional.softplus(-yes).mean() + functional.softplus(no).mean()
            + functional.softplus(rivals).mean()) / 2


def classification(logits: list[Tensor], classes: Tensor, smoothing: float = 0.05) -> Tensor:
    """Sum of the cross-entropies of category, colour and material; classes is (O, 3).

    What is UNKNOWN does not count.
    """
    losses = [functional.cross_entropy(each, truth, ignore_index=UNKNOWN, reduction='sum',
                                       label_smoothing=smoothing)
              / (truth != UNKNOWN).sum().clamp(min=1)
              for each, truth in zip(logits, classes.unbind(1), strict=True)]
    return torch.stack(losses).sum()
