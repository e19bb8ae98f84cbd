# SPDX-License-Identifier: Apache-2.0
"""Lost and doubled answers are counted, whichever way a command went."""
import pytest

from ris_lab.fuzz.ledger import WAYS, CommandCount, Ledger
from ris_ros.msg import Grounding


def answer(command_id, text='the mug'):
    return Grounding(command_id=command_id, command=text, status=Grounding.FOUND)


def answered(ledger, way, text='the mug'):
    """Send a command and have it answered."""
    command = ledger.send(way, text, '' if way == 'topic' else f'my {way}')
    ledger.hear(answer('topic-1' if way == 'topic' else f'my {way}', text.partition('\0')[0]))
    if way != 'topic':
        ledger.take_response(command, answer(f'my {way}', text))
    return command


@pytest.mark.parametrize('way', WAYS)
def test_an_answer_of_every_way_is_enough(way):
    ledger = Ledger()
    answered(ledger, way)
    assert ledger.waiting == 0
    assert ledger.counts()[way] == CommandCount(1, 1, 0)
    assert ledger.counts()[way].lost == 0
    assert ledger.statuses == {'FOUND': 1}


@pytest.mark.parametrize('way', WAYS)
def test_a_command_without_an_answer_is_lost(way):
    ledger = Ledger()
    command = ledger.send(way, 'the mug')
    assert ledger.unanswered() == [command]
    assert ledger.counts()[way].lost == 1


@pytest.mark.parametrize('way', WAYS)
def test_a_second_answer_is_counted(way):
    ledger = Ledger()
    answered(ledger, way)
    ledger.hear(answer('topic-1' if way == 'topic' else f'my {way}'))
    assert ledger.counts()[way] == CommandCount(1, 1, 1)


def test_a_response_that_is_not_published_is_no_full_answer():
    ledger = Ledger()
    ledger.take_response(ledger.send('service', 'the mug', 'mine'), answer('mine'))
    assert ledger.counts()['service'].lost == 1
    ledger.hear(answer('mine'))
    assert ledger.counts()['service'].lost == 0


@pytest.mark.parametrize('published_first', [True, False])
def test_an_id_of_the_node_is_learnt_from_the_response(published_first):
    ledger = Ledger()
    command = ledger.send('service', 'the mug')
    steps = [lambda: ledger.hear(answer('service-7')),
             lambda: ledger.take_response(command, answer('service-7'))]
    for step in steps if published_first else reversed(steps):
        step()
    assert ledger.counts()['service'] == CommandCount(1, 1, 0)


def test_equal_texts_on_the_topic_want_an_answer_each():
    ledger = Ledger()
    for _ in range(3):
        ledger.send('topic', 'the mug')
    for number in (1, 2):
        ledger.hear(answer(f'topic-{number}'))
    assert ledger.counts()['topic'] == CommandCount(3, 2, 0)


def test_an_answer_to_nobody_is_told():
    ledger = Ledger()
    ledger.hear(answer('topic-1', 'the bowl'))
    assert ledger.unasked == 1


def test_a_text_ends_at_its_first_nul_as_on_the_wire():
    ledger = Ledger()
    answered(ledger, 'topic', 'the mug\0 and more')
    assert ledger.counts()['topic'].lost == 0
