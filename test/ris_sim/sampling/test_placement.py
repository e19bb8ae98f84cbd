# SPDX-License-Identifier: Apache-2.0
"""Places beside, behind, on and in other things."""
from dataclasses import replace

import numpy as np

from ris_sim.rendering.raycast import soup_of, visible_share
from ris_sim.sampling.placement import (
    HIDDEN,
    place_behind,
    place_on,
    place_touching,
)
from ris_sim.sampling.resting import clearances

REACH = .3


def gap(one, other):
    """Return the smallest level distance between two objects along the line of their centres."""
    way = np.subtract(other.position, one.position)
    way = np.float32([*way[:2] / np.linalg.norm(way[:2]), 0])
    return min(clearances(soup_of([one]), soup_of([other]), way).min(),
               clearances(soup_of([other]), soup_of([one]), -way).min())


def test_touching_round_things_leave_no_gap(make_object):
    fixed = make_object('can', 'blue')
    for seed in range(5):
        there = place_touching(make_object('can'), [fixed], REACH, np.random.default_rng(seed))
        assert 0 < gap(there, fixed) < .002


def test_things_behind_show_a_part(make_object, make_scene):
    camera = make_scene().camera
    front = make_object('box', 'blue', scale=1.3, number=41)
    for seed in range(5):
        there = place_behind(make_object('cube'), [front], REACH, camera,
                             np.random.default_rng(seed))
        share = visible_share(there, [front], camera, camera.model(320, 240))
        assert HIDDEN[0] - .05 < share < HIDDEN[1] + .05


def test_visible_share_counts_occluders_and_the_picture_edge(make_object, make_scene):
    camera = make_scene().camera
    model = camera.model(320, 240)
    cube = make_object('cube')
    assert visible_share(cube, [], camera, model) == 1
    assert visible_share(cube, [make_object('cube', x=.3)], camera, model) == 1
    assert visible_share(cube, [make_object('vase', y=-.15, scale=2)], camera, model) < .5
    half = replace(model, width=int(model.cx) + 1)
    assert .4 < visible_share(cube, [], camera, half) < .6


def test_small_things_go_into_a_bowl_and_large_ones_do_not(make_object):
    bowl = make_object('bowl', 'white', scale=1.4)
    rng = np.random.default_rng(0)
    inside = place_on(make_object('apple', scale=.6), bowl, [bowl], rng)
    assert inside.contained
    assert 0 < inside.position[2] < bowl.extents[2] / 2
    assert place_on(make_object('book', scale=1.5), bowl, [bowl], rng) is None


def test_things_stand_on_a_book(make_object):
    book = make_object('book', 'white', scale=1.4)
    there = place_on(make_object('mug', scale=.7), book, [book], np.random.default_rng(0))
    assert there.support == book.name
    assert not there.contained
    assert abs(there.position[2] - book.extents[2]) < .002
