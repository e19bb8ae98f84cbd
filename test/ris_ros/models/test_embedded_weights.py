"""The embedded CLIP is what its config says and fits its size."""
import json
from pathlib import Path

import open_clip
import pytest
from safetensors.torch import load_file
import torch
from torch.nn import functional

import ris_ros.models

FOLDER = Path(ris_ros.models.__file__).parent / 'embedded'


@pytest.fixture(scope='module')
def clip():
    model = open_clip.CLIP(**json.loads((FOLDER / 'clip.json').read_text()))
    state = load_file(FOLDER / 'clip.safetensors')
    model.load_state_dict({name: weight.float() for name, weight in state.items()})
    return model.eval()


@pytest.fixture(scope='module')
def encode(clip):
    tokenizer = open_clip.SimpleTokenizer(context_length=clip.context_length)

    def encode(*texts):
        with torch.inference_mode():
            return functional.normalize(clip.encode_text(tokenizer(list(texts))), dim=-1)
    return encode


def test_each_model_fits_the_package():
    for name in {path.stem for path in FOLDER.glob('*.safetensors')}:
        assert sum(path.stat().st_size for path in FOLDER.glob(f'{name}.*')) <= 12e6


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
