# SPDX-License-Identifier: Apache-2.0
"""How far the segmenter's maps are from the truth."""
from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

CENTRE_WEIGHT = 0.3
OFFSET_WEIGHT = 0.7


def losses(maps: Tensor, targets: Tensor) -> dict[str, Tensor]:
    """Return the terms of the loss of (B, 5, H, W) maps and (B, 8, H, W) targets.

    Cross-entropy and Dice loss of the objects, weighted cross-entropy of the boundaries, the
    focal loss of Law and Deng, 'CornerNet', ECCV 2018, of the centres and the mean absolute
    error of the offsets.
    """
    inside, boundary, centre, known, edge_weight, share = (
        targets[:, channel] for channel in (0, 1, 2, 5, 6, 7))
    return {'object': _masked_entropy(maps[:, 0], inside, known),
            'dice': _dice(torch.sigmoid(maps[:, 0]), inside, known),
            'boundary': _masked_entropy(maps[:, 1], boundary, known * edge_weight),
            'centre': CENTRE_WEIGHT * _focal(maps[:, 2], centre),
            'offset': OFFSET_WEIGHT * _distance(maps[:, 3:], targets[:, 3:5], share)}


def _masked_entropy(logits: Tensor, truth: Tensor, weight: Tensor) -> Tensor:
    terms = functional.binary_cross_entropy_with_logits(logits, truth, reduction='none')
    return (terms * weight).sum() / weight.sum()


def _dice(values: Tensor, truth: Tensor, weight: Tensor) -> Tensor:
    both = (weight * values * truth).sum((1, 2))
    all_of_both = (weight * (values + truth)).sum((1, 2))
    return (1 - (2 * both + 1) / (all_of_both + 1)).mean()


def _focal(logits: Tensor, truth: Tensor) -> Tensor:
    likely = torch.sigmoid(logits)
    peak = truth == 1
    hit = peak * (1 - likely) ** 2 * functional.logsigmoid(logits)
    miss = ~peak * (1 - truth) ** 4 * likely ** 2 * functional.logsigmoid(-logits)
    return -(hit + miss).sum() / peak.sum().clamp(min=1)


def _distance(offsets: Tensor, truth: Tensor, share: Tensor) -> Tensor:
    error = (offsets - truth).abs().sum(1)
    return (error * share).sum() / share.sum().clamp(min=1e-6)
