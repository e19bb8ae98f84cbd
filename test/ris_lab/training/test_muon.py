"""Muon in single precision takes the steps that torch's takes in bfloat16."""
from copy import deepcopy

import pytest
import torch

from ris_lab.training.muon import Muon, orthogonal


@pytest.mark.parametrize('shape', [(8, 8), (6, 30), (30, 6)])
def test_singular_values_become_about_one(shape):
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonal(torch.randn(shape)))
    assert values.min() > 0.3
    assert values.max() < 1.3


def test_steps_are_those_of_torch():
    torch.manual_seed(0)
    ours, theirs = (torch.nn.Parameter(torch.full((12, 20), 0.5)) for _ in range(2))
    one = Muon([ours], 0.02, weight_decay=0.05)
    other = torch.optim.Muon([theirs], lr=0.02, weight_decay=0.05,
                             adjust_lr_fn='match_rms_adamw')
    for _ in range(3):
        ours.grad = torch.randn(12, 20)
        theirs.grad = ours.grad.clone()
        one.step()
        other.step()
    moved = (ours - 0.5).norm()
    assert (ours - theirs).norm() < 0.03 * moved


def test_momentum_is_kept_with_the_state():
    torch.manual_seed(0)
    matrix, again = (torch.nn.Parameter(torch.zeros(4, 6)) for _ in range(2))
    one, other = Muon([matrix], 0.1, 0.0), Muon([again], 0.1, 0.0)
    matrix.grad = torch.randn(4, 6)
    one.step()
    other.load_state_dict(deepcopy(one.state_dict()))
    again.data = matrix.data.clone()
    for optimizer, parameter in ((one, matrix), (other, again)):
        parameter.grad = torch.ones(4, 6)
        optimizer.step()
    assert torch.equal(matrix, again)
