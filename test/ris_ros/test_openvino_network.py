"""Networks in OpenVINO: what torch computes, for any size and from any thread."""
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
import json
import os
import subprocess
import sys

import numpy as np
import open_clip
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
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene

pytestmark = pytest.mark.skipif(find_spec('openvino') is None, reason='openvino is not installed')


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


def test_threads_follow_those_of_torch(segmenters, own_threads):
    picture = noise(64, 96)
    expected = look(segmenters[0], picture)
    for count in (2, 1):
        torch.set_num_threads(count)
        assert_same(look(segmenters[1], picture), expected)
    compiled = segmenters[1]._whole._compiled
    assert compiled[1].get_property('INFERENCE_NUM_THREADS') == 1
    assert compiled[2] is not compiled[1]


RESNET = {'embed_dim': 16, 'vision_cfg': {'image_size': 64, 'layers': [1, 1, 1, 1], 'width': 16},
          'text_cfg': {'context_length': 12, 'vocab_size': 49408, 'width': 16, 'heads': 2,
                       'layers': 1}}


@pytest.fixture(scope='module')
def clips(tmp_path_factory):
    """Return a ViT and a ResNet: the config file and the weights of each."""
    config = tmp_path_factory.mktemp('clip') / 'resnet.json'
    config.write_text(json.dumps(RESNET))
    torch.manual_seed(0)
    return {'vit': (find_model_file('embedded/clip.json'),
                    read_weights(find_model_file('embedded/clip.safetensors'))),
            'resnet': (config, open_clip.CLIP(**RESNET).state_dict())}


@pytest.mark.parametrize(('precision', 'least'), [('fp32', 1 - 1e-6), ('bf16', 0.999)])
@pytest.mark.parametrize('kind', ['vit', 'resnet'])
def test_features_are_those_of_torch(clips, kind, precision, least):
    config, weights = clips[kind]
    settings = EncoderSettings(batch_size=2, masked_blocks=2)
    plain, fast = (Encoder(backbone_from_state(str(config), weights, device, precision=number),
                           settings)
                   for device, number in (('cpu', 'fp32'), ('openvino', precision)))
    size, grid = plain.backbone.size, plain.backbone.grid
    generator = torch.Generator().manual_seed(0)
    for count in (0, 1, 5):
        inputs = VisualInputs(torch.randn(1, 3, size, size, generator=generator),
                              torch.randn(count, 3, size, size, generator=generator),
                              torch.rand(count, grid, grid, generator=generator))
        for ours, theirs in zip(plain.visual_parts(inputs), fast.visual_parts(inputs),
                                strict=True):
            assert theirs.shape == ours.shape
            assert theirs.dtype == torch.float32
            assert (torch.cosine_similarity(ours, theirs) > least).all()
            if precision == 'fp32':
                torch.testing.assert_close(theirs, ours, atol=1e-4, rtol=1e-4)


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


def test_nothing_is_reported_over_the_network(tmp_path):
    """Openvino tells of its imports and conversions, and keeps the user's number in HOME."""
    environment = {name: value for name, value in os.environ.items() if name != 'CI'}
    subprocess.run([sys.executable, '-c', """
import sys
import torch
from ris_ros.openvino_network import OpenVinoNetwork
OpenVinoNetwork(torch.nn.Linear(2, 3), (torch.zeros(1, 2),))
assert not [name for name in sys.modules if name.startswith('openvino_telemetry')]
import openvino_telemetry  # others may have it
"""], env=environment | {'HOME': str(tmp_path)}, check=True)
    assert not (tmp_path / 'intel').exists()


def test_a_signal_is_survived_after_networks_have_gone():
    """OpenVINO lends the calling thread its memory for signal handlers."""
    subprocess.run([sys.executable, '-c', """
import os
import signal
import torch
from ris_ros.openvino_network import OpenVinoNetwork
seen = []
signal.signal(signal.SIGUSR1, lambda number, _: seen.append(number))
networks = [OpenVinoNetwork(torch.nn.Linear(2, 3), (torch.zeros(1, 2),)) for _ in range(3)]
while networks:
    networks.pop(0)
    os.kill(os.getpid(), signal.SIGUSR1)
assert len(seen) == 3
"""], check=True)
