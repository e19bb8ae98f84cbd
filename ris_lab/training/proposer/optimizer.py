# SPDX-License-Identifier: Apache-2.0
"""Muon for the kernels of the convolutions, AdamW for the rest."""
from __future__ import annotations

import torch
from torch import Tensor, nn


class ConvolutionMuon:
    """Muon (Jordan et al., 2024) on 4-D kernels, each taken as the matrix of its outputs.

    The matrices are views of the kernels, which lie in memory in the order outputs, rows, columns,
    inputs (``torch.channels_last``).
    """

    def __init__(self, model: nn.Module, rate: float, weight_decay: float = 0.02) -> None:
        self._kernels = [weight for weight in model.parameters() if _is_kernel(weight)]
        self._matrices = [nn.Parameter(_as_matrix(weight.detach())) for weight in self._kernels]
        rest = [weight for weight in model.parameters() if not _is_kernel(weight)]
        self._muon = torch.optim.Muon(self._matrices, lr=rate, weight_decay=weight_decay,
                                      adjust_lr_fn='match_rms_adamw')
        self._adam = torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.98), weight_decay=0.0)

    def step(self, rate: float) -> None:
        """Update the model by the gradients at a learning rate."""
        for matrix, kernel in zip(self._matrices, self._kernels, strict=True):
            matrix.grad = _as_matrix(kernel.grad)
        for optimizer in (self._muon, self._adam):
            for group in optimizer.param_groups:
                group['lr'] = rate
            optimizer.step()

    def state_dict(self) -> dict:
        """Return the state of both."""
        return {'muon': self._muon.state_dict(), 'adam': self._adam.state_dict()}

    def load_state_dict(self, state: dict) -> None:
        """Take up the state of both."""
        self._muon.load_state_dict(state['muon'])
        self._adam.load_state_dict(state['adam'])


def _is_kernel(weight: Tensor) -> bool:
    return weight.ndim == 4 and weight.shape[-1] > 1


def _as_matrix(kernel: Tensor) -> Tensor:
    """Return the (outputs, 9 * inputs) view of a kernel in channels-last memory."""
    return kernel.permute(0, 2, 3, 1).flatten(1)
