"""Muon in single precision: torch's own multiplies in bfloat16, which few CPUs do quickly."""
from __future__ import annotations

from collections.abc import Iterable
import math

import torch
from torch import Tensor

# Keller Jordan, 'Muon: An optimizer for hidden layers in neural networks', 2024.
_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
_ITERATIONS = 5
_MOMENTUM = 0.95
# Updates are made as large as AdamW's (Liu et al., 'Muon is scalable for LLM training', 2025).
_RMS = 0.2


class Muon(torch.optim.Optimizer):
    """Momentum whose direction is made orthogonal before each step, for (M, N) matrices."""

    def __init__(self, matrices: Iterable[Tensor], rate: float, weight_decay: float) -> None:
        super().__init__(matrices, {'lr': rate, 'weight_decay': weight_decay})

    @torch.no_grad()
    def step(self) -> None:
        """Update the matrices by their gradients."""
        for group in self.param_groups:
            for matrix in group['params']:
                momentum = self.state[matrix].setdefault('momentum', torch.zeros_like(matrix))
                momentum.lerp_(matrix.grad, 1 - _MOMENTUM)
                direction = orthogonal(torch.lerp(matrix.grad, momentum, _MOMENTUM))
                matrix.mul_(1 - group['lr'] * group['weight_decay'])
                scale = _RMS * math.sqrt(max(matrix.shape))
                matrix.add_(direction, alpha=-scale * group['lr'])


def orthogonal(matrix: Tensor) -> Tensor:
    """Return about the nearest (M, N) matrix whose singular values are all 1: .7 to 1.2.

    Newton-Schulz iterations of the fifth order.
    """
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    near = wide / wide.norm().clamp(min=1e-7)
    first, third, fifth = _COEFFICIENTS
    for _ in range(_ITERATIONS):
        square = near @ near.T
        mixed = torch.addmm(square, square, square, beta=third, alpha=fifth)
        near = torch.addmm(near, mixed, near, beta=first)
    return near if matrix.shape[0] <= matrix.shape[1] else near.T
