# SPDX-License-Identifier: Apache-2.0
"""Objects of an earlier picture are found again by place and looks, or not at all."""
import numpy as np
import pytest

from ris_ros import Frame
from ris_ros.geometry.location import Location
from ris_ros.grounding.recognition import Referent, find_again, remember
from ris_ros.grounding.result import Candidate
from ris_ros.index.scene_index import SceneIndex

# The looks of things; pink is nearly red, brown a little.
RED, _, BLUE = np.eye(3, dtype=np.float32)
PINK = np.array([.95, .312, 0], np.float32)
BROWN = np.array([.7, .714, 0], np.float32)


def scene(*things, size=(40, 80)):
    """Index things of (x, look): squares of 20 pixels."""
    masks = np.zeros((len(things), *size), bool)
    for mask, (x, _) in zip(masks, things, strict=True):
        mask[10:30, x:x + 20] = True
    looks = np.array([look for _, look in things], np.float32).reshape(len(things), 3)
    return SceneIndex.of(Frame(np.zeros((*size, 3), np.uint8)), masks, looks)


def seen(index, *numbers):
    """Return objects of a scene as they are remembered."""
    return remember(index, [Candidate(index.masks[k], tuple(index.boxes[k]), 0.,
                                      Location((0., 0.), (0, 0)), proposal=k) for k in numbers])


BEFORE = scene((5, RED), (45, BLUE))


@pytest.mark.parametrize(('now', 'found'), [
    (scene((45, BLUE), (5, RED)), [1, 0]),  # where they were
    (scene((8, RED), (43, BLUE)), [0, 1]),  # moved a little
    (scene((45, RED), (5, BLUE)), [0, 1]),  # have changed places
    (scene((30, RED)), [0, None]),  # one moved, one gone
    (scene((5, BLUE)), [None, 0]),  # the other stands where the first was
    (scene((30, RED), (55, RED)), [None, None]),  # which of the two is it?
    (scene((30, RED), (55, PINK)), [0, None]),  # something else looks a little like it
    (scene((5, RED), (55, RED)), [0, None]),  # a twin has come, the first has stayed
    (scene((5, BROWN)), [None, None]),  # something else stands there now
    (scene(), [None, None]),
    (scene((5, RED), (45, BLUE), size=(60, 90)), [0, 1]),  # another size of picture
])
def test_find_again(now, found):
    assert find_again(seen(BEFORE, 0, 1), now) == found


def test_objects_last_seen_in_pictures_of_two_sizes_are_found_again_together():
    small, large = seen(BEFORE, 0), seen(scene((45, BLUE), size=(60, 90)), 0)
    assert find_again([*small, *large], BEFORE) == [0, 1]


def test_an_outline_of_the_same_object_is_no_rival():
    now = scene((40, RED), (42, RED))
    assert find_again(seen(BEFORE, 0), now) in ([0], [1])


def test_two_alike_are_kept_apart_by_place():
    twins = scene((5, RED), (45, RED))
    assert find_again(seen(twins, 0, 1), scene((44, RED), (6, RED))) == [1, 0]


def test_nothing_is_looked_for():
    assert find_again([], BEFORE) == []


def test_features_are_those_of_the_candidates_proposal():
    (blue,) = seen(BEFORE, 1)
    assert isinstance(blue, Referent)
    assert (blue.feature == BLUE).all()
    assert (blue.mask == BEFORE.masks[1]).all()
