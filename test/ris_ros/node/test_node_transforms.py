# SPDX-License-Identifier: Apache-2.0
"""Two nodes in two namespaces with two cameras, one with a target frame (TF is a stand-in)."""
import re

from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import TransformStamped
import pytest
from ros_graph import STAND_INS, TIMEOUT, found_first, running
from std_msgs.msg import Header

from ris_ros.msg import Grounding
from ris_ros.srv import Ground


@pytest.fixture(scope='module')
def graph(domain, client, answering_profile):
    """Run node and camera in /left and in /right; /right wants poses in base_link."""
    with found_first(STAND_INS), \
            running('ris_ros.node.ris_node', domain, '-r', '__ns:=/left',
                    profile=answering_profile) as node, \
            running('ris_ros.node.ris_node', domain, '-r', '__ns:=/right',
                    profile=answering_profile, target_frame='base_link'), \
            running('ris_sim.node.camera', domain, '-r', '__ns:=/left', seed=3,
                    frame_id='left_optical', width=320, height=240) as camera, \
            running('ris_sim.node.camera', domain, '-r', '__ns:=/right', seed=4,
                    frame_id='right_optical', width=320, height=240):
        client.left_node, client.left_camera = node, camera
        yield client


def ask(graph, side, text='the largest object'):
    # Again, because ROS may drop the response of a node that has just appeared.
    return graph.grounding.call_again(Ground, f'/{side}/ris_node/ground',
                                      Ground.Request(text=text), TIMEOUT).grounding


def transform(graph, age):
    """Return the transform of a camera one metre up that looks ahead, some seconds ago."""
    stamp = graph.node.get_clock().now().nanoseconds - int(age * 1e9)
    message = TransformStamped(header=Header(frame_id='base_link'),
                               child_frame_id='right_optical')
    message.header.stamp.sec, message.header.stamp.nanosec = divmod(stamp, 10**9)
    message.transform.translation.z = 1.0
    rotation = message.transform.rotation
    rotation.x, rotation.y, rotation.z, rotation.w = -.5, .5, -.5, .5
    return message


def test_each_node_answers_from_its_own_camera_and_by_tf(graph):
    left = graph.wait(lambda: next((a for a in [ask(graph, 'left')]
                                    if a.position_status == Grounding.FOUND), None), 'left')
    assert left.header.frame_id == left.pose.header.frame_id == 'left_optical'

    # In diagnostics they are told apart.
    reports = graph.listen(DiagnosticArray, '/diagnostics')
    own = {('left/ris_node: grounding', '/left/image'),
           ('right/ris_node: grounding', '/right/image')}
    graph.wait(lambda: own <= {(status.name, status.hardware_id)
                               for report in reports for status in report.status}, 'both nodes')

    # Nobody publishes TF yet.
    right = graph.wait(lambda: next((a for a in [ask(graph, 'right')]
                                     if a.position_status == Grounding.NO_TF), None), 'right')
    assert right.status == Grounding.FOUND
    assert right.header.frame_id == 'right_optical'
    assert "no way from 'right_optical' to 'base_link'" in right.position_note
    where = ask(graph, 'right', 'where is the largest object?').message
    assert 'in front of the camera' in where
    assert 'Places are told from the camera. TF has no way' in where

    # What is published ended before the image.
    publisher = graph.node.create_publisher(TransformStamped, '/tf', 100)
    graph.wait(lambda: publisher.get_subscription_count() >= 1, 'a listener to TF')
    publisher.publish(transform(graph, 3600))
    right = graph.wait(lambda: next((a for a in [ask(graph, 'right')]
                                     if 'time of the image' in a.position_note), None), 'old TF')
    assert right.position_status == Grounding.NO_TF

    # And then it goes on.
    def attempt():
        publisher.publish(transform(graph, -60))
        answer = ask(graph, 'right')
        return answer if answer.position_status == Grounding.FOUND else None
    right = graph.wait(attempt, 'a pose in base_link')
    assert right.pose.header.frame_id == 'base_link'
    assert right.pose.header.stamp == right.header.stamp
    position, optical = right.pose.pose.position, right.position
    assert position.x == pytest.approx(optical.z)
    assert position.y == pytest.approx(-optical.x)
    assert position.z == pytest.approx(1 - optical.y)
    answer = ask(graph, 'right', 'where is the largest object?')
    assert answer.status == Grounding.ANSWERED
    ahead = re.search(r'is ([\d.]+) m ahead of base_link', answer.message)[1]
    assert float(ahead) == pytest.approx(position.x, abs=0.03)  # of another noisy image


def test_fault_of_one_node_leaves_the_other_alone(graph):
    def right():
        answer = ask(graph, 'right')
        assert (answer.status, answer.header.frame_id) == (Grounding.FOUND, 'right_optical')
        assert answer.index_age < 3
        return answer
    reports = graph.listen(DiagnosticArray, '/diagnostics')

    def messages(side):
        return [status.message for report in reports for status in report.status
                if status.name.startswith(f'{side}/')]
    graph.left_camera.kill()

    def left_is_stale():
        right()
        return ask(graph, 'left').status == Grounding.STALE_IMAGE
    graph.wait(left_is_stale, 'the end of the left images')
    graph.wait(lambda: any('Is the camera running?' in text for text in messages('left')), 'it')
    graph.left_node.kill()
    graph.left_node.wait()
    before = len(messages('right'))
    graph.wait(lambda: right() and len(messages('right')) > before + 1, 'the right node')
    assert not any('camera running' in text for text in messages('right'))
