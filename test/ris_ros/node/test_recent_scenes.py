# SPDX-License-Identifier: Apache-2.0
"""What the last pictures showed is kept for a while, by the times of the pictures."""
from types import SimpleNamespace

import pytest
from rectangle_scenes import scene

from ris_ros.errors import CommandError
from ris_ros.node.recent_scenes import RecentScenes


def indexed(stamp, index):
    return SimpleNamespace(scene=index, has_other_models=False,
                           matched=SimpleNamespace(frame=SimpleNamespace(stamp=stamp)))


FIRST, SECOND = scene(('mug', 20, 20, 10, 10, 1.0)), scene(('mug', 90, 60, 10, 10, 1.0))


@pytest.fixture
def recent():
    """Return scenes of 10 s to 13 s, in which something moved at 12 s."""
    scenes = RecentScenes()
    for stamp, index in ((10.0, FIRST), (11.0, FIRST), (12.0, SECOND), (13.0, SECOND)):
        scenes.add(indexed(stamp, index))
    return scenes


@pytest.mark.parametrize('stamp', [10.0, 10.7, 11.3, 9.6])
def test_a_picture_shows_what_was_indexed_around_its_time(recent, stamp):
    past = recent.at(stamp, indexed(13.0, SECOND))
    assert (past.masks() == FIRST.masks).all()


@pytest.mark.parametrize('stamp', [0.0, 12.2, 13.0, 13.3])
def test_what_has_not_changed_is_the_present_scene(recent, stamp):
    assert recent.at(stamp, indexed(13.0, SECOND)) is None


@pytest.mark.parametrize(('stamp', 'reason'), [
    (3.0, '10.0 s older than the newest one'), (15.0, '2.0 s newer')])
def test_other_pictures_are_refused_with_the_reason(recent, stamp, reason):
    with pytest.raises(CommandError, match=reason):
        recent.at(stamp, indexed(13.0, SECOND))


def test_old_pictures_and_those_before_the_clock_was_set_back_are_forgotten(recent):
    recent.add(indexed(50.0, FIRST))
    with pytest.raises(CommandError):
        recent.at(12.0, indexed(50.0, FIRST))
    recent.add(indexed(5.0, SECOND))
    assert recent.at(5.0, indexed(5.4, FIRST)) is not None


def test_of_a_scene_that_always_changes_few_are_kept():
    recent = RecentScenes()
    for number in range(100):
        recent.add(indexed(number / 30, scene(('mug', 20 + number, 20, 10, 10, 1.0))))
    assert len(recent._stretches) <= 100 / 30 / .25 + 2
