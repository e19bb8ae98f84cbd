# SPDX-License-Identifier: Apache-2.0
"""A node with models of transformers, real architectures with small random weights, over DDS."""
import numpy as np
import pytest
from ros_graph import running
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from tiny_transformers import (
    make_tiny_edgetam,
    make_tiny_sam2,
    make_tiny_sam3,
    make_tokenizer,
    save,
)

from ris_ros.msg import Grounding
from ris_ros.node.camera_inputs import sensor_qos
from ris_ros.node.conversions import from_pixels
from ris_ros.profile import PROFILES

ANSWERED = (Grounding.FOUND, Grounding.NOT_FOUND, Grounding.AMBIGUOUS)
MAKERS = {'edgetam': make_tiny_edgetam, 'sam2': make_tiny_sam2, 'sam3': make_tiny_sam3}


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """Return a folder with a model folder and a profile for each family."""
    folder = tmp_path_factory.mktemp('models')
    text = (PROFILES / 'embedded.yaml').read_text()
    for source, make in MAKERS.items():
        save(make(), folder / source)
        (folder / f'{source}.yaml').write_text(text.replace(
            'source: embedded', f'source: {source}\n  weights: {folder / source}'))
    make_tokenizer().save_pretrained(folder / 'sam3')
    return folder


@pytest.fixture(scope='module')
def graph(domain, client, folder):
    """Run a node that waits to be told, whose camera is this test."""
    with running('ris_ros.node.ris_node', domain, autostart='false', max_image_age=3600.0):
        client.image = client.node.create_publisher(Image, 'image', sensor_qos())
        yield client


def configure(graph, profile):
    """Name a profile and configure the node; return whether that went well."""
    assert graph.set_parameter('ris_node', 'profile', str(profile)).successful
    return graph.transition('configure')


def answer_of(graph, text):
    """Publish pictures (best effort: one may get lost) and ask, until a picture is answered."""
    pixels = np.random.default_rng(0).integers(0, 255, (96, 128, 3), dtype=np.uint8)

    def attempt():
        stamp = graph.node.get_clock().now().to_msg()
        graph.image.publish(from_pixels(pixels, 'rgb8', Header(stamp=stamp, frame_id='optical')))
        answer = graph.ask(text)
        return answer if answer.status not in (Grounding.NO_IMAGE, Grounding.STALE_IMAGE) else None
    return graph.wait(attempt, 'an answer from a picture')


@pytest.mark.parametrize('source', MAKERS)
def test_every_family_answers_from_pictures(graph, folder, source):
    assert configure(graph, folder / f'{source}.yaml')
    assert graph.transition('activate')
    graph.wait(graph.image.get_subscription_count, 'the node to listen')
    answer = answer_of(graph, 'the left mug that is not red')
    assert answer.status in ANSWERED, answer.message
    assert graph.transition('deactivate')
    assert graph.transition('cleanup')


@pytest.mark.parametrize(('old', 'new', 'sentence'), [
    ('source: edgetam', 'source: sam2', "holds a model of type 'edgetam'; expected SAM 2.1"),
    ('/edgetam', '/nothing', 'nothing does not exist; expected a folder with config.json'),
    ('source: edgetam', 'source: sam3', 'has no tokenizer.json')])
def test_a_folder_that_will_not_do_is_told_and_the_node_lives(graph, folder, tmp_path, old, new,
                                                              sentence):
    profile = (folder / 'edgetam.yaml').read_text()
    assert old in profile
    (tmp_path / 'own.yaml').write_text(profile.replace(old, new))
    assert not configure(graph, tmp_path / 'own.yaml')
    answer = graph.ask('the mug')
    assert answer.status == Grounding.MODEL_ERROR
    assert sentence in answer.message
    assert graph.state() == 'unconfigured'
