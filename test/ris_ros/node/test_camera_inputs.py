# SPDX-License-Identifier: Apache-2.0
"""What the node says while no image comes in, and of several publishers on one topic."""
import os
import subprocess
import sys

import pytest
import rclpy
from rclpy.parameter import Parameter
import rclpy.subscription
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from ris_ros.errors import FrameError
from ris_ros.node.camera_inputs import CameraSubscriptions, sensor_qos
from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.image_topic import ImageTopic
from ris_ros.node.parameters import ImageGeometry, ImageTransport
from ris_ros.node.publisher_watch import PublisherWatch


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


def mix(client, publishers, message, until):
    """Publish by turns until a condition holds; return its value."""
    def turn():
        for publisher in publishers:
            publisher.publish(message)
            client.spin_for(.02)
        return until()
    return client.wait(turn, 'the condition')


@pytest.mark.parametrize('topic', ['image', 'depth'])
def test_two_publishers_that_send_by_turns_are_named_and_cost_the_position_until_one_ends(
        client, frames, driver, topic):
    frames.source.open(ImageTransport.RAW)
    image = Image(width=2, height=2, encoding='16UC1', step=4, data=bytes(8))
    image.header.stamp.sec = 1
    colour = Image(width=2, height=2, encoding='rgb8', step=6, data=bytes(12))
    colour.header.stamp.sec = 1
    frames.add_colour(colour, 1.0)
    message = colour if topic == 'image' else image
    first, second = (node.create_publisher(Image, topic, sensor_qos())
                     for node in (driver, client.node))
    # One that is there and silent mixes nothing.
    count = frames.received
    mix(client, [first], message,
        lambda: frames.received > count + 5 or len(frames._recent._depths) > 5)
    assert client.node.count_publishers(topic) == 2
    assert frames.source.mixture == frames.position_fault == ''
    sentence = f'More than one publisher sends on /{topic} (/driver, /ris_test)'
    fault = mix(client, [first, second], message,
                lambda: sentence in frames.position_fault and frames.position_fault)
    assert frames.newest().frame.position_note == fault
    silent = client.node.create_publisher(Image, topic, sensor_qos())
    client.node.destroy_publisher(second)
    mix(client, [first], message, lambda: not frames.position_fault)
    assert client.node.count_publishers(topic) == 2
    client.node.destroy_publisher(silent)


def test_publisher_that_is_started_again_is_no_second_one(client, frames, driver):
    frames.source.open(ImageTransport.RAW)
    colour = Image(width=2, height=2, encoding='rgb8', step=6, data=bytes(12))
    for node in (client.node, driver):
        before = frames.received
        publisher = node.create_publisher(Image, 'image', sensor_qos())
        mix(client, [publisher], colour, lambda before=before: frames.received > before + 5)
        assert frames.source.mixture == ''
        node.destroy_publisher(publisher)


# ROS 2 Jazzy's rclpy does not tell which publisher a message comes from.
TELLS_PUBLISHERS = 'publisher_gid' in getattr(
    getattr(rclpy.subscription, 'MessageInfo', None), '__annotations__', ())


@pytest.mark.skipif(not TELLS_PUBLISHERS, reason='this rclpy tells no ids of publishers')
def test_a_publisher_that_sends_rarely_is_told_from_one_that_sends_often(client, frames, driver):
    frames.source.open(ImageTransport.RAW)
    colour = Image(width=2, height=2, encoding='rgb8', step=6, data=bytes(12))
    often, rarely = (node.create_publisher(Image, 'image', sensor_qos())
                     for node in (driver, client.node))
    for publisher, count in ((rarely, 1), (often, 40), (rarely, 1)):
        before = frames.received
        mix(client, [publisher], colour,
            lambda before=before, count=count: frames.received >= before + count)
    mix(client, [often], colour, lambda: frames.source.mixture)
    # It stays so while both are there, however long one is silent.
    before = frames.received
    mix(client, [often], colour, lambda: frames.received > before + 40)
    assert '(/driver, /ris_test)' in frames.source.mixture
    client.node.destroy_publisher(rarely)
    client.wait(lambda: not frames.source.mixture, 'the end of one')
    before = frames.received
    mix(client, [often], colour, lambda: frames.received > before + 1)
    again = client.node.create_publisher(Image, 'image', sensor_qos())
    mix(client, [often], colour, lambda: client.node.count_publishers('image') == 2)
    assert not frames.source.mixture
    client.node.destroy_publisher(again)


# A camera of a process of its own, which is gone after its first image as if it were killed.
SHORT_LIVED = """
import os, time, rclpy
from sensor_msgs.msg import Image
from ris_ros.node.camera_inputs import sensor_qos
rclpy.init()
publisher = rclpy.create_node('short_lived').create_publisher(Image, 'image', sensor_qos())
while not publisher.get_subscription_count():
    time.sleep(.01)
publisher.publish(Image(width=2, height=2, encoding='rgb8', step=6, data=bytes(12)))
time.sleep(.2)
os._exit(0)
"""


@pytest.mark.skipif(not TELLS_PUBLISHERS, reason='this rclpy tells no ids of publishers')
def test_a_camera_that_dies_again_and_again_after_one_image_is_one(client, frames, domain):
    frames.source.open(ImageTransport.RAW)
    most = 0
    for _ in range(12):  # an image may be lost
        camera = subprocess.Popen([sys.executable, '-c', SHORT_LIVED],
                                  env=os.environ | {'ROS_DOMAIN_ID': str(domain)})
        client.wait(lambda camera=camera: camera.poll() is not None, 'its end')
        assert not frames.source.mixture
        most = max(most, client.node.count_publishers('image'))
        if frames.received >= 4:
            break
    assert frames.received >= 4
    assert most > 1
    client.wait(lambda: not client.node.count_publishers('image'), 'the last of them to be gone')


@pytest.mark.parametrize('about', [{}, {'publication_sequence_number': None}])
def test_without_ids_and_numbers_a_second_publisher_is_proof_enough(client, driver, about):
    watch = PublisherWatch(client.node, '/image')
    publishers = [node.create_publisher(Image, 'image', sensor_qos())
                  for node in (client.node, driver)]
    client.wait(lambda: client.node.count_publishers('/image') == 2, 'both')
    assert watch.fault == ''
    watch.add(about)
    client.wait(lambda: '/driver, /ris_test' in watch.fault, 'the names of both')
    client.node.destroy_publisher(publishers[0])
    client.wait(lambda: not watch.fault, 'the end of one')


def test_with_numbers_alone_two_publishers_by_turns_are_told(client, driver):
    watch = PublisherWatch(client.node, '/image')
    publishers = [node.create_publisher(Image, 'image', sensor_qos())
                  for node in (client.node, driver)]
    client.wait(lambda: client.node.count_publishers('/image') == 2, 'both')
    faults = []
    for number in (100, 1, 101, 2, 102):
        watch.add({'publication_sequence_number': number})
        faults.append(bool(watch.fault))
    assert faults == [False, False, False, False, True]
    client.wait(lambda: '/driver, /ris_test' in watch.fault, 'the names of both')
    client.node.destroy_publisher(publishers[0])
    client.wait(lambda: not watch.fault, 'the end of one')


def test_message_of_a_subscription_that_is_closed_is_dropped(frames):
    frames.source.open(ImageTransport.RAW)
    late = {sub.topic_name: sub.callback for sub in frames.source._subscriptions}
    frames.source.close()
    frames.source.open(ImageTransport.RAW)
    colour = Image(width=2, height=2, encoding='rgb8', step=6, data=bytes(12))
    late['/image'](colour, {'publication_sequence_number': 1})
    late['/depth'](Image(), {'publication_sequence_number': 1})
    late['/camera_info'](CameraInfo())
    assert (frames.received, frames.has_camera_info, frames.position_fault) == (0, False, '')


@pytest.mark.parametrize(('topic', 'geometry'), [
    ('/camera/color/image_raw', ImageGeometry.RAW), ('/left/image_rect_color', 'rectified'),
    ('/infra1/image_rect_raw', 'rectified'), ('/camera/image', ImageGeometry.AUTO),
    ('/rgb/color/rect/image/compressed', ImageGeometry.RECTIFIED),
    ('/drawer_cam/color', ImageGeometry.AUTO), ('/crawler/image', ImageGeometry.AUTO),
    ('/director/camera/image_raw', ImageGeometry.RAW)])
def test_the_name_of_the_topic_tells_whether_images_are_rectified(topic, geometry):
    assert ImageTopic('image', topic, Image, sensor_qos()).geometry == geometry


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
