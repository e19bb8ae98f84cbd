# SPDX-License-Identifier: Apache-2.0
"""Whatever fails in the node, every command gets exactly one answer, whichever way it came."""
import weakref

from diagnostic_msgs.msg import DiagnosticArray
from node_rig import TEXT
import pytest
from ros_graph import TIMEOUT

from ris_ros.conversation import Conversation
from ris_ros.index.updater import Updater
from ris_ros.msg import Grounding
from ris_ros.node import answerer, command_inputs, ground_action, outputs
from ris_ros.node.diagnostics import Diagnostics
from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.indexer import Indexer
from ris_ros.node.messages import mask_bytes, response_to
from ris_ros.node.outputs import Outputs
from ris_ros.node.placing import Placer
from ris_ros.node.tracking_thread import TrackingThread
from ris_ros.pipeline import Pipeline

FAULT = 'injected'
# Long enough for a second answer to a command to come, if there were one.
_MOMENT_S = 0.2


HITS = []


def fail(*args, **settings):
    HITS.append(args)
    raise RuntimeError(FAULT)


class BrokenPublisher:
    """A publisher that fails with every message, or with those of a verdict."""

    def __init__(self, publisher, only_verdicts=False):
        self.publisher, self.only_verdicts = publisher, only_verdicts

    def publish(self, message):
        """Fail."""
        if self.only_verdicts and message.status != Grounding.FOUND:
            self.publisher.publish(message)
        else:
            fail()

    def get_subscription_count(self):
        """Return that somebody listens."""
        return 1


def break_publisher(name):
    def break_(patch, node):
        parts = node._outputs
        patch.setattr(parts, name, BrokenPublisher(getattr(parts, name), name == '_grounding'))
    return break_


def break_call(owner, name):
    return lambda patch, node: patch.setattr(owner, name, fail)


def break_message(patch, node):
    make = outputs.to_grounding
    patch.setattr(outputs, 'to_grounding', lambda answer: (
        fail() if answer.grounding.candidates else make(answer)))


def break_models(patch, node):
    patch.setattr(node._answerer, '_ready_models', fail)


def break_comparison(patch, node):
    patch.setattr(Indexer, 'last', None)
    patch.setattr(Updater, 'unchanged', fail)


def break_build(owner, *names):
    def break_(patch, node):
        # Nothing that was built before will do.
        node._answerer.indexer._session.last = None
        for name in names:
            patch.setattr(owner, name, fail)
    return break_


# Each fault with whether a verdict is still given.
FAULTS = {
    'interruption': (break_call(command_inputs, 'interruption'), False),
    'check_text': (break_call(answerer, 'check_command'), False),
    'models': (break_models, False),
    'newest frame': (break_build(FrameBuffer, 'await_newest'), False),
    'comparing': (break_comparison, False),
    'waiting for an index': (break_build(Indexer, 'await_index'), False),
    'indexing': (break_build(Updater, 'update', 'renew'), False),
    'parsing': (break_call(Pipeline, 'parse'), False),
    'grounding': (break_call(Pipeline, 'answer'), False),
    'dialogue': (break_call(Conversation, 'answer'), False),
    'placing': (break_call(Placer, 'complete'), False),
    'message': (break_message, False),
    'publisher ~/grounding': (break_publisher('_grounding'), False),
    **{f'publisher ~/{name}': (break_publisher(f'_{name}'), True) for name in (
        'mask', 'centroid', 'pose', 'target', 'cloud', 'overlay', 'detections')},
    'detections': (break_call(outputs, 'to_detections'), True),
    'cloud': (break_call(outputs, 'object_cloud'), True),
    'overlay': (break_call(outputs, 'draw_overlay'), True),
    'all illustrations': (break_call(Outputs, 'illustrate'), True),
    'diagnostics': (break_call(Diagnostics, 'record'), True),
    'tracking': (break_call(TrackingThread, 'hear'), True),
    'feedback': (break_call(ground_action.Ground, 'Feedback'), True),
}


@pytest.mark.parametrize('way', ['topic', 'service', 'action'])
@pytest.mark.parametrize('stage', FAULTS)
def test_fault_at_any_stage_still_gives_exactly_one_answer(rig, monkeypatch, stage, way):
    break_, is_answered = FAULTS[stage]
    id_ = f'{stage} {way}'.replace('~/', '')
    policy = 'on_change' if stage == 'comparing' else 'on_command'
    assert rig.client.set_parameter('ris_node', 'index_policy', policy).successful
    with monkeypatch.context() as patch:
        break_(patch, rig.node)
        HITS.clear()
        answer = rig.ask(way, id_)
        rig.client.wait(lambda: rig.answers_to(id_), 'the answer on ~/grounding')
        rig.client.spin_for(_MOMENT_S)
        if stage == 'publisher ~/target':
            rig.client.wait(lambda: rig.show() or HITS, 'a target')
        # Detections are published only where vision_msgs is installed, feedback only to goals.
        assert HITS or 'detections' in stage or (stage == 'feedback' and way != 'action')
    assert [answer.status for answer in rig.answers_to(id_)] == [answer.status]
    if is_answered:
        assert answer.status == Grounding.FOUND, answer.message
    else:
        assert answer.status == Grounding.MODEL_ERROR
        assert FAULT in answer.message
    assert rig.ask(way, f'{id_} mended').status == Grounding.FOUND


def test_index_that_fails_in_the_background_is_told_in_diagnostics_until_it_works(
        rig, monkeypatch):
    reports = rig.client.listen(DiagnosticArray, '/diagnostics')

    def await_message(condition, what):
        reports.clear()
        rig.client.wait(lambda: rig.show() or any(
            condition(report.status[0].message) for report in reports), what)
    assert rig.client.set_parameter('ris_node', 'index_policy', 'continuous').successful
    with monkeypatch.context() as patch:
        for name in ('update', 'renew'):
            patch.setattr(Updater, name, fail)
        sentence = f'The last image could not be indexed: RuntimeError: {FAULT}'
        await_message(lambda said: said == sentence, 'the fault')
    await_message(lambda said: 'could not be indexed' not in said, 'the end of it')
    assert rig.client.set_parameter('ris_node', 'index_policy', 'on_command').successful


def test_of_the_answers_of_a_batch_only_what_its_caller_wants_is_kept(rig, monkeypatch):
    kept, alive = [], []

    def respond(request, answer):
        alive.append(sum(one() is not None for one in kept))
        kept.append(weakref.ref(answer))
        return response_to(request, answer)
    monkeypatch.setattr(command_inputs, 'response_to', respond)
    assert len(rig.client.grounding.ground_all([TEXT] * 30, TIMEOUT)) == 30
    # Two answers are known elsewhere: the last one of all, and the last one that was shown.
    assert alive[-1] <= 3


def test_masks_of_a_batch_that_are_too_large_are_left_out_and_that_is_told(rig, monkeypatch):
    one, = rig.client.grounding.ground_all([TEXT], TIMEOUT, omit_masks=False)
    monkeypatch.setattr(command_inputs, '_MOST_MASK_BYTES', round(2.5 * mask_bytes(one)))
    answers = rig.client.grounding.ground_all([TEXT] * 4, TIMEOUT, omit_masks=False)
    assert [mask_bytes(answer) > 0 for answer in answers] == [True, True, False, False]
    assert ['Its masks are left out' in answer.message for answer in answers] == [
        False, False, True, True]
    assert {answer.status for answer in answers} == {Grounding.FOUND}
