# SPDX-License-Identifier: Apache-2.0
"""The CLIPs in the package are what their configs say and fit their size."""
import json
from pathlib import Path

import cv2
import numpy as np
import open_clip
import pytest
from safetensors.torch import load_file
import torch
from torch.nn import functional

from ris_ros import Frame, Pipeline
import ris_ros.models
from ris_ros.status import Status

FOLDERS = [Path(ris_ros.models.__file__).parent / name for name in ('embedded', 'home')]


@pytest.fixture(scope='module', params=FOLDERS, ids=['embedded', 'home'])
def clip(request):
    model = open_clip.CLIP(**json.loads((request.param / 'clip.json').read_text()))
    state = load_file(request.param / 'clip.safetensors')
    model.load_state_dict({name: weight.float() for name, weight in state.items()})
    return model.eval()


@pytest.fixture(scope='module')
def encode(clip):
    tokenizer = open_clip.SimpleTokenizer(context_length=clip.context_length)

    def encode(*texts):
        with torch.inference_mode():
            return functional.normalize(clip.encode_text(tokenizer(list(texts))), dim=-1)
    return encode


def test_each_model_and_all_together_fit_the_package():
    sizes = [path.stat().st_size for folder in FOLDERS for path in folder.glob('*.safetensors')]
    assert len(sizes) == 4
    assert max(sizes) <= 12e6
    assert sum(sizes) <= 25e6


def test_home_finds_a_plain_thing_and_refuses_what_is_not_there():
    image = np.full((240, 320, 3), 185, np.uint8)
    cv2.circle(image, (150, 120), 30, (200, 25, 25), -1)
    pipeline = Pipeline.load('home')
    scene = pipeline.index(Frame(image))
    found = pipeline.ground(scene, 'the red ball')
    assert found.status is Status.FOUND
    assert found.mask[120, 150]
    assert pipeline.ground(scene, 'the blue mug').status is Status.NOT_FOUND


def test_weights_are_finite(clip):
    assert all(weight.isfinite().all() for weight in clip.state_dict().values())


def test_synonyms_are_nearer_than_other_words(encode):
    mug, cup, hammer, grey, gray, red = encode(
        'the mug', 'the cup', 'the hammer', 'the grey thing', 'the gray thing', 'the red thing')
    assert mug @ cup > 0.8 > mug @ hammer
    assert grey @ gray > 0.8 > grey @ red


def test_words_never_seen_are_alike(encode):
    first, second, known = encode('the telescope', 'the trombone', 'the mug')
    assert first @ second > 0.8 > first @ known


def test_an_image_has_a_feature_of_the_texts_width(clip, encode):
    with torch.inference_mode():
        feature = clip.encode_image(torch.zeros(1, 3, 128, 128))
    assert feature.shape == encode('the mug').shape
    assert feature.isfinite().all()
