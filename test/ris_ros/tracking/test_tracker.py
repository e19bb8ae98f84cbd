# SPDX-License-Identifier: Apache-2.0
"""An object is tracked while it, others, the camera and the light move; lost, and found again."""
from drawn_table import BLUE, RED, Disc, index, take
import numpy as np
import pytest

from ris_ros.status import Status
from ris_ros.tracking.tracker import Tracker

RATE = 10.0
GONE = Disc('red', -50, -50)


def iou(one, other):
    return (one & other).sum() / max((one | other).sum(), 1)


def run_tracker(scenes, every=0, tracker=None, **taken):
    """Track the first disc through scenes (discs and arguments of take); return the tracks.

    every: how often the tracker gets an index.
    """
    story = []
    for number, (discs, changes) in enumerate(scenes):
        frame, masks = take(*discs, stamp=number / RATE, **{**taken, **changes})
        if tracker is None:
            tracker = Tracker(frame, masks[0])
            tracker.recognise(index(frame, masks, discs))
            continue
        track = tracker.follow(frame)
        if every and number % every == 0:
            tracker.recognise(index(frame, masks, discs))
        story.append((track, masks))
    return story


def assert_tracked(story):
    for track, masks in story:
        assert track.status is Status.FOUND
        assert iou(track.mask, masks[0]) > .7
        assert track.confidence > .5


@pytest.mark.parametrize('depth', [True, False])
def test_object_that_is_pushed_is_tracked(depth):
    scenes = [((Disc('red', 40 + 3 * n, 60 + n), BLUE), {}) for n in range(15)]
    assert_tracked(run_tracker(scenes, depth=depth))


@pytest.mark.parametrize('depth', [True, False])
def test_object_is_tracked_by_a_camera_that_moves(depth):
    scenes = [((RED, BLUE), {'camera': 2.0 * n}) for n in range(15)]
    assert_tracked(run_tracker(scenes, depth=depth))


def test_light_that_fades_is_followed():
    assert_tracked(run_tracker([((RED, BLUE), {'light': 1 - .03 * n}) for n in range(15)]))


def test_other_that_moves_changes_nothing():
    assert_tracked(run_tracker([((RED, Disc('blue', 150 - 4 * n, 100)), {}) for n in range(20)]))


@pytest.mark.parametrize('depth', [True, False])
def test_hidden_object_is_lost_and_found_again_where_it_was(depth):
    story = run_tracker([((RED, BLUE), {'board': -50 + 8 * n}) for n in range(26)], depth=depth)
    statuses = [track.status for track, _ in story]
    for track, masks in story:
        shown = masks[0].sum() / 613
        if shown < .05:
            assert track.status is Status.LOST
            assert not track.mask.any()
        if shown > .6:
            assert track.status is Status.FOUND
            assert iou(track.mask, masks[0]) > (.7 if depth else .6)
    assert statuses.count(Status.LOST) >= 3
    assert statuses[-1] is Status.FOUND


def test_object_that_the_camera_loses_is_found_again_where_it_was():
    ways = [4.0 * n for n in range(22)] + [4.0 * n for n in range(22, -1, -1)]
    story = run_tracker([((RED, BLUE), {'camera': way}) for way in ways])
    assert story[21][0].status is Status.LOST
    track, masks = story[-1]
    assert track.status is Status.FOUND
    assert iou(track.mask, masks[0]) > .7


def moved_while_hidden(*others):
    """Return scenes in which the red disc is moved behind the board."""
    for n in range(30):
        x = 60 if n < 11 else 95
        yield (Disc('red', x, 60), *others), {'board': -50 + 9 * n}


def gone_while_hidden(before, after, count=40):
    """Return scenes in which the red disc goes behind the board, and another one comes or moves."""
    for n in range(count):
        yield (RED if n < 11 else GONE, before if n < 12 else after, BLUE), {'board': -50 + 9 * n}


def test_object_that_was_moved_while_hidden_is_recognised():
    story = run_tracker(moved_while_hidden(BLUE), every=3)
    track, masks = story[-1]
    assert track.status is Status.FOUND
    assert iou(track.mask, masks[0]) > .7


@pytest.mark.parametrize('depth', [True, False])
def test_object_that_was_moved_while_hidden_is_found_by_its_colours_before_any_index(depth):
    track, masks = run_tracker(moved_while_hidden(BLUE), depth=depth)[-1]
    assert track.status is Status.FOUND
    assert iou(track.mask, masks[0]) > .7


def test_object_that_was_moved_while_hidden_is_found_when_its_lookalikes_have_not_moved():
    track, masks = run_tracker(moved_while_hidden(Disc('red', 110, 95)), every=5)[-1]
    assert track.status is Status.FOUND
    assert iou(track.mask, masks[0]) > .7


def test_lookalike_that_was_moved_while_the_object_is_hidden_is_not_taken_for_it():
    scenes = gone_while_hidden(Disc('red', 110, 95), Disc('red', 95, 40), 30)
    story = run_tracker(scenes, every=5)
    assert not any((track.mask & masks[1]).any() for track, masks in story)
    assert story[-1][0].status is Status.LOST


@pytest.mark.parametrize('camera', [0, -30])
def test_lookalike_that_was_hidden_in_an_index_is_not_taken_for_it(camera):
    # The board hides the twin, then the object, which is gone when it is put away.
    def scenes():
        for n in range(24):
            there = Disc('red', 110, 60)
            board = -50 if n < 4 else -2 if n < 9 else 85 if n < 18 else -50
            yield (there if n < 9 else GONE, Disc('red', 20, 60), BLUE), {
                'board': board, 'camera': 0 if n < 9 else camera}
    story = run_tracker(scenes(), every=6)
    assert not any((track.mask & masks[1]).any() for track, masks in story)
    assert story[-1][0].status is Status.LOST


def jumps(*others):
    """Return scenes in which the red disc is further off in one frame than it is long."""
    for n in range(12):
        yield (Disc('red', 50 if n < 6 else 95, 60), *others), {}


def test_object_too_fast_for_flow_is_tracked_when_nothing_else_looks_like_it():
    assert_tracked(run_tracker(jumps(BLUE)))


def test_object_too_fast_for_flow_is_not_guessed_when_a_lookalike_is_near():
    story = run_tracker(jumps(Disc('red', 40, 95)), every=2)
    assert story[5][0].status is Status.LOST
    assert not any((track.mask & masks[1]).any() for track, masks in story)


@pytest.mark.parametrize('is_about', [True, False])
def test_index_with_another_object_loses_it_only_when_a_lookalike_is_visible(is_about):
    # The twin was seen once; whether it still is decides.
    twin = Disc('red', 110, 95)
    frame, masks = take(RED, twin)
    tracker = Tracker(frame, masks[0])
    tracker.recognise(index(frame, masks, (RED, twin)))
    discs = RED, twin if is_about else GONE
    frame, masks = take(*discs, stamp=.1)
    assert tracker.follow(frame).status is Status.FOUND
    tracker.recognise(index(frame, masks, (Disc('scarlet', RED.x, RED.y), discs[1])))
    assert tracker.is_lost is is_about


@pytest.mark.slow
def test_object_with_the_same_colours_is_given_up_at_the_next_index():
    def scenes():
        return gone_while_hidden(Disc('scarlet', -50, 60), Disc('scarlet', 95, 60))
    # Its colours alone cannot tell.
    assert run_tracker(scenes())[-1][0].status is Status.FOUND
    assert run_tracker(scenes(), every=5)[-1][0].status is Status.LOST


def test_lookalike_is_not_taken_for_it():
    # The object is gone after it was hidden, and its twin is still there.
    twin = Disc('red', 110, 95)
    scenes = [((RED, twin), {'board': -50 + 8 * n}) for n in range(13)]
    scenes += [((GONE, twin), {'board': -50 + 8 * n}) for n in range(13, 30)]
    for track, masks in run_tracker(scenes, every=2):
        assert iou(track.mask, masks[1]) < .05
    assert track.status is Status.LOST


@pytest.mark.slow
@pytest.mark.parametrize('speed', [3, 5, 8])
def test_object_of_its_colour_that_hides_it_is_not_taken_for_it(speed):
    gray = Disc('gray', 60, 60)
    scenes = [((gray, BLUE), {'board': -50 + speed * n}) for n in range(210 // speed)]
    for track, masks in run_tracker(scenes):
        assert (track.mask & ~masks[0]).sum() < .2 * 613
    assert track.status is Status.FOUND
    assert iou(track.mask, masks[0]) > .7


@pytest.mark.slow
def test_object_with_some_of_its_colours_is_not_taken_for_it_while_it_is_hidden():
    # A larger and plain one of its colours is put beside it; the object is gone.
    scenes = gone_while_hidden(Disc('bright red', -50, 60, 16), Disc('bright red', 110, 60, 16))
    for track, masks in run_tracker(scenes):
        assert not (track.mask & masks[1]).any()
    assert track.status is Status.LOST


def test_index_of_an_earlier_frame_corrects_the_outline():
    frame, masks = take(RED, BLUE)
    rough = np.roll(masks[0], 5, axis=1)
    tracker = Tracker(frame, rough)
    scene = index(frame, masks, (RED, BLUE))
    for n in range(1, 5):
        discs = Disc('red', 60 + 2 * n, 60), BLUE
        later, later_masks = take(*discs, stamp=n / RATE)
        track = tracker.follow(later)
    assert iou(track.mask, later_masks[0]) < .8
    tracker.recognise(scene)
    later, later_masks = take(Disc('red', 70, 60), BLUE, stamp=5 / RATE)
    assert iou(tracker.follow(later).mask, later_masks[0]) > .85


def test_index_of_a_frame_that_was_not_followed_is_ignored():
    frame, masks = take(RED, BLUE)
    tracker = Tracker(frame, masks[0])
    old, old_masks = take(BLUE, RED, stamp=77.0)
    tracker.recognise(index(old, old_masks, (BLUE, RED)))
    assert iou(tracker.follow(take(RED, BLUE, stamp=.1)[0]).mask, masks[0]) > .9
