# SPDX-License-Identifier: Apache-2.0
"""The same answers on a GPU as on the CPU, and answers where it has no memory left.

These run where there is a GPU; without ROS and spaCy too:
    PYTHONPATH=.:test pytest --noconftest test/ris_ros/test_cuda.py
"""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
import logging

import numpy as np
import pytest
from tiny_sam import make_tiny_sam
import torch

from ris_lab.benchmark.scene import draw_masks, draw_picture, random_clip
from ris_ros.chunks import no_pause
from ris_ros.encoder.backbone import Backbone, load_backbone
from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.encoding import encode
from ris_ros.frame import Frame
from ris_ros.models.registry import find_model_file
from ris_ros.profile import load_profile
from ris_ros.proposals.sam import SamSegmenter, in_precision
from ris_ros.proposals.sam_proposer import SamProposer

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason='needs a GPU with CUDA')

PICTURE, MASKS = draw_picture(240, 320), draw_masks(12, 240, 320)
MANY = {'points_per_side': 4, 'pred_iou_thresh': -1e9, 'stability_score_thresh': 0.0,
        'box_nms_thresh': 2.0}


def embedded(device: str = 'cuda', precision: str = 'fp32') -> Encoder:
    profile = load_profile('embedded')
    backbone = load_backbone(str(find_model_file(profile.architecture)),
                             find_model_file(profile.weights), device, precision)
    return Encoder(backbone, profile.encoder)


def features(encoder: Encoder) -> torch.Tensor:
    """Return the (N, D) features of an index, by the way that the node takes."""
    encoding = encode(encoder, PICTURE, MASKS, None, None, no_pause)
    return torch.from_numpy(encoding.features)


@pytest.fixture(scope='module')
def expected() -> torch.Tensor:
    return features(embedded('cpu'))


@contextmanager
def no_memory_beyond(room: int, device: str = 'cuda') -> Iterator[None]:
    """Let this process take that many bytes more of the GPU; what is free in its blocks is filled.

    That is what `torch.cuda.set_per_process_memory_fraction` is for: the driver is not asked.
    """
    torch.cuda.synchronize()
    torch.cuda.empty_cache()
    whole = torch.cuda.get_device_properties(device).total_memory
    torch.cuda.set_per_process_memory_fraction(torch.cuda.memory_reserved() / whole)
    held = []
    size = 2 ** 28
    while size >= 512:
        try:
            held.append(torch.empty(size, dtype=torch.uint8, device=device))
        except torch.OutOfMemoryError:
            size //= 2
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + room) / whole)
    try:
        yield
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
        held.clear()
        torch.cuda.empty_cache()


@pytest.mark.parametrize(('precision', 'cosine'), [('fp32', 0.99999), ('fp16', 0.999)])
def test_features_are_those_of_the_cpu(expected, precision, cosine):
    encoder = embedded(precision=precision)
    found = features(encoder)
    assert found.device.type == 'cpu'
    assert found.dtype == torch.float32
    assert torch.cosine_similarity(found, expected).min() > cosine
    torch.testing.assert_close(encoder.text('the red mug', 'mug'),
                               embedded('cpu').text('the red mug', 'mug'), atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize(('precision', 'cosine'), [('fp32', 0.99999), ('fp16', 0.999)])
def test_features_of_a_large_clip_are_those_of_the_cpu(precision, cosine):
    def of(backbone: Backbone) -> torch.Tensor:
        return features(Encoder(backbone, load_profile('robot').encoder))
    found, on_cpu = (of(random_clip('ViT-B-32-quickgelu', kind, device))
                     for kind, device in ((precision, 'cuda'), ('fp32', 'cpu')))
    assert torch.cosine_similarity(found, on_cpu).min() > cosine


@pytest.mark.parametrize(('room', 'sentence'), [
    (96 * 2 ** 20, 'at a time'), (0, 'the CPU encodes')])
def test_features_come_where_memory_runs_out(room, sentence, caplog):
    backbone = random_clip('ViT-B-32-quickgelu', device='cuda')
    encoder = Encoder(backbone, replace(load_profile('robot').encoder, batch_size=256))
    masks = np.repeat(MASKS, 20, axis=0)

    def of_all() -> torch.Tensor:
        return torch.cat(encoder.visual_parts(encoder.inputs(PICTURE, masks)))
    with torch.inference_mode():
        on_gpu = of_all()
    with no_memory_beyond(room), caplog.at_level(logging.WARNING):
        found = of_all()
        texts = encoder.text('the red mug', 'mug')
    assert sentence in caplog.text
    assert ('The GPU ran out of memory for a text' in caplog.text) == (room == 0)
    assert torch.cosine_similarity(found, on_gpu).min() > 0.9999
    on_gpu_again = Encoder(backbone, encoder.settings)
    torch.testing.assert_close(texts, on_gpu_again.text('the red mug', 'mug'),
                               atol=1e-4, rtol=1e-3)


def overlaps(masks: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return for each of (N, H, W) masks the highest IoU with one of the others."""
    return np.array([max((mask & other).sum() / (mask | other).sum() for other in others)
                     for mask in masks])


@pytest.mark.parametrize(('precision', 'share'), [('fp32', 0.95), ('fp16', 0.8)])
def test_masks_are_those_of_the_cpu(precision, share):
    # Random weights put many pixels near the threshold, where rounding decides.
    on_cpu = SamProposer(SamSegmenter(make_tiny_sam()), **MANY).propose(Frame(PICTURE))
    model = in_precision(make_tiny_sam().to('cuda'), precision)
    found = SamProposer(SamSegmenter(model), **MANY).propose(Frame(PICTURE))
    assert len(found) > 3
    assert (overlaps(found, on_cpu) > 0.9).mean() >= share
    assert (overlaps(on_cpu, found) > 0.9).mean() >= share


@pytest.mark.parametrize(('room', 'sentence'), [
    (16 * 2 ** 20, 'at a time'), (0, 'the CPU proposes')])
def test_masks_come_where_memory_runs_out(room, sentence, caplog):
    proposer = SamProposer(SamSegmenter(make_tiny_sam().to('cuda')),
                           **MANY | {'points_per_side': 8})
    on_gpu = proposer.propose(Frame(PICTURE))
    with no_memory_beyond(room), caplog.at_level(logging.WARNING):
        found = proposer.propose(Frame(PICTURE))
    assert sentence in caplog.text
    assert (overlaps(found, on_gpu) > 0.9).mean() > 0.9
