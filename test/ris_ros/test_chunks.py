# SPDX-License-Identifier: Apache-2.0
"""Where memory runs out, chunks become smaller, then the CPU helps; the answer still comes."""
from __future__ import annotations

from dataclasses import replace
import logging

import numpy as np
import pytest
import torch
from torch import nn

from ris_ros.chunks import copy_on_cpu, in_chunks
from ris_ros.encoder.encoder import Encoder
from ris_ros.pipeline import Pipeline


def test_chunks_become_smaller_until_they_fit(caplog):
    sizes = []

    def work(chunk):
        sizes.append(len(chunk))
        if len(chunk) > 3:
            raise torch.OutOfMemoryError('CUDA out of memory')
        return chunk * 2
    with caplog.at_level(logging.WARNING):
        results = in_chunks(work, torch.arange(10), 32)
    assert torch.equal(torch.cat(results), 2 * torch.arange(10))
    assert sizes == [10, 5, 2, 2, 2, 2, 2]
    assert 'going on with 2 at a time' in caplog.text


def test_one_that_does_not_fit_is_an_error():
    def work(chunk):
        raise torch.OutOfMemoryError('CUDA out of memory')
    with pytest.raises(torch.OutOfMemoryError):
        in_chunks(work, torch.arange(3), 2)
    assert in_chunks(work, torch.arange(0), 2) == []


class SmallGpu(nn.Module):
    """A layer that runs out of memory above a number of images; its copy on the CPU does not."""

    def __init__(self, layer: nn.Module, room: int) -> None:
        super().__init__()
        self.layer, self.room = layer, room

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Map images as the layer does, where there is room for them."""
        if len(images) > self.room:
            raise torch.OutOfMemoryError('CUDA out of memory')
        return self.layer(images)

    def __deepcopy__(self, memo: dict) -> nn.Module:
        return self.layer


def test_copy_on_the_cpu_is_fp32_and_apart():
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)).half()
    copy = copy_on_cpu(model)
    assert {value.dtype for value in copy.state_dict().values()} == {torch.float32, torch.int64}
    for name, value in copy.state_dict().items():
        assert torch.equal(value, model.state_dict()[name].to(value.dtype))
    with torch.no_grad():
        copy[0].weight += 1
    assert not torch.equal(copy[0].weight, model[0].weight.float())


@pytest.mark.slow
def test_text_comes_all_the_same(caplog):
    encoder = Pipeline.load('embedded').encoder
    expected = encoder.text('the red mug', 'mug')
    block = encoder.backbone.model.transformer.resblocks[0]
    block.ln_1 = SmallGpu(block.ln_1, 0)
    with caplog.at_level(logging.WARNING):
        found = Encoder(encoder.backbone, encoder.settings).text('the red mug', 'mug')
    assert 'out of memory for a text' in caplog.text
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize(('room', 'sentence'), [(2, 'with 2 at a time'), (0, 'the CPU encodes')])
def test_features_come_all_the_same(room, sentence, caplog):
    pipeline = Pipeline.load('embedded')
    settings = replace(pipeline.profile.encoder, batch_size=8)
    image = np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)
    masks = np.zeros((5, 60, 80), bool)
    for number, mask in enumerate(masks):
        mask[10:30 + number, 10 * number:10 * number + 25] = True
    expected = Encoder(pipeline.encoder.backbone, settings).visual(image, masks)

    visual = pipeline.encoder.backbone.model.visual
    visual.conv1 = SmallGpu(visual.conv1, room)
    with caplog.at_level(logging.WARNING):
        features = Encoder(pipeline.encoder.backbone, settings).visual(image, masks)
    assert sentence in caplog.text
    torch.testing.assert_close(features, expected, atol=1e-5, rtol=1e-4)
