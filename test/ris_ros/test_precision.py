# SPDX-License-Identifier: Apache-2.0
"""Precisions: what auto means where, and that features in bf16 agree with those in fp32."""
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from segment_anything import sam_model_registry
from tiny_transformers import (
    make_tiny_edgetam,
    make_tiny_sam2,
    make_tiny_sam3,
    make_tokenizer,
    save,
)
import torch

from ris_ros.encoder.backbone import Backbone, backbone_from_state, load_backbone
from ris_ros.encoder.visual import global_features, local_features
from ris_ros.errors import ModelError
from ris_ros.models.registry import find_model_file
from ris_ros.pipeline import Pipeline
from ris_ros.precision import choose_dtype, move
from ris_ros.proposals.sam import load_sam
from ris_ros.proposals.sam2 import load_edgetam, load_sam2
from ris_ros.proposals.sam3 import load_sam3

CPU, CUDA, MPS = map(torch.device, ('cpu', 'cuda', 'mps'))


@pytest.mark.parametrize(('capabilities', 'device', 'expected'), [
    ({'avx512_bf16': True}, CPU, torch.bfloat16), ({'amx_bf16': True}, CPU, torch.bfloat16),
    ({'avx512_bf16': False}, CPU, torch.float32), ({'avx512_bf16': True}, MPS, torch.float32),
    ({}, CUDA, torch.float16)])
def test_auto_takes_what_the_device_computes_with(monkeypatch, capabilities, device, expected):
    monkeypatch.setattr(torch, 'cpu', SimpleNamespace(get_capabilities=lambda: capabilities))
    assert choose_dtype('auto', device) == expected


def test_a_torch_that_does_not_tell_gets_fp32(monkeypatch):
    monkeypatch.setattr(torch, 'cpu', SimpleNamespace())
    assert choose_dtype('auto', CPU) == torch.float32


def test_what_is_asked_for_is_taken():
    assert choose_dtype('bf16', CPU) == torch.bfloat16
    assert choose_dtype('fp16', CUDA) == torch.float16
    assert choose_dtype('fp32', CUDA) == torch.float32


@pytest.mark.parametrize(('name', 'message'), [('int4', 'expected one of auto'),
                                               ('fp16', 'for GPUs')])
def test_what_cannot_be_is_refused(name, message):
    with pytest.raises(ModelError, match=message):
        choose_dtype(name, CPU)


def test_a_device_that_is_too_small_for_a_model_is_told_with_the_way_out():
    class Large(torch.nn.Linear):
        def to(self, *_):
            raise torch.OutOfMemoryError('CUDA out of memory')
    with pytest.raises(ModelError, match=r"'cuda' has too little free memory for a model of 4 MB.*"
                                         r"smaller model, or set device to 'cpu'"):
        move(Large(1000, 1000), 'cuda')


@pytest.fixture(scope='module')
def loaders(tmp_path_factory):
    """Return for each kind of model a function that loads one onto a device in a precision."""
    folder, tokens = tmp_path_factory.mktemp('models'), make_tokenizer()
    for name, make in (('sam2', make_tiny_sam2), ('edgetam', make_tiny_edgetam),
                       ('sam3', make_tiny_sam3)):
        save(make(), folder / name)
    tokens.save_pretrained(folder / 'sam3')
    embedded = (str(find_model_file(f'embedded/{name}')) for name in ('clip.json',
                                                                      'clip.safetensors'))
    clip = partial(load_backbone, next(embedded), Path(next(embedded)))
    return {'clip': clip, 'sam2': partial(load_sam2, folder / 'sam2'),
            'edgetam': partial(load_edgetam, folder / 'edgetam'),
            'sam3': partial(load_sam3, folder / 'sam3'), 'sam': partial(load_large_sam, folder)}


def load_large_sam(folder, device, precision):
    """Load Segment Anything with one number a tensor, stretched to its shape."""
    torch.save({key: torch.full((1,), 0.5).expand(value.shape)
                for key, value in sam_model_registry['vit_b']().state_dict().items()},
               folder / 'sam.pth')
    return load_sam(folder / 'sam.pth', 'vit_b', device, precision)


@pytest.mark.slow
@pytest.mark.parametrize('kind', ['clip', 'sam', 'sam2', 'edgetam', 'sam3'])
def test_no_model_is_too_large_for_a_gpu_without_a_sentence(loaders, monkeypatch, kind):
    moved, to = [], torch.nn.Module.to

    def without_room(model, *where, **options):
        if where and torch.device('cuda') in where:
            moved.append({value.dtype for value in model.parameters()})
            raise torch.OutOfMemoryError('CUDA out of memory')
        return to(model, *where, **options)
    monkeypatch.setattr(torch.nn.Module, 'to', without_room)
    with pytest.raises(ModelError, match=r"'cuda' has too little free memory.*device to 'cpu'"):
        loaders[kind]('cuda', 'fp16')
    assert torch.float16 in moved[0]  # it would never be there in both precisions


@pytest.mark.parametrize('device', ['cuda:77', 'toaster'])
def test_a_device_that_is_not_there_is_told(device):
    with pytest.raises(ModelError, match=f"The device '{device}' cannot be used.*this machine"):
        move(torch.nn.Linear(1, 1), device)


@pytest.fixture(scope='module')
def embedded():
    return Pipeline.load('embedded').encoder.backbone


def in_bf16(backbone: Backbone) -> Backbone:
    return backbone_from_state(str(find_model_file('embedded/clip.json')),
                               backbone.model.state_dict(), precision='bf16')


@pytest.mark.slow
def test_bf16_agrees_with_fp32(embedded):
    other = in_bf16(embedded)
    assert other.model.visual.conv1.weight.dtype == torch.bfloat16
    assert other.model.token_embedding.weight.dtype == torch.float32
    generator = torch.Generator().manual_seed(1)
    images = torch.randn(4, 3, 128, 128, generator=generator)
    masks = (torch.rand(4, 8, 8, generator=generator) - 0.5).clamp(min=0)
    for features in (lambda model: local_features(model, images, 4),
                     lambda model: global_features(model, images[:1], masks, 2, 4)):
        exact, rough = features(embedded), features(other)
        assert rough.dtype == torch.float32
        assert not torch.equal(rough, exact)
        assert torch.cosine_similarity(rough, exact).min() > 0.999


def test_a_copy_on_the_cpu_is_fp32(embedded):
    copy = in_bf16(embedded).on_cpu
    assert copy.dtype == copy.model.visual.conv1.weight.dtype == torch.float32
    assert in_bf16(embedded).model.visual.conv1.weight.dtype == torch.bfloat16
