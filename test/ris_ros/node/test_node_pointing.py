# SPDX-License-Identifier: Apache-2.0
"""Clicks and points over DDS, in front of a table on which a mug is moved; TF is a stand-in."""
from builtin_interfaces.msg import Time
from geometry_msgs.msg import PointStamped, TransformStamped
import numpy as np
import pytest
from ros_graph import LATCHED, STAND_INS, found_first, running
from std_msgs.msg import Header
from table_camera import TableCamera

from ris_ros.geometry.lens import back_project
from ris_ros.geometry.masks import grasp_pixel
from ris_ros.msg import Grounding
from ris_ros.node.conversions import to_rgb

THINGS = (('bowl', 'green', -.16, 0), ('mug', 'red', .16, -.06), ('mug', 'blue', 0, .1))
MOVED = (*THINGS[:2], ('mug', 'blue', 0, -.14))


class PointedCamera(TableCamera):
    """Knows where the things of its table are."""

    def mask(self, thing):
        """Return the pixels of a thing, by its number."""
        return self.tables[self.things].labels == thing + 1

    def pixel(self, thing):
        """Return a pixel well inside a thing."""
        return grasp_pixel(self.mask(thing))

    def point(self, thing):
        """Return the (3,) point of that pixel in the optical frame."""
        table, (u, v) = self.tables[self.things], self.pixel(thing)
        return back_project(np.array([u]), np.array([v]), np.array([table.depth[v, u]]),
                            table.camera)[0]


@pytest.fixture(scope='module')
def graph(client, domain):
    """Show a table to a node; wait until it sees the blue mug in space."""
    camera = client.camera = PointedCamera(client.node, THINGS, MOVED)
    timer = client.node.create_timer(.2, camera.show)
    with found_first(STAND_INS), \
            running('ris_ros.node.ris_node', domain, max_image_age=60.0):
        client.await_active()
        client.wait(lambda: client.ask('the blue mug').position_status == Grounding.FOUND,
                    'images')
        yield client
    timer.cancel()


def click(graph, region, text='', stamp=None):
    return graph.grounding.ground(text, 600, region=region, region_stamp=stamp)


def shows(answer, mask):
    """Tell whether an answer's mask is about a given one."""
    found = to_rgb(answer.mask)[..., 0] > 0
    return (found & mask).sum() > .5 * (found | mask).sum()


def test_a_click_by_service_and_action_means_the_object_there(graph):
    camera = graph.camera
    answer = click(graph, camera.pixel(2))
    assert (answer.status, answer.command) == (Grounding.FOUND, 'this')
    assert shows(answer, camera.mask(2))
    goal = graph.grounding.start_goal('the one left of this', region=camera.pixel(2), timeout=600)
    beside = goal.result(600)
    assert (goal.outcome, beside.status) == ('succeeded', Grounding.FOUND)
    assert shows(beside, camera.mask(0))
    assert shows(click(graph, camera.pixel(1), 'not this, the blue one'), camera.mask(2))
    named = click(graph, camera.pixel(0), 'what is this?')
    assert (named.status, named.message) == (Grounding.ANSWERED, 'It is a green bowl.')


def test_a_click_on_a_candidate_of_the_list_is_its_number(graph):
    listed = graph.ask('the mug')
    assert (listed.status, listed.count) == (Grounding.AMBIGUOUS, 2)
    second = click(graph, tuple(int(value) for value in listed.candidates[1].grasp))
    assert (second.status, second.box) == (Grounding.FOUND, listed.candidates[1].box)
    assert 'number 2' in second.message


def test_what_was_clicked_in_an_older_picture_is_found_where_it_is_now(graph):
    camera = graph.camera
    before, pixel = graph.ask('the blue mug'), camera.pixel(2)
    camera.things = MOVED
    try:
        graph.wait(lambda: shows(graph.ask('the blue mug'), camera.mask(2)), 'the moved mug')
        now = click(graph, pixel, stamp=before.header.stamp)
        assert now.status == Grounding.FOUND
        assert shows(now, camera.mask(2))
        assert click(graph, pixel).status == Grounding.NOT_FOUND  # nothing is there any more
    finally:
        camera.things = THINGS
    graph.wait(lambda: shows(graph.ask('the blue mug'), camera.mask(2)), 'the mug in its place')


def test_a_click_that_means_nothing_is_refused_with_the_reason(graph):
    newest = graph.ask('the blue mug').header.stamp
    for region, stamp, status, reason in [
            ((320, 10), None, Grounding.BAD_COMMAND, '320 x 240 pixels'),
            ((2, 2), None, Grounding.NOT_FOUND, 'no object at'),
            ((9, 9), Time(sec=newest.sec - 100), Grounding.BAD_COMMAND, 'pictures are kept for'),
            ((9, 9), Time(sec=newest.sec + 99), Grounding.BAD_COMMAND, 'newer than the newest')]:
        answer = click(graph, region, stamp=stamp)
        assert (answer.status, reason in answer.message) == (status, True), answer.message
    long = click(graph, (9, 9), 'this ' * 2000)
    assert (long.status, '10000 characters' in long.message) == (Grounding.BAD_COMMAND, True)
    assert click(graph, (9, 9), 'stop').status == Grounding.STOPPED


def test_a_point_in_space_means_the_object_there_in_every_frame_that_tf_knows(graph):
    camera = graph.camera
    points = graph.node.create_publisher(PointStamped, 'ris_node/point', 10)
    known = graph.node.create_publisher(TransformStamped, '/tf', LATCHED)
    graph.wait(points.get_subscription_count, 'the node')

    def say(point, frame):
        """Publish a point and return the answer to it."""
        before = len(graph.answers)
        message = PointStamped(header=Header(frame_id=frame))
        message.point.x, message.point.y, message.point.z = map(float, point)
        points.publish(message)
        return graph.wait(lambda: graph.answers[before:], 'an answer')[0]

    def shift():
        """Tell the node, for a while, that the frame map is 1 m behind the camera."""
        stamp = graph.node.get_clock().now().nanoseconds
        for offset in (-10, 10):
            transform = TransformStamped(header=Header(frame_id='optical'), child_frame_id='map')
            seconds, rest = divmod(stamp + offset * 10**9, 10**9)
            transform.header.stamp = Time(sec=seconds, nanosec=rest)
            transform.transform.translation.z, transform.transform.rotation.w = -1.0, 1.0
            known.publish(transform)

    answer = say(camera.point(1), 'optical')
    assert (answer.status, answer.command) == (Grounding.FOUND, 'this')
    assert shows(answer, camera.mask(1))
    assert 'behind the camera' in say((0, 0, -1), 'optical').message
    assert say((9, 0, 1), 'optical').status == Grounding.BAD_COMMAND
    assert 'from the point' in say(camera.point(1) * .5, 'optical').message
    assert 'expected three numbers' in say((float('nan'), 0, 1), 'optical').message
    assert 'cannot be taken into' in say((0, 0, 1), 'nowhere').message
    timer = graph.node.create_timer(.2, shift)
    mapped = camera.point(2) + np.array([0, 0, 1])
    graph.wait(lambda: say(mapped, 'map').status == Grounding.FOUND, 'TF')
    timer.cancel()
