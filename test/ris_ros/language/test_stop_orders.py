# SPDX-License-Identifier: Apache-2.0
"""Orders to stop are told from all other commands, in writing and in speech."""
from pathlib import Path
import time

import pytest

from ris_ros.language.dialogue import Act, interruption
from ris_ros.language.stop_orders import is_stop_order
from ris_ros.speech.gate import is_stop

LISTED = (Path(__file__).parent / 'stop_phrasings.txt').read_text(encoding='utf-8')


def _phrasings(heading: str) -> list[str]:
    section = LISTED.split(f'## {heading}\n')[1].split('\n## ')[0]
    return [line for line in section.splitlines() if line]


ORDERS, OTHERS = _phrasings('orders to stop'), _phrasings('other commands')


def test_the_list_is_long_enough():
    assert min(len(ORDERS), len(OTHERS)) >= 120
    assert len({*ORDERS, *OTHERS}) == len(ORDERS) + len(OTHERS)


@pytest.mark.parametrize('text', ORDERS)
def test_an_order_to_stop_stops(text):
    turn = interruption(text)
    assert turn is not None
    assert turn.act is Act.STOP
    assert is_stop(text)


@pytest.mark.parametrize('text', OTHERS)
def test_any_other_command_does_not_stop(text):
    assert interruption(text) is None
    assert not is_stop(text)


@pytest.mark.parametrize('text', [
    'ｓｔｏｐ', 's\u200bt\u00ado\u2060p', 'don´t move', 'don′t\u00a0move', '\u202estop\u202c',
    '\ufeffSTOP'])
def test_odd_characters_do_not_hide_an_order(text):
    assert is_stop_order(text)


@pytest.mark.parametrize('text', [
    'no ' * 333, "don't " * 166, 'stop ' * 199 + 'x', 'stop moving ' * 80 + 'and x',
    'right now ' * 99 + 'x', 's' + 't' * 900, 'stop the ' * 110, '. ' * 500, 'all the ' * 120])
def test_a_long_text_is_told_at_once(text):
    start = time.process_time()
    is_stop_order(text)
    assert time.process_time() - start < .2
