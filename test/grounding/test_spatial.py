"""Position words, sizes and relations on objects laid out by hand."""
import numpy as np
import pytest

from ris_ros.grounding.result import Candidate, Position
from ris_ros.grounding.spatial import choose
from ris_ros.language.query import Anchor, Query, Relation

SHAPE = (100, 200)


def thing(u, v, side=6, z=1.0, deep=True):
    mask = np.zeros(SHAPE, bool)
    mask[v - side // 2:v + side // 2, u - side // 2:u + side // 2] = True
    point = ((u - 100) * z / 200, (v - 50) * z / 200, z)
    return Candidate(mask, (u - side // 2, v - side // 2, side, side), 40.0, (u, v), (u, v),
                     Position(point, np.eye(3), 1.0) if deep else None)


def find(*anchors):
    """Return what finds these anchors, whatever is asked for."""
    return lambda phrase, count: [anchor for anchor in anchors if anchor][:count]


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
    assert choose(query(position), THINGS, find(None)) is expected


def test_the_middle_of_three():
    assert choose(query('middle'), THINGS[:3], find(None)) is NEAR


@pytest.mark.parametrize(('target', 'expected'), [
    ('the biggest mug', FAR), ('the large mug', FAR), ('the tiny mug', RIGHT), ('the mug', None)])
def test_size_words(target, expected):
    assert choose(query(target=target), THINGS, find(None)) is expected


def test_size_is_that_of_the_object_not_of_its_picture():
    close, distant = thing(50, 50, 10, z=0.5), thing(150, 50, 8, z=2.0)
    assert choose(query(target='the big mug'), (close, distant), find(None)) is distant


@pytest.mark.parametrize(('relation', 'anchor', 'expected'), [
    ('left_of', thing(50, 50), LEFT), ('right_of', thing(150, 50), RIGHT),
    ('right_of', thing(50, 50), None), ('above', thing(100, 30), FAR),
    ('below', thing(100, 60), NEAR), ('behind', thing(100, 50, z=1.3), FAR),
    ('in_front_of', thing(100, 50, z=0.8), NEAR), ('near', thing(170, 50, z=0.9), RIGHT),
    ('on', thing(20, 44, 20, z=1.0), LEFT), ('other', thing(50, 50), None)])
def test_relations(relation, anchor, expected):
    assert choose(query(relation=relation), THINGS, find(anchor)) is expected


def test_a_relation_narrows_what_a_position_chooses_from():
    anchor = thing(50, 50)
    assert choose(query('leftmost', relation='right_of'), THINGS, find(anchor)) is NEAR


def test_near_two_alike_decides_nothing():
    things = thing(40, 50), thing(60, 50)
    assert choose(query(relation='near'), things, find(thing(50, 60))) is None


def test_an_anchor_that_is_not_there_decides_nothing():
    assert choose(query(relation='left_of'), THINGS, find(None)) is None


def test_without_depth_lower_in_the_picture_is_nearer():
    flat = thing(20, 40, deep=False), thing(80, 80, deep=False)
    assert choose(query('nearest'), flat, find(None)) is flat[1]
    assert choose(query('farthest'), flat, find(None)) is flat[0]


@pytest.mark.parametrize('things', [(), (LEFT,)])
def test_one_or_none_needs_no_choice(things):
    assert choose(query('rightmost'), things, find(None)) is None


@pytest.mark.parametrize('anchors', [
    (Anchor('the jar'), Anchor('the pan')), (Anchor('the two jars'),), ()])
def test_between_two_anchors(anchors):
    relation = Relation('between', 'the jar and the pan', anchors)
    asked = Query('', 'the mug', 'the mug', 'mug', relations=(relation,))
    jar, pan = thing(60, 85, z=0.8), thing(105, 75, z=0.7)

    def find_anchors(phrase, count):
        assert count == (1 if len(anchors) == 2 else 2)
        return {'the jar': [jar], 'the pan': [pan]}.get(phrase.text, [jar, pan])[:count]
    assert choose(asked, THINGS, find_anchors) is NEAR


def test_between_is_not_beyond_and_not_far_aside():
    asked = Query('', 'the mug', 'the mug', 'mug', relations=(Relation('between', 'the jars'),))
    jars = thing(60, 50, deep=False), thing(100, 50, deep=False)
    inside, beyond, aside = (thing(u, v, deep=False) for u, v in ((82, 60), (130, 50), (80, 90)))
    assert choose(asked, (aside, beyond, inside), find(*jars)) is inside


def test_between_with_one_anchor_missing_decides_nothing():
    asked = Query('', 'the mug', 'the mug', 'mug', relations=(Relation('between', 'the jars'),))
    assert choose(asked, THINGS, find(thing(60, 85))) is None


def test_a_denied_relation_leaves_the_others():
    asked = Query('', 'the mug', 'the mug', 'mug', position='leftmost',
                  negated_relations=(Relation('left_of', 'the bowl'),))
    assert choose(asked, THINGS, find(thing(100, 50))) is FAR


def test_a_denied_relation_that_nobody_can_tell_leaves_all():
    asked = Query('', 'the mug', 'the mug', 'mug', position='leftmost',
                  negated_relations=(Relation('with', 'a handle'),))
    assert choose(asked, THINGS, find(None)) is LEFT


@pytest.mark.parametrize(('relation', 'expected'), [('in_front_of', 0), ('behind', 1)])
def test_depth_and_image_have_to_agree_on_what_is_in_front(relation, expected):
    # Of the last two, depth and image say different things.
    things = (thing(90, 70, z=0.9), thing(60, 20, z=1.3), thing(180, 30, z=0.97),
              thing(20, 60, z=1.1))
    assert choose(query(relation=relation), things, find(thing(100, 50))) is things[expected]


def test_depth_alone_says_what_is_in_front_where_the_image_denies_it():
    things = thing(90, 40, z=0.9), thing(60, 45, z=1.3)
    assert choose(query(relation='in_front_of'), things, find(thing(100, 50))) is things[0]
