# SPDX-License-Identifier: Apache-2.0
"""Where things come to rest, against shapes whose answer is known by formula."""
from dataclasses import replace

import numpy as np
import pytest

from ris_sim.sampling.resting import (
    PUSH_GAP,
    is_stable,
    middle,
    push_against,
    rest_on,
    vessel_depths,
)


def rests(thing, support, x=0.0, y=0.0):
    there, touches = rest_on(thing, support, np.array([[x, y]]))
    return there, is_stable(touches)


def test_cube_rests_on_top_of_a_cube(make_object):
    low, high = make_object('cube', scale=1.4), make_object('cube')
    there, stable = rests(high, low)
    assert there.position[2] == pytest.approx(low.extents[2], abs=1e-5)
    assert there.support == low.name
    assert stable


def test_cube_over_an_edge_falls(make_object):
    low, high = make_object('cube'), make_object('cube')
    _, stable = rests(high, low, x=.75 * low.extents[0])
    assert not stable
    assert rest_on(high, low, np.array([[1.0, 1.0]])) is None


def test_ball_in_a_bowl_lies_lowest_in_the_middle(make_object):
    bowl, ball = make_object('bowl', scale=1.5), make_object('ball', scale=.6)
    ground, rim = vessel_depths(bowl)
    assert 0 < ground < .02
    assert rim == pytest.approx(bowl.extents[2], abs=.006)
    places = np.array([[.03, 0.0], [0.0, 0.0], [0.0, -.04]])
    there, _ = rest_on(ball, bowl, places)
    assert there.position[:2] == (0.0, 0.0)
    assert there.position[2] == pytest.approx(ground, abs=.002)
    aside, _ = rest_on(ball, bowl, places[:1])
    assert aside.position[2] > there.position[2]


def test_middle_of_a_pan_ignores_its_handle(make_object):
    pan = make_object('pan', x=.1, y=.2)
    centre, radius = middle(pan)
    # The handle sticks out along x, so the vessel lies beside the footprint's middle.
    assert np.linalg.norm(centre - [.1, .2]) > .02
    assert 2 * radius == pytest.approx(pan.extents[1], rel=.02)


def test_pushed_things_touch(make_object):
    fixed = replace(make_object('cube'), yaw=0.0)
    start = replace(make_object('can', x=-.3), yaw=0.4)
    there = push_against(start, fixed, np.array([1.0, 0.0]))
    side = -fixed.extents[0] / 2
    edge = max(there.to_world(part.mesh.vertices)[:, 0].max() for part in there.parts)
    assert side - 2 * PUSH_GAP < edge < side
    assert there.position[1:] == start.position[1:]
    assert push_against(start, fixed, np.array([0.0, 1.0])) is None
