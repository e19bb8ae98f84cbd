# SPDX-License-Identifier: Apache-2.0
"""The builder thread: what it builds when, whom it gives way to, and how it ends."""
from dataclasses import dataclass
import threading
import time

from builtin_interfaces.msg import Time
import numpy as np
import pytest
from sensor_msgs.msg import CameraInfo
from std_msgs.msg import Header
import torch

from ris_ros.chunks import IndexDelay
from ris_ros.node.command import Command, Job, Source
from ris_ros.node.conversions import from_pixels
from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.index_session import IndexingStopped
from ris_ros.node.indexer import Indexer
from ris_ros.node.parameters import LiveSettings, Settings

TIMEOUT = 20


@dataclass
class Update:
    """What an updater returns."""

    scene: object
    reused: float
    fallback: str = ''
    note: str = ''
    has_other_models: bool = False


class Model:
    """Stands for the models: each build takes two chunks, and the first can be held."""

    def __init__(self):
        self.begun, self.go, self.held = threading.Semaphore(0), threading.Semaphore(0), False
        self.indexed, self.abandoned, self.error = [], [], None
        self.awaited = []
        self.is_due = self.still = False
        self.pool_fault = ''
        self.on_update = lambda: None

    def unchanged(self, frame):
        """Return the frame itself, where nothing moves."""
        return Update(frame, 1.0) if self.still else None

    def renew(self, frame, give_way, is_awaited):
        """Return the frame itself."""
        return self.update(frame, give_way, is_awaited, 0.0)

    def update(self, frame, give_way, is_awaited, reused=.5):
        """Return the frame itself."""
        self.awaited.append(is_awaited)
        self.begun.release()
        self.on_update()
        if self.held:
            assert self.go.acquire(timeout=TIMEOUT)
        if self.error is not None:
            raise self.error
        try:
            give_way()
        except BaseException:
            self.abandoned.append(frame.stamp)
            raise
        self.indexed.append(frame.stamp)
        return Update(frame, reused)


@pytest.fixture
def model():
    return Model()


@pytest.fixture
def frames():
    frames = FrameBuffer(beginning=0.0)
    add(frames, 1.0)
    return frames


@pytest.fixture
def errors():
    return []


@pytest.fixture
def make(frames, errors):
    made = []

    def build(**settings):
        settings = Settings(**{'index_rate': 1000.0, **settings})
        made.append(Indexer(frames, LiveSettings(settings), errors.append))
        return made[-1]
    yield build
    for indexer in made:
        indexer.close()


def add(frames, stamp):
    frames.add_colour(from_pixels(np.zeros((4, 6, 3), np.uint8), 'rgb8', Header()), stamp)


def add_depth(frames, stamp):
    frames.add_depth(from_pixels(np.ones((4, 6), np.float32), '32FC1', Header()), stamp)


@pytest.fixture
def placed(make, frames, model):
    """Return an indexer that has indexed an image with its depth."""
    add_depth(frames, 1.0)
    indexer = make()
    indexer.start(model, 1)
    wait(lambda: indexer.last)
    return indexer


def wait(condition):
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(.001)


def job():
    return Job(Command('1', 'the red mug', Time()), Source.TOPIC)


@pytest.mark.parametrize(('policy', 'reused'), [('continuous', 0.0), ('on_change', .5)])
def test_each_new_frame_is_indexed_unasked(make, frames, model, policy, reused):
    indexer = make(index_policy=policy)
    assert indexer.last is None
    indexer.start(model, 1)
    wait(lambda: indexer.last)
    add(frames, 2.0)
    wait(lambda: indexer.last.matched.frame.stamp == 2.0)
    assert model.indexed == [1.0, 2.0]
    assert (indexer.health.stamp, indexer.health.reused) == (2.0, reused)


def test_number_of_threads_is_that_of_the_last_start(make, frames, model, own_threads):
    seen = []
    model.on_update = lambda: seen.append(torch.get_num_threads())
    indexer = make()
    for count in (1, 3, 2):
        indexer.start(model, count)
        wait(lambda: indexer.last)
        indexer.stop()
    assert seen == [1, 3, 2]


def test_on_command_nothing_is_indexed_unasked(make, frames, model):
    indexer = make(index_policy='on_command')
    indexer.start(model, 1)
    add(frames, 2.0)
    assert indexer.await_index(frames.newest(), 2.0, job()).matched.frame.stamp == 2.0
    assert model.indexed == [2.0]


@pytest.mark.parametrize(('policy', 'reused'), [('on_change', .5), ('on_command', 0.0)])
def test_command_waits_for_a_build_from_nothing_only_where_there_is_no_other_time_for_it(
        make, frames, model, policy, reused):
    indexer = make(index_policy=policy, index_rate=.01)
    indexer.start(model, 1)
    indexer.await_index(frames.newest(), 1.0, job())
    model.is_due = True
    add(frames, 2.0)
    assert indexer.await_index(frames.newest(), 2.0, job()).reused == reused


def test_what_is_due_is_built_when_no_command_waits(make, frames, model):
    model.is_due = True
    indexer = make()
    indexer.start(model, 1)
    wait(lambda: indexer.last)
    assert indexer.last.reused == 0


def test_an_image_is_not_indexed_unasked_before_its_depth_is_there(placed, frames, model):
    add(frames, 2.0)
    # A command does not wait for it here: that patience is the answerer's.
    assert placed.await_index(frames.newest(), 2.0, job()).matched.frame.depth is None
    add(frames, 3.0)
    add_depth(frames, 3.0)
    wait(lambda: placed.last.matched.frame.stamp == 3.0)
    assert placed.last.matched.frame.depth is not None
    assert model.indexed == [1.0, 2.0, 3.0]


def test_depth_that_does_not_come_any_more_is_not_waited_for(placed, frames):
    add(frames, 30.0)
    wait(lambda: placed.last.matched.frame.stamp == 30.0)


def test_the_first_depth_and_camera_info_are_waited_for(make, frames, model):
    frames.beginning = TIMEOUT
    add_depth(frames, 1.0)
    indexer = make()
    indexer.start(model, 1)
    frames.add_camera(
        CameraInfo(width=6, height=4, k=[1., 0., 0., 0., 1., 0., 0., 0., 1.]), 0.0)
    wait(lambda: indexer.last)
    assert indexer.last.matched.frame.position_note == ''
    assert model.indexed == [1.0]


def test_rate_is_kept(make, frames, model):
    indexer = make(index_rate=.01)
    indexer.start(model, 1)
    wait(lambda: indexer.last)
    add(frames, 2.0)
    assert model.begun.acquire(timeout=TIMEOUT)
    assert not model.begun.acquire(timeout=.1)
    assert model.indexed == [1.0]
    # A command does not wait for the turn of its frame.
    assert indexer.await_index(frames.newest(), 2.0, job()).matched.frame.stamp == 2.0


def test_command_waits_for_the_build_in_hand_where_that_is_new_enough(make, frames, model):
    model.held = True
    indexer = make()
    indexer.start(model, 1)
    assert model.begun.acquire(timeout=TIMEOUT)
    add(frames, 1.2)
    model.go.release()
    assert indexer.await_index(frames.newest(), 0.9, job()).matched.frame.stamp == 1.0


def test_build_of_a_frame_from_before_the_clock_jumped_back_is_given_up(make, frames, model):
    frames.clear()
    add(frames, 100.0)
    model.held = True
    indexer = make()
    indexer.start(model, 1)
    assert model.begun.acquire(timeout=TIMEOUT)
    add(frames, 5.0)
    model.held = False
    model.go.release()
    assert indexer.await_index(frames.newest(), 4.5, job()).matched.frame.stamp == 5.0


def test_build_that_is_too_old_for_a_command_is_given_up_for_a_newer_one(make, frames, model):
    model.held = True
    indexer = make()
    indexer.start(model, 1)
    assert model.begun.acquire(timeout=TIMEOUT)
    add(frames, 2.0)
    answers = []
    waiting = threading.Thread(
        target=lambda: answers.append(indexer.await_index(frames.newest(), 1.5, job())))
    waiting.start()
    wait(lambda: indexer.is_awaited)
    model.held = False
    model.go.release()
    waiting.join(TIMEOUT)
    assert answers[0].matched.frame.stamp == 2.0
    assert (model.abandoned, model.indexed) == ([1.0], [2.0])


def test_frame_that_shows_what_the_last_one_did_waits_for_no_build(make, frames, model):
    indexer = make()
    indexer.start(model, 1)
    assert indexer.unchanged(frames.newest()) is None  # nothing is indexed as yet, or it moved
    wait(lambda: indexer.last)
    assert model.begun.acquire(timeout=TIMEOUT)
    model.held = model.still = True
    add(frames, 2.0)
    assert model.begun.acquire(timeout=TIMEOUT)
    add(frames, 3.0)
    assert indexer.unchanged(frames.newest()).matched.frame.stamp == 3.0
    model.still = False
    assert indexer.unchanged(frames.newest()) is None
    assert model.indexed == [1.0]
    model.go.release(2)
    wait(lambda: model.indexed == [1.0, 2.0, 3.0])


@pytest.mark.parametrize('policy', ['continuous', 'on_command'])
def test_with_other_policies_every_frame_is_built(make, frames, model, policy):
    model.still = True
    indexer = make(index_policy=policy)
    indexer.start(model, 1)
    indexer.await_index(frames.newest(), 1.0, job())
    assert indexer.unchanged(frames.newest()) is None


def test_build_pauses_while_a_command_is_answered(make, model):
    model.held = True
    indexer = make()
    indexer.start(model, 1)
    assert model.begun.acquire(timeout=TIMEOUT)
    with indexer.giving_way():
        model.go.release()
        wait(lambda: indexer.health.longest_chunk > 0)
        assert model.indexed == []
    wait(lambda: model.indexed)
    wait(lambda: indexer.last)
    # The pause is not counted as work.
    assert indexer.last.seconds < indexer.health.longest_chunk + 1


def test_stop_in_the_middle_of_a_build_returns_at_once_and_the_build_ends(make, frames, model):
    model.held = True
    indexer = make()
    indexer.start(model, 1)
    assert model.begun.acquire(timeout=TIMEOUT)
    raised = []

    def ask():
        try:
            indexer.await_index(frames.newest(), 1.0, job())
        except IndexingStopped as error:
            raised.append(error)
    waiting = threading.Thread(target=ask)
    waiting.start()
    wait(lambda: indexer.is_awaited)
    indexer.stop()
    waiting.join(TIMEOUT)
    assert len(raised) == 1
    model.go.release()
    wait(lambda: model.abandoned == [1.0])
    with pytest.raises(IndexingStopped):
        indexer.await_index(frames.newest(), 1.0, job())
    assert indexer.last is None
    # And it can begin again.
    model.held = False
    indexer.start(model, 1)
    wait(lambda: indexer.last)


def test_indexer_that_is_not_started_or_stopped_sleeps(make, frames, model):
    indexer = make()
    add(frames, 2.0)
    assert indexer.seconds_until_due() is None
    indexer.start(model, 1)
    wait(lambda: indexer.last)
    indexer.stop()
    add(frames, 3.0)
    assert indexer.seconds_until_due() is None
    assert not indexer.is_awaited


def test_command_that_is_not_wanted_any_more_waits_no_longer(make, frames, model):
    model.held = True
    indexer = make(index_policy='on_command')
    indexer.start(model, 1)
    unwanted = job()

    def cancel():
        assert model.begun.acquire(timeout=TIMEOUT)
        unwanted.cancel('Changed my mind.')
    threading.Thread(target=cancel).start()
    with pytest.raises(IndexingStopped):
        indexer.await_index(frames.newest(), 1.0, unwanted)
    model.go.release()


def test_failure_in_the_background_is_reported_once_and_a_later_frame_is_good(
        make, frames, model, errors, monkeypatch):
    monkeypatch.setattr('ris_ros.node.indexer._RECOVERY_S', 0.0)
    model.error = RuntimeError('shapes differ')
    indexer = make()
    indexer.start(model, 1)
    for stamp in (2.0, 3.0, 4.0):
        assert model.begun.acquire(timeout=TIMEOUT)
        add(frames, stamp)
    wait(lambda: errors)
    model.error = None
    add(frames, 5.0)
    wait(lambda: indexer.last and indexer.last.matched.frame.stamp == 5.0)
    assert errors == [model.error] or [str(error) for error in errors] == ['shapes differ']


def test_a_frame_that_is_delayed_costs_that_frame_alone_and_no_command_waits_for_it(
        make, frames, model, errors):
    model.error, model.held = IndexDelay(0.05), True
    indexer = make()
    indexer.start(model, 1)
    assert model.begun.acquire(timeout=TIMEOUT)
    add(frames, 2.0)
    model.go.release()
    assert model.begun.acquire(timeout=TIMEOUT)  # without another image, and for the newest one
    model.error, model.held = None, False
    model.go.release()
    wait(lambda: indexer.last)
    assert model.indexed == [2.0]
    model.error = IndexDelay(1000.0)
    add(frames, 3.0)
    wait(lambda: (indexer.seconds_until_due() or 0) > 100)
    model.error = None
    assert indexer.await_index(frames.newest(), 3.0, job()).matched.frame.stamp == 3.0
    assert model.awaited == [False, False, False, True]
    assert errors == []


def test_failure_at_a_command_goes_to_the_command(make, frames, model, errors):
    model.error = RuntimeError('shapes differ')
    indexer = make(index_policy='on_command')
    indexer.start(model, 1)
    with pytest.raises(RuntimeError, match='shapes differ'):
        indexer.await_index(frames.newest(), 1.0, job())
    assert errors == []


def test_without_an_image_it_waits_for_one(model, errors):
    frames = FrameBuffer()
    indexer = Indexer(frames, LiveSettings(Settings(index_rate=1000.0)), errors.append)
    try:
        indexer.start(model, 1)
        add(frames, 7.0)
        wait(lambda: indexer.last)
    finally:
        indexer.close()


@pytest.mark.slow
def test_thread_survives_an_image_that_cannot_be_converted(make, frames, model, errors):
    class Broken:
        def to_rgb(self, message, encoding):
            """Fail as a library does."""
            raise ValueError('no such encoding')
    sound, frames.converter = frames.converter, Broken()
    indexer = make()
    indexer.start(model, 1)
    wait(lambda: errors)
    assert 'no such encoding' in str(errors[0])
    frames.converter = sound
    add(frames, 2.0)
    add_depth(frames, 2.0)
    wait(lambda: indexer.last)


def test_thread_survives_a_listener_that_fails_and_reports_it_once(make, frames, model, errors):
    heard = []

    def fail(indexed):
        raise MemoryError('no room to remember')
    indexer = make()
    indexer.listen(fail)
    indexer.listen(heard.append)
    indexer.start(model, 1)
    for stamp in (2.0, 3.0):
        add(frames, stamp)
        wait(lambda stamp=stamp: heard and heard[-1].matched.frame.stamp == stamp)
    assert [str(error) for error in errors] == ['no room to remember']


def test_thread_survives_what_fails_beside_a_build(make, frames, model, errors, monkeypatch):
    indexer = make(index_policy='on_command')
    indexer.start(model, 1)
    with monkeypatch.context() as patch:
        patch.setattr(indexer, '_finish', lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            indexer.await_index(frames.newest(), 1.0, job())
    assert indexer.await_index(frames.newest(), 1.0, job()).matched.frame.stamp == 1.0
