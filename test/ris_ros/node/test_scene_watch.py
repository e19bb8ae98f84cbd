# SPDX-License-Identifier: Apache-2.0
"""Looking at scenes keeps within its budget of CPU time, and no answer fails with it."""
from pathlib import Path
import sys
import time
from types import SimpleNamespace

import pytest
from std_msgs.msg import Header

from ris_ros import Frame, Pipeline
from ris_ros.grounding.result import Grounding
from ris_ros.index.scene_index import SceneIndex
from ris_ros.node.frame_matching import MatchedFrame
from ris_ros.node.index_session import IndexedFrame
from ris_ros.node.parameters import LiveSettings, Settings
from ris_ros.node.scene_watch import SceneWatch
from ris_ros.questions.viewer import CAMERA
from ris_ros.status import Status

sys.path.append(str(Path(__file__).resolve().parents[2]))
from simulated_table import render

THINGS = (('mug', 'red', .16, -.06), ('bowl', 'green', -.16, 0), ('mug', 'blue', 0, .1))
MOST_S = 0.002


@pytest.fixture(scope='module')
def pipeline():
    return Pipeline.load('embedded')


@pytest.fixture(scope='module')
def tables(pipeline):
    """Return two indexed tables, between which a mug moves."""
    rendered = [render(*THINGS), render(*THINGS[:2], ('mug', 'blue', .05, .15))]
    return [pipeline.index(Frame(one.image, one.depth, one.camera)) for one in rendered]


class Watch(SceneWatch):
    """A watch that stands for its own outputs and reports."""

    def __init__(self, pipeline, **settings):
        self.scenes, self.errors = [], []
        super().__init__(LiveSettings(Settings(**settings)),
                         SimpleNamespace(viewer=lambda header: CAMERA), self, self.errors.append)
        self.begin(pipeline)

    def publish_scene(self, scene):
        """Keep what was to be published."""
        self.scenes.append(scene)


def indexed(table, number):
    """Return a new index that shows a table, in the image of a number."""
    frame = Frame(table.frame.image, table.frame.depth, table.frame.camera, number / 30)
    return IndexedFrame(MatchedFrame(Header(frame_id='optical'), frame, (number, 0, 0)),
                        SceneIndex.of(frame, table.masks, table.features), 0.0, 0.0)


@pytest.mark.slow
def test_a_scene_that_always_changes_takes_at_most_two_milliseconds_of_a_frame(
        pipeline, tables, own_threads, record_property):
    watch = Watch(pipeline)
    for number in range(1, 31):  # the words are encoded once
        watch.note(indexed(tables[number % 2], number))
    frames = [indexed(tables[number % 2], number) for number in range(31, 331)]
    start = time.thread_time()
    for frame in frames:
        watch.note(frame)
    mean = (time.thread_time() - start) / len(frames)
    record_property('cpu_ms_a_frame', round(1e3 * mean, 2))
    print(f'{1e3 * mean:.2f} ms of CPU a frame.')
    assert not watch.errors
    assert {one.name for one in watch.scenes[-1].objects} >= {'green bowl', 'blue mug'}
    assert mean <= MOST_S


@pytest.mark.slow
def test_a_scene_that_does_not_change_is_looked_at_once_and_stays_in_view(pipeline, tables):
    watch = Watch(pipeline)
    first = indexed(tables[0], 1)
    watch.note(first)
    for number in range(2, 40):
        later = indexed(tables[0], number)
        watch.note(IndexedFrame(later.matched, first.scene, 1.0, 0.0))
    recalled = watch.recall(IndexedFrame(later.matched, first.scene, 1.0, 0.0), CAMERA)
    assert len(recalled) >= len(THINGS)
    assert {(one.known.last_seen, one.known.sightings) for one in recalled} == {(39 / 30, 1)}


def test_what_fails_is_reported_once_and_the_answer_is_given(pipeline, tables, monkeypatch):
    watch, frame = Watch(pipeline), indexed(tables[0], 1)
    grounding = pipeline.ground(frame.scene, 'the green bowl')

    def fail(*arguments):
        raise RuntimeError('injected')
    for name in ('look', 'identify'):
        monkeypatch.setattr(watch._memory, name, fail)
    assert watch.recall(frame, CAMERA) == ()
    watch.note(frame)
    assert watch.identify(grounding, frame, CAMERA) is grounding
    assert [str(error) for error in watch.errors] == ['injected']


def test_nothing_is_remembered_without_time_for_it(pipeline, tables):
    watch, frame = Watch(pipeline, scene_timeout=0.0), indexed(tables[0], 1)
    assert watch.recall(frame, CAMERA) == ()
    found = watch.identify(pipeline.ground(frame.scene, 'the green bowl'), frame, CAMERA)
    assert (found.status, found.object_id) == (Status.FOUND, 0)
    empty = Grounding(Status.NOT_FOUND, 'Nothing.')
    assert watch.identify(empty, frame, CAMERA) is empty
