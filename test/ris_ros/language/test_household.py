# SPDX-License-Identifier: Apache-2.0
"""Which words of the household exclude each other."""
import pytest

from ris_ros.language.household import NOUNS, is_household_noun, rival_attributes, rival_nouns


def test_the_vocabulary_has_a_few_hundred_nouns_each_once():
    assert 200 <= len(NOUNS) <= 300
    assert len(set(NOUNS)) == len(NOUNS)
    assert all(noun == ' '.join(noun.lower().split()) and noun for noun in NOUNS)


@pytest.mark.parametrize(('noun', 'same', 'others'), [
    ('mug', {'mug', 'cup'}, {'bowl', 'glass', 'thing'}),
    ('soda can', {'can'}, {'bottle', 'bowl'}), ('toy car', {'toy car'}, {'truck', 'ball'}),
    ('box of crackers', {'box', 'cereal'}, {'book', 'bag'}),
    ('fruit', {'apple', 'lemon'}, {'mug', 'potato'}), ('toy', {'toy car', 'duck'}, {'mug'}),
    ('tape measure', {'tape measure', 'tape'}, {'hammer'}), ('hoverboard', set(), {'mug', 'car'})])
def test_words_for_the_same_thing_are_no_rivals(noun, same, others):
    rivals = rival_nouns(noun)
    assert not rivals & same
    assert others & {*NOUNS} <= rivals


@pytest.mark.parametrize(('attribute', 'among', 'not_among'), [
    ('red', {'blue', 'orange', 'pink'}, {'red'}), ('grey', {'black', 'white'}, {'gray'}),
    ('light blue', {'red', 'green'}, {'blue', 'cyan'}), ('dark green', {'blue'}, {'green'}),
    ('violet', {'blue'}, {'purple'}), ('beige', {'red'}, {'brown', 'yellow', 'white'}),
    ('wooden', {'metal', 'plastic'}, {'wooden', 'red'}), ('clear', {'metal'}, {'glass'}),
    ('striped', {'plain', 'dotted'}, {'striped', 'wooden'})])
def test_an_attribute_has_the_rivals_of_its_kind(attribute, among, not_among):
    rivals = {*rival_attributes(attribute)}
    assert among <= rivals
    assert not not_among & rivals


@pytest.mark.parametrize('attribute', ['tall', 'heavy', 'left', ''])
def test_what_is_no_colour_material_or_pattern_has_no_rivals(attribute):
    assert rival_attributes(attribute) == ()


def test_nouns_are_known_by_each_of_their_words():
    assert all(map(is_household_noun, ('mug', 'teacup', 'paper towel', 'fruit')))
    assert not is_household_noun('red mug')
