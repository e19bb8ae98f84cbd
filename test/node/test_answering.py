"""Failures inside the models, and what is cached, without any ROS graph."""
from builtin_interfaces.msg import Time
import numpy as np
import pytest
from std_msgs.msg import Header

from ris_ros.errors import FrameError, ModelError, RisError
from ris_ros.grounding.result import Grounding, Status
from ris_ros.node.answer import Command
from ris_ros.node.answering import Answerer
from ris_ros.node.conversions import from_pixels
from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.parameters import Settings
from ris_ros.node.worker import Job, Source
from ris_ros.pipeline import Pipeline


class Model:
    """Stands for models that fail or not; real ones do not fail on request."""

    def __init__(self):
        self.indexed, self.error, self.on_index = 0, None, lambda: None

    def index(self, frame):
        """Count, and fail if told to."""
        self.indexed += 1
        self.on_index()
        if self.error is not None:
            raise self.error
        return frame

    def ground(self, scene, text):
        """Find everything."""
        return Grounding(Status.FOUND, 'Found.')


@pytest.fixture
def model(monkeypatch):
    model = Model()
    monkeypatch.setattr(Pipeline, 'load', lambda *args, **settings: model)
    return model


@pytest.fixture
def frames():
    frames = FrameBuffer()
    frames.add_colour(from_pixels(np.zeros((4, 6, 3), np.uint8), 'rgb8', Header()), 100.0)
    return frames


@pytest.fixture
def errors():
    return []


@pytest.fixture
def answerer(model, frames, errors):
    answerer = Answerer(frames, Settings, lambda: 101.0, errors.append)
    answerer.load()
    answerer.start()
    return answerer


def job(text='the red mug'):
    return Job(Command('1', text, Time()), Source.TOPIC)


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
        assert answerer.answer(job()).age == 1.0
    assert model.indexed == 1
    frames.add_colour(from_pixels(np.zeros((4, 6, 3), np.uint8), 'rgb8', Header()), 100.5)
    assert answerer.answer(job()).age == .5
    assert model.indexed == 2


def test_command_that_is_cancelled_meanwhile_ends_before_the_next_stage(answerer, model):
    cancelled = job()
    model.on_index = lambda: cancelled.cancel('Changed my mind.')
    answer = answerer.answer(cancelled)
    assert (answer.grounding.status, answer.grounding.message) == (
        Status.UNKNOWN, 'Changed my mind.')
    assert [name for name, _ in answer.stages] == ['indexing']


def test_frame_that_the_models_refuse_is_no_missing_image(answerer, model, errors):
    model.error = FrameError('The masks do not fit.')
    answer = answerer.answer(job())
    assert (answer.grounding.status, answer.grounding.message) == (
        Status.MODEL_ERROR, 'The model failed: The masks do not fit.')
    assert errors == [model.error]


def test_without_an_image_there_is_a_status_and_nothing_to_report(model, errors):
    answerer = Answerer(FrameBuffer(), Settings, lambda: 101.0, errors.append)
    answerer.load()
    answerer.start()
    assert answerer.answer(job()).grounding.status is Status.NO_IMAGE
    assert errors == []


@pytest.mark.parametrize(('settings', 'sentence'), [
    (Settings(profile='paper'), "'paper' wants masks with each image"),
    (Settings(profile=''), 'profile is empty'),
    (Settings(device='gpu'), "device is 'gpu'; expected cpu"),
    (Settings(image_transport='theora'), "image_transport is 'theora'"),
])
def test_settings_that_cannot_work_are_refused_and_every_caller_hears_why(
        model, frames, settings, sentence):
    answerer = Answerer(frames, lambda: settings, lambda: 101.0, lambda error: None)
    with pytest.raises(RisError, match=sentence):
        answerer.load()
    answer = answerer.answer(job())
    assert answer.grounding.status is Status.MODEL_ERROR
    assert sentence in answer.grounding.message


def test_paused_node_says_why(answerer):
    answerer.pause('Activating failed.')
    answer = answerer.answer(job())
    assert (answer.grounding.status, answer.grounding.message) == (
        Status.UNKNOWN, 'Activating failed.')
    answerer.start()
    assert answerer.answer(job()).grounding.status is Status.FOUND


def test_stale_image_is_not_answered_from(model, frames, errors):
    answerer = Answerer(frames, Settings, lambda: 103.0, errors.append)
    answerer.load()
    answerer.start()
    answer = answerer.answer(job())
    assert answer.grounding.status is Status.STALE_IMAGE
    assert '3.0 s old; at most 2.0 s' in answer.grounding.message
    assert model.indexed == 0


def test_unloaded_models_are_forgotten(answerer):
    answerer.unload()
    assert answerer.answer(job()).grounding.status is Status.MODEL_ERROR
