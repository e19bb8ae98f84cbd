# SPDX-License-Identifier: Apache-2.0
"""Relations as predicates: sure away from their border, half sure on it."""
import numpy as np
import pytest
from rectangle_scenes import scene

from ris_ros.grounding.spatial import between, outdone, relate, relative_distances, seen_by
from ris_ros.language.query import RelationType

# Relations that hold in both directions.
BOTH_WAYS = ('near', 'with')


def held(relation, thing, anchor, deep=True):
    """Return how well one thing stands in a relation to another."""
    # The smaller one stands before the other.
    order = sorted([(thing, 0), (anchor, 1)], key=lambda pair: -pair[0][2])
    index = scene(*(('', *place) for place, _ in order), deep=deep)
    numbers = [number for _, number in order]
    return float(relate(RelationType(relation), index.layout, np.array([numbers.index(0)]),
                        np.array([numbers.index(1)]))[0, 0])


@pytest.mark.parametrize(('relation', 'thing', 'anchor'), [
    ('left_of', (50, 50, 10, 10, 1.), (60, 80, 10, 10, 1.)),
    ('right_of', (70, 20, 10, 10, 1.), (60, 80, 10, 10, 1.)),
    ('above', (50, 20, 10, 10, 1.), (60, 60, 10, 10, 1.)),
    ('below', (50, 80, 10, 10, 1.), (60, 60, 10, 10, 1.)),
    ('in_front_of', (50, 70, 10, 10, .8), (60, 60, 10, 10, 1.)),
    ('behind', (50, 50, 10, 10, 1.2), (60, 60, 10, 10, 1.)),
    ('near', (50, 50, 10, 10, 1.), (62, 50, 10, 10, 1.)),
    ('on', (60, 52, 8, 8, .97), (60, 60, 40, 30, 1.)),
    ('in', (60, 60, 8, 8, .97), (60, 60, 40, 30, 1.)),
    ('part_of', (60, 60, 8, 8, 1.), (60, 60, 40, 30, 1.)),
    ('with', (60, 60, 40, 30, 1.), (60, 60, 8, 8, .97))])
def test_relations_hold_and_do_not_hold_the_other_way(relation, thing, anchor):
    assert held(relation, thing, anchor) > .9
    if relation not in BOTH_WAYS:
        assert held(relation, anchor, thing) < .1


def test_on_the_border_nobody_can_tell():
    assert held('left_of', (58, 50, 10, 10, 1.), (60, 80, 10, 10, 1.)) == pytest.approx(.5)
    assert held('behind', (20, 46, 10, 10, 1.), (60, 50, 10, 10, 1.)) == pytest.approx(.5, abs=.1)
    # What stands beside is neither in front nor behind.
    assert held('behind', (20, 50, 10, 10, 1.), (60, 50, 10, 10, 1.)) < .1


def test_far_is_measured_by_the_objects_and_in_space():
    assert held('near', (20, 50, 10, 10, 1.), (90, 50, 10, 10, 1.)) < .1
    assert held('near', (40, 50, 50, 50, 1.), (110, 50, 50, 50, 1.)) > .85
    assert held('near', (40, 50, 50, 50, 1.), (110, 50, 50, 50, 1.), deep=False) > .9
    assert held('near', (50, 50, 10, 10, 1.), (62, 50, 10, 10, 1.5)) < .1
    assert held('near', (50, 50, 10, 10, 1.), (62, 50, 10, 10, 1.5), deep=False) > .9


def test_what_stands_on_a_narrow_thing_and_hides_its_top_is_on_it():
    # Little of it is in the other's outline, but its foot is, and it is nearer.
    assert held('on', (60, 40, 12, 40, .9), (60, 66, 22, 30, 1.)) > .5
    assert held('on', (60, 40, 12, 40, 1.3), (60, 66, 22, 30, 1.)) < .1


def test_what_shows_above_an_edge_stands_behind():
    assert held('on', (60, 40, 8, 12, 1.3), (60, 60, 40, 30, 1.)) < .1


def test_without_depth_lower_in_the_picture_is_in_front():
    assert held('in_front_of', (50, 70, 10, 10), (60, 60, 10, 10), deep=False) > .9
    assert held('behind', (50, 70, 10, 10), (60, 60, 10, 10), deep=False) < .1


def test_the_other_side_of_the_table():
    turned = {relation: seen_by(RelationType(relation), 'speaker').value
              for relation in ('left_of', 'behind', 'above', 'near')}
    assert turned == {
        'left_of': 'right_of', 'behind': 'in_front_of', 'above': 'above', 'near': 'near'}
    assert seen_by(RelationType.LEFT_OF, 'camera') is RelationType.LEFT_OF


def test_between_is_not_beyond_and_not_far_aside():
    index = scene(('jar', 60, 50, 6, 6), ('jar', 100, 50, 6, 6), ('in', 82, 56, 6, 6),
                  ('beyond', 130, 50, 6, 6), ('aside', 80, 90, 6, 6), deep=False)
    found = between(index.layout, np.array([2, 3, 4]), np.array([0]), np.array([1]))
    assert found.shape == (3, 1)
    assert found[0] > .9
    assert found[1:].max() < .1


def test_the_clearly_nearer_outdoes_what_is_farther():
    index = scene(('plate', 60, 50, 6, 6), ('near', 72, 50, 6, 6), ('far', 84, 50, 6, 6),
                  ('also', 50, 44, 6, 6), deep=False)
    things, anchor = np.array([1, 2]), np.array([0])
    distances = relative_distances(index.layout, things, anchor)
    assert distances[:, 0] == pytest.approx([1, 2], abs=.05)
    kept = outdone(distances, np.array([.9, .9]))[:, 0]
    assert kept == pytest.approx([1, .1], abs=.02)
    assert outdone(distances, np.array([.1, .9]))[1, 0] > .85
    alike = relative_distances(index.layout, np.array([1, 3]), anchor)
    assert outdone(alike, np.array([.9, .9])).min() > .8
