"""Commands, one in each line of commands.csv, become the right queries."""
import csv
from pathlib import Path

import pytest

from ris_ros.errors import CommandError, ModelError, RisError
from ris_ros.language.command import Language

with (Path(__file__).parent / 'commands.csv').open(newline='', encoding='utf-8') as table:
    CASES = list(csv.DictReader(table))


@pytest.mark.parametrize('case', CASES, ids=lambda case: case['text'])
def test_parse(language, case):
    query = language.parse(case['text'])
    relations = [tuple(relation.split(' ', 1))
                 for relation in case['relations'].split('; ') if relation]
    assert query.text == case['text']
    assert query.expression == (case['expression'] or None)
    assert query.target == (case['target'] or None)
    assert query.head == (case['head'] or None)
    assert query.position == (case['position'] or None)
    assert [(r.type, r.anchor) for r in query.relations] == relations


def test_encoded_texts_are_expression_and_target_in_lower_case(language):
    query = language.parse('Grab The Red MUG next to the bowl!')
    assert (query.sentence, query.phrase) == ('the red mug next to the bowl', 'the red mug')
    assert query.expression == 'The Red MUG next to the bowl'


def test_an_expression_without_noun_is_its_own_phrase(language):
    query = language.parse('second from the right')
    assert query.sentence == query.phrase == 'second from the right'


def test_nothing_to_segment_has_no_encoded_texts(language):
    query = language.parse('stop')
    assert (query.sentence, query.phrase) == ('', '')


@pytest.mark.parametrize('text', ['', '  \n ', None, 7, b'mug', 'x' * 1001, 'mug ' * 2500])
@pytest.mark.parametrize('rule', ['command', 'paper'])
def test_unusable_text_is_a_command_error(nlp, rule, text):
    with pytest.raises(CommandError):
        Language(nlp, rule).parse(text)


@pytest.mark.parametrize('text', [
    'der rote Becher links', '拿起红色的杯子', 'ممسحة', '\ud800 mug', 'İstanbul cup', '\x00',
    'a' * 1000, '- ' * 500, "' s " * 250, 'the of ' * 140, 'red ' * 250, 'left ' * 200,
    'that ' * 200])
@pytest.mark.parametrize('rule', ['command', 'paper'])
def test_odd_text_is_no_error(nlp, rule, text):
    assert Language(nlp, rule).parse(text).text == text


def test_capitals_that_grow_in_lower_case_do_not_shift_the_expression(language):
    assert language.parse('grab the İİ mug on the table').expression == 'the İİ mug on the table'


def test_curly_quotes_are_read_as_plain_ones(language):
    assert language.parse('grab the dog’s bowl').expression == "the dog's bowl"


def test_the_papers_rule_takes_the_whole_text(nlp):
    query = Language(nlp, 'paper').parse('Pick up the left-most Cup')
    assert query.sentence == query.expression == 'pick up the left - most cup'
    assert query.position is None
    assert query.relations == ()


def test_an_unknown_rule_is_refused():
    with pytest.raises(ModelError, match='command, paper'):
        Language.load('poem')
    assert issubclass(ModelError, RisError)
