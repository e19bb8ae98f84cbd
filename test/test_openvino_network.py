"""Networks in OpenVINO: what torch computes, for any size and from any thread."""
from concurrent.futures import ThreadPoolExecutor
import sys

import numpy as np
import pytest
import torch

from ris_ros.encoder.backbone import backbone_from_state
from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.inputs import VisualInputs
from ris_ros.encoder.settings import EncoderSettings
from ris_ros.errors import ModelError
from ris_ros.models.locations import find_model_file
from ris_ros.models.weights_file import read_weights
from ris_ros.openvino_network import OpenVinoNetwork
from ris_ros.pipeline import Pipeline
from ris_ros.proposals.learned import look, look_at_part
from ris_ros.proposals.openvino_segmenter import OpenVinoSegmenter
from ris_ros.proposals.segmenter import load_segmenter
from ris_ros.simulation.renderer import Renderer
from ris_ros.simulation.sampling import sample_scene


@pytest.fixture(scope='module')
def segmenters():
    segmenter = load_segmenter(find_model_file('embedded/proposer.safetensors'))
    return segmenter, OpenVinoSegmenter(segmenter)


@pytest.fixture(scope='module')
def frame():
    return Renderer(320, 240).render(sample_scene(np.random.default_rng(5))).frame()


def noise(*size):
    return np.random.default_rng(sum(size)).integers(0, 256, (*size, 3), np.uint8)


def assert_same(maps, expected):
    for name in ('object', 'boundary', 'centre', 'x', 'y'):
        np.testing.assert_allclose(getattr(maps, name), getattr(expected, name), atol=1e-3)
    torch.testing.assert_close(maps.context, expected.context, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize('size', [(240, 320), (480, 640), (100, 37), (1, 1)])
def test_segmenter_sees_the_same_in_pictures_of_any_size(segmenters, size):
    ours, theirs = (look(segmenter, noise(*size)) for segmenter in segmenters)
    assert_same(theirs, ours)


def test_segmenter_sees_the_same_in_a_part_of_a_picture(segmenters, frame):
    context = look(segmenters[0], frame.image).context
    ours, theirs = (look_at_part(segmenter, frame.image[40:170, 100:220], 1.0, context)
                    for segmenter in segmenters)
    assert_same(theirs, ours)


def test_threads_do_not_get_in_each_others_way(segmenters):
    pictures = [noise(64, 64 + 16 * number) for number in range(8)]
    expected = [look(segmenters[0], picture) for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        for maps, wanted in zip(pool.map(lambda picture: look(segmenters[1], picture), pictures),
                                expected, strict=True):
            assert_same(maps, wanted)


@pytest.mark.parametrize(('precision', 'least'), [('fp32', 1 - 1e-6), ('bf16', 0.999)])
@pytest.mark.parametrize('count', [0, 1, 5])
def test_features_of_crops_are_those_of_torch(precision, least, count):
    config = find_model_file('embedded/clip.json')
    weights = read_weights(find_model_file('embedded/clip.safetensors'))
    plain = Encoder(backbone_from_state(str(config), weights), EncoderSettings(batch_size=2))
    fast = Encoder(backbone_from_state(str(config), weights, 'openvino', precision=precision),
                   EncoderSettings(batch_size=2))
    size, grid = plain.backbone.size, plain.backbone.grid
    generator = torch.Generator().manual_seed(0)
    inputs = VisualInputs(torch.zeros(1, 3, size, size),
                          torch.randn(count, 3, size, size, generator=generator),
                          torch.ones(count, grid, grid))
    ours, theirs = plain.visual_parts(inputs)[1], fast.visual_parts(inputs)[1]
    assert theirs.shape == ours.shape
    assert theirs.dtype == torch.float32
    assert (torch.cosine_similarity(ours, theirs) > least).all()


def test_answers_are_those_of_torch(frame):
    plain, fast = Pipeline.load('embedded'), Pipeline.load('embedded', device='openvino')
    scenes = plain.index(frame), fast.index(frame)
    assert len(scenes[0].masks) > 3
    for mask, other in zip(*(scene.masks for scene in scenes), strict=True):
        assert (mask & other).sum() > .99 * (mask | other).sum()
    np.testing.assert_allclose(scenes[1].features, scenes[0].features, atol=1e-3)
    for text in ('the red mug', 'the bowl', 'the thing on the left'):
        ours, theirs = plain.ground(scenes[0], text), fast.ground(scenes[1], text)
        assert ours.status is theirs.status
        assert ours.confidence == pytest.approx(theirs.confidence, abs=1e-2)


def test_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, 'openvino', None)
    with pytest.raises(ModelError, match='pip install openvino'):
        OpenVinoNetwork(torch.nn.Linear(2, 3), (torch.zeros(1, 2),))
