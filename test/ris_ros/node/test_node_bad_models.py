# SPDX-License-Identifier: Apache-2.0
"""A node whose profile names models that cannot be had: one sentence with the way out, over DDS."""

import pytest
from ros_graph import found_first, running_anew
from tiny_transformers import make_tiny_edgetam, save
import torch

from ris_ros.msg import Grounding
from ris_ros.profile import PROFILES


@pytest.fixture(scope='module')
def graph(domain, client, tmp_path_factory):
    """Run a node that lacks two packages and has a folder for models of its own."""
    folder = tmp_path_factory.mktemp('node')
    for package in ('transformers', 'segment_anything'):
        (folder / 'without').mkdir(exist_ok=True)
        (folder / 'without' / f'{package}.py').write_text(
            f"raise ModuleNotFoundError('No module named {package}', name='{package}')\n")
    save(make_tiny_edgetam(), folder / 'edgetam')
    torch.save({'weight': torch.zeros(2)}, folder / 'sam.pth')
    client.folder = folder
    with pytest.MonkeyPatch.context() as patch, found_first(folder / 'without'):
        patch.setenv('RIS_MODELS_DIR', str(folder))
        with running_anew('ris_ros.node.ris_node', domain, autostart='false'):
            yield client


@pytest.mark.parametrize(('old', 'new', 'sentence'), [
    ('source: embedded', 'source: edgetam\n  weights: edgetam',
     'needs the package transformers, which is not installed; run pip install -r requirements/hf'),
    ('source: embedded', 'source: sam\n  model_type: vit_b\n  weights: sam.pth',
     'needs the package segment_anything, which is not installed; run pip install -r requirements'),
    ('source: embedded', 'source: sam3\n  weights: sam3', 'ris models fetch sam3` fetches it'),
    ('architecture: embedded/clip.json', 'architecture: RN50-quickgelu',
     'are not those of RN50-quickgelu'),
    ('weights: embedded/clip.safetensors', 'weights: clip_vit_b_16_openai.safetensors',
     'ris models fetch clip_vit_b_16` fetches it')])
def test_models_that_cannot_be_had_are_told_and_the_node_lives(graph, tmp_path, old, new, sentence):
    text = (PROFILES / 'embedded.yaml').read_text()
    assert old in text
    (tmp_path / 'own.yaml').write_text(text.replace(old, new))
    assert graph.set_parameter('ris_node', 'profile', str(tmp_path / 'own.yaml')).successful
    assert not graph.transition('configure')
    answer = graph.ask('the mug')
    assert answer.status == Grounding.MODEL_ERROR
    assert sentence in answer.message
    assert graph.state() == 'unconfigured'


@pytest.mark.skipif(torch.cuda.is_available(), reason='there is a GPU')
def test_device_that_is_not_there_is_told_and_another_one_serves(graph):
    assert graph.set_parameter('ris_node', 'profile', 'embedded').successful
    assert graph.set_parameter('ris_node', 'device', 'cuda').successful
    assert not graph.transition('configure')
    message = graph.ask('the mug').message
    assert "The device 'cuda' cannot be used" in message
    assert 'Choose one of this machine' in message
    assert graph.set_parameter('ris_node', 'device', 'cpu').successful
    assert graph.transition('configure')
    assert graph.state() == 'inactive'
    assert graph.transition('cleanup')
