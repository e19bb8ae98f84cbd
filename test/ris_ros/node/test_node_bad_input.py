# SPDX-License-Identifier: Apache-2.0
"""Whatever comes in, the node answers with a status and a sentence, and lives on."""
from array import array

import cv2
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from geometry_msgs.msg import PoseStamped
import numpy as np
import pytest
from rclpy.duration import Duration
from ros_graph import LATCHED, running
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import Header

from ris_ros.msg import Grounding, Target
from ris_ros.node.camera_inputs import sensor_qos
from ris_ros.node.conversions import from_pixels
from ris_sim.node.camera_messages import to_camera_info, to_depth_image
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene


@pytest.fixture(scope='module')
def rendering():
    return Renderer(320, 240).render(sample_scene(np.random.default_rng(3), 'test'))


@pytest.fixture(scope='module')
def graph(domain, client, answering_profile):
    """Run a node whose camera is this test."""
    with running('ris_ros.node.ris_node', domain, profile=answering_profile):
        # A command that comes while the models load waits for them.
        answer = client.ask('the red mug')
        assert answer.status == Grounding.NO_IMAGE
        assert 'nobody publishes on /image' in answer.message
        client.await_active()
        client.image = client.node.create_publisher(Image, 'image', sensor_qos())
        client.depth = client.node.create_publisher(Image, 'depth', sensor_qos())
        client.info = client.node.create_publisher(CameraInfo, 'camera_info', sensor_qos())
        for publisher in (client.image, client.depth, client.info):
            client.wait(publisher.get_subscription_count, 'the node to listen')
        yield client
        # It has come through all of it.
        assert client.state() == 'active'


@pytest.fixture
def fresh(graph):
    """Give a node that has seen no image."""
    assert graph.transition('deactivate')
    assert graph.transition('activate')
    for publisher in (graph.image, graph.depth, graph.info):
        graph.wait(publisher.get_subscription_count, 'the node to listen again')
    return graph


def good_image(graph, rendering, age=0):
    """Return the picture with a stamp of now, or of some seconds ago."""
    stamp = graph.node.get_clock().now() - Duration(seconds=age)
    return from_pixels(rendering.image, 'rgb8', Header(stamp=stamp.to_msg(), frame_id='optical'))


def ask_until(graph, publish, accept, text='the red thing'):
    """Publish (best effort: it may get lost) and ask, until an answer is as expected."""
    def attempt():
        publish()
        answer = graph.ask(text)
        return answer if accept(answer) else None
    return graph.wait(attempt, 'the expected answer')


def test_no_image_yet(fresh):
    answer = fresh.ask('the red mug')
    assert answer.status == Grounding.NO_IMAGE
    assert 'No image has been received' in answer.message
    assert answer.header.frame_id == ''


@pytest.mark.parametrize(('text', 'sentence'), [
    ('', 'blank'), (' \n\t ', 'blank'), ('x' * 10_000, '10000 characters')])
def test_bad_commands(graph, text, sentence):
    for answer in (graph.ask(text), graph.say(text)):
        assert answer.status == Grounding.BAD_COMMAND
        assert sentence in answer.message


def test_command_that_names_nothing(graph, rendering):
    answer = ask_until(graph, lambda: graph.image.publish(good_image(graph, rendering)),
                       lambda a: a.status != Grounding.NO_IMAGE, 'follow me')
    assert answer.status == Grounding.NOT_FOUND
    assert 'follow me' in answer.message


@pytest.mark.parametrize('text', ['подними красную кружку', '拿起红色的杯子', '\x01\x02', '🙂'])
def test_commands_in_no_language_that_is_read(graph, rendering, text):
    answer = ask_until(graph, lambda: graph.image.publish(good_image(graph, rendering)),
                       lambda a: a.status != Grounding.NO_IMAGE, text)
    assert answer.status in (Grounding.FOUND, Grounding.NOT_FOUND, Grounding.BAD_COMMAND)
    assert answer.message


@pytest.mark.parametrize(('change', 'sentence'), [
    ({'width': 0, 'height': 0}, 'is empty: it has 0 x 0 pixels'),
    ({'encoding': 'rainbow'}, "unknown encoding 'rainbow'"),
    ({'step': 100}, 'step 100, but a row of 320 pixels in rgb8 takes 960 bytes'),
    ({'step': 4000}, 'bytes of data'),
    ({'encoding': '32FC1'}, "unknown encoding '32FC1'"),
])
def test_broken_images(fresh, rendering, change, sentence):
    message = good_image(fresh, rendering)
    for name, value in change.items():
        setattr(message, name, value)
    answer = ask_until(fresh, lambda: fresh.image.publish(message),
                       lambda a: 'No image has been received' not in a.message)
    assert answer.status == Grounding.NO_IMAGE
    assert sentence in answer.message
    assert ask_until(fresh, lambda: fresh.image.publish(good_image(fresh, rendering)),
                     lambda a: a.status != Grounding.NO_IMAGE).status == Grounding.FOUND


def test_stale_image(fresh, rendering):
    answer = ask_until(fresh, lambda: fresh.image.publish(good_image(fresh, rendering, age=60)),
                       lambda a: a.status != Grounding.NO_IMAGE)
    assert answer.status == Grounding.STALE_IMAGE
    assert 'at most 2.0 s' in answer.message


def test_camera_that_is_ahead_and_then_dead_is_never_answered_from(fresh, rendering):
    answer = ask_until(fresh, lambda: fresh.image.publish(good_image(fresh, rendering, age=-30)),
                       lambda a: a.status != Grounding.NO_IMAGE)
    for _ in range(3):
        assert answer.status == Grounding.STALE_IMAGE
        assert "s ahead of the node's clock" in answer.message
        assert 'use_sim_time is false' in answer.message
        fresh.spin_for(.3)
        answer = fresh.ask('the red thing')
    reports = fresh.listen(DiagnosticArray, '/diagnostics')
    fresh.wait(lambda: reports, 'diagnostics')
    assert reports[0].status[0].level == DiagnosticStatus.WARN
    assert "s ahead of the node's clock" in reports[0].status[0].message


def test_simulated_stamps_are_told_apart_from_old_ones(fresh, rendering):
    image = good_image(fresh, rendering)
    image.header.stamp.sec = 42
    answer = ask_until(fresh, lambda: fresh.image.publish(image),
                       lambda a: a.status != Grounding.NO_IMAGE)
    assert answer.status == Grounding.STALE_IMAGE
    assert 'go by two clocks' in answer.message
    assert 'use_sim_time is false' in answer.message


def test_refused_images_after_good_ones_are_the_reason_that_the_last_is_old(fresh, rendering):
    assert ask_until(fresh, lambda: fresh.image.publish(good_image(fresh, rendering)),
                     lambda a: a.status != Grounding.NO_IMAGE).status == Grounding.FOUND
    broken = good_image(fresh, rendering)
    broken.encoding = 'rainbow'
    answer = ask_until(fresh, lambda: fresh.image.publish(broken),
                       lambda a: a.status == Grounding.STALE_IMAGE)
    assert 'Newer images were refused: ' in answer.message
    assert "unknown encoding 'rainbow'" in answer.message
    reports = fresh.listen(DiagnosticArray, '/diagnostics')
    fresh.wait(lambda: reports, 'diagnostics')
    assert "unknown encoding 'rainbow'" in reports[0].status[0].message


def test_image_without_depth_gives_the_mask_and_says_why_there_is_no_position(fresh, rendering):
    answer = ask_until(fresh, lambda: fresh.image.publish(good_image(fresh, rendering)),
                       lambda a: a.status != Grounding.NO_IMAGE)
    assert answer.status == Grounding.FOUND
    assert (answer.mask.height, answer.mask.width) == (240, 320)
    assert answer.position_status == Grounding.NO_DEPTH
    assert 'No depth image' in answer.position_note
    reports = fresh.listen(DiagnosticArray, '/diagnostics')
    fresh.wait(lambda: reports, 'diagnostics')
    status = reports[0].status[0]
    assert status.level == DiagnosticStatus.WARN
    assert f'It has no position (NO_DEPTH): {answer.position_note}' in status.message


@pytest.mark.parametrize(('pixels', 'encoding', 'sentence'), [
    (np.ones((120, 160), np.uint16), '16UC1',
     'depth image has 160 x 120 pixels but the image has 320 x 240'),
    (np.ones((240, 320, 3), np.uint8), 'rgb8', "depth image has the unknown encoding 'rgb8'"),
])
def test_unusable_depth(fresh, rendering, pixels, encoding, sentence):
    def publish():
        image = good_image(fresh, rendering)
        fresh.depth.publish(from_pixels(pixels, encoding, image.header))
        fresh.info.publish(to_camera_info(rendering.camera, image.header))
        fresh.image.publish(image)
    answer = ask_until(fresh, publish, lambda a: sentence in a.position_note)
    assert answer.status == Grounding.FOUND
    assert answer.position_status == Grounding.NO_DEPTH
    assert len(answer.centroid) == 2


@pytest.mark.parametrize(('changed', 'sentence'), [
    ('depth', "depth image is in the frame 'elsewhere' but the image is in 'optical'"),
    ('info', "camera info is of the frame 'elsewhere' but the image is in 'optical'"),
])
def test_depth_or_camera_info_of_another_camera_is_not_used(fresh, rendering, changed, sentence):
    def publish():
        image = good_image(fresh, rendering)
        headers = {'depth': image.header, 'info': image.header}
        headers[changed] = Header(stamp=image.header.stamp, frame_id='elsewhere')
        fresh.depth.publish(to_depth_image(rendering.depth, '16UC1', headers['depth']))
        fresh.info.publish(to_camera_info(rendering.camera, headers['info']))
        fresh.image.publish(image)
    answer = ask_until(fresh, publish, lambda a: sentence in a.position_note)
    assert (answer.status, answer.position_status) == (Grounding.FOUND, Grounding.NO_DEPTH)
    assert answer.pose.header.frame_id == ''


@pytest.mark.parametrize(('size', 'focal', 'sentence'), [
    ((640, 480), 300.0, 'camera info is for 640 x 480 pixels but the image has 320 x 240'),
    ((320, 240), 0.0, 'Is the camera calibrated?'),
    ((320, 240), float('nan'), 'focal lengths fx=nan, fy=nan; both must be positive and finite'),
    ((320, 240), float('inf'), 'focal lengths fx=inf, fy=inf; both must be positive and finite'),
    (None, None, 'No camera info has been received'),
])
def test_wrong_or_missing_camera_info(fresh, rendering, size, focal, sentence):
    def publish():
        image = good_image(fresh, rendering)
        fresh.depth.publish(to_depth_image(rendering.depth, '16UC1', image.header))
        if size is not None:
            info = to_camera_info(rendering.camera, image.header)
            info.width, info.height = size
            info.k[0] = info.k[4] = info.p[0] = info.p[5] = focal
            fresh.info.publish(info)
        fresh.image.publish(image)
    answer = ask_until(fresh, publish, lambda a: sentence in a.position_note)
    assert (answer.status, answer.position_status) == (Grounding.FOUND, Grounding.NO_DEPTH)


@pytest.mark.parametrize('matrix', ['k', 'p'])
def test_principal_point_that_is_no_number_is_refused_in_every_answer_and_in_diagnostics(
        fresh, rendering, matrix):
    def publish():
        image = good_image(fresh, rendering)
        fresh.depth.publish(to_depth_image(rendering.depth, '16UC1', image.header))
        info = to_camera_info(rendering.camera, image.header)
        if matrix == 'k':
            info.p = np.zeros(12)
        getattr(info, matrix)[2] = float('nan')
        fresh.info.publish(info)
        fresh.image.publish(image)
    answer = ask_until(fresh, publish, lambda a: 'principal point cx=nan' in a.position_note)
    assert (answer.status, answer.position_status) == (Grounding.FOUND, Grounding.NO_DEPTH)
    told = fresh.say('the blue thing')
    assert (told.status, told.position_note) == (Grounding.FOUND, answer.position_note)
    outcome, result = fresh.goal_end(fresh.send_goal('the largest object', []))
    assert (outcome, result.position_note) == ('succeeded', answer.position_note)
    reports = fresh.listen(DiagnosticArray, '/diagnostics')
    report = fresh.wait(lambda: publish() or next((
        array.status[0] for array in reports if 'cx=nan' in array.status[0].message), None), 'it')
    assert report.level == DiagnosticStatus.WARN


@pytest.mark.parametrize('moment', ['before', 'after'])
def test_latched_camera_info_that_is_sent_once_is_received(fresh, rendering, moment):
    assert fresh.transition('deactivate')
    image = good_image(fresh, rendering)

    def send_once():
        publisher = fresh.node.create_publisher(CameraInfo, 'camera_info', LATCHED)
        publisher.publish(to_camera_info(rendering.camera, image.header))
        return publisher
    publisher = send_once() if moment == 'before' else None
    assert fresh.transition('activate')
    publisher = publisher or send_once()
    try:
        for other in (fresh.image, fresh.depth):
            fresh.wait(other.get_subscription_count, 'the node to listen again')

        def publish():
            header = good_image(fresh, rendering).header
            fresh.depth.publish(to_depth_image(rendering.depth, '16UC1', header))
            fresh.image.publish(from_pixels(rendering.image, 'rgb8', header))
        answer = ask_until(fresh, publish, lambda a: a.position_status == Grounding.FOUND)
        assert answer.position.z > .2
    finally:
        fresh.node.destroy_publisher(publisher)


def test_camera_info_that_is_not_latched_is_subscribed_to_once(fresh):
    # A second one, for latched ones, would make every driver warn of it.
    fresh.spin_for(.5)
    assert len(fresh.node.get_subscriptions_info_by_topic('camera_info')) == 1


def test_target_frame_without_tf_leaves_the_position_in_the_optical_frame(fresh, rendering):
    def publish():
        image = good_image(fresh, rendering)
        fresh.depth.publish(to_depth_image(rendering.depth, '16UC1', image.header))
        fresh.info.publish(to_camera_info(rendering.camera, image.header))
        fresh.image.publish(image)
    assert fresh.set_parameter('ris_node', 'target_frame', 'base_link').successful
    answer = ask_until(fresh, publish, lambda a: a.position_status == Grounding.NO_TF)
    assert fresh.set_parameter('ris_node', 'target_frame', '').successful
    assert answer.status == Grounding.FOUND
    assert 'base_link' in answer.position_note
    assert answer.position.z > .2
    assert answer.grasp_position.z > .2
    reports = fresh.listen(DiagnosticArray, '/diagnostics')
    fresh.wait(lambda: reports, 'diagnostics')
    status = reports[0].status[0]
    assert status.level == DiagnosticStatus.WARN
    assert f'It has no position (NO_TF): {answer.position_note}' in status.message


def test_depth_in_either_encoding_gives_one_position(fresh, rendering):
    positions = []
    for encoding in ('16UC1', '32FC1'):
        def publish(encoding=encoding):
            image = good_image(fresh, rendering)
            fresh.depth.publish(to_depth_image(rendering.depth, encoding, image.header))
            fresh.info.publish(to_camera_info(rendering.camera, image.header))
            fresh.image.publish(image)
        answer = ask_until(fresh, publish, lambda a: a.position_status == Grounding.FOUND)
        positions.append([answer.position.x, answer.position.y, answer.position.z])
    np.testing.assert_allclose(*positions, atol=.002)


def test_target_is_held_until_it_leaves_the_picture_and_after_that_it_is_lost(fresh, rendering):
    targets, poses = (fresh.listen(kind, f'ris_node/{topic}')
                      for kind, topic in ((Target, 'target'), (PoseStamped, 'pose')))
    for topic in ('target', 'pose'):
        fresh.wait(lambda topic=topic: fresh.node.count_publishers(f'ris_node/{topic}'), topic)
    empty = np.full_like(rendering.image, 128), np.full_like(rendering.depth, 2.0)

    def publish(image=rendering.image, depth=rendering.depth):
        header = good_image(fresh, rendering).header
        fresh.depth.publish(to_depth_image(depth, '16UC1', header))
        fresh.info.publish(to_camera_info(rendering.camera, header))
        fresh.image.publish(from_pixels(image, 'rgb8', header))
        return header

    def told(status, *picture):
        # What was asked before the position was there is held until the last command is heard.
        header = publish(*picture)
        return next((target for target in targets[-3:] if target.status == status
                     and target.command_id == found.command_id
                     and target.header.stamp.sec >= header.stamp.sec - 1), None)
    assert fresh.set_parameter('ris_node', 'mode', 'track').successful
    try:
        found = ask_until(fresh, publish, lambda a: a.position_status == Grounding.FOUND)
        held = fresh.wait(lambda: told(Grounding.FOUND), 'the held object')
        assert held.has_pose
        assert abs(held.pose.pose.position.z - found.position.z) < .02
        assert np.hypot(*(np.array(held.centroid) - found.centroid)) < 5
        fresh.wait(lambda: any(pose.header == held.header for pose in poses), 'the fresh pose')
        lost = fresh.wait(lambda: told(Grounding.LOST, *empty), 'the loss')
        assert not lost.has_pose
        assert 'out of sight' in lost.message
        fresh.wait(lambda: told(Grounding.FOUND), 'the object again')
    finally:
        assert fresh.set_parameter('ris_node', 'mode', 'answer').successful
    # An answer in between: what was under way before the change has been told by then.
    ask_until(fresh, publish, lambda a: a.status == Grounding.FOUND)
    count = len(targets)
    ask_until(fresh, publish, lambda a: a.status == Grounding.FOUND)
    assert len(targets) == count


def test_second_command_on_the_same_frame_is_not_indexed_again(fresh, rendering):
    first = ask_until(fresh, lambda: fresh.image.publish(good_image(fresh, rendering)),
                      lambda a: a.status == Grounding.FOUND)
    assert fresh.set_parameter('ris_node', 'max_image_age', 600.0).successful
    second = fresh.ask('the blue thing')
    assert fresh.set_parameter('ris_node', 'max_image_age', 2.0).successful
    assert second.header == first.header
    # Not even with a lag of 0: there is no newer image.
    assert second.stage_seconds[0] < .05


def test_compressed_images_and_damaged_ones(graph, rendering):
    publisher = graph.node.create_publisher(CompressedImage, 'image/compressed', sensor_qos())
    assert graph.set_parameter('ris_node', 'image_transport', 'compressed').successful
    try:
        assert graph.transition('deactivate')
        assert graph.transition('activate')
        message = CompressedImage(format='bgr8; png compressed bgr8')

        def publish(data):
            message.header = good_image(graph, rendering).header
            message.data = array('B', data)
            publisher.publish(message)
        answer = ask_until(graph, lambda: publish(b'no picture'),
                           lambda a: 'No image has been received' not in a.message)
        assert answer.status == Grounding.NO_IMAGE
        assert 'cannot be decoded; expected JPEG or PNG' in answer.message
        good = cv2.imencode('.png', rendering.image[..., ::-1])[1].tobytes()
        answer = ask_until(graph, lambda: publish(good), lambda a: a.status != Grounding.NO_IMAGE)
        assert answer.status == Grounding.FOUND
    finally:
        graph.set_parameter('ris_node', 'image_transport', 'raw')


@pytest.mark.parametrize(('name', 'value', 'sentence'), [
    ('max_image_age', -1.0, 'range'),
    ('device', 'abacus', 'expected cpu, cuda'),
    ('image_transport', 'pigeon', 'raw or compressed'),
])
def test_bad_parameters_are_refused(graph, name, value, sentence):
    result = graph.set_parameter('ris_node', name, value)
    assert not result.successful
    assert sentence in result.reason
