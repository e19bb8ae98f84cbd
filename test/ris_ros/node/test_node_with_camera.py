# SPDX-License-Identifier: Apache-2.0
"""The node before the simulated camera, over DDS: topic, service, action, and a camera lost."""
from contextlib import ExitStack
import time

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from geometry_msgs.msg import PointStamped, PoseStamped
import numpy as np
import pytest
from ros_graph import LATCHED, TIMEOUT, running
from sensor_msgs.msg import CameraInfo, Image, PointCloud2
from std_msgs.msg import String
from viewer_topics import foxglove_topics, rviz_topics

from ris_ros.msg import Grounding
from ris_ros.node.camera_inputs import sensor_qos
from ris_ros.node.conversions import to_rgb

MAX_AGE = 60.0
STAGES = ['waiting', 'indexing', 'grounding', 'answering']

@pytest.fixture(scope='module')
def node(domain, answering_profile):
    # However slow the machine is, no image is stale before a test wants it to be.
    with running('ris_ros.node.ris_node', domain, profile=answering_profile,
                 max_image_age=MAX_AGE) as process:
        yield process


@pytest.fixture(scope='module')
def camera(domain):
    """Run the camera; it can be replaced by another one."""
    with ExitStack() as stack:
        def start(**parameters):
            return stack.enter_context(running(
                'ris_sim.node.camera', domain, width=320, height=240, **parameters))
        yield start


@pytest.fixture(scope='module')
def graph(client, node, camera):
    """Wait until the node is active and images arrive."""
    first = camera(seed=3)
    images = client.listen(Image, 'image', sensor_qos())
    client.await_active()
    client.wait(lambda: images, 'an image')
    client.wait(lambda: client.ask('the red thing').status == Grounding.FOUND, 'images at the node')
    client.camera_process = first
    return client


def test_command_on_the_topic_is_answered_on_the_topics(graph):
    masks = graph.listen(Image, 'ris_node/mask')
    points = graph.listen(PointStamped, 'ris_node/centroid')
    overlays = graph.listen(Image, 'ris_node/overlay')
    poses = graph.listen(PoseStamped, 'ris_node/pose')
    clouds = graph.listen(PointCloud2, 'ris_node/cloud')
    topics = masks, points, overlays, poses, clouds
    # The node may not know of every listener yet when it answers first.
    graph.wait(lambda: graph.say('pick up the largest object') and all(topics), 'every topic')
    answer = graph.say('pick up the largest object')
    assert answer.status == Grounding.FOUND
    assert answer.position_status == Grounding.FOUND, answer.position_note
    graph.wait(lambda: all(messages[-1].header == answer.header for messages in topics),
               'the answer on every topic')
    assert answer.header.frame_id == 'camera_color_optical_frame'
    assert answer.command_id.startswith('topic-')
    assert (answer.mask.height, answer.mask.width, answer.mask.encoding) == (240, 320, 'mono8')
    inside = to_rgb(answer.mask)[..., 0] > 0
    u, v = answer.grasp
    assert inside[v, u]
    assert masks[-1] == answer.mask
    assert points[-1].point == answer.position
    assert poses[-1] == answer.pose
    assert poses[-1].pose.position == answer.position
    assert answer.size.x >= answer.size.y >= answer.size.z > 0
    assert .3 * inside.sum() < clouds[-1].width <= inside.sum()


def test_view_is_what_the_camera_sends(graph):
    views = graph.listen(Image, 'ris_node/view')
    images = graph.listen(Image, 'image', sensor_qos())
    graph.wait(lambda: [view for view in views if view in images], 'an image as the camera sent it')


def test_every_topic_that_rviz_and_foxglove_show_is_the_nodes(graph):
    for topic in rviz_topics('ris') | foxglove_topics():
        ends = (graph.node.get_publishers_info_by_topic(topic)
                + graph.node.get_subscriptions_info_by_topic(topic))
        assert 'ris_node' in [end.node_name for end in ends], topic


def test_every_one_of_many_commands_is_answered_and_the_newest_in_full(graph):
    texts = [f'the red thing number {number}' for number in range(5)]
    before = len(graph.answers)
    last = graph.say_all(texts)
    assert last.status == Grounding.FOUND
    answers = [a for a in graph.answers[before:] if a.command in texts]
    assert sorted(a.command for a in answers) == texts
    for answer in answers:
        assert answer.status == Grounding.FOUND or (
            answer.status == Grounding.UNKNOWN and 'Replaced by the newer' in answer.message)


def test_position_lies_on_the_ray_through_the_object(graph):
    infos = graph.listen(CameraInfo, 'camera_info', sensor_qos())
    graph.wait(lambda: infos, 'the camera info')
    answer = graph.ask('the largest object')
    assert answer.position_status == Grounding.FOUND, answer.position_note
    assert .2 < answer.position.z < 3
    k = infos[-1].k.reshape(3, 3)
    u, v, w = k @ [answer.position.x, answer.position.y, answer.position.z]
    assert np.hypot(u / w - answer.centroid[0], v / w - answer.centroid[1]) < 10
    assert answer.valid_depth_ratio > .5
    assert (np.diag(answer.position_covariance.reshape(3, 3)) > 0).all()


def test_service_answers_with_the_callers_id_and_a_fresh_image(graph):
    answer = graph.ask('the red thing', command_id='mine')
    assert answer.command_id == 'mine'
    assert answer.command == 'the red thing'
    assert list(answer.stage_names) == ['indexing', 'grounding']
    assert (answer.profile, answer.pool_fallback) == ('answering', False)
    assert answer.index_age < 30
    assert [candidate.rank for candidate in answer.candidates] == list(
        range(1, len(answer.candidates) + 1))


def test_late_listener_still_hears_the_last_answer(graph):
    graph.ask('the blue thing', command_id='to be latched')
    late = graph.listen(Grounding, 'ris_node/grounding', LATCHED)
    graph.wait(lambda: late and late[-1].command_id == 'to be latched', 'the latched answer')


def test_action_gives_feedback_on_its_stages_and_a_result(graph):
    feedback = []
    status, answer = graph.goal_end(graph.send_goal('the red thing', feedback))
    assert status == 'succeeded'
    assert answer.command_id == 'goal the red thing'
    assert answer.status == Grounding.FOUND
    graph.wait(lambda: len(feedback) == len(STAGES), 'all feedback')
    assert [item.stage for item in feedback] == STAGES
    assert [item.progress for item in feedback] == [0, .25, .5, .75]


def test_command_waits_for_an_index_that_is_new_enough(slow):
    # Unless the newest image has just been indexed, as happens.
    answer = slow.wait(lambda: next((a for a in [slow.ask('the red thing')]
                                     if a.stage_seconds[0] > .02), None), 'a wait')
    assert answer.status == Grounding.FOUND


def test_new_goal_aborts_the_old_one(slow):
    def attempt():
        """Send two goals while the worker is busy; return the first one's end if it waited."""
        busy = slow.ask_later('the red thing')
        old = slow.send_goal('the blue thing', [])
        new = slow.send_goal('the green thing', [])
        status, answer = slow.goal_end(old)
        assert slow.goal_end(new)[0] == 'succeeded'
        slow.result(busy, 'the service')
        return answer if status == 'aborted' else None
    answer = slow.wait(attempt, 'a goal that is replaced')
    assert answer.status == Grounding.UNKNOWN
    assert 'newer goal' in answer.message


def test_goal_can_be_cancelled(slow):
    assert slow.cancelled('the red thing', 'the blue thing').status == Grounding.UNKNOWN
    assert slow.ask('the red thing').status == Grounding.FOUND


def test_no_verdict_of_a_goal_that_was_replaced_or_cancelled_is_published(graph):
    # Goals that end at every moment of the work: the topic and the result must tell the same.
    before = len(graph.answers)
    ends = {}
    for number in range(8):
        goal = graph.send_goal(f'the red thing {number}', [])
        deadline = time.monotonic() + .01 * number
        graph.wait(lambda deadline=deadline: time.monotonic() > deadline, 'a moment')
        if number % 2:
            goal.cancel(TIMEOUT)
        ends[f'goal the red thing {number}'] = goal
    ends = {id_: graph.goal_end(goal) for id_, goal in ends.items()}
    graph.wait(lambda: len(graph.answers) - before >= len(ends), 'an answer to every goal')
    told = {answer.command_id: answer.status for answer in graph.answers[before:]}
    for id_, (end, result) in ends.items():
        assert (end == 'succeeded') == (result.status == Grounding.FOUND)
        assert told[id_] == result.status, id_


def test_blank_goal_is_aborted_with_the_reason(graph):
    status, answer = graph.goal_end(graph.send_goal(' ', []))
    assert (status, answer.status) == ('aborted', Grounding.BAD_COMMAND)


def test_truth_follows_the_world(graph):
    truths = graph.listen(String, 'truth/objects', LATCHED)
    labels = graph.listen(Image, 'truth/labels', LATCHED)
    graph.wait(lambda: truths and labels, 'the latched truth')
    assert '"world": "seed 3"' in truths[-1].data
    assert graph.set_parameter('ris_camera', 'seed', 4).successful
    graph.wait(lambda: '"world": "seed 4"' in truths[-1].data, 'the new truth')
    refused = graph.set_parameter('ris_camera', 'world', '/nowhere.sdf')
    assert not refused.successful
    assert '/nowhere.sdf' in refused.reason


def test_diagnostics_say_that_all_is_well(graph):
    graph.ask('')
    graph.ask('the red thing')
    reports = graph.listen(DiagnosticArray, '/diagnostics')
    graph.wait(lambda: reports, 'diagnostics')
    status = reports[-1].status[0]
    assert (status.name, status.level) == ('ris_node: grounding', DiagnosticStatus.OK)
    values = {item.key: item.value for item in status.values}
    assert values['state'] == 'active'
    assert 0 < float(values['index age (s)']) < 5
    assert float(values['index rate (Hz)']) > 0
    assert float(values['index build (s)']) > 0
    assert int(values['frames received']) > 0
    assert values['last failure'].startswith('BAD_COMMAND: The command is blank')
    assert float(values['grounding (s)']) >= 0


def test_diagnostics_tell_what_a_model_warns_of(graph):
    reports = graph.listen(DiagnosticArray, '/diagnostics')
    text = 'the red mug with ' + 'a handle and ' * 30 + 'a lid'
    # Depth has noise: where it leaves what is found without a position, that is told first.
    status = graph.wait(lambda: graph.ask(text) and next((
        report.status[0] for report in reports
        if 'its end is ignored' in report.status[0].message), None), 'the warning')
    assert status.level == DiagnosticStatus.WARN
    values = {item.key: item.value for item in status.values}
    assert 'its end is ignored' in values['last warning']


def test_killed_camera_makes_images_stale_and_a_new_one_fresh(graph, camera):
    graph.camera_process.kill()
    graph.camera_process.wait()
    assert graph.set_parameter('ris_node', 'max_image_age', .5).successful
    stale = graph.wait(lambda: next((a for a in [graph.ask('the red thing')]
                                     if a.status == Grounding.STALE_IMAGE), None), 'staleness')
    assert 'at most 0.5 s' in stale.message
    reports = graph.listen(DiagnosticArray, '/diagnostics')
    graph.wait(lambda: reports, 'diagnostics')
    status = reports[-1].status[0]
    assert status.level == DiagnosticStatus.WARN
    assert 'Is the camera running?' in status.message
    camera(seed=5)
    graph.wait(lambda: graph.ask('the red thing').status == Grounding.FOUND, 'the new camera')
    assert graph.set_parameter('ris_node', 'max_image_age', MAX_AGE).successful
