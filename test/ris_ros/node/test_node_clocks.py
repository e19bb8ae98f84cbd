# SPDX-License-Identifier: Apache-2.0
"""A node with use_sim_time, and a clock that is missing, jumps, or is not the camera's."""
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
import numpy as np
import pytest
from rclpy.qos import QoSProfile
from ros_graph import running
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from ris_ros.msg import Grounding
from ris_ros.node.conversions import from_pixels
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene


class Simulator:
    """A clock and a camera that this test moves on."""

    def __init__(self, client):
        self.client = client
        self.clock = client.node.create_publisher(Clock, '/clock', QoSProfile(depth=1))
        self.image = client.node.create_publisher(Image, 'image', QoSProfile(depth=1))
        self.picture = Renderer(320, 240).render(
            sample_scene(np.random.default_rng(3), 'test')).image

    def tick(self, now):
        """Set the node's clock."""
        message = Clock()
        message.clock.sec = int(now)
        self.clock.publish(message)

    def show(self, stamp):
        """Publish an image with a stamp; None: one of the system's time."""
        header = Header(frame_id='optical')
        if stamp is None:
            header.stamp = self.client.node.get_clock().now().to_msg()
        else:
            header.stamp.sec = int(stamp)
        self.image.publish(from_pixels(self.picture, 'rgb8', header))

    def ask_until(self, accept, now=None, stamp=None):
        """Set the clock, show an image where one is given, and ask until the answer is right."""
        def attempt():
            if now is not None:
                self.tick(now)
            if stamp is not None:
                self.show(stamp)
            answer = self.client.ask('the red thing')
            return answer if accept(answer) else None
        return self.client.wait(attempt, 'the expected answer')


@pytest.fixture(scope='module')
def simulator(domain, client, answering_profile):
    with running('ris_ros.node.ris_node', domain, profile=answering_profile, use_sim_time='true'):
        client.await_active()
        simulator = Simulator(client)
        for publisher in (simulator.clock, simulator.image):
            client.wait(publisher.get_subscription_count, 'the node to listen')
        yield simulator


def is_stale(answer):
    return answer.status == Grounding.STALE_IMAGE


# The tests follow each other, as the clock goes.

@pytest.mark.parametrize('stamp', [None, 0, 42])
def test_without_a_clock_no_image_is_answered_from(simulator, stamp):
    def attempt():
        simulator.show(stamp)
        answer = simulator.client.ask('the red thing')
        return answer if answer.status != Grounding.NO_IMAGE else None
    answer = simulator.client.wait(attempt, 'an image')
    assert answer.status == Grounding.STALE_IMAGE
    assert "The node's clock stands at 0: use_sim_time is true" in answer.message
    assert '/clock' in answer.message
    reports = simulator.client.listen(DiagnosticArray, '/diagnostics')
    simulator.client.wait(lambda: reports, 'diagnostics')
    assert reports[0].status[0].level == DiagnosticStatus.WARN
    assert "The node's clock stands at 0" in reports[0].status[0].message


@pytest.mark.parametrize('policy', ['on_change', 'continuous', 'on_command'])
def test_clock_that_jumps_back_makes_the_last_image_stale_until_another_comes(simulator, policy):
    client = simulator.client
    assert client.set_parameter('ris_node', 'index_policy', policy).successful
    simulator.ask_until(lambda a: a.status == Grounding.FOUND, now=100, stamp=100)
    # The bag begins again, and the camera is dead.
    answer = simulator.ask_until(is_stale, now=5)
    for _ in range(3):
        assert answer.status == Grounding.STALE_IMAGE
        for part in ("95.0 s ahead of the node's clock", "image's stamp is 100.0 s",
                     "the node's clock says 5.0 s", 'use_sim_time is true', 'jumped back'):
            assert part in answer.message
        answer = client.ask('the red thing')
    # It goes on with images.
    answer = simulator.ask_until(lambda a: a.status == Grounding.FOUND, now=6, stamp=6)
    assert answer.header.stamp.sec == 6


def test_stamps_of_the_system_are_told_apart_from_simulated_time(simulator):
    def attempt():
        simulator.tick(200)
        simulator.show(None)
        answer = simulator.client.ask('the red thing')
        return answer if 'two clocks' in answer.message else None
    answer = simulator.client.wait(attempt, 'staleness')
    assert answer.status == Grounding.STALE_IMAGE
    assert "the node's clock says 200.0 s (simulated time, use_sim_time is true)" in answer.message


def test_clock_that_jumps_forward_makes_the_last_image_stale(simulator):
    simulator.ask_until(lambda a: a.status == Grounding.FOUND, now=300, stamp=300)
    answer = simulator.ask_until(is_stale, now=400)
    assert '100.0 s old' in answer.message
