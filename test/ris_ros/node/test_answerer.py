# SPDX-License-Identifier: Apache-2.0
"""Failures inside the models, and what is cached, without any ROS graph."""
import threading
from types import SimpleNamespace

from builtin_interfaces.msg import Time
import numpy as np
import pytest
from sensor_msgs.msg import Image
from std_msgs.msg import Header
import torch

from ris_ros.errors import FrameError, ModelError, RisError
from ris_ros.grounding.result import Grounding
from ris_ros.index import updater
from ris_ros.index.updater import IndexUpdate, UpdateKind
from ris_ros.language.query import Query
from ris_ros.node.answerer import Answerer
from ris_ros.node.command import Command, Job, Source
from ris_ros.node.conversions import from_pixels
from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.image_clock import ImageClock
from ris_ros.node.parameters import LiveSettings, Settings
from ris_ros.node.placing import Placer
from ris_ros.node.pointing import PointReader
from ris_ros.node.recent_scenes import RecentScenes
from ris_ros.node.transforms import Transforms
from ris_ros.pipeline import Pipeline
from ris_ros.status import Status


class Model:
    """Stands for models that fail or not; real ones do not fail on request."""

    def __init__(self):
        self.indexed, self.error, self.on_index = 0, None, lambda: None
        self.is_due, self.threads, self.fallback = False, None, ''
        self.proposer = self.encoder = None
        self.profile = SimpleNamespace(name='of-the-node')

    def update(self, frame, give_way, is_awaited):
        """Count, and fail if told to."""
        self.indexed += 1
        self.on_index()
        if self.error is not None:
            raise self.error
        return IndexUpdate(frame, UpdateKind.WHOLE, .25, fallback=self.fallback)

    renew = update

    def close(self):
        """Hold nothing."""

    def unchanged(self, frame):
        """Return the index of a frame where nothing has changed: nowhere."""
        return None

    def parse(self, text):
        """Understand everything."""
        return Query(text, text, text, text)

    def look_for(self, scene, query):
        """Know no nouns."""
        return scene

    def answer(self, scene, query, excluded, least_confidence, pointed):
        """Find everything."""
        self.threads = torch.get_num_threads()
        return Grounding(Status.FOUND, 'Found.')


@pytest.fixture
def model(monkeypatch):
    model = Model()
    monkeypatch.setattr(Pipeline, 'load', lambda *args, **settings: model)
    monkeypatch.setattr(updater, 'Updater', lambda *parts: model)
    return model


@pytest.fixture
def frames():
    frames = FrameBuffer()
    add(frames, 100.0)
    return frames


@pytest.fixture
def errors():
    return []


@pytest.fixture
def clock():
    return SimpleNamespace(time=101.0)


@pytest.fixture
def make(model, errors, clock):
    """Return a function that makes an active answerer; in this test nothing is built unasked."""
    made = []

    def build(frames, now=101.0, **settings):
        clock.time = now
        settings = Settings(**{'index_policy': 'on_command', **settings})
        made.append(make_answerer(
            frames, LiveSettings(settings), lambda: clock.time, errors.append))
        made[-1].load()
        made[-1].start()
        return made[-1]
    yield build
    for answerer in made:
        answerer.close()


def make_answerer(frames, settings, now=lambda: 101.0, report=print):
    placer = Placer(Transforms(None), settings)
    return Answerer(frames, settings, placer, ImageClock(settings, now, lambda: False), report,
                    PointReader(RecentScenes(), placer))


@pytest.fixture
def answerer(make, frames):
    return make(frames)


def job(text='the red mug', stamp=101.0):
    return Job(Command('1', text, Time(sec=int(stamp), nanosec=round(stamp % 1 * 1e9))),
               Source.TOPIC)


def add(frames, stamp):
    frames.add_colour(from_pixels(np.zeros((4, 6, 3), np.uint8), 'rgb8', Header()), stamp)


@pytest.mark.parametrize(('fallback', 'expected'), [
    ('', ('of-the-node', False)), ('home', ('home', True))])
def test_an_answer_names_the_profile_that_indexed_its_image(answerer, model, fallback, expected):
    model.fallback = fallback
    answer = answerer.answer(job())
    assert (answer.profile, answer.pool_fallback) == expected
    blank = answerer.answer(job('  '))
    assert (blank.profile, blank.pool_fallback) == ('', False)


@pytest.mark.parametrize(('error', 'sentence'), [
    (RuntimeError('shapes differ'), 'RuntimeError: shapes differ'),
    (MemoryError('16 GB'), 'MemoryError: 16 GB'),
    (ModelError('The file is gone.'), 'The file is gone.'),
])
def test_failing_model_is_reported_and_the_next_command_answered(
        answerer, model, errors, error, sentence):
    model.error = error
    answer = answerer.answer(job())
    assert answer.grounding.status is Status.MODEL_ERROR
    assert sentence in answer.grounding.message
    assert errors == [error]
    model.error = None
    assert answerer.answer(job()).grounding.status is Status.FOUND


def test_frame_is_indexed_once_until_a_new_one_comes(answerer, model, frames):
    for _ in range(3):
        answer = answerer.answer(job())
        assert (answer.age, answer.reused) == (1.0, .25)
    assert model.indexed == 1
    add(frames, 100.5)
    assert answerer.answer(job()).age == .5
    assert model.indexed == 2


def test_index_that_is_little_older_than_the_command_is_taken_and_an_older_one_renewed(
        make, model, frames):
    answerer = make(frames, now=100.3, index_max_lag=.2)
    assert answerer.answer(job(stamp=100.1)).age == pytest.approx(.3)
    add(frames, 100.25)
    assert answerer.answer(job(stamp=100.1)).age == pytest.approx(.3)
    assert model.indexed == 1
    assert answerer.answer(job(stamp=100.3)).age == pytest.approx(.05)
    assert model.indexed == 2


def test_command_waits_for_no_build_where_nothing_has_changed(make, model, frames):
    answerer = make(frames, index_policy='on_change')
    answerer.answer(job())
    go = threading.Event()
    model.on_index = go.wait
    model.unchanged = lambda frame: IndexUpdate(frame, UpdateKind.UNCHANGED, 1.0)
    add(frames, 101.0)
    answer = answerer.answer(job(stamp=101.0))
    assert (answer.age, answer.reused) == (0.0, 1.0)
    go.set()


@pytest.mark.parametrize('now', [102.5, 97.0])
def test_index_of_another_time_is_never_answered_from(make, model, frames, clock, now):
    answerer = make(frames, index_max_lag=3600.0)
    answerer.answer(job())
    clock.time = now  # the clock goes on, or back, as that of a simulation does
    add(frames, now)
    assert answerer.answer(job(stamp=now)).age == 0
    assert model.indexed == 2


def test_command_that_is_cancelled_meanwhile_ends_before_the_next_stage(answerer, model):
    cancelled = job()
    model.on_index = lambda: cancelled.cancel('Changed my mind.')
    answer = answerer.answer(cancelled)
    assert (answer.grounding.status, answer.grounding.message) == (
        Status.UNKNOWN, 'Changed my mind.')
    assert 'grounding' not in dict(answer.stages)


def test_frame_that_the_models_refuse_is_no_missing_image(answerer, model, errors):
    model.error = FrameError('The masks do not fit.')
    answer = answerer.answer(job())
    assert (answer.grounding.status, answer.grounding.message) == (
        Status.MODEL_ERROR, 'The model failed: The masks do not fit.')
    assert errors == [model.error]


@pytest.mark.slow
def test_without_an_image_there_is_a_status_and_nothing_to_report(make, errors):
    answerer = make(FrameBuffer())
    assert answerer.answer(job()).grounding.status is Status.NO_IMAGE
    assert errors == []


def answered_later(answerer, command):
    """Have a command answered in a thread; return it and the list that gets the answer."""
    answers = []
    thread = threading.Thread(
        target=lambda: answers.append(answerer.answer(command)), daemon=True)
    thread.start()
    return thread, answers


@pytest.fixture
def patient(monkeypatch):
    """Wait for the first image as long as the test takes."""
    monkeypatch.setattr('ris_ros.node.answerer._FIRST_IMAGE_S', 3600.0)


def test_after_the_start_the_first_image_is_waited_for(make, patient):
    frames = FrameBuffer()
    thread, answers = answered_later(make(frames), job())
    thread.join(timeout=0.2)
    assert thread.is_alive()
    add(frames, 100.0)
    thread.join(timeout=60)
    assert answers[0].grounding.status is Status.FOUND


def test_an_image_that_is_refused_is_not_waited_for_longer(make, patient):
    frames = FrameBuffer()
    frames.add_colour(Image(encoding='unheard_of'), 100.0)
    answer = make(frames).answer(job())
    assert answer.grounding.status is Status.NO_IMAGE
    assert 'unheard_of' in answer.grounding.message


@pytest.mark.parametrize('end', ['cancel', 'pause', 'close'])
def test_the_wait_for_the_first_image_ends_with_the_command(make, patient, end):
    answerer, command = make(FrameBuffer()), job()
    thread, answers = answered_later(answerer, command)
    {'cancel': lambda: command.cancel('Stop.'), 'pause': lambda: answerer.pause('Off.'),
     'close': answerer.close}[end]()
    thread.join(timeout=60)
    assert not thread.is_alive()
    assert answers[0].grounding.status in (Status.UNKNOWN, Status.NO_IMAGE)


def test_commands_wait_until_the_node_has_started_itself(model, frames):
    answerer = make_answerer(frames, LiveSettings(Settings()))
    answerer.begin_start()
    thread, answers = answered_later(answerer, job())
    thread.join(timeout=0.2)
    assert thread.is_alive()
    answerer.load()
    answerer.start()
    assert thread.is_alive()
    answerer.end_start()
    thread.join(timeout=60)
    assert answers[0].grounding.status is Status.FOUND
    answerer.close()


@pytest.mark.parametrize(('end', 'sentence'), [
    ('cancel', 'Stop.'), ('close', 'The node is shutting down.')])
def test_a_command_that_waits_for_the_start_can_end(model, frames, end, sentence):
    answerer, command = make_answerer(frames, LiveSettings(Settings())), job()
    answerer.begin_start()
    thread, answers = answered_later(answerer, command)
    {'cancel': lambda: command.cancel('Stop.'), 'close': answerer.close}[end]()
    thread.join(timeout=60)
    assert (answers[0].grounding.status, answers[0].grounding.message) == (
        Status.UNKNOWN, sentence)
    answerer.close()


@pytest.mark.parametrize(('settings', 'sentence'), [
    (Settings(profile='paper'), "'paper' wants masks with each image"),
    (Settings(profile=''), 'profile is empty'),
    (Settings(device='gpu'), "device is 'gpu'; expected cpu"),
    (Settings(image_transport='theora'), "image_transport is 'theora'"),
    (Settings(index_policy='never'), "index_policy is 'never'; expected continuous or on_change"),
])
def test_settings_that_cannot_work_are_refused_and_every_caller_hears_why(
        model, frames, settings, sentence):
    answerer = make_answerer(frames, LiveSettings(settings))
    with pytest.raises(RisError, match=sentence):
        answerer.load()
    answer = answerer.answer(job())
    assert answer.grounding.status is Status.MODEL_ERROR
    assert sentence in answer.grounding.message


def test_number_of_threads_is_that_of_the_configuration_in_every_thread(
        model, frames, own_threads):
    settings = LiveSettings(Settings())
    answerer = make_answerer(frames, settings)
    for count, wanted in ((own_threads + 1, own_threads + 1), (0, own_threads)):
        settings.value = Settings(threads=count)
        answerer.load()
        answerer.start()
        worker = threading.Thread(target=answerer.answer, args=(job(),))
        worker.start()
        worker.join()
        assert model.threads == wanted
        answerer.unload('No models are loaded.')
    answerer.close()


def test_paused_node_says_why(answerer):
    answerer.pause('Activating failed.')
    answer = answerer.answer(job())
    assert (answer.grounding.status, answer.grounding.message) == (
        Status.UNKNOWN, 'Activating failed.')
    answerer.start()
    assert answerer.answer(job()).grounding.status is Status.FOUND


def test_pause_ends_the_wait_for_an_index(answerer, model):
    model.on_index = lambda: answerer.pause('Shutting down.')
    answer = answerer.answer(job())
    assert (answer.grounding.status, answer.grounding.message) == (
        Status.UNKNOWN, 'Shutting down.')


def test_stale_image_is_not_answered_from(make, model, frames):
    answerer = make(frames, now=103.0)
    answer = answerer.answer(job())
    assert answer.grounding.status is Status.STALE_IMAGE
    assert '3.0 s old; at most 2.0 s' in answer.grounding.message
    assert model.indexed == 0


def test_image_of_the_future_is_not_answered_from_unless_the_clocks_differ_by_little(
        make, model, frames):
    answer = make(frames, now=95.0).answer(job(stamp=95.0))
    assert answer.grounding.status is Status.STALE_IMAGE
    for part in ("5.0 s ahead of the node's clock", 'at most 0.5 s (parameter max_image_lead)',
                 "image's stamp is 100.0 s, the node's clock says 95.0 s", 'use_sim_time is false'):
        assert part in answer.grounding.message
    assert model.indexed == 0
    assert make(frames, now=99.6).answer(job(stamp=99.6)).grounding.status is Status.FOUND
    assert make(frames, now=95.0, max_image_lead=6.0).answer(
        job(stamp=95.0)).grounding.status is Status.FOUND


@pytest.mark.parametrize('policy', ['on_command', 'on_change', 'continuous'])
def test_index_of_a_dead_camera_is_not_answered_from_when_the_clock_jumps_back(
        make, model, frames, clock, policy):
    model.unchanged = lambda frame: IndexUpdate(frame, UpdateKind.UNCHANGED, 1.0)
    answerer = make(frames, index_policy=policy)
    assert answerer.answer(job()).grounding.status is Status.FOUND
    for now in (90.0, 5.0):
        clock.time = now
        answer = answerer.answer(job(stamp=now))
        assert answer.grounding.status is Status.STALE_IMAGE
        assert 'Has the clock jumped back' in answer.grounding.message


def test_clock_that_jumps_back_while_an_index_is_made_leaves_no_verdict(
        make, model, frames, clock):
    answerer = make(frames)
    model.on_index = lambda: setattr(clock, 'time', 5.0)
    assert answerer.answer(job()).grounding.status is Status.STALE_IMAGE


def test_reason_why_newer_images_were_refused_is_in_the_answer(make, frames):
    answerer = make(frames, now=103.0)
    broken = from_pixels(np.zeros((4, 6, 3), np.uint8), 'rainbow', Header())
    frames.add_colour(broken, 103.0)
    answer = answerer.answer(job(stamp=103.0))
    assert answer.grounding.status is Status.STALE_IMAGE
    assert '3.0 s old' in answer.grounding.message
    assert 'Newer images were refused: ' in answer.grounding.message
    assert "unknown encoding 'rainbow'" in answer.grounding.message


def test_unloaded_models_are_forgotten(answerer):
    answerer.unload('No models are loaded.')
    assert answerer.answer(job()).grounding.status is Status.MODEL_ERROR
