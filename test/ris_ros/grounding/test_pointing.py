# SPDX-License-Identifier: Apache-2.0
"""What is at a pixel, in a box and at a point of a scene laid out by hand."""
import numpy as np
import pytest
from rectangle_scenes import scene

from ris_ros.errors import CommandError
from ris_ros.grounding.pointing import Pointed, Region, objects_at
from ris_ros.index.past_scene import PastScene
from ris_ros.index.scene_index import SceneIndex

# A bowl with an apple in it, whose proposals share no pixel, a mug, and the mug's handle.
THINGS = [('bowl', 50, 50, 40, 40, 1.0), ('apple', 50, 50, 8, 8, .95),
          ('mug', 120, 50, 20, 20, 1.2)]
INDEX = scene(*THINGS)


def with_part():
    """Return masks with a part of the mug, which lies in it and comes later."""
    part = np.zeros((1, *INDEX.masks.shape[1:]), bool)
    part[0, 45:55, 126:130] = True
    return np.concatenate([INDEX.masks, part])


@pytest.mark.parametrize(('region', 'found'), [
    (Region(32, 32), [0]), (Region(50, 50), [1]), (Region(128, 50), [2]), (Region(131, 50), [2]),
    (Region(160, 80), []), (Region(108, 38, 26, 24), [2]), (Region(0, 0, 200, 100), [0, 1, 2]),
    (Region(-5, -5, 10, 10), [])])
def test_objects_at_a_pixel_and_in_a_box(region, found):
    assert objects_at(region, with_part()) == found


@pytest.mark.parametrize('region', [Region(200, 50), Region(5, 100), Region(-9, 4, 5, 5),
                                    Region(4294967295, 4294967295, 9, 9)])
def test_what_is_outside_the_picture_is_refused(region):
    with pytest.raises(CommandError, match='200 x 100 pixels'):
        objects_at(region, INDEX.masks)
    with pytest.raises(CommandError, match='outside it'):
        Pointed(region).find(scene())


def test_a_past_scene_has_the_same_outlines():
    past = PastScene.of(INDEX)
    assert (past.masks() == INDEX.masks).all()


def moved(features):
    """Return a scene in which everything lies 30 pixels farther right, with given features."""
    masks = np.roll(INDEX.masks, 30, axis=2)
    return SceneIndex.of(INDEX.frame, masks, features)


def test_what_was_clicked_in_an_older_picture_is_found_where_it_is_now():
    looks = np.eye(3, dtype=np.float32)
    past = PastScene.of(SceneIndex.of(INDEX.frame, INDEX.masks, looks))
    assert Pointed(Region(120, 50), past).find(moved(looks)) == ([2], '')
    numbers, reason = Pointed(Region(120, 50), past).find(moved(looks[[0, 1, 1]]))
    assert numbers == []
    assert 'not found again' in reason
    numbers, reason = Pointed(Region(180, 90), past).find(moved(looks))
    assert (numbers, reason) == ([], 'There is no object at the pixel (180, 90); point at one.')


def test_a_point_in_space_means_the_object_there_and_none_behind_it():
    on_the_mug = np.array([(120 - 100) / 200 * 1.2, 0, 1.2])
    assert Pointed(Region(120, 50), point=on_the_mug).find(INDEX) == ([2], '')
    numbers, reason = Pointed(Region(120, 50), point=on_the_mug * 1.5).find(INDEX)
    assert numbers == []
    assert 'from the point' in reason
    numbers, reason = Pointed(Region(120, 50), point=on_the_mug).find(scene(*THINGS, deep=False))
    assert 'no position' in reason
