# SPDX-License-Identifier: Apache-2.0
"""A conversation with the node over DDS, in front of a table with two red mugs and a blue one."""
from pathlib import Path
import sys

import numpy as np
import pytest
from ros_graph import running
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from ris_ros.msg import Grounding
from ris_ros.node.camera_inputs import sensor_qos
from ris_ros.node.conversions import from_pixels, to_rgb

sys.path.append(str(Path(__file__).resolve().parents[2]))
from simulated_table import lay_out

MUGS = (('mug', 'red', -.16, -.06), ('mug', 'red', .16, -.06), ('mug', 'blue', 0, .1))


@pytest.fixture(scope='module')
def masks():
    """Return the true masks of the mugs."""
    return lay_out(*MUGS, alike=True)[1]


@pytest.fixture(scope='module')
def graph(client, domain):
    """Show the table to a node; wait until it sees the blue mug."""
    image = from_pixels(lay_out(*MUGS, alike=True)[0], 'rgb8', Header())
    camera = client.node.create_publisher(Image, 'image', sensor_qos())

    def show():
        image.header.stamp = client.node.get_clock().now().to_msg()
        camera.publish(image)

    timer = client.node.create_timer(.1, show)
    with running('ris_ros.node.ris_node', domain, max_image_age=60.0, refresh_every=1):
        client.await_active()
        client.wait(lambda: client.ask('the blue mug').status == Grounding.FOUND, 'images')
        yield client
    timer.cancel()


def shows(answer, mask):
    """Tell whether an answer's mask is about that of a mug."""
    found = to_rgb(answer.mask)[..., 0] > 0
    return (found & mask).sum() > .5 * (found | mask).sum()


def test_one_of_a_list_by_topic_service_and_action(graph, masks):
    listed = graph.say('pick up the red mug')
    assert (listed.status, listed.count) == (Grounding.AMBIGUOUS, 2)
    second = graph.say('the second one')
    assert second.status == Grounding.FOUND
    assert second.box == listed.candidates[1].box
    assert second.count == 1
    assert any(shows(second, mask) for mask in masks[:2])
    assert graph.ask('it').box == second.box
    status, other = graph.goal_end(graph.send_goal('the other one', []))
    assert status == 'succeeded'
    assert other.box == listed.candidates[0].box
    blue = graph.say('no, the blue one')
    assert blue.expression == 'the blue mug'
    assert shows(blue, masks[2])


def test_both_of_a_list(graph, masks):
    graph.say('the red mug')
    both = graph.say('both of them')
    assert (both.status, both.count) == (Grounding.FOUND, 2)
    assert shows(both, np.logical_or(*masks[:2]))


def test_all_of_a_kind_are_the_first_candidates_each_with_its_mask(graph, masks):
    answer = graph.say('all the mugs')
    assert (answer.status, answer.count) == (Grounding.FOUND, 3)
    assert shows(answer, np.logical_or.reduce(masks))
    found = []
    for candidate in answer.candidates[:answer.count]:
        box, mask = candidate.box, np.zeros(masks.shape[1:], bool)
        mask[box.y_offset:box.y_offset + box.height,
             box.x_offset:box.x_offset + box.width] = to_rgb(candidate.mask)[..., 0] > 0
        found += [number for number, mug in enumerate(masks)
                  if (mask & mug).sum() > .5 * (mask | mug).sum()]
    assert sorted(found) == [0, 1, 2]


def test_the_last_answer_is_forgotten_by_timeout_and_reset(graph):
    assert graph.ask('the blue mug').status == Grounding.FOUND
    assert graph.set_parameter('ris_node', 'dialogue_timeout', 0.0).successful
    refused = graph.ask('it')
    assert refused.status == Grounding.BAD_COMMAND
    assert 'name the one you mean' in refused.message
    assert graph.set_parameter('ris_node', 'dialogue_timeout', 60.0).successful
    assert graph.ask('it').status == Grounding.FOUND
    assert graph.say('start over').status == Grounding.STOPPED
    assert graph.ask('it').status == Grounding.BAD_COMMAND


def test_least_confidence_changes_live_and_has_a_range(graph):
    assert graph.ask('the blue mug').status == Grounding.FOUND
    assert graph.set_parameter('ris_node', 'least_confidence', 1.0).successful
    unsure = graph.ask('the blue mug')
    assert unsure.status == Grounding.AMBIGUOUS
    assert 'not sure enough' in unsure.message or 'may be meant' in unsure.message
    assert not graph.set_parameter('ris_node', 'least_confidence', 1.5).successful
    assert graph.set_parameter('ris_node', 'least_confidence', 0.0).successful
    assert graph.ask('the blue mug').status == Grounding.FOUND


@pytest.mark.parametrize('way', ['topic', 'service', 'action'])
def test_stop_ends_all_that_is_under_way(slow, way):
    def attempt():
        """Stop a goal; return what was said since, unless the goal was quicker."""
        feedback, before = [], len(slow.answers)
        goal = slow.send_goal('the blue mug', feedback)
        slow.wait(lambda: [item for item in feedback if item.stage == 'indexing'], 'the indexing')
        if way == 'topic':
            answer = slow.say_all(['the red mug', 'Stop!'])  # the first waits for the goal to end
        elif way == 'service':
            answer = slow.ask('please stop')
        else:
            status, answer = slow.goal_end(slow.send_goal('cancel', []))
            assert status == 'succeeded'
        assert answer.status == Grounding.STOPPED
        status, result = slow.goal_end(goal)
        slow.wait(lambda: len(slow.answers) >= before + 2 + (way == 'topic'), 'all answers')
        return (before, answer, result) if status == 'aborted' else None
    before, answer, result = slow.wait(attempt, 'a goal that is stopped')
    assert result.status == Grounding.UNKNOWN
    ended = slow.answers[before:-1]
    assert {a.status for a in ended} == {Grounding.UNKNOWN}
    assert {a.message for a in ended} <= {
        f'Stopped by the command {answer.command_id!r}.', 'Replaced by a newer goal.'}
    assert slow.ask('the blue mug').status == Grounding.FOUND


def test_stop_with_nothing_under_way(graph):
    assert graph.say('stop').status == Grounding.STOPPED
    assert graph.answers[-1].message == 'Stopped: nothing is looked for any more.'


@pytest.mark.parametrize('text', ['stop the robot right now!', 'e-stop', 'don’t move'])
def test_an_order_to_stop_is_known_in_every_way_in(graph, text):
    assert graph.say(text).status == Grounding.STOPPED
    assert graph.ask(text).status == Grounding.STOPPED
    status, answer = graph.goal_end(graph.send_goal(text, []))
    assert (status, answer.status) == ('succeeded', Grounding.STOPPED)


def test_goal_that_is_cancelled_before_its_turn_is_not_run(slow):
    assert slow.cancelled('the red mug', 'the blue mug').status == Grounding.UNKNOWN


def test_ten_commands_at_once_the_last_a_stop_are_each_answered_once(slow):
    texts = [f'the red mug number {number}' for number in range(9)]
    before = len(slow.answers)
    assert slow.say_all([*texts, 'stop']).status == Grounding.STOPPED
    slow.wait(lambda: len(slow.answers) >= before + 10, 'all answers')
    assert slow.ask('the blue mug').status == Grounding.FOUND
    answers = [a for a in slow.answers[before:] if a.command in texts]
    assert sorted(a.command for a in answers) == texts
    # Those that were answered before the stop came have a verdict: there are two red mugs.
    assert {Grounding.UNKNOWN} <= {a.status for a in answers} <= {
        Grounding.UNKNOWN, Grounding.AMBIGUOUS}


def test_a_question_is_answered_by_topic_service_and_action_and_is_no_target(graph):
    drawn = graph.listen(Image, 'ris_node/mask')
    graph.wait(lambda: graph.ask('the blue mug').status == Grounding.FOUND and drawn, 'a mask')
    status, by_action = graph.goal_end(graph.send_goal('how many mugs are there?', []))
    assert status == 'succeeded'
    for answer in (graph.say('how many mugs are there?'), graph.ask('how many mugs are there?'),
                   by_action):
        assert (answer.status, answer.question) == (Grounding.ANSWERED, 'count')
        assert (answer.count, answer.message) == (3, 'I see three mugs.')
        assert {'red mug', 'blue mug'} == {one.name for one in answer.candidates[:3]}
        assert not answer.mask.data
        assert answer.position_status == Grounding.UNKNOWN
    assert graph.say('is there a yellow mug?').message == 'No, I see no yellow mug.'
    left = graph.say('how many mugs') and graph.ask('the left one')
    assert (left.status, left.expression) == (Grounding.FOUND, 'the left mug')
    assert graph.ask('where is it').message.startswith('The mug is on the left of')
    found = [answer.header.stamp for answer in graph.answers if answer.status == Grounding.FOUND]
    assert all(mask.header.stamp in found for mask in drawn)
