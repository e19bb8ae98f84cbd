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
        self.thread = TrackingThread(
            self.frames, SimpleNamespace(last=None), self.settings, clock,
            Placer(Transforms(None), self.settings), self, self.errors.append)
        self.number = 0

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

    def found(self, *discs, status=Status.FOUND):
        """Return the answer that finds the first disc."""
        matched, masks = self.show(*discs)
        thing = Candidate(masks[0], (0, 0, 1, 1), 30.0, Location((0.0, 0.0), (0, 0)))
        return Answer(Command('7', 'the red disc', Time()),
                      Grounding(status, 'Found.', candidates=(thing,), count=1), matched)

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
    lambda rig: rig.thread.hear(rig.found(Disc('red', 60, 60), status=Status.NOT_FOUND)),
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
