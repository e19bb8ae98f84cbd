# SPDX-License-Identifier: Apache-2.0
"""Convolution kernels are trained by Muon, each as the matrix of its outputs."""
from copy import deepcopy

import pytest
import torch
from torch import nn

from ris_lab.training.proposer.optimizer import ConvolutionMuon

RATE, DECAY = 0.02, 0.05


@pytest.fixture
def model():
    torch.manual_seed(0)
    layers = nn.Sequential(nn.Conv2d(4, 6, 3), nn.BatchNorm2d(6), nn.Conv2d(6, 2, 1))
    return layers.to(memory_format=torch.channels_last)


def set_gradients(model, seed):
    torch.manual_seed(seed)
    for weight in model.parameters():
        weight.grad = torch.randn_like(weight)


def test_a_kernel_takes_the_step_of_its_matrix(model):
    optimizer = ConvolutionMuon(model, RATE, DECAY)
    kernel = model[0].weight
    matrix = nn.Parameter(kernel.detach().permute(0, 2, 3, 1).flatten(1).clone())
    reference = torch.optim.Muon([matrix], lr=RATE, weight_decay=DECAY,
                                 adjust_lr_fn='match_rms_adamw')
    for seed in range(3):
        set_gradients(model, seed)
        matrix.grad = kernel.grad.permute(0, 2, 3, 1).flatten(1).clone()
        optimizer.step(RATE)
        reference.step()
    assert torch.equal(kernel.permute(0, 2, 3, 1).flatten(1), matrix)


def test_a_step_of_muon_is_about_as_large_as_one_of_adamw(model):
    before = deepcopy(model.state_dict())
    optimizer = ConvolutionMuon(model, RATE, weight_decay=0.0)
    set_gradients(model, 1)
    optimizer.step(RATE)
    moved = (model[0].weight - before['0.weight']).square().mean().sqrt()
    # Liu et al., 'Muon is scalable for LLM training', 2025: a root mean square of .2 times the
    # rate; the singular values of torch's orthogonal matrix lie between .7 and 1.2.
    assert 0.6 < moved / (0.2 * RATE) < 1.3


def test_the_rate_of_a_step_is_the_one_that_is_given(model):
    before = deepcopy(model.state_dict())
    optimizer = ConvolutionMuon(model, RATE)
    set_gradients(model, 1)
    optimizer.step(0.0)
    assert all(torch.equal(weight, before[name]) for name, weight in model.named_parameters())


def test_momentum_is_kept_with_the_state(model):
    again = deepcopy(model)
    one, other = ConvolutionMuon(model, RATE), ConvolutionMuon(again, RATE)
    set_gradients(model, 1)
    one.step(RATE)
    other.load_state_dict(deepcopy(one.state_dict()))
    with torch.no_grad():
        for target, source in zip(again.parameters(), model.parameters(), strict=True):
            target.copy_(source)
    for optimizer, layers in ((one, model), (other, again)):
        set_gradients(layers, 2)
        optimizer.step(RATE)
    for one_weight, other_weight in zip(model.parameters(), again.parameters(), strict=True):
        assert torch.equal(one_weight, other_weight)
