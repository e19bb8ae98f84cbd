# SPDX-License-Identifier: Apache-2.0
"""The packaged segmenter: what it sees in pictures, and how its weights are read."""
import cv2
import numpy as np
import pytest
from safetensors.torch import load_file, save_file
import torch

from ris_lab.training.proposer.export import export_segmenter
from ris_ros.errors import ModelError
from ris_ros.models.registry import find_model_file
from ris_ros.proposals.learned import find_instances, look
from ris_ros.proposals.segmenter import Segmenter, load_segmenter, widen

WEIGHTS = find_model_file('embedded/proposer.safetensors')


@pytest.fixture(scope='module')
def segmenter():
    return load_segmenter(WEIGHTS)


@pytest.fixture(scope='module')
def picture():
    """Return two touching boxes of unlike colours on a grainy table, and their labels."""
    random = np.random.default_rng(2)
    labels = np.zeros((480, 640), np.uint8)
    cv2.fillPoly(labels, [np.array([[200, 200], [320, 180], [330, 300], [210, 320]])], 1)
    cv2.fillPoly(labels, [np.array([[322, 180], [440, 210], [430, 330], [332, 300]])], 2)
    colours = np.array([[150, 130, 100], [200, 40, 30], [40, 60, 190]])
    image = colours[labels] + random.normal(0, 5, (480, 640, 3))
    return np.clip(image, 0, 255).astype(np.uint8), labels


def test_the_weights_are_small():
    models = WEIGHTS.parents[1]
    assert WEIGHTS.stat().st_size < 12e6
    assert sum(file.stat().st_size for file in models.rglob('*') if file.is_file()) < 25e6


def test_kernels_of_int8_see_nearly_what_those_of_float_do(segmenter, picture, tmp_path):
    checkpoint = tmp_path / 'checkpoint.pt'
    torch.save({'average': widen(load_file(WEIGHTS)), 'step': 7}, checkpoint)
    export_segmenter(checkpoint, tmp_path / 'small.safetensors', [WEIGHTS], small=True)
    assert (tmp_path / 'small.safetensors').stat().st_size < .6 * WEIGHTS.stat().st_size
    full, small = (look(one, picture[0]) for one in (
        segmenter, load_segmenter(tmp_path / 'small.safetensors')))
    assert np.abs(full.object - small.object).mean() < .005


def test_kernels_of_whole_numbers_without_a_scale_are_refused(tmp_path):
    state = load_file(WEIGHTS)
    state['mix.0.weight'] = state['mix.0.weight'].to(torch.int8)
    save_file(state, tmp_path / 'odd.safetensors')
    with pytest.raises(ModelError, match='without a scale'):
        load_segmenter(tmp_path / 'odd.safetensors')


def test_maps_are_likelihoods_at_half_the_size(segmenter, picture):
    maps = look(segmenter, picture[0])
    for values in (maps.object, maps.boundary, maps.centre):
        assert values.shape == (240, 320)
        assert values.min() >= 0
        assert values.max() <= 1
    inside = picture[1][::2, ::2] > 0
    assert maps.object[inside].mean() > 0.8
    assert maps.object[~inside].mean() < 0.1


def test_touching_objects_are_told_apart(segmenter, picture):
    image, labels = picture
    masks = find_instances(look(segmenter, image))
    for number in (1, 2):
        truth = labels[::2, ::2] == number
        assert max((mask & truth).sum() / (mask | truth).sum() for mask in masks) > 0.8


def test_votes_point_to_their_own_objects_centres(segmenter, picture):
    image, labels = picture
    maps = look(segmenter, image)
    places = {number: np.nonzero(labels[::2, ::2] == number) for number in (1, 2)}
    centres = {number: np.mean(columns) for number, (_, columns) in places.items()}
    for number, (rows, columns) in places.items():
        vote = np.median(maps.x[rows, columns])
        assert abs(vote - centres[number]) < 0.35 * abs(centres[1] - centres[2])
        assert abs(np.median(maps.y[rows, columns]) - rows.mean()) < 10


@pytest.mark.parametrize('size', [(1, 1), (3, 200), (479, 641), (240, 320)])
def test_any_size_is_looked_at(segmenter, size):
    maps = look(segmenter, np.full((*size, 3), 128, np.uint8))
    assert max(maps.object.shape) == 320
    assert all(mask.shape == maps.object.shape for mask in find_instances(maps))


def test_fused_weights_say_the_same(segmenter):
    torch.manual_seed(0)
    plain = Segmenter()
    plain.load_state_dict({name: value.float() if value.is_floating_point() else value
                           for name, value in _stored().items()})
    images = torch.rand(1, 3, 64, 96) * 2 - 1
    with torch.inference_mode():
        torch.testing.assert_close(segmenter(images), plain.eval()(images), atol=1e-3, rtol=1e-3)


def test_other_weights_are_refused(tmp_path):
    with pytest.raises(ModelError, match='does not exist'):
        load_segmenter(tmp_path / 'none.safetensors')
    save_file({'a': torch.zeros(1)}, tmp_path / 'other.safetensors')
    with pytest.raises(ModelError, match='does not hold the weights of the segmenter'):
        load_segmenter(tmp_path / 'other.safetensors')


def _stored():
    return load_file(WEIGHTS)
