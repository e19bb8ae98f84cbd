# SPDX-License-Identifier: Apache-2.0
"""A lost object is found among proposals only where exactly one can be it."""
from dataclasses import replace

from drawn_table import BLUE, RED, Disc, index, take
import numpy as np
import pytest

from ris_ros.tracking.recognition import Identity, find_lost

PLACE = np.array([60.0, 60.0])


def seen(*discs, depth=True):
    """Return the index of discs as they are now."""
    return index(*take(*discs, depth=depth), discs)


@pytest.fixture(params=[True, False], ids=['depth', 'no depth'])
def depth(request):
    return request.param


@pytest.fixture
def identity(depth):
    return Identity.of(seen(RED, BLUE, depth=depth), 0)


def test_the_only_one_is_found_near(identity, depth):
    scene = seen(BLUE, Disc('red', 80, 60), depth=depth)
    assert find_lost(scene, identity, PLACE, 1.0, has_distractors=False) == 1


def test_the_only_one_is_found_without_a_place(identity, depth):
    scene = seen(BLUE, Disc('red', 120, 20), depth=depth)
    assert find_lost(scene, identity, None, 1.0, has_distractors=False) == 1
    assert find_lost(scene, identity, None, 1.0, has_distractors=True) is None


def test_with_a_twin_it_must_stand_where_it_stood(identity, depth):
    moved, twin = Disc('red', 62, 60), Disc('red', 110, 60)
    there, gone = seen(twin, moved, depth=depth), seen(twin, BLUE, depth=depth)
    assert find_lost(there, identity, PLACE, 1.0, has_distractors=True) == 1
    assert find_lost(gone, identity, PLACE, 1.0, has_distractors=True) is None


def test_when_two_stand_at_its_old_place_neither_is_taken(identity, depth):
    # Both are small enough to be a part of it that shows.
    pair = Disc('red', 50, 60, 11), Disc('red', 71, 60, 11)
    for one in pair:
        assert find_lost(seen(one, BLUE, depth=depth), identity, PLACE, 1.0, True) == 0
    assert find_lost(seen(*pair, depth=depth), identity, PLACE, 1.0, True) is None


def test_proposal_of_the_same_pixels_at_half_the_distance_is_not_the_object():
    frame, masks = take(RED, BLUE)
    identity = Identity.of(index(frame, masks, (RED, BLUE)), 0)
    near = index(replace(frame, depth=frame.depth / 2), masks, (RED, BLUE))
    assert find_lost(near, identity, PLACE, 1.0, has_distractors=False) is None
