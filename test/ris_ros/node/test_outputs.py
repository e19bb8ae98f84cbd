# SPDX-License-Identifier: Apache-2.0
"""What the node publishes beside its answers, over DDS."""
from array import array

import cv2
import numpy as np
import pytest
from rclpy.lifecycle import LifecycleNode
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

from ris_ros.node.conversions import from_pixels
from ris_ros.node.outputs import Outputs

RGB = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
HEADER = Header(frame_id='camera')


@pytest.fixture
def errors():
    return []


@pytest.fixture
def outputs(client, errors):
    """Give the publishers of an active node."""
    node = LifecycleNode('shown', context=client.context)
    outputs = Outputs(node, errors.append)
    node.trigger_configure()
    node.trigger_activate()
    yield outputs
    node.destroy_node()


def compressed(pixels):
    _, stored = cv2.imencode('.png', cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    return CompressedImage(header=HEADER, format='rgb8; png compressed bgr8',
                           data=array('B', stored.tobytes()))


@pytest.mark.parametrize('message', [from_pixels(RGB, 'rgb8', HEADER), compressed(RGB)],
                         ids=['raw', 'compressed'])
def test_view_shows_every_image_whatever_its_transport(client, outputs, errors, message):
    views = client.listen(Image, 'shown/view')
    client.wait(lambda: outputs.show(message) or views, 'the view')
    assert views[0] == from_pixels(RGB, 'rgb8', HEADER)
    assert errors == []


def test_view_is_silent_for_an_image_that_cannot_be_read(client, outputs, errors):
    views = client.listen(Image, 'shown/view')
    good = from_pixels(RGB, 'rgb8', HEADER)
    client.wait(lambda: outputs.show(CompressedImage(format='jpeg')) or outputs.show(good) or views,
                'the view')
    assert all(view == good for view in views)
    assert errors == []


def test_failure_of_the_view_is_reported_and_ends_nothing(client, outputs, errors, monkeypatch):
    monkeypatch.setattr('ris_ros.node.outputs.compressed_to_rgb', lambda message: 1 / 0)
    views = client.listen(Image, 'shown/view')
    client.wait(lambda: outputs.show(compressed(RGB)) or errors, 'the report')
    assert isinstance(errors[0], ZeroDivisionError)
    assert not views
