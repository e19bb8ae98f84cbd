# SPDX-License-Identifier: Apache-2.0
"""What the node says while no image comes in."""
import pytest
import rclpy
from rclpy.parameter import Parameter
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from ris_ros.errors import FrameError
from ris_ros.node.camera_inputs import CameraSubscriptions, sensor_qos
from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.parameters import ImageTransport


@pytest.fixture
def frames(client):
    """Give the buffer of subscriptions that are closed at the end."""
    frames = FrameBuffer()
    CameraSubscriptions(client.node, frames, print)
    yield frames
    frames.source.close()


@pytest.fixture
def driver(domain, client):
    """Give a node of another process, as far as DDS can tell, that is gone at the end."""
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=domain)
    node = rclpy.create_node('driver', context=context)
    yield node
    node.destroy_node()
    rclpy.shutdown(context=context)
    client.wait(lambda: not client.node.count_publishers('image'), 'the end of the driver')


def complaint(frames):
    """Return why there is no frame."""
    with pytest.raises(FrameError) as caught:
        frames.newest()
    return str(caught.value)


def test_before_anything_is_subscribed_to_there_is_no_topic_to_name(frames):
    assert complaint(frames) == 'No image has been received yet.'


@pytest.mark.parametrize(('transport', 'own'), [
    (ImageTransport.RAW, 'image'), (ImageTransport.COMPRESSED, 'image/compressed')])
def test_topic_without_a_publisher_is_named_and_how_to_name_another(frames, transport, own):
    frames.source.open(transport)
    sentence = complaint(frames)
    assert sentence.startswith(f'No image has been received yet: nobody publishes on /{own}. ')
    assert 'image_topic:=... where ris.launch.py starts the node' in sentence
    assert f'--ros-args -r {own}:=... where it runs alone' in sentence


@pytest.mark.parametrize(('kind', 'sentence'), [
    (Image, '/image has a publisher, but its first image is still to come'),
    (CompressedImage, '/image carries sensor_msgs/msg/CompressedImage, but the node expects '
                      'sensor_msgs/msg/Image there'),
])
def test_publisher_that_has_sent_nothing_usable_is_told_of(
        client, frames, driver, kind, sentence):
    frames.source.open(ImageTransport.RAW)
    driver.create_publisher(kind, 'image', sensor_qos())
    client.wait(lambda: client.node.count_publishers('image'), 'the publisher')
    assert sentence in complaint(frames)


def test_latched_camera_info_is_looked_for_until_another_one_comes(client, frames, driver):
    def timers():
        return len(list(client.node.timers))
    before = timers()
    frames.source.open(ImageTransport.RAW)
    assert timers() == before + 1
    publisher = driver.create_publisher(CameraInfo, 'camera_info', sensor_qos())
    client.wait(lambda: publisher.publish(CameraInfo()) or timers() == before, 'the end of it')
    assert frames.has_camera_info


def test_publisher_whose_quality_of_service_does_not_fit_is_told_of(
        client, driver):
    node = rclpy.create_node('demanding', context=client.context, parameter_overrides=[
        Parameter('qos_overrides./image.subscription.durability', value='transient_local')])
    frames = FrameBuffer()
    CameraSubscriptions(node, frames, print).open(ImageTransport.RAW)
    driver.create_publisher(Image, 'image', sensor_qos())
    client.wait(lambda: node.count_publishers('image'), 'the publisher')
    sentence = complaint(frames)
    frames.source.close()
    node.destroy_node()
    assert ('on /image, the quality of service of the publisher and that of the node do not fit'
            in sentence)
    assert 'qos_overrides' in sentence
