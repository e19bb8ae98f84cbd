# SPDX-License-Identifier: Apache-2.0
"""Weights that a file replaces are not drawn; all others are set as ever."""
import torch
from torch import nn

from ris_ros.encoder.clip_building import BlankWeights


def draws_by(build):
    """Tell whether random numbers are drawn."""
    before = torch.get_rng_state()
    build()
    return not torch.equal(torch.get_rng_state(), before)


def build_layers():
    """Make the layers of a tower."""
    return nn.Linear(3, 4), nn.Conv2d(3, 4, 2), nn.Embedding(5, 6)


def test_layers_draw_no_weights_within_and_draw_them_again_after():
    with BlankWeights():
        assert not draws_by(build_layers)
    assert draws_by(build_layers)


def test_shapes_and_constant_weights_are_as_ever():
    with BlankWeights():
        blank, norm = build_layers(), nn.BatchNorm2d(3)
    assert [[part.shape for part in layer.parameters()] for layer in blank] == [
        [part.shape for part in layer.parameters()] for layer in build_layers()]
    assert all(part.requires_grad for layer in blank for part in layer.parameters())
    assert torch.equal(norm.weight, torch.ones(3))
    assert torch.equal(norm.running_var, torch.ones(3))
