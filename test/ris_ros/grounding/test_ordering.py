# SPDX-License-Identifier: Apache-2.0
"""Places and sizes order objects laid out by hand."""
from itertools import product

import numpy as np
import pytest
from rectangle_scenes import scene

from ris_ros.grounding.ordering import (
    Order,
    chance_of_fewer,
    chance_of_rank,
    find_order,
    in_half,
    of_size,
)

# From left to right; the second is the nearest, the third the farthest and, for that, the largest.
LEFT, NEAR, FAR, RIGHT = range(4)
INDEX = scene(('mug', 20, 40, 6, 6, 1.0), ('mug', 80, 80, 12, 12, .7),
              ('mug', 120, 20, 8, 8, 1.6), ('mug', 180, 50, 6, 6, .9))
ALL = np.arange(4)
SURE = np.full(4, .999)


def first(position, words=(), index=INDEX, viewpoint='camera'):
    things = np.arange(len(index.masks))
    likely = np.full(len(things), .999)
    order = find_order(position, words, index.layout, things, likely, viewpoint)
    if order is None:
        return None
    chances = chance_of_rank(order, likely)
    assert chances.sum() <= 1.01
    return int(chances.argmax()) if chances.max() > .8 else None


@pytest.mark.parametrize(('position', 'expected'), [
    ('leftmost', LEFT), ('rightmost', RIGHT), ('top', FAR), ('bottom', NEAR), ('nearest', NEAR),
    ('farthest', FAR), ('nth:1', LEFT), ('nth:2', NEAR), ('nth:2:right', FAR),
    ('nth:2:nearest', RIGHT), ('nth:4:left', RIGHT), ('nth:5:left', None),
    ('bottom+leftmost', NEAR), (None, None)])
def test_position_words(position, expected):
    assert first(position) == expected


def test_the_middle_of_three():
    index = scene(('mug', 20, 40, 6, 6, 1.0), ('mug', 80, 80, 12, 12, .7),
                  ('mug', 120, 20, 8, 8, 1.0))
    assert first('middle', index=index) == 1


@pytest.mark.parametrize(('words', 'position', 'expected'), [
    (('the', 'biggest', 'mug'), None, FAR), (('large',), None, FAR), (('tiny',), None, RIGHT),
    (('tallest',), None, FAR), (('second', 'largest'), 'nth:2', NEAR), (('red',), None, None)])
def test_size_words(words, position, expected):
    assert first(position, words) == expected


def test_size_is_that_of_the_object_not_of_its_picture():
    index = scene(('mug', 50, 50, 14, 14, .5), ('mug', 150, 50, 10, 10, 2.0))
    assert first(None, ['big'], index) == 1
    assert first(None, ['big'], scene(('mug', 50, 50, 14, 14), ('mug', 150, 50, 10, 10),
                                      deep=False)) == 0


@pytest.mark.parametrize('deep', [True, False])
def test_a_bottle_from_its_end_is_short_and_yet_the_big_one(deep):
    index = scene(('bottle', 50, 50, 24, 24, 1.0), ('bottle', 120, 50, 30, 8, 1.0), deep=deep)
    assert (first(None, ['longest'], index), first(None, ['biggest'], index)) == (1, 0)
    assert (first(None, ['short'], index), first(None, ['small'], index)) == (0, 1)


@pytest.mark.parametrize(('position', 'expected'), [
    ('leftmost', RIGHT), ('nth:2:right', NEAR), ('nearest', FAR), ('top', FAR)])
def test_a_speaker_who_faces_the_camera_sees_it_the_other_way(position, expected):
    assert first(position, viewpoint='speaker') == expected


def test_without_depth_lower_in_the_picture_is_nearer():
    flat = scene(('mug', 20, 40, 6, 6), ('mug', 80, 80, 6, 6), deep=False)
    assert (first('nearest', index=flat), first('farthest', index=flat)) == (1, 0)


def test_rank_is_a_poisson_binomial_where_the_order_is_sure():
    likely = np.array([.9, .2, .7, .6])
    expected = np.zeros(4)
    for outcome in product([0, 1], repeat=4):
        chance = np.prod(np.where(outcome, likely, 1 - likely))
        if sum(outcome) >= 2:
            expected[np.flatnonzero(outcome)[1]] += chance
    order = Order(100.0 * np.arange(4), 2)
    assert chance_of_rank(order, likely) == pytest.approx(expected)
    assert chance_of_fewer(likely, 2) == pytest.approx(1 - expected.sum())
    assert chance_of_rank(Order(100.0 * np.arange(4)), SURE, 2) == pytest.approx(
        [.999, .999, 0, 0], abs=.01)


def test_side_by_side_nobody_can_tell():
    assert chance_of_rank(Order(np.array([0.0, .1])), SURE[:2]) == pytest.approx([.5, .5], abs=.03)


def test_halves_of_the_picture():
    assert (in_half('leftmost', INDEX.layout, ALL, 'camera') > .5).tolist() == [
        True, True, False, False]
    assert (in_half('leftmost', INDEX.layout, ALL, 'speaker') > .5).tolist() == [
        False, False, True, True]
    assert (in_half('middle', INDEX.layout, ALL, 'camera') > .5).tolist() == [
        False, True, True, False]


def test_a_size_beside_others_of_its_kind():
    assert (of_size('small', INDEX.layout, ALL, SURE) > .5).tolist() == [True, False, False, True]
