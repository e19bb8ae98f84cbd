"""An object is held while it, others, the camera and the light move; lost, and found again."""
from drawn_table import BLUE, RED, Disc, index, take
import numpy as np
import pytest

from ris_ros.status import Status
from ris_ros.tracking.tracker import Tracker

RATE = 10.0
GONE = Disc('red', -50, -50)


def iou(one, other):
    return (one & other).sum() / max((one | other).sum(), 1)


def hold(scenes, every=0, tracker=None, **taken):
    """Hold the first disc through scenes (discs and what take needs); return what was held.

    every: how often the tracker gets an index.
    """
    story = []
    for number, (discs, changes) in enumerate(scenes):
        frame, masks = take(*discs, stamp=number / RATE, **{**taken, **changes})
        if tracker is None:
            tracker = Tracker(frame, masks[0])
            tracker.recognise(index(frame, masks, discs))
            continue
        held = tracker.follow(frame)
        if every and number % every == 0:
            tracker.recognise(index(frame, masks, discs))
        story.append((held, masks))
    return story


def assert_held(story):
    for held, masks in story:
        assert held.status is Status.FOUND
        assert iou(held.mask, masks[0]) > .7
        assert held.confidence > .5


@pytest.mark.parametrize('depth', [True, False])
def test_object_that_is_pushed_is_held(depth):
    assert_held(hold([((Disc('red', 40 + 3 * n, 60 + n), BLUE), {}) for n in range(15)],
                     depth=depth))


@pytest.mark.parametrize('depth', [True, False])
def test_object_is_held_by_a_camera_that_moves(depth):
    assert_held(hold([((RED, BLUE), {'camera': 2.0 * n}) for n in range(15)], depth=depth))


def test_light_that_fades_is_followed():
    assert_held(hold([((RED, BLUE), {'light': 1 - .03 * n}) for n in range(15)]))


def test_other_that_moves_changes_nothing():
    assert_held(hold([((RED, Disc('blue', 150 - 4 * n, 100)), {}) for n in range(20)]))


@pytest.mark.parametrize('depth', [True, False])
def test_hidden_object_is_lost_and_found_again_where_it_was(depth):
    story = hold([((RED, BLUE), {'board': -50 + 8 * n}) for n in range(26)], depth=depth)
    statuses = [held.status for held, _ in story]
    for held, masks in story:
        shown = masks[0].sum() / 613
        if shown < .05:
            assert held.status is Status.LOST
            assert not held.mask.any()
        if shown > .6:
            assert held.status is Status.FOUND
            assert iou(held.mask, masks[0]) > (.7 if depth else .6)
    assert statuses.count(Status.LOST) >= 3
    assert statuses[-1] is Status.FOUND


def test_object_that_the_camera_loses_is_found_again_where_it_was():
    ways = [4.0 * n for n in range(22)] + [4.0 * n for n in range(22, -1, -1)]
    story = hold([((RED, BLUE), {'camera': way}) for way in ways])
    assert story[21][0].status is Status.LOST
    held, masks = story[-1]
    assert held.status is Status.FOUND
    assert iou(held.mask, masks[0]) > .7


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
    story = hold(moved_while_hidden(BLUE), every=3)
    held, masks = story[-1]
    assert held.status is Status.FOUND
    assert iou(held.mask, masks[0]) > .7


@pytest.mark.parametrize('depth', [True, False])
def test_object_that_was_moved_while_hidden_is_known_by_its_colours_before_any_index(depth):
    held, masks = hold(moved_while_hidden(BLUE), depth=depth)[-1]
    assert held.status is Status.FOUND
    assert iou(held.mask, masks[0]) > .7


def test_object_that_was_moved_while_hidden_is_known_where_its_like_have_not_moved():
    held, masks = hold(moved_while_hidden(Disc('red', 110, 95)), every=5)[-1]
    assert held.status is Status.FOUND
    assert iou(held.mask, masks[0]) > .7


def test_its_like_that_was_moved_while_the_object_is_hidden_is_not_taken_for_it():
    scenes = gone_while_hidden(Disc('red', 110, 95), Disc('red', 95, 40), 30)
    story = hold(scenes, every=5)
    assert not any((held.mask & masks[1]).any() for held, masks in story)
    assert story[-1][0].status is Status.LOST


@pytest.mark.parametrize('camera', [0, -30])
def test_its_like_that_was_hidden_in_an_index_is_not_taken_for_it(camera):
    # The board hides the twin, then the object, which is gone when it is put away.
    def scenes():
        for n in range(24):
            there = Disc('red', 110, 60)
            board = -50 if n < 4 else -2 if n < 9 else 85 if n < 18 else -50
            yield (there if n < 9 else GONE, Disc('red', 20, 60), BLUE), {
                'board': board, 'camera': 0 if n < 9 else camera}
    story = hold(scenes(), every=6)
    assert not any((held.mask & masks[1]).any() for held, masks in story)
    assert story[-1][0].status is Status.LOST


def jumps(*others):
    """Return scenes in which the red disc is further off in one frame than it is long."""
    for n in range(12):
        yield (Disc('red', 50 if n < 6 else 95, 60), *others), {}


def test_what_is_too_fast_for_flow_is_held_where_nothing_else_looks_like_it():
    assert_held(hold(jumps(BLUE)))


def test_what_is_too_fast_for_flow_is_not_guessed_where_its_like_is_about():
    story = hold(jumps(Disc('red', 40, 95)), every=2)
    assert story[5][0].status is Status.LOST
    assert not any((held.mask & masks[1]).any() for held, masks in story)


@pytest.mark.parametrize('is_about', [True, False])
def test_index_that_doubts_it_loses_it_only_where_its_like_is_seen(is_about):
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


def test_what_has_its_colours_alone_is_given_up_by_the_next_index():
    def scenes():
        return gone_while_hidden(Disc('scarlet', -50, 60), Disc('scarlet', 95, 60))
    assert hold(scenes())[-1][0].status is Status.FOUND  # by its colours, as far as they tell
    assert hold(scenes(), every=5)[-1][0].status is Status.LOST


def test_its_like_is_not_taken_for_it():
    # The object is gone after it was hidden, and its twin is still there.
    twin = Disc('red', 110, 95)
    scenes = [((RED, twin), {'board': -50 + 8 * n}) for n in range(13)]
    scenes += [((GONE, twin), {'board': -50 + 8 * n}) for n in range(13, 30)]
    for held, masks in hold(scenes, every=2):
        assert iou(held.mask, masks[1]) < .05
    assert held.status is Status.LOST


@pytest.mark.parametrize('speed', [3, 5, 8])
def test_what_hides_it_in_its_own_colour_is_not_taken_for_it(speed):
    gray = Disc('gray', 60, 60)
    scenes = [((gray, BLUE), {'board': -50 + speed * n}) for n in range(210 // speed)]
    for held, masks in hold(scenes):
        assert (held.mask & ~masks[0]).sum() < .2 * 613
    assert held.status is Status.FOUND
    assert iou(held.mask, masks[0]) > .7


def test_what_has_some_of_its_colours_is_not_taken_for_it_while_it_is_hidden():
    # A larger and plain one of its colours is put beside it; the object is gone.
    scenes = gone_while_hidden(Disc('bright red', -50, 60, 16), Disc('bright red', 110, 60, 16))
    for held, masks in hold(scenes):
        assert not (held.mask & masks[1]).any()
    assert held.status is Status.LOST


def test_index_of_an_earlier_frame_corrects_the_outline():
    frame, masks = take(RED, BLUE)
    rough = np.roll(masks[0], 5, axis=1)
    tracker = Tracker(frame, rough)
    scene = index(frame, masks, (RED, BLUE))
    for n in range(1, 5):
        discs = Disc('red', 60 + 2 * n, 60), BLUE
        later, later_masks = take(*discs, stamp=n / RATE)
        held = tracker.follow(later)
    assert iou(held.mask, later_masks[0]) < .8
    tracker.recognise(scene)
    later, later_masks = take(Disc('red', 70, 60), BLUE, stamp=5 / RATE)
    assert iou(tracker.follow(later).mask, later_masks[0]) > .85


def test_index_of_a_frame_that_was_not_followed_is_left_alone():
    frame, masks = take(RED, BLUE)
    tracker = Tracker(frame, masks[0])
    old, old_masks = take(BLUE, RED, stamp=77.0)
    tracker.recognise(index(old, old_masks, (BLUE, RED)))
    assert iou(tracker.follow(take(RED, BLUE, stamp=.1)[0]).mask, masks[0]) > .9
