# SPDX-License-Identifier: Apache-2.0
"""Models that hang or run out of memory: each command is answered, and the node recovers."""
import threading

from lifecycle_msgs.srv import ChangeState
from node_rig import TEXT
import pytest
import torch

from ris_ros.conversation import Conversation
from ris_ros.index.updater import Updater
from ris_ros.msg import Grounding
from ris_ros.node import answerer
from ris_ros.node.indexer import Indexer
from ris_ros.node.placing import Placer
from ris_ros.pipeline import Pipeline
from ris_ros.tracking.tracker import Tracker

# Where models compute for a command, or what they have made is used.
STAGES = {
    'comparing': (Updater, ['unchanged']),
    'indexing': (Updater, ['update', 'renew']),
    'parsing': (Pipeline, ['parse']),
    'grounding': (Pipeline, ['answer']),
    'dialogue': (Conversation, ['answer']),
    'placing': (Placer, ['complete']),
}


@pytest.fixture
def impatient(rig):
    """Have commands answered within half a second, whatever the models do."""
    assert rig.client.set_parameter('ris_node', 'answer_timeout', 0.5).successful
    yield rig
    be_patient(rig)


def be_patient(rig):
    """Let a right answer take as long as a busy machine needs."""
    assert rig.client.set_parameter('ris_node', 'answer_timeout', 600.0).successful


def spoil(patch, rig, stage, spoilt):
    """Put a function, made of the right one, in place of a stage's, and make sure of its use."""
    owner, names = STAGES[stage]
    policy = 'on_change' if stage == 'comparing' else 'on_command'
    assert rig.client.set_parameter('ris_node', 'index_policy', policy).successful
    if stage == 'comparing':
        patch.setattr(Indexer, 'last', None)
    for name in names:
        patch.setattr(owner, name, spoilt(getattr(owner, name)))
    if stage == 'indexing':
        # Nothing that was built before will do, nor what is being built now.
        indexer = rig.node._answerer.indexer
        indexer.start(indexer._session._updater, indexer._session._threads)


class Gate(threading.Event):
    """What a hanging model waits for; tells whether one does."""

    waiters = 0


def hanging_until(gate):
    def spoilt(right):
        def hang(*args, **settings):
            gate.waiters += 1
            assert gate.wait(60)
            return right(*args, **settings)
        return hang
    return spoilt


def only_answer(rig, id_):
    rig.client.wait(lambda: rig.answers_to(id_), 'the answer on ~/grounding')
    rig.client.spin_for(0.2)
    [answer] = rig.answers_to(id_)
    return answer


@pytest.mark.parametrize('stage', STAGES)
def test_command_whose_model_hangs_is_answered_in_time_and_the_next_once_it_is_back(
        impatient, monkeypatch, stage):
    rig, gate = impatient, Gate()
    ids = [f'{stage} hangs {way}' for way in ('topic', 'service', 'action')]
    with monkeypatch.context() as patch:
        spoil(patch, rig, stage, hanging_until(gate))
        for id_ in ids:
            answer = rig.ask(id_.split()[-1], id_)
            assert answer.status == Grounding.MODEL_ERROR
            assert 'not answered within 0.5 s (parameter answer_timeout)' in answer.message
        assert rig.client.say('stop').status == Grounding.STOPPED
        be_patient(rig)
        gate.set()
    after = f'{stage} is back'
    assert rig.ask('service', after).status == Grounding.FOUND
    assert only_answer(rig, after).status == Grounding.FOUND
    for id_ in ids:
        assert only_answer(rig, id_).status == Grounding.MODEL_ERROR


def test_stop_ends_a_command_that_hangs_at_once(rig, monkeypatch):
    gate = Gate()
    with monkeypatch.context() as patch:
        spoil(patch, rig, 'grounding', hanging_until(gate))
        rig.show()
        future = rig.client.ask_later('the red thing that hangs')
        rig.client.wait(lambda: gate.waiters, 'the model to hang')
        assert rig.client.say('stop').status == Grounding.STOPPED
        answer = rig.client.result(future, 'the end of it')
        gate.set()
    assert (answer.status, 'Stopped by' in answer.message) == (Grounding.UNKNOWN, True)
    assert rig.ask('service', 'after the stop').status == Grounding.FOUND


def test_tracker_that_hangs_holds_up_no_command(rig, monkeypatch):
    gate = Gate()
    with monkeypatch.context() as patch:
        patch.setattr(Tracker, 'follow', hanging_until(gate)(Tracker.follow))
        for number in range(3):
            assert rig.ask('service', f'held {number}').status == Grounding.FOUND
        gate.set()


def test_loading_that_hangs_holds_up_no_command_and_no_stop(impatient, monkeypatch):
    rig, gate = impatient, Gate()
    assert rig.client.transition('deactivate')
    assert rig.client.transition('cleanup')
    with monkeypatch.context() as patch:
        patch.setattr(answerer, 'load_models', hanging_until(gate)(answerer.load_models))
        request = ChangeState.Request()
        request.transition.label = 'configure'
        service = rig.client.node.create_client(ChangeState, 'ris_node/change_state')
        configured = service.call_async(request)
        rig.client.wait(lambda: gate.waiters, 'the loading')
        answer = rig.ask('service', 'while loading')
        assert answer.status == Grounding.MODEL_ERROR
        assert 'for the models to be loaded' in answer.message
        assert rig.client.say('stop').status == Grounding.STOPPED
        gate.set()
        assert rig.client.result(configured, 'the configuration').success
    be_patient(rig)
    rig.client.node.destroy_client(service)
    assert rig.client.transition('activate')
    rig.client.wait(lambda: rig.ask('service', 'after loading').status == Grounding.FOUND, 'it')


def test_models_that_are_busy_are_not_cleaned_up_and_the_reason_is_told(impatient, monkeypatch):
    rig, gate = impatient, Gate()
    with monkeypatch.context() as patch:
        spoil(patch, rig, 'grounding', hanging_until(gate))
        assert rig.ask('service', 'busy').status == Grounding.MODEL_ERROR
        assert rig.client.transition('deactivate')
        assert not rig.client.transition('cleanup')
        assert rig.client.state() == 'inactive'
        be_patient(rig)
        gate.set()
    rig.client.wait(lambda: 'The models are busy' in rig.client.ask('the cup').message, 'a reason')
    assert rig.client.transition('activate')
    rig.client.wait(lambda: rig.ask('service', 'free again').status == Grounding.FOUND, 'it')


def test_command_that_is_answered_after_the_deactivation_has_no_verdict_and_holds_nothing(
        rig, monkeypatch):
    gate = Gate()
    with monkeypatch.context() as patch:
        spoil(patch, rig, 'grounding', hanging_until(gate))
        rig.show()
        answer = rig.client.ask_later(f'{TEXT} in vain')
        rig.client.wait(lambda: gate.waiters, 'the model')
        assert rig.client.transition('deactivate')
        gate.set()
        assert rig.client.result(answer, 'an answer').status == Grounding.UNKNOWN
    assert only_answer(rig, 'in vain').message.startswith('The node is not active')
    assert not rig.node._tracking.is_tracking
    assert rig.client.transition('activate')
    rig.client.wait(lambda: rig.ask('service', 'active again').status == Grounding.FOUND, 'it')


def python_is_full(*args, **settings):
    return bytearray(1 << 62)


def cpu_is_full(*args, **settings):
    return torch.empty(1 << 62, dtype=torch.uint8)


def gpu_is_full(*args, **settings):
    raise torch.OutOfMemoryError('CUDA out of memory. Tried to allocate 20.00 MiB.')


@pytest.mark.parametrize('stage', STAGES)
def test_command_whose_model_runs_out_of_memory_is_told_and_the_next_is_answered(
        rig, monkeypatch, stage):
    for full in (python_is_full, cpu_is_full, gpu_is_full):
        id_ = f'{stage} {full.__name__}'
        with monkeypatch.context() as patch:
            spoil(patch, rig, stage, lambda right, full=full: full)
            answer = rig.ask('service', id_)
        assert answer.status == Grounding.MODEL_ERROR
        assert 'The memory is full: choose a smaller profile' in answer.message
        assert only_answer(rig, id_).message == answer.message
        assert rig.ask('topic', f'{id_} no more').status == Grounding.FOUND


def test_models_that_do_not_fit_into_memory_are_told_of(rig, monkeypatch):
    assert rig.client.transition('deactivate')
    assert rig.client.transition('cleanup')
    with monkeypatch.context() as patch:
        patch.setattr(answerer, 'load_models', cpu_is_full)
        assert not rig.client.transition('configure')
    answer = rig.client.ask('the red thing')
    assert answer.status == Grounding.MODEL_ERROR
    assert 'The models could not be loaded: RuntimeError: ' in answer.message
    assert 'The memory is full' in answer.message
    assert rig.client.transition('configure')
    assert rig.client.transition('activate')
    rig.client.wait(lambda: rig.ask('service', 'loaded now').status == Grounding.FOUND, 'it')
