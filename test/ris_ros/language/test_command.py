# SPDX-License-Identifier: Apache-2.0
"""Commands, one in each line of commands.csv, become the right queries."""
import csv
from pathlib import Path

import pytest

from ris_ros.errors import CommandError, ModelError, RisError
from ris_ros.language.command import Language

with (Path(__file__).parent / 'commands.csv').open(newline='', encoding='utf-8') as table:
    CASES = list(csv.DictReader(table))


@pytest.mark.parametrize('case', CASES, ids=lambda case: case['text'])
def test_commands_have_the_annotated_parts(language, case):
    query = language.parse(case['text'])
    relations = [tuple(relation.split(' ', 1))
                 for relation in case['relations'].split('; ') if relation]
    assert query.text == case['text']
    assert query.expression == (case['expression'] or None)
    assert query.target == (case['target'] or None)
    assert query.head == (case['head'] or None)
    assert query.position == (case['position'] or None)
    assert [(r.type.value, r.anchor) for r in query.relations] == relations


def test_encoded_texts_are_expression_and_target_in_lower_case(language):
    query = language.parse('Grab The Red MUG next to the bowl!')
    assert (query.sentence, query.phrase) == ('the red mug next to the bowl', 'the red mug')
    assert query.expression == 'The Red MUG next to the bowl'


def test_an_expression_without_noun_is_its_own_phrase(language):
    query = language.parse('second from the right')
    assert query.sentence == query.phrase == 'second from the right'


def test_an_anchor_has_attributes_a_position_and_relations_of_its_own(language):
    query = language.parse('the spoon in the big left mug on the tray')
    (relation,) = query.relations
    (mug,) = relation.anchors
    assert (relation.type.value, mug.text, mug.head) == ('in', 'the big left mug', 'mug')
    assert (mug.position, mug.attributes) == ('leftmost', ('big',))
    assert [(own.type.value, own.anchor) for own in mug.relations] == [('on', 'the tray')]


@pytest.mark.parametrize('text', [
    'the mug behind the box and next to the plate', 'the window in the kitchen next to the fridge',
    'the cup on the table next to the plate'])
def test_some_relations_belong_to_the_target(language, text):
    query = language.parse(text)
    assert len(query.relations) == 2
    assert not any(anchor.relations for r in query.relations for anchor in r.anchors)


@pytest.mark.parametrize(('text', 'anchors'), [
    ('the cup between the red jar and the pan', ['the red jar', 'the pan']),
    ('the cup between the two jars', ['the two jars'])])
def test_between_has_two_anchors_or_a_plural(language, text, anchors):
    (relation,) = language.parse(text).relations
    assert [anchor.text for anchor in relation.anchors] == anchors


@pytest.mark.parametrize(('text', 'attributes', 'relations', 'sentence'), [
    ('the mug that is not red', ('red',), [], 'the mug'),
    ('the mug, not the red one', ('red',), [], 'the mug'),
    ('the mug that is not light blue', ('light blue',), [], 'the mug'),
    ("block that isn't yellow", ('yellow',), [], 'block'),
    ('pan that is not on the right of the box', (), [('right_of', 'the box')], 'pan'),
    ('any bottle except the green one', ('green',), [], 'any bottle'),
    ('the cube that is neither red nor blue', ('red', 'blue'), [], 'the cube'),
    ('the ball not on the table', (), [('on', 'the table')], 'the ball'),
    ("the cup that isn't on the tray", (), [('on', 'the tray')], 'the cup'),
    ('the cup without a handle', (), [('with', 'a handle')], 'the cup'),
    ('the bottle with no label', (), [('with', 'no label')], 'the bottle')])
def test_denied_words_are_not_encoded(language, text, attributes, relations, sentence):
    query = language.parse(text)
    assert query.negated_attributes == attributes
    assert [(r.type.value, r.anchor) for r in query.negated_relations] == relations
    assert query.relations == ()
    assert query.sentence == sentence


@pytest.mark.parametrize(('text', 'quantity', 'count'), [
    ('all the mugs', 'all', None), ('every red block', 'all', None), ('both bottles', 'all', 2),
    ('the two cups on the left', 'all', 2), ('the mugs', 'all', None), ('the mug', 'one', None),
    ('every one of the mugs', 'all', None), ('each one of the two mugs', 'all', 2),
    ('one of the mugs', 'one', None), ('the leftmost of the two mugs', 'one', None),
    ('the scissors', 'one', None)])
def test_plurals_mean_all_and_may_have_a_count(language, text, quantity, count):
    query = language.parse(f'show me {text}')
    assert (query.quantity.value, query.count) == (quantity, count)


@pytest.mark.parametrize(('text', 'other'), [
    ('the other mug', True), ('another one', True), ('the mug', False)])
def test_other_and_another_ask_for_a_new_object(language, text, other):
    assert language.parse(text).other == other


def test_adjectives_and_materials_are_attributes(language):
    assert language.parse('the small red metal cup on the left').attributes == (
        'small', 'red', 'metal')
    assert language.parse('the light blue plastic cup').attributes == ('light blue', 'plastic')


def test_nothing_to_segment_has_no_encoded_texts(language):
    query = language.parse('stop')
    assert (query.sentence, query.phrase) == ('', '')


@pytest.mark.parametrize('text', ['', '  \n ', None, 7, b'mug', 'x' * 1001, 'mug ' * 2500])
@pytest.mark.parametrize('rule', ['command', 'paper'])
def test_unusable_text_is_a_command_error(nlp, rule, text):
    with pytest.raises(CommandError):
        Language(nlp, rule).parse(text)


@pytest.mark.parametrize('text', ['der rote Becher links', '拿起红色的杯子', 'ممسحة'])
def test_the_papers_rule_takes_every_language(nlp, text):
    assert Language(nlp, 'paper').parse(text).text == text


@pytest.mark.parametrize('text', [
    '\ud800 mug', 'İstanbul cup', '\x00',
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
