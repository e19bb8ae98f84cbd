# SPDX-License-Identifier: Apache-2.0
"""The public client over DDS: every way to ask, every way to be spun, and what can go wrong."""
import concurrent.futures
import contextlib
import subprocess
import sys
import threading
import time

from lifecycle_msgs.srv import GetState
import pytest
from rcl_interfaces.msg import SetParametersResult
from rcl_interfaces.srv import SetParameters
from rclpy.executors import MultiThreadedExecutor, SingleThreadedExecutor
from ros_graph import TIMEOUT, running
from std_srvs.srv import Trigger

from ris_ros.client import (
    GroundingClient,
    NodeNotActiveError,
    NodeNotFoundError,
    WaitTimeoutError,
    connection,
)
from ris_ros.errors import CommandError, RisError
from ris_ros.msg import Grounding
from ris_ros.srv import Ground

STAGES = ['waiting', 'indexing', 'grounding', 'answering']


@pytest.fixture(scope='module')
def scene(domain, answering_profile):
    """Run a node before a camera, and wait until it sees something."""
    with running('ris_ros.node.ris_node', domain, profile=answering_profile, max_image_age=60.0), \
            running('ris_sim.node.camera', domain, width=320, height=240, seed=3, rate=5.0), \
            GroundingClient(domain_id=domain) as client:
        client.wait_until_active(TIMEOUT)
        client.wait(lambda: client.ground('the thing', TIMEOUT).status == Grounding.FOUND,
                    TIMEOUT, 'an image at the node')
        yield


@pytest.fixture
def client(scene, domain):
    with GroundingClient(domain_id=domain) as client:
        client.wait_until_active(TIMEOUT)
        yield client


class ForgetfulNode:
    """Offers set_parameters, and loses the first requests as a node does that has just appeared."""

    def __init__(self, node, lost):
        self.requests, self._lost = [], lost
        node.create_service(SetParameters, 'forgetful/set_parameters', self._set)

    def _set(self, request, response):
        self.requests.append(request.parameters[0].name)
        if len(self.requests) <= self._lost:
            raise RuntimeError('This request is lost.')
        response.results = [SetParametersResult(successful=True)]
        return response


@pytest.mark.parametrize('way', ['ground', 'ground_async', 'start_goal'])
def test_masks_come_unless_they_are_not_wanted(client, way):
    published = []
    client.on_answer(published.append)

    def ask(text, **options):
        asked = getattr(client, way)(text, **options)
        if way == 'ground_async':
            return client.result(asked, TIMEOUT, 'the answer')
        return asked.result(TIMEOUT) if way == 'start_goal' else asked
    whole, short = ask(f'thing {way}'), ask(f'thing {way}', omit_masks=True)
    assert len(whole.mask.data) == 320 * 240
    assert len(whole.candidates[0].mask.data) > 0
    assert [len(part.mask.data) for part in (short, *short.candidates)] == (
        [0] * (1 + len(whole.candidates)))
    assert short.box.width > 0
    client.wait(lambda: len(published) == 2, TIMEOUT, 'both answers on the topic')
    assert len(published[1].mask.data) == 320 * 240


def test_a_command_is_answered_with_its_id(client):
    answer = client.ground('the red thing', TIMEOUT, command_id='mine')
    assert (answer.command, answer.command_id) == ('the red thing', 'mine')
    assert answer.status == Grounding.FOUND


@pytest.mark.parametrize('region', [
    (-1, 3), (1,), (1, 2, 3), (.5, 3), (2**32, 0), 'xy', 7])
def test_a_region_that_is_none_gives_a_sentence(client, region):
    with pytest.raises(CommandError, match=r'is none; expected a pixel \(u, v\) or a box'):
        client.ground('this', TIMEOUT, region=region)


def test_a_future_holds_the_answer_while_the_caller_does_something_else(client):
    future = client.ground_async('the red thing')
    deadline = time.monotonic() + TIMEOUT
    while not future.done():  # the client's own thread spins
        assert time.monotonic() < deadline
        time.sleep(.01)
    assert future.result().command == 'the red thing'


def test_a_goal_tells_its_stages_and_ends_with_the_answer(client):
    heard = []

    def hear_all_stages():
        # A node that has only just found this client may not yet send it the first stages.
        feedback = []
        heard.append(feedback)
        goal = client.start_goal('the red thing', feedback.append, TIMEOUT, command_id='goal 1')
        answer = goal.result(TIMEOUT)
        assert (answer.command_id, answer.status) == ('goal 1', Grounding.FOUND)
        assert goal.outcome == 'succeeded'
        if len(feedback) < len(STAGES):
            client.spin_for(1.0)  # the last ones may come after the answer
        return len(feedback) == len(STAGES)
    client.wait(hear_all_stages, TIMEOUT, 'all feedback')
    assert [item.stage for item in heard[-1]] == STAGES
    assert all([item.stage for item in feedback] == STAGES[len(STAGES) - len(feedback):]
               for feedback in heard)


def test_a_blank_goal_is_aborted(client):
    goal = client.start_goal(' ', timeout=TIMEOUT)
    assert goal.result(TIMEOUT).status == Grounding.BAD_COMMAND
    assert goal.outcome == 'aborted'


def test_a_goal_that_waits_can_be_cancelled(client):
    # Each command waits for a new index, so that the goal waits behind the first one.
    client.set_parameter('ris_node', 'index_policy', 'continuous')
    client.set_parameter('ris_node', 'index_max_lag', 0.0)

    def attempt():
        busy = client.ground_async('the blue thing')
        goal = client.start_goal('the red thing', timeout=TIMEOUT)
        accepted = goal.cancel(TIMEOUT)
        answer = goal.result(TIMEOUT)
        assert accepted == (goal.outcome == 'canceled')
        assert (answer.status == Grounding.UNKNOWN) == accepted
        client.result(busy, TIMEOUT, 'the other answer')
        return accepted
    client.wait(attempt, TIMEOUT, 'a goal that is cancelled in time')
    client.set_parameter('ris_node', 'index_max_lag', 0.5)
    client.set_parameter('ris_node', 'index_policy', 'on_change')
    assert client.ground('the red thing', TIMEOUT).status == Grounding.FOUND


def test_two_clients_get_their_own_answers_and_hear_each_others(client, domain):
    heard = []
    client.on_answer(heard.append)
    with GroundingClient(domain_id=domain) as other:
        other.wait_until_active(TIMEOUT)
        # A listener may not be known to the node yet when it answers first.
        client.wait(lambda: other.ground('the mug', TIMEOUT) and heard, TIMEOUT, 'an answer')
        first = client.ground_async('the red thing', '1')
        second = other.ground_async('the blue thing', '2')
        assert client.result(first, TIMEOUT, 'the first answer').command_id == '1'
        assert other.result(second, TIMEOUT, 'the second answer').command_id == '2'
        client.wait(lambda: {'1', '2'} <= {a.command_id for a in heard}, TIMEOUT, 'both answers')


def test_a_command_on_the_topic_is_answered(client):
    answer = client.ground_on_topic('the red thing', TIMEOUT)
    assert answer.command == 'the red thing'
    assert answer.command_id.startswith('topic-')


def test_late_listeners_choose_whether_they_hear_earlier_answers(client):
    client.ground('the blue thing', TIMEOUT, command_id='earlier')
    late, later = [], []
    client.on_answer(late.append, include_earlier=True)
    client.on_answer(later.append)
    client.wait(lambda: 'earlier' in [a.command_id for a in late], TIMEOUT, 'the earlier answer')
    client.wait(lambda: client.ground('the red thing', TIMEOUT) and later, TIMEOUT, 'an answer')
    assert 'earlier' not in [a.command_id for a in later]


def test_what_is_tracked_is_heard(client):
    targets = []
    client.on_target(targets.append)
    client.set_parameter('ris_node', 'mode', 'track')
    client.ground('the red thing', TIMEOUT, command_id='tracked')
    client.wait(lambda: targets and targets[-1].command_id == 'tracked', TIMEOUT, 'a target')
    client.set_parameter('ris_node', 'mode', 'answer')


def test_a_refused_parameter_says_why(client):
    with pytest.raises(RisError, match=r'ris_node refused max_image_age -1\.0: .*max_image_age'):
        client.set_parameter('ris_node', 'max_image_age', -1.0)


def test_many_threads_may_ask_at_once(client):
    answers = {}

    def ask(number):
        answers[number] = client.ground(f'the red thing {number}', TIMEOUT)
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {n: a.command for n, a in answers.items()} == {
        n: f'the red thing {n}' for n in range(4)}


def test_a_node_that_nobody_spins_is_spun_while_the_client_waits(scene, own_node):
    with GroundingClient(own_node) as client:
        client.wait_until_active(TIMEOUT)
        answers = []

        def ask():
            answers.append(client.ground('the red thing', TIMEOUT))
        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [a.status for a in answers] == 3 * [Grounding.FOUND]
    assert own_node.get_name() == 'my_robot'  # it lives on


def test_two_clients_of_one_node_that_nobody_spins_take_turns(scene, own_node):
    with GroundingClient(own_node) as one, GroundingClient(own_node) as other:
        for client in (one, other, one):
            client.wait_until_active(TIMEOUT)
        thread = threading.Thread(target=one.ground, args=('the red thing', TIMEOUT))
        thread.start()
        assert other.ground('the red thing', TIMEOUT).status == Grounding.FOUND
        thread.join(TIMEOUT)
        assert not thread.is_alive()


@pytest.mark.parametrize('kind', [SingleThreadedExecutor, MultiThreadedExecutor])
def test_a_node_that_another_thread_spins_is_only_waited_for(scene, spun, kind):
    node = spun(kind)
    for _ in range(3):  # each leaves the spinning executor in order
        with GroundingClient(node) as client:
            client.wait_until_active(TIMEOUT)
            assert client.ground('the red thing', TIMEOUT).status == Grounding.FOUND
            assert client.start_goal('the red thing', timeout=TIMEOUT).result(TIMEOUT).status == (
                Grounding.FOUND)


def test_a_command_is_sent_once_the_node_knows_the_client(own_node, spun, domain, monkeypatch):
    monkeypatch.setattr(connection, '_ASK_AGAIN_S', .2)
    asked = []

    def tell(request, response):
        asked.append('state')
        if len(asked) == 1:
            time.sleep(.5)  # its answer comes too late, as one that ROS drops never comes
        response.current_state.label = 'active'
        return response

    def ground(request, response):
        asked.append(request.text)
        response.grounding.command = request.text
        return response
    services = [own_node.create_service(GetState, 'late/ris_node/get_state', tell),
                own_node.create_service(Ground, 'late/ris_node/ground', ground)]
    spun(SingleThreadedExecutor)
    with GroundingClient(domain_id=domain, ris_node='late/ris_node') as client:
        for text in ('the mug', 'the bowl'):
            assert client.ground(text, TIMEOUT).command == text
    *states, first, second = asked
    assert len(states) > 1
    assert {*states} == {'state'}
    assert (first, second) == ('the mug', 'the bowl')
    for service in services:
        own_node.destroy_service(service)


class HaltingExecutor(SingleThreadedExecutor):
    """Halts once, when it has just collected what it waits for."""

    def __init__(self, node):
        super().__init__(context=node.context)
        self.has_collected, self.may_go_on = threading.Event(), threading.Event()
        self.add_node(node)

    def can_execute(self, entity):
        """Tell as always, but halt at the last one that it collects."""
        *_, last = (waitable for node in self.get_nodes() for waitable in node.waitables)
        if entity is last and not self.has_collected.is_set():
            self.has_collected.set()
            self.may_go_on.wait(TIMEOUT)
        return super().can_execute(entity)


def test_a_client_may_leave_while_an_executor_collects_what_it_waits_for(own_node):
    client = GroundingClient(own_node)
    client.on_answer(print)
    client.is_present()
    own_node.create_subscription(Grounding, 'last', print, 1)  # a waitable that stays
    executor = HaltingExecutor(own_node)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        spinning = pool.submit(executor.spin_once, 0)
        executor.has_collected.wait(TIMEOUT)
        client.close()
        executor.may_go_on.set()
        spinning.result()
    executor.shutdown()


def test_a_callback_may_ask_where_other_threads_spin_the_node(scene, spun, domain):
    node = spun(MultiThreadedExecutor)
    with GroundingClient(node) as inner, GroundingClient(domain_id=domain) as outer:
        def serve(request, response):
            response.message = inner.ground('the red thing', TIMEOUT).command
            return response
        service = node.create_service(Trigger, 'my_robot/look', serve)
        response = outer.call(Trigger, 'my_robot/look', Trigger.Request(), TIMEOUT)
        assert response.message == 'the red thing'
        node.destroy_service(service)


def test_a_callback_that_holds_the_only_thread_is_told_what_it_needs(scene, spun):
    node, told = spun(SingleThreadedExecutor), concurrent.futures.Future()
    with GroundingClient(node) as client:
        client.wait_until_active(TIMEOUT)

        def ask():
            timer.cancel()
            with pytest.raises(WaitTimeoutError) as error:
                client.ground('the red thing', 1.0)
            told.set_result(str(error.value))
        timer = node.create_timer(0.0, ask)
        assert 'only with a MultiThreadedExecutor' in told.result(TIMEOUT)


def test_a_node_that_is_not_there_is_named(scene, domain):
    with GroundingClient(domain_id=domain, ris_node='/nowhere/ris_node') as client:
        for ask in (lambda: client.ground('the mug', .2), lambda: client.wait_until_active(.2),
                    lambda: client.start_goal('the mug', timeout=.2), lambda: client.state(.2),
                    lambda: client.ground_async('the mug')):
            with pytest.raises(NodeNotFoundError, match=r'/nowhere/ris_node/.*ROS_DOMAIN_ID'):
                ask()
        with pytest.raises(NodeNotFoundError, match='/nowhere/command'):
            client.publish('the mug', .2)


def test_a_wait_says_what_was_waited_for(client):
    with pytest.raises(WaitTimeoutError, match=r'Waited 0\.1 s in vain for rain\.'):
        client.wait(lambda: False, .1, 'rain')


def test_a_node_in_a_namespace_that_is_not_active(domain):
    with running('ris_ros.node.ris_node', domain, '-r', '__ns:=/robot1', autostart='false'), \
            GroundingClient(domain_id=domain, ris_node='/robot1/ris_node') as client:
        assert client.state(TIMEOUT) == 'unconfigured'
        with pytest.raises(NodeNotActiveError, match="its state is 'unconfigured'"):
            client.wait_until_active(1.0)
        assert client.ground('the mug', TIMEOUT).status == Grounding.MODEL_ERROR
        assert client.ground_on_topic('the mug', TIMEOUT).status == Grounding.MODEL_ERROR


@pytest.mark.slow
def test_the_package_itself_does_not_import_rclpy():
    code = 'import sys, ris_ros; ris_ros.Pipeline; sys.exit("rclpy" in sys.modules)'
    assert subprocess.run([sys.executable, '-c', code], check=False).returncode == 0


def test_a_failing_callback_keeps_no_later_answer_from_coming(client):
    failed = threading.Event()

    def fail(answer):
        failed.set()
        raise ValueError('a mistake of the user')
    client.on_answer(fail)
    client.ground('the thing', TIMEOUT)
    client.wait(failed.is_set, TIMEOUT, 'the callback')
    assert client.ground('the thing', TIMEOUT).command == 'the thing'


@pytest.mark.parametrize('text', ['the red\0mug', 'the \ud83d mug'])
@pytest.mark.parametrize('method', ['ground', 'ground_async', 'start_goal', 'publish',
                                    'ground_on_topic'])
def test_text_that_would_not_arrive_as_it_is_is_refused(client, method, text):
    with pytest.raises(CommandError, match='cannot be sent'):
        getattr(client, method)(text)


@pytest.mark.parametrize('lost', [1, 9])
def test_a_parameter_is_set_again_where_no_response_has_come(own_node, domain, monkeypatch, lost):
    monkeypatch.setattr(connection, '_ASK_AGAIN_S', 0.5)
    node, ended = ForgetfulNode(own_node, lost), threading.Event()

    def spin():
        executor = SingleThreadedExecutor(context=own_node.context)
        executor.add_node(own_node)
        while not ended.is_set():
            with contextlib.suppress(RuntimeError):
                executor.spin_once(0.1)
        executor.remove_node(own_node)
    thread = threading.Thread(target=spin)
    thread.start()
    try:
        with GroundingClient(domain_id=domain) as client:
            if lost == 1:
                client.set_parameter('forgetful', 'rate', 1.0, TIMEOUT)
                assert node.requests[:2] == ['rate', 'rate']
            else:
                with pytest.raises(WaitTimeoutError, match=r'Waited 2 s .* forgetful/set_param'):
                    client.set_parameter('forgetful', 'rate', 1.0, 2.0)
    finally:
        ended.set()
        thread.join()
