# SPDX-License-Identifier: Apache-2.0
"""The thread that tracks the object of the last answer: what it tells, and when it lets go."""
import time
from types import SimpleNamespace

from builtin_interfaces.msg import Time
from drawn_table import Disc, take
import pytest
from std_msgs.msg import Header

from ris_ros.geometry.location import Location
from ris_ros.grounding.result import Candidate, Grounding
from ris_ros.node.command import Answer, Command, sentence
from ris_ros.node.conversions import from_pixels, to_rgb
from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.frame_matching import seconds
from ris_ros.node.image_clock import ImageClock
from ris_ros.node.parameters import LiveSettings, Mode, Settings
from ris_ros.node.placing import Placer
from ris_ros.node.tracking_thread import TrackingThread
from ris_ros.node.transforms import Transforms
from ris_ros.status import Status

TIMEOUT = 60


class Rig:
    """A tracking thread with all that it needs; it stands for the outputs too."""

    def __init__(self):
        self.frames, self.told, self.errors = FrameBuffer(), [], []
        self.settings = LiveSettings(Settings(mode=Mode.TRACK))
        self.lag = 0.0
        clock = ImageClock(self.settings, lambda: self.number / 10 + self.lag, lambda: False)
        self.outlines = {}
        self.thread = TrackingThread(
            self.frames, SimpleNamespace(last=None), self.settings, clock,
            Placer(Transforms(None), self.settings), self, self.errors.append, self.hold)
        self.number = 0

    def hold(self, outlines):
        """Keep the objects that are reported as held."""
        self.outlines = outlines

    def publish_target(self, messages):
        """Keep what was to be published."""
        self.told.append(messages)

    def show(self, *discs):
        """Let the camera take a picture; return its frame and masks as the node sees it."""
        self.number += 1
        drawn, masks = take(*discs, stamp=self.number / 10)
        header = Header(stamp=Time(nanosec=self.number * 10**8), frame_id='optical')
        self.frames.add_colour(from_pixels(drawn.image, 'rgb8', header), 0.0)
        return self.frames.newest(), masks

    def found(self, *discs, status=Status.FOUND, ids=(0,), command_id='7'):
        """Return the answer that finds the first discs, as many as there are ids of them."""
        matched, masks = self.show(*discs)
        things = tuple(
            Candidate(mask, (0, 0, 1, 1), 30.0, Location((0.0, 0.0), (0, 0)), object_id=id_)
            for mask, id_ in zip(masks, ids, strict=False))
        return Answer(Command(command_id, 'the red disc', Time()),
                      Grounding(status, 'Found.', candidates=things, count=len(things)), matched)

    def held(self, *discs):
        """Show a frame; return what was told of each object in it, by their ids."""
        count = len(self.told)
        matched, _ = self.show(*discs)
        deadline = time.monotonic() + TIMEOUT

        def told():
            return {one.target.object_id: one for one in self.told[count:]
                    if seconds(one.target.header.stamp) == matched.frame.stamp}
        while len(told()) < len(self.thread._held):
            assert time.monotonic() < deadline, self.errors
            time.sleep(.005)
        return told()

    def await_told(self, stamp):
        """Wait until a frame has been told of, and return what was said."""
        deadline = time.monotonic() + TIMEOUT
        while not self.told or seconds(self.told[-1].target.header.stamp) < stamp:
            assert time.monotonic() < deadline, self.errors
            time.sleep(.005)
        return self.told[-1]


@pytest.fixture
def rig():
    rig = Rig()
    yield rig
    rig.thread.close(TIMEOUT)
    assert not rig.errors


def test_found_object_is_told_of_in_every_later_frame(rig):
    rig.thread.hear(rig.found(Disc('red', 60, 60)))
    for step in range(1, 4):
        matched, masks = rig.show(Disc('red', 60 + 3 * step, 60))
        told = rig.await_told(matched.frame.stamp)
        assert (told.target.command_id, told.target.status) == ('7', Status.FOUND)
        mask = to_rgb(told.mask)[..., 0] > 0
        assert (mask & masks[0]).sum() > .8 * masks[0].sum()


def test_object_that_leaves_the_picture_is_lost(rig):
    rig.thread.hear(rig.found(Disc('red', 60, 60)))
    matched, _ = rig.show(Disc('red', 63, 60))
    rig.await_told(matched.frame.stamp)
    matched, _ = rig.show()
    assert rig.await_told(matched.frame.stamp).target.status == Status.LOST


def switch_to_answers(rig):
    """Change the mode, and wait until the thread has taken note of it."""
    rig.settings.value = Settings(mode=Mode.ANSWER)
    rig.show(Disc('red', 62, 60))
    deadline = time.monotonic() + TIMEOUT
    while rig.thread.is_tracking:
        assert time.monotonic() < deadline
        time.sleep(.005)


@pytest.mark.parametrize('end', [
    lambda rig: rig.thread.let_go(),
    lambda rig: rig.thread.hear(rig.found(Disc('red', 60, 60), status=Status.STOPPED)),
    switch_to_answers,
])
def test_what_was_let_go_is_not_told_of_any_more(rig, end):
    rig.thread.hear(rig.found(Disc('red', 60, 60)))
    matched, _ = rig.show(Disc('red', 61, 60))
    rig.await_told(matched.frame.stamp)
    end(rig)
    count = len(rig.told)
    rig.show(Disc('red', 62, 60))
    # The next object is taken and told of, and nothing was said in between.
    rig.settings.value = Settings(mode=Mode.TRACK)
    rig.thread.hear(rig.found(Disc('red', 63, 60)))
    matched, _ = rig.show(Disc('red', 64, 60))
    rig.await_told(matched.frame.stamp)
    assert len(rig.told) == count + 1


@pytest.mark.parametrize('end', [
    lambda rig: rig.thread.let_go(),
    lambda rig: rig.thread.hear(rig.found(Disc('red', 60, 60), status=Status.STOPPED)),
])
def test_late_answer_to_a_command_that_came_before_all_was_let_go_is_not_held(rig, end):
    late = rig.found(Disc('red', 60, 60))
    end(rig)
    rig.thread.hear(late)
    assert not rig.thread.is_tracking
    rig.thread.hear(rig.found(Disc('red', 60, 60)))
    assert rig.thread.is_tracking


def test_answers_in_the_other_mode_are_not_held(rig):
    rig.settings.value = Settings(mode=Mode.ANSWER)
    rig.thread.hear(rig.found(Disc('red', 60, 60)))
    rig.settings.value = Settings(mode=Mode.TRACK)
    rig.show(Disc('red', 61, 60))
    rig.thread.close(TIMEOUT)
    assert rig.told == []


def test_failure_is_reported_and_the_next_object_is_held(rig):
    broken = rig.found(Disc('red', 60, 60))
    broken.grounding.candidates[0].mask[:] = False
    rig.thread.hear(broken)
    rig.show(Disc('red', 61, 60))
    deadline = time.monotonic() + TIMEOUT
    while not rig.errors:
        assert time.monotonic() < deadline
        time.sleep(.005)
    while rig.thread.is_tracking:
        assert time.monotonic() < deadline
        time.sleep(.005)
    assert rig.told[-1].target.status == Status.LOST
    assert rig.told[-1].target.message.startswith(f'Tracking has failed: {sentence(rig.errors[0])}')
    rig.errors.clear()
    rig.thread.hear(rig.found(Disc('red', 62, 60)))
    matched, _ = rig.show(Disc('red', 63, 60))
    assert rig.await_told(matched.frame.stamp).target.status == Status.FOUND


def test_object_is_lost_while_the_images_are_not_of_now_and_found_again(rig):
    rig.thread.hear(rig.found(Disc('red', 60, 60)))
    matched, _ = rig.show(Disc('red', 61, 60))
    rig.await_told(matched.frame.stamp)
    for lag, reason in ((-30.0, "30.0 s ahead of the node's clock"), (30.0, '30.0 s old')):
        rig.lag = lag
        matched, _ = rig.show(Disc('red', 62, 60))
        told = rig.await_told(matched.frame.stamp)
        assert told.target.status == Status.LOST
        assert reason in told.target.message
        assert told.mask is None
    rig.lag = 0.0
    matched, _ = rig.show(Disc('red', 63, 60))
    assert rig.await_told(matched.frame.stamp).target.status == Status.FOUND


@pytest.mark.slow
def test_object_is_lost_when_no_more_images_come_and_found_when_they_do(rig):
    rig.thread.hear(rig.found(Disc('red', 60, 60)))
    matched, _ = rig.show(Disc('red', 61, 60))
    rig.await_told(matched.frame.stamp)
    rig.lag = 30.0
    deadline = time.monotonic() + TIMEOUT
    while rig.told[-1].target.status != Status.LOST:
        assert time.monotonic() < deadline
        time.sleep(.005)
    assert '30.0 s old' in rig.told[-1].target.message
    count = len(rig.told)
    time.sleep(1.2)
    assert len(rig.told) == count  # it is said once
    rig.lag = 0.0
    matched, _ = rig.show(Disc('red', 62, 60))
    assert rig.await_told(matched.frame.stamp).target.status == Status.FOUND


@pytest.mark.parametrize(('scale', 'frame_id', 'now'), [
    (2, 'optical', "pixels in the frame 'optical'"), (1, 'other', "pixels in the frame 'other'")])
def test_object_is_let_go_with_a_sentence_when_the_camera_is_another(rig, scale, frame_id, now):
    rig.thread.hear(rig.found(Disc('red', 60, 60)))
    matched, _ = rig.show(Disc('red', 61, 60))
    rig.await_told(matched.frame.stamp)
    image = matched.frame.image.repeat(scale, 0).repeat(scale, 1)
    rig.number += 1
    rig.frames.add_colour(from_pixels(image, 'rgb8', Header(
        stamp=Time(nanosec=rig.number * 10**8), frame_id=frame_id)), 0.0)
    told = rig.await_told(rig.number / 10)
    assert told.target.status == Status.LOST
    assert now in told.target.message
    assert 'say the command again' in told.target.message
    assert not rig.thread.is_tracking


def test_object_is_let_go_with_a_sentence_when_the_clock_jumps_back(rig):
    rig.number = 100
    rig.thread.hear(rig.found(Disc('red', 60, 60)))
    matched, _ = rig.show(Disc('red', 61, 60))
    rig.await_told(matched.frame.stamp)
    rig.number, count = 20, len(rig.told)
    rig.show(Disc('red', 62, 60))
    deadline = time.monotonic() + TIMEOUT
    while len(rig.told) == count:
        assert time.monotonic() < deadline
        time.sleep(.005)
    assert rig.told[-1].target.status == Status.LOST
    assert 'The clock has jumped back' in rig.told[-1].target.message
    assert not rig.thread.is_tracking
    # An answer of the new time is tracked at once.
    rig.thread.hear(rig.found(Disc('red', 63, 60)))
    matched, _ = rig.show(Disc('red', 64, 60))
    deadline = time.monotonic() + TIMEOUT
    while seconds(rig.told[-1].target.header.stamp) != matched.frame.stamp:
        assert time.monotonic() < deadline
        time.sleep(.005)
    assert rig.told[-1].target.status == Status.FOUND


def test_object_without_a_position_is_told_of_with_the_reason(rig):
    rig.thread.hear(rig.found(Disc('red', 60, 60)))
    matched, _ = rig.show(Disc('red', 61, 60))
    target = rig.await_told(matched.frame.stamp).target
    assert (target.status, target.has_pose) == (Status.FOUND, False)
    assert 'It has no position (NO_DEPTH): No depth image has been received.' in target.message


RED, BLUE, THIRD = Disc('red', 40, 60), Disc('blue', 100, 60), Disc('red', 100, 15)


@pytest.mark.parametrize('status', [
    Status.NOT_FOUND, Status.AMBIGUOUS, Status.ANSWERED, Status.BAD_COMMAND, Status.UNKNOWN])
def test_no_other_verdict_disturbs_an_object_that_is_held(rig, status):
    rig.thread.hear(rig.found(RED, BLUE, ids=(1,)))
    rig.thread.hear(rig.found(BLUE, RED, status=status, ids=(2,), command_id='8'))
    told = rig.held(RED, BLUE)
    assert list(told) == [1]
    assert told[1].target.status == Status.FOUND


def test_several_objects_are_held_each_with_its_id_and_the_newest_one_on_the_other_topics(rig):
    rig.thread.hear(rig.found(RED, BLUE, ids=(1,), command_id='7'))
    rig.thread.hear(rig.found(BLUE, RED, ids=(2,), command_id='8'))
    told = rig.held(Disc('red', 42, 60), Disc('blue', 98, 60))
    assert {id_: (one.target.command_id, one.target.status) for id_, one in told.items()} == {
        1: ('7', Status.FOUND), 2: ('8', Status.FOUND)}
    assert told[1].target.centroid[0] == pytest.approx(42, abs=2)
    assert told[2].target.centroid[0] == pytest.approx(98, abs=2)
    assert told[1].mask is None
    assert told[2].mask is not None
    # One of them is hidden, and the other one is not disturbed by that.
    told = rig.held(Disc('red', 43, 60))
    assert (told[1].target.status, told[2].target.status) == (Status.FOUND, Status.LOST)
    assert rig.thread.let_go(1) == [1]
    assert list(rig.held(Disc('red', 43, 60), Disc('blue', 98, 60))) == [2]
    assert rig.thread.let_go(77) == []
    assert rig.thread.let_go() == [2]
    rig.show(RED)
    deadline = time.monotonic() + TIMEOUT
    while rig.outlines:
        assert time.monotonic() < deadline
        time.sleep(.005)


def test_all_of_a_plural_are_held_one_by_one(rig):
    rig.thread.hear(rig.found(RED, BLUE, ids=(1, 2)))
    told = rig.held(RED, BLUE)
    assert {id_: round(float(one.target.centroid[0])) for id_, one in told.items()} == {
        1: pytest.approx(40, abs=2), 2: pytest.approx(100, abs=2)}
    assert told[1].mask is not None  # the best one
    assert told[2].mask is None


def test_the_same_object_is_held_once_by_the_newest_command(rig):
    rig.thread.hear(rig.found(RED, ids=(1,)))
    rig.held(RED)
    rig.thread.hear(rig.found(RED, ids=(1,), command_id='8'))
    rig.held(RED)
    rig.thread.hear(rig.found(RED, ids=(5,), command_id='9'))  # the same pixels
    told = rig.held(RED)
    assert [(id_, one.target.command_id) for id_, one in told.items()] == [(5, '9')]


def test_one_more_than_max_targets_takes_the_place_of_a_lost_one_or_of_the_oldest(rig):
    rig.settings.value = Settings(mode=Mode.TRACK, max_targets=2)
    for id_, disc in ((1, RED), (2, BLUE)):
        rig.thread.hear(rig.found(disc, *({RED, BLUE} - {disc}), ids=(id_,)))
        rig.held(RED, BLUE)
    rig.held(RED)  # the second one is lost
    rig.thread.hear(rig.found(THIRD, RED, ids=(3,)))
    assert rig.told[-1].target.object_id == 2
    assert 'no more than 2 are held' in rig.told[-1].target.message
    assert sorted(rig.held(RED, THIRD)) == [1, 3]
    rig.thread.hear(rig.found(BLUE, RED, THIRD, ids=(4,)))
    assert sorted(rig.held(RED, BLUE, THIRD)) == [3, 4]
