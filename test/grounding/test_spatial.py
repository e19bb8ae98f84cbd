"""Position words, sizes and relations on objects laid out by hand."""
import numpy as np
import pytest

from ris_ros.grounding.result import Candidate, Position
from ris_ros.grounding.spatial import choose
from ris_ros.language.query import Query, Relation

SHAPE = (100, 200)


def thing(u, v, side=6, z=1.0, deep=True):
    mask = np.zeros(SHAPE, bool)
    mask[v - side // 2:v + side // 2, u - side // 2:u + side // 2] = True
    point = ((u - 100) * z / 200, (v - 50) * z / 200, z)
    return Candidate(mask, (u - side // 2, v - side // 2, side, side), 40.0, (u, v), (u, v),
                     Position(point, np.eye(3), 1.0) if deep else None)


def query(position=None, target='the mug', relation=None):
    relations = (Relation(relation, 'the bowl'),) if relation else ()
    return Query('', 'the mug', target, 'mug', position, relations)


# From left to right; the second is the nearest, the third the farthest and, for that, the largest.
LEFT, NEAR, FAR, RIGHT = THINGS = (
    thing(20, 40, z=1.0), thing(80, 80, 10, z=0.7), thing(120, 20, z=1.6), thing(180, 50, 4, z=0.9))


@pytest.mark.parametrize(('position', 'expected'), [
    ('leftmost', LEFT), ('rightmost', RIGHT), ('top', FAR), ('bottom', NEAR), ('nearest', NEAR),
    ('farthest', FAR), ('nth:1', LEFT), ('nth:2', NEAR), ('nth:2:right', FAR),
    ('nth:2:nearest', RIGHT), ('nth:4:left', RIGHT), ('nth:5:left', None),
    ('bottom+leftmost', NEAR), ('nonsense', None), (None, None)])
def test_position_words(position, expected):
    assert choose(query(position), THINGS, lambda anchor: None) is expected


def test_the_middle_of_three():
    assert choose(query('middle'), THINGS[:3], lambda anchor: None) is NEAR


@pytest.mark.parametrize(('target', 'expected'), [
    ('the biggest mug', FAR), ('the large mug', FAR), ('the tiny mug', RIGHT), ('the mug', None)])
def test_size_words(target, expected):
    assert choose(query(target=target), THINGS, lambda anchor: None) is expected


def test_size_is_that_of_the_object_not_of_its_picture():
    close, distant = thing(50, 50, 10, z=0.5), thing(150, 50, 8, z=2.0)
    assert choose(query(target='the big mug'), (close, distant), lambda anchor: None) is distant


@pytest.mark.parametrize(('relation', 'anchor', 'expected'), [
    ('left_of', thing(50, 50), LEFT), ('right_of', thing(150, 50), RIGHT),
    ('right_of', thing(50, 50), None), ('above', thing(100, 30), FAR),
    ('below', thing(100, 60), NEAR), ('behind', thing(100, 50, z=1.3), FAR),
    ('in_front_of', thing(100, 50, z=0.8), NEAR), ('near', thing(170, 50, z=0.9), RIGHT),
    ('on', thing(20, 44, 20, z=1.0), LEFT), ('other', thing(50, 50), None)])
def test_relations(relation, anchor, expected):
    assert choose(query(relation=relation), THINGS, lambda text: anchor) is expected


def test_a_relation_narrows_what_a_position_chooses_from():
    anchor = thing(50, 50)
    assert choose(query('leftmost', relation='right_of'), THINGS, lambda text: anchor) is NEAR


def test_near_two_alike_decides_nothing():
    things = thing(40, 50), thing(60, 50)
    assert choose(query(relation='near'), things, lambda text: thing(50, 60)) is None


def test_an_anchor_that_is_not_there_decides_nothing():
    assert choose(query(relation='left_of'), THINGS, lambda text: None) is None


def test_without_depth_lower_in_the_picture_is_nearer():
    flat = thing(20, 40, deep=False), thing(80, 80, deep=False)
    assert choose(query('nearest'), flat, lambda anchor: None) is flat[1]
    assert choose(query('farthest'), flat, lambda anchor: None) is flat[0]


@pytest.mark.parametrize('things', [(), (LEFT,)])
def test_one_or_none_needs_no_choice(things):
    assert choose(query('rightmost'), things, lambda anchor: None) is None
