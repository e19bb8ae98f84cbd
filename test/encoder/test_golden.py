"""The published pipeline's own numbers on seeded weights (golden/): ViT-B/32 and RN50."""
import json
from pathlib import Path

import numpy as np
import pytest
from seeded_weights import fingerprint, seeded_state_dict
import torch

from ris_ros.encoder.backbone import Backbone, backbone_from_state
from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.settings import EncoderSettings
from ris_ros.encoder.text import encode_tokens
from ris_ros.encoder.visual import global_features, local_features

GOLDEN = Path(__file__).parent / 'golden'
INPUTS = np.load(GOLDEN / 'inputs.npz')
MODELS = {'ViT-B-32-quickgelu': 'vit_b32', 'RN50-quickgelu': 'rn50'}
SCORE_TOLERANCE = {'vit_b32': 1e-3, 'rn50': 1e-4}


@pytest.fixture(scope='module', params=MODELS)
def model(request) -> tuple[str, Backbone]:
    state = seeded_state_dict(request.param)
    name = MODELS[request.param]
    assert fingerprint(state) == json.loads((GOLDEN / 'meta.json').read_text())[f'{name}_sha256']
    return name, backbone_from_state(request.param, state)


@pytest.fixture(scope='module')
def golden(model) -> dict[str, np.ndarray]:
    return dict(np.load(GOLDEN / f'{model[0]}_legacy.npz'))


def load_image(number: int) -> tuple[np.ndarray, np.ndarray]:
    image = INPUTS[f'img{number}/image']
    height, width = image.shape[:2]
    bits = np.unpackbits(INPUTS[f'img{number}/masks_packed'], axis=1)[:, :height * width]
    return image, bits.reshape(-1, height, width).astype(bool)


def assert_features(actual: torch.Tensor, expected: np.ndarray) -> None:
    """Agree to 1e-4 of each feature's length."""
    difference = np.linalg.norm(actual.numpy() - expected, axis=-1)
    assert (difference <= 1e-4 * np.linalg.norm(expected, axis=-1)).all()


@pytest.mark.parametrize('number', range(3))
def test_inputs(model, golden, number):
    inputs = Encoder(model[1], EncoderSettings()).inputs(*load_image(number))
    prefix = f'img{number}/'
    np.testing.assert_allclose(inputs.token_masks, golden[prefix + 'token_mask_7x7'], atol=1e-6)
    np.testing.assert_allclose(inputs.global_input[:, :, ::8, ::8],
                               golden[prefix + 'global_input_sub8'], atol=1e-5)
    np.testing.assert_allclose(inputs.local_inputs[:, :, ::8, ::8],
                               golden[prefix + 'local_input_sub8'], atol=1e-5)


@pytest.mark.parametrize('number', range(3))
def test_visual_features(model, golden, number):
    encoder = Encoder(model[1], EncoderSettings())
    inputs = encoder.inputs(*load_image(number))
    prefix = f'img{number}/'
    assert_features(global_features(model[1], inputs.global_input, inputs.token_masks, 3, 4),
                    golden[prefix + 'global'])
    assert_features(local_features(model[1], inputs.local_inputs, 4), golden[prefix + 'local'])
    assert_features(encoder.visual(*load_image(number)), golden[prefix + 'visual'])


def test_tokens_and_text_features(model, golden):
    backbone = model[1]
    sentences = [str(s) for s in INPUTS['sentence_joined']]
    phrases = [str(s) for s in INPUTS['noun_phrase']]
    for texts, kind in ((sentences, 'sentence'), (phrases, 'phrase')):
        tokens = backbone.tokenizer(texts)
        np.testing.assert_array_equal(tokens, INPUTS[f'tokens_{kind}'])
        assert_features(encode_tokens(backbone, tokens), golden[f'text_{kind}_raw'])
    encoder = Encoder(backbone, EncoderSettings())
    for number, texts in enumerate(zip(sentences, phrases, strict=True)):
        assert_features(encoder.text(*texts), golden['text'][number])


def test_scores_and_argmax(model, golden):
    name, backbone = model
    encoder = Encoder(backbone, EncoderSettings())
    visual = [encoder.visual(*load_image(number)) for number in range(3)]
    for number, image in enumerate(INPUTS['sentence_image']):
        words = encoder.text(str(INPUTS['sentence_joined'][number]),
                             str(INPUTS['noun_phrase'][number]))
        scores = encoder.scores(visual[int(str(image).removeprefix('img'))], words).numpy()
        np.testing.assert_allclose(scores, golden[f'score{number}'], atol=SCORE_TOLERANCE[name])
        if golden['top2_margin'][number] > 0.01:
            assert scores.argmax() == golden['argmax'][number]


def test_antialias_is_an_option_that_changes_the_score(model, golden):
    image, masks = load_image(0)
    encoder = Encoder(model[1], EncoderSettings(antialias=True))
    scores = encoder.scores(encoder.visual(image, masks), torch.from_numpy(golden['text'][0]))
    assert np.isfinite(scores.numpy()).all()
    assert np.abs(scores.numpy() - golden['score0']).max() > 10 * SCORE_TOLERANCE[model[0]]
