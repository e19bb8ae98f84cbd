# SPDX-License-Identifier: Apache-2.0
"""Things keep their ids: moved, hidden, out of view and back, beside look-alikes; within limits."""
from dataclasses import replace

import numpy as np
import pytest
from rectangle_scenes import SHAPE, scene

from ris_ros.frame import Frame
from ris_ros.index.scene_index import SceneIndex
from ris_ros.tracking.known_object import CameraPose, Presence, SceneSighting
from ris_ros.tracking.scene_memory import MemoryLimits, SceneMemory

SIZE = 16
LOOKS = dict(zip('abcd', np.linalg.qr(np.random.default_rng(7).normal(size=(64, 64)))[0],
                 strict=False))
# Nearer than the things, and with a look of its own.
SCREEN = ('screen', 100, 50, 70, 60, 0.6)


class Table:
    """A camera before a table, and what remembers the things on it."""

    def __init__(self, **limits):
        self.memory = SceneMemory(MemoryLimits(**limits))
        self.stamp = 0.0
        self.rng = np.random.default_rng(5)

    def look(self, *things, deep=True, pose=None, seconds=1.0, followed=None):
        """Look at things (look, u, v) or (look, u, v, width, height, z); return their ids.

        Things of one look are told apart by nothing but a little noise.
        """
        self.stamp += seconds
        full = [thing if len(thing) > 3 else (*thing, SIZE, SIZE, 1.0) for thing in things]
        drawn = scene(*full, deep=deep)
        features = np.array([
            LOOKS[name] + self.rng.normal(0, .01, 64) if name in LOOKS else np.eye(64)[-1]
            for name, *_ in full], np.float32).reshape(len(full), 64)
        frame = replace(drawn.frame, stamp=self.stamp)
        index = SceneIndex.of(frame, drawn.masks, features)
        self.seen = SceneSighting(index) if pose is None else SceneSighting(index, pose)
        self.memory.look(self.seen, range(len(full)), followed or {})
        return self.memory.identify(list(index.masks), index.masks)

    def meet(self, *things, **view):
        """Look twice, so that nothing is taken for a flaw of one picture; return the ids."""
        self.look(*things, **view)
        return self.look(*things, **view)

    def presence(self, id_):
        """Return whether a thing is seen."""
        return next(one.presence for one in self.memory.objects if one.id == id_)


@pytest.mark.parametrize('deep', [True, False])
def test_a_thing_that_moves_step_by_step_keeps_its_id(deep):
    table = Table()
    first = table.look(('a', 30, 50), ('b', 150, 50), deep=deep)
    assert first == [1, 2]
    for step in range(1, 12):
        assert table.look(('a', 30 + 8 * step, 50), ('b', 150, 50), deep=deep) == first
    assert len(table.memory.objects) == 2


@pytest.mark.parametrize('deep', [True, False])
@pytest.mark.parametrize('back', [(100, 50), (40, 70)])
def test_a_hidden_thing_keeps_its_id_where_it_was_and_where_it_was_moved(deep, back):
    table = Table()
    a, b = table.meet(('a', 100, 50), ('b', 170, 50), deep=deep)
    table.look(SCREEN, ('b', 170, 50), deep=deep)
    assert table.presence(a) is Presence.HIDDEN
    assert table.look(('a', *back), ('b', 170, 50), deep=deep) == [a, b]


def test_a_thing_that_was_taken_away_is_gone_since_it_was_last_seen():
    table = Table()
    a, _ = table.meet(('a', 60, 50), ('b', 150, 50))
    table.look(('b', 150, 50))
    assert table.presence(a) is Presence.GONE
    table.look(('b', 150, 50))
    recalled = next(one for one in table.memory.recall(table.seen) if one.known.id == a)
    assert recalled.age == 2.0
    assert recalled.location.position == pytest.approx((-.2, 0, 1.0), abs=.01)


@pytest.mark.parametrize('deep', [True, False])
def test_things_that_leave_the_picture_as_the_camera_turns_have_their_ids_when_it_is_back(deep):
    table = Table()
    start = [('a', 40, 50), ('b', 90, 30), ('c', 160, 60), ('c', 185, 30)]
    ids = table.meet(*start, deep=deep)
    for turn in (20, 45, 70, 45, 20, 0):
        shown = [(look, u + turn, v) for look, u, v in start if u + turn < 190]
        assert table.look(*shown, deep=deep) == ids[:len(shown)]
        for id_ in ids[len(shown):]:
            assert table.presence(id_) is Presence.OUT_OF_VIEW
    assert len(table.memory.objects) == 4


def test_places_in_a_fixed_frame_tell_look_alikes_apart_after_a_turn_of_the_camera():
    table = Table()

    def pose(metres):
        """Return the pose of a camera that has gone to the right."""
        return CameraPose('map', np.eye(3), np.array([metres, 0.0, 0.0]))
    ids = table.meet(('a', 60, 50), ('a', 140, 50), pose=pose(0.0))
    # 0.4 m are 80 pixels: the second one stands where the first one was in the picture.
    assert table.look(('a', 60, 50), pose=pose(0.4)) == ids[1:]
    assert table.presence(ids[0]) is Presence.OUT_OF_VIEW
    assert table.look(('a', 140, 50), ('a', 60, 50), pose=pose(0.0)) == ids[::-1]


def test_things_that_have_changed_places_are_told_apart_by_their_looks():
    table = Table()
    a, b = table.look(('a', 60, 50), ('b', 140, 50))
    assert table.look(('b', 60, 50), ('a', 140, 50)) == [b, a]


def test_look_alikes_that_change_places_before_the_camera_keep_their_ids():
    table = Table()
    one, other = table.look(('a', 60, 30), ('a', 140, 70))
    for step in range(1, 9):
        assert table.look(('a', 60 + 10 * step, 30), ('a', 140 - 10 * step, 70)) == [one, other]


def test_look_alikes_are_told_apart_by_their_places_and_get_new_ids_where_nothing_tells():
    table = Table()
    ids = table.meet(('a', 40, 50), ('a', 160, 50))
    assert table.look(('a', 160, 50)) == ids[1:]
    assert table.look(('a', 40, 50), ('a', 160, 50)) == ids
    table.look()
    moved = table.look(('a', 100, 20), ('a', 100, 80))
    assert not set(moved) & set(ids)


def test_another_thing_in_its_place_gets_an_id_of_its_own():
    table = Table()
    a, = table.meet(('a', 100, 50))
    b, = table.look(('b', 100, 50))
    assert a != b
    assert table.presence(a) is not Presence.VISIBLE


def test_what_a_tracker_follows_is_where_it_says_whatever_it_looks_like():
    table = Table()
    a, _ = table.look(('a', 40, 50), ('b', 150, 50))
    outline = scene(('a', 90, 50, SIZE, SIZE)).masks[0]
    assert table.look(('c', 90, 50), ('b', 150, 50), followed={a: outline})[0] == a


def test_outlines_of_one_thing_have_one_id_and_no_look_alike_of_it_is_found_in_them():
    table = Table()
    a, gone = table.meet(('a', 40, 50), ('a', 150, 50))
    table.look(('a', 40, 50, SIZE, SIZE, 1.0))
    drawn = scene(('a', 40, 50, SIZE, SIZE, 1.0))
    masks = np.concatenate([drawn.masks, drawn.masks])
    masks[1, :44] = False  # a smaller outline of the same thing
    features = np.array([LOOKS['a'], LOOKS['a']], np.float32)
    index = SceneIndex.of(replace(drawn.frame, stamp=9.0), masks, features)
    table.memory.look(SceneSighting(index), [0, 1], {})
    assert table.memory.identify(list(masks), masks) == [a, a]
    assert not next(one for one in table.memory.objects if one.id == gone).is_visible


def test_a_flaw_of_one_picture_is_not_remembered_and_a_thing_of_an_answer_is():
    table = Table()
    table.meet(('a', 40, 50))
    flaw, = set(table.look(('a', 40, 50), ('b', 150, 50))) - {1}
    table.look(('a', 40, 50))
    assert [one.id for one in table.memory.objects] == [1]
    kept = table.look(('a', 40, 50), ('c', 150, 50))[1]
    table.memory.note_answered({kept: 'red mug'})
    table.look(('a', 40, 50))
    assert [(one.id, one.name) for one in table.memory.objects] == [(1, ''), (kept, 'red mug')]
    assert kept > flaw  # ids are never used again


def test_no_more_is_remembered_than_the_limits_allow_and_nothing_after_forgetting():
    table = Table(count=3, seconds=10.0)
    for _ in range(2):
        table.look(('a', 30, 50), ('b', 80, 50))
    for _ in range(2):
        table.look(('c', 30, 50), ('d', 80, 50))
    assert [one.id for one in table.memory.objects] == [2, 3, 4]
    table.look(('c', 30, 50), ('d', 80, 50), seconds=11.0)
    assert [one.id for one in table.memory.objects] == [3, 4]
    table.memory.forget()
    assert table.memory.objects == ()
    assert table.look(('c', 30, 50)) == [5]
    assert Table(seconds=0.0).look(('a', 30, 50)) == [1]
    nothing = Table(seconds=0.0)
    nothing.look(('a', 30, 50))
    assert nothing.memory.objects == ()


def test_a_clock_that_is_set_back_and_an_empty_picture_are_no_obstacle():
    table = Table()
    assert table.look() == []
    ids = table.look(('a', 30, 50))
    assert table.look(('a', 30, 50), seconds=-100.0) != ids
    assert len(table.memory.objects) == 1


def test_without_intrinsics_things_are_known_by_box_and_looks():
    table = Table()
    ids = table.look(('a', 30, 50), ('b', 90, 50))
    drawn = scene(('a', 32, 50, SIZE, SIZE), ('b', 92, 50, SIZE, SIZE), deep=False)
    features = np.array([LOOKS['a'], LOOKS['b']], np.float32)
    frame = Frame(np.zeros((*SHAPE, 3), np.uint8), stamp=7.0)
    index = SceneIndex.of(frame, drawn.masks, features)
    table.memory.look(SceneSighting(index), [0, 1], {})
    assert table.memory.identify(list(index.masks), index.masks) == ids


def test_every_picture_gives_each_thing_one_id_whatever_comes_and_goes():
    table, rng = Table(count=20), np.random.default_rng(1)
    for _ in range(60):
        chosen = rng.choice(24, rng.integers(0, 8), replace=False)
        things = [(rng.choice(list('abcd')), int(15 + 23 * (spot % 8)), int(16 + 32 * (spot // 8)))
                  for spot in chosen]
        ids = table.look(*things)
        assert 0 not in ids
        assert len(set(ids)) == len(ids)
        assert len(table.memory.objects) <= 20


def test_a_thing_within_another_has_an_id_of_its_own():
    table = Table()
    bowl, ball = table.meet(('a', 100, 50, 60, 60, 1.0), ('b', 100, 50, 20, 20, .9))
    assert bowl != ball
    assert table.look(('a', 104, 50, 60, 60, 1.0), ('b', 104, 50, 20, 20, .9)) == [bowl, ball]
    assert table.look(('a', 104, 50, 60, 60, 1.0)) == [bowl]


def test_what_is_half_hidden_is_still_the_same_where_it_was_seen_just_before():
    table = Table()
    a, = table.meet(('a', 100, 50))
    table.stamp += .3
    half = scene(('a', 100, 50, SIZE, SIZE, 1.0))
    features = np.array([.6 * LOOKS['a'] + .8 * LOOKS['d']], np.float32)
    index = SceneIndex.of(replace(half.frame, stamp=table.stamp), half.masks, features)
    table.memory.look(SceneSighting(index), [0], {})
    assert table.memory.identify(list(index.masks), index.masks) == [a]
    later = SceneIndex.of(replace(half.frame, stamp=table.stamp + 60), half.masks,
                          np.array([.6 * LOOKS['d'] + .8 * LOOKS['c']], np.float32))
    table.memory.look(SceneSighting(later), [0], {})
    assert table.memory.identify(list(later.masks), later.masks) != [a]
