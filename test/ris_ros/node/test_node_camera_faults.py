# SPDX-License-Identifier: Apache-2.0
"""A camera that is paused, killed, and started again as another one, and depth that fails."""
from contextlib import contextmanager
from dataclasses import replace
import signal

from diagnostic_msgs.msg import DiagnosticArray
import numpy as np
import pytest
from rclpy.duration import Duration
from rclpy.qos import QoSProfile
from ros_graph import running
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header

from ris_ros.msg import Grounding, Target
from ris_ros.node.conversions import from_pixels
from ris_sim.node.camera_messages import to_camera_info, to_depth_image
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene

OBJECT = 'the largest object'


@pytest.fixture(scope='module')
def graph(domain, client, answering_profile):
    """Run a node that holds what it finds."""
    with running('ris_ros.node.ris_node', domain, profile=answering_profile, mode='track'):
        client.await_active()
        client.targets = client.listen(Target, 'ris_node/target', 100)
        yield client
        assert client.state() == 'active'


@contextmanager
def camera(domain, **parameters):
    """Run a simulated camera of five pictures a second; it may be killed."""
    with running('ris_sim.node.camera', domain, seed=3, rate=5.0, **parameters) as process:
        yield process


def ask_until(graph, accept):
    """Ask until an answer is as expected; return all answers."""
    answers = []

    def attempt():
        answers.append(graph.ask(OBJECT))
        return accept(answers[-1])
    graph.wait(attempt, 'the expected answer')
    return answers


def is_placed(answer):
    return answer.position_status == Grounding.FOUND


def is_stale(answer):
    return answer.status == Grounding.STALE_IMAGE


def await_target(graph, status, words=''):
    """Wait for a message on ~/target that holds the words, and return it."""
    graph.targets.clear()
    return graph.wait(lambda: next((
        target for target in graph.targets if target.status == status
        and words in target.message), None), f'a target of status {status} with "{words}"')


def test_camera_that_is_paused_is_told_of_and_answered_from_again_when_it_goes_on(graph, domain):
    with camera(domain, width=320, height=240) as process:
        ask_until(graph, is_placed)
        await_target(graph, Grounding.FOUND)
        process.send_signal(signal.SIGSTOP)
        lost = await_target(graph, Grounding.LOST)
        assert 'Is the camera running?' in lost.message
        answers = ask_until(graph, is_stale)
        assert 'at most 2.0 s (parameter max_image_age) are allowed' in answers[-1].message
        # From a recent image or not at all.
        assert {a.status for a in answers} <= {Grounding.FOUND, Grounding.STALE_IMAGE}
        assert all(a.index_age < 3 for a in answers)
        process.send_signal(signal.SIGCONT)
        await_target(graph, Grounding.FOUND)
        ask_until(graph, is_placed)


@pytest.mark.parametrize('frame_id', ['camera_color_optical_frame', 'another_optical_frame'])
@pytest.mark.parametrize('size', [(320, 240), (400, 300)])
def test_camera_that_is_killed_and_started_as_another_one_is_answered_from_as_it_is_now(
        graph, domain, size, frame_id):
    with camera(domain, width=320, height=240) as process:
        before = ask_until(graph, lambda a: is_placed(a) and (
            a.mask.width, a.header.frame_id) == (320, 'camera_color_optical_frame'))[-1]
        await_target(graph, Grounding.FOUND)
        process.kill()
        assert 'Is the camera running?' in await_target(graph, Grounding.LOST).message
        assert 'Is the camera running?' in ask_until(graph, is_stale)[-1].message
    width, height = size
    with camera(domain, width=width, height=height, frame_id=frame_id):
        if (size, frame_id) == ((320, 240), before.header.frame_id):
            await_target(graph, Grounding.FOUND)  # it stands where it stood
        else:
            # Until the new camera's first image, the loss is told of the old one.
            lost = await_target(
                graph, Grounding.LOST,
                f'now {width} x {height} pixels in the frame {frame_id!r}')
            assert lost.header.frame_id == frame_id
        answers = ask_until(graph, is_placed)
        assert {a.status for a in answers} <= {Grounding.FOUND, Grounding.STALE_IMAGE}
        for answer in answers:
            if answer.status == Grounding.FOUND:
                assert (answer.mask.width, answer.mask.height) == size
                assert answer.header.frame_id == frame_id
        # The same world through the same lens: the object is where it was.
        place, old = answers[-1].position, before.position
        assert np.allclose([place.x, place.y, place.z], [old.x, old.y, old.z], atol=0.03)


class DepthCamera:
    """A camera of the test's own, whose depth it can spoil."""

    def __init__(self, graph):
        self.graph = graph
        scene = sample_scene(np.random.default_rng(3), 'test')
        renderer = Renderer(320, 240)
        self.centre = renderer.render(scene)
        x, y, z = scene.camera.position
        self.aside = renderer.render(
            replace(scene, camera=replace(scene.camera, position=(x + .05, y, z))))
        self.image, self.depth, self.info = (
            graph.node.create_publisher(kind, topic, QoSProfile(depth=1)) for kind, topic in (
                (Image, 'image'), (Image, 'depth'), (CameraInfo, 'camera_info')))
        self.distortion = []
        for publisher in (self.image, self.depth, self.info):
            graph.wait(publisher.get_subscription_count, 'the node to listen')

    def show(self, depth, late=0.0):
        """Publish an image and the depth of a rendering, whose stamp is some seconds later."""
        now = self.graph.node.get_clock().now()
        header = Header(stamp=now.to_msg(), frame_id='optical')
        info = to_camera_info(self.centre.camera, header)
        info.d = self.distortion
        self.info.publish(info)
        if depth is not None:
            later = Header(stamp=(now + Duration(seconds=late)).to_msg(), frame_id='optical')
            self.depth.publish(to_depth_image(depth.depth, '16UC1', later))
        self.image.publish(from_pixels(self.centre.image, 'rgb8', header))

    def ask_until(self, accept, show, *arguments):
        """Show pictures and ask until an answer is as expected."""
        return ask_until(self.graph, lambda answer: show(*arguments) or accept(answer))[-1]

    def destroy(self):
        """Leave the graph."""
        for publisher in (self.image, self.depth, self.info):
            self.graph.node.destroy_publisher(publisher)


@pytest.fixture
def depth_camera(graph):
    depth_camera = DepthCamera(graph)
    depth_camera.ask_until(lambda a: is_placed(a) and a.header.frame_id == 'optical',
                           depth_camera.show, depth_camera.centre)
    yield depth_camera
    depth_camera.destroy()


def await_diagnosis(graph, show, words):
    """Show pictures until diagnostics say something."""
    reports = graph.listen(DiagnosticArray, '/diagnostics')
    graph.wait(lambda: show() or any(words in report.status[0].message for report in reports),
               f'diagnostics with "{words}"')


@pytest.mark.parametrize('late', [None, 0.1])
def test_depth_that_ends_or_is_of_another_time_is_told_of_and_used_again_when_it_is_right(
        graph, depth_camera, late):
    def spoil():
        depth_camera.show(None if late is None else depth_camera.centre, late or 0.0)
        graph.spin_for(0.2)  # or the depth would be that of the next image
    answer = depth_camera.ask_until(lambda a: a.position_status == Grounding.NO_DEPTH, spoil)
    assert answer.status == Grounding.FOUND
    assert 's from the image; at most 0.050 s (parameter depth_max_skew)' in answer.position_note
    depth_camera.ask_until(is_placed, depth_camera.show, depth_camera.centre)


def test_depth_that_flickers_between_two_registrations_is_told_of_in_answer_and_diagnostics(
        graph, depth_camera):
    def flicker():
        for depth in (depth_camera.centre, depth_camera.aside) * 3:
            depth_camera.show(depth)
            graph.spin_for(.03)
    answer = depth_camera.ask_until(
        lambda a: a.position_status == Grounding.NO_DEPTH, flicker)
    assert answer.status == Grounding.FOUND
    assert 'The depth alternates between two viewpoints' in answer.position_note
    await_diagnosis(graph, flicker, 'No object gets a position: The depth alternates')

    def steady():
        for _ in range(8):
            depth_camera.show(depth_camera.centre)
            graph.spin_for(.03)
    depth_camera.ask_until(is_placed, steady)


def test_two_cameras_on_one_topic_are_named_in_answer_and_diagnostics_until_one_ends(
        graph, depth_camera):
    another = graph.node.create_publisher(Image, 'image', QoSProfile(depth=1))
    graph.wait(another.get_subscription_count, 'the node to listen')

    def mix():
        for _ in range(6):
            depth_camera.show(depth_camera.centre)
            graph.spin_for(.03)
            another.publish(from_pixels(depth_camera.aside.image, 'rgb8', Header(
                stamp=graph.node.get_clock().now().to_msg(), frame_id='optical')))
            graph.spin_for(.03)
    answer = depth_camera.ask_until(lambda a: a.position_status == Grounding.NO_DEPTH, mix)
    sentence = 'More than one publisher sends on /image'
    assert answer.position_note.startswith(sentence)
    await_diagnosis(graph, mix, f'No object gets a position: {sentence}')
    graph.node.destroy_publisher(another)
    depth_camera.ask_until(is_placed, depth_camera.show, depth_camera.centre)


def test_lens_that_distorts_is_doubted_until_the_image_is_known_to_be_raw(graph, depth_camera):
    show = depth_camera.show, depth_camera.centre
    straight = depth_camera.ask_until(is_placed, *show)
    depth_camera.distortion = [-.3, .1, 0.0, 0.0, 0.0]
    answer = depth_camera.ask_until(lambda a: is_placed(a) and a.position_note, *show)
    assert 'parameter image_geometry: rectified or raw' in answer.position_note
    assert np.isclose(answer.position.x, straight.position.x, atol=.005)
    await_diagnosis(graph, lambda: depth_camera.show(depth_camera.centre),
                    'Positions are doubtful: The lens distorts')
    assert graph.set_parameter('ris_node', 'image_geometry', 'raw').successful
    assert graph.transition('deactivate')
    assert graph.transition('activate')
    graph.wait(depth_camera.image.get_subscription_count, 'the node to listen')
    answer = depth_camera.ask_until(lambda a: is_placed(a) and not a.position_note, *show)
    shift = np.hypot(answer.position.x, answer.position.y) - np.hypot(
        straight.position.x, straight.position.y)
    # What such a lens shows there is farther from the axis.
    assert shift > 0
    assert graph.set_parameter('ris_node', 'image_geometry', 'auto').successful
