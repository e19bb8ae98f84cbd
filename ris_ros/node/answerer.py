# SPDX-License-Identifier: Apache-2.0
"""A command becomes an answer: which frame, which models, and a status for all that can fail."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
import threading
import time

from ris_ros.errors import CommandError, FrameError, ModelError
from ris_ros.grounding.result import Grounding
from ris_ros.language.dialogue import Act
from ris_ros.language.text import check_command
from ris_ros.node.command import Answer, Job, sentence
from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.frame_matching import MatchedFrame, seconds
from ris_ros.node.image_clock import ImageClock
from ris_ros.node.index_session import IndexedFrame, IndexingStopped
from ris_ros.node.indexer import Indexer
from ris_ros.node.loading import Models, load_models, use_threads
from ris_ros.node.parameters import LiveSettings, Settings
from ris_ros.node.placing import Placer
from ris_ros.node.pointing import PointReader
from ris_ros.node.scene_watch import SceneWatch
from ris_ros.node.shared_pipelines import SharedPipelines
from ris_ros.status import Status

# Longer than a driver takes to send depth and camera info after their image.
_FRAME_PATIENCE_S = 0.5
# Longer than a running camera takes to be discovered and to send an image.
_FIRST_IMAGE_S = 2.0
# How late a command notices, while it waits for the models, that nobody wants it any more.
_POLL_S = 0.05


class _Refusal(Exception):
    """Ends a command early with a status."""

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.grounding = Grounding(status, message)


class Answerer:
    """Answers commands from the scene index; owns the models and the indexer.

    ``_lock`` is held while a command is answered and while the models load: the others wait
    meanwhile. Commands also wait from `begin_start` to `end_start`.

    Attributes:
        indexer: Keeps the index of a recent frame ready.
    """

    def __init__(self, frames: FrameBuffer, settings: LiveSettings[Settings], placer: Placer,
                 clock: ImageClock, report: Callable[[Exception], None], points: PointReader,
                 scene: SceneWatch | None = None, shared: SharedPipelines | None = None) -> None:
        """Start without models.

        Args:
            frames: Where frames come from.
            settings: The node's.
            placer: Puts objects into space.
            clock: Judges whether an image is fresh.
            report: Is told of every exception that a model raises.
            points: Finds what is pointed at.
            scene: Remembers what was seen; None where nothing is remembered.
            shared: The models of the process's other nodes; None where there are none.
        """
        self.indexer = Indexer(frames, settings, report)
        self._points = points
        self._scene = scene
        self._shared = shared
        self._frames = frames
        self._settings = settings
        self._placer = placer
        self._clock = clock
        self._report = report
        self._models: Models | None = None
        self._obstacle = 'No models are loaded.'  # why there are none
        self._pause = 'The node is not active.'  # why nothing is answered; '' while it is
        self._closed = False
        self._first_image_by = 0.0  # until then the first image is waited for (time.monotonic)
        self._started = threading.Event()
        self._started.set()
        self._lock = threading.RLock()

    def load(self) -> None:
        """Load the models that the settings name, in place of those before.

        Raises:
            RisError: No node can work with the settings, or the models before are busy.
            Exception: Whatever the loading raises; later commands are told of it too.
        """
        with self._idle_models():
            self.unload('No models are loaded: configuring the node failed.')
            try:
                self._models = load_models(self._settings.value, self._shared)
                if self._scene is not None:
                    self._scene.begin(self._models.pipeline)
            except Exception as error:
                self._obstacle = f'The models could not be loaded: {sentence(error)}'
                raise

    def unload(self, reason: str) -> None:
        """Free the models and what was made with them, and say why there are none.

        Raises:
            ModelError: They are busy with a command for longer than answer_timeout.
        """
        with self._idle_models():
            self.indexer.stop()
            if self._models is not None:
                self._models.updater.close()
            self._models = None
            self._obstacle = reason
            if self._scene is not None:
                self._scene.begin(None)

    @contextmanager
    def _idle_models(self) -> Iterator[None]:
        """Keep commands from the models; raise ModelError where one does not let go of them."""
        limit = self._settings.value.answer_timeout
        if not self._lock.acquire(timeout=limit or -1):
            raise ModelError(
                f'The models are busy with a command for more than {limit:g} s (parameter '
                'answer_timeout). If they do not come back, start the node again.')
        try:
            yield
        finally:
            self._lock.release()

    def begin_start(self) -> None:
        """Let commands wait from now on, because the node is going to configure itself."""
        self._started.clear()

    def end_start(self) -> None:
        """Answer the commands that have waited, however the start has ended."""
        self._started.set()

    def start(self) -> None:
        """Answer from now on, and keep an index ready."""
        self._first_image_by = time.monotonic() + _FIRST_IMAGE_S
        self._pause = ''
        if self._models is not None:
            self.indexer.start(self._models.updater, self._models.threads)

    def pause(self, reason: str) -> None:
        """Answer no more, and say why; the command that waits for an index ends at once."""
        self._pause = reason
        self.indexer.stop()

    def close(self) -> None:
        """End for good."""
        self._closed = True
        self.pause('The node is shutting down.')
        self.indexer.close()

    def interrupt(self, act: Act) -> None:
        """Tell the conversation of 'stop' or 'start over'."""
        if (models := self._models) is not None:
            models.conversation.interrupt(act)
        if act is Act.RESET and self._scene is not None:
            self._scene.forget()

    def answer(self, job: Job) -> Answer:
        """Answer one command; whatever goes wrong becomes a status and a sentence."""
        indexed: IndexedFrame | None = None
        stages: dict[str, float] = {}
        try:
            # Before all else: what is wrong with the text is said even without models and images.
            check_command(job.command.text)
            with self._turn(job):
                models = self._ready_models(job)
                with _stage(job, 'indexing', stages):
                    indexed = self._index_for(job)
                viewer = self._placer.viewer(indexed.matched.header)
                pointing = job.command.pointing
                pointed = None if pointing is None else self._points.read(pointing, indexed)
                remembered = () if self._scene is None else self._scene.recall(indexed, viewer)
                with _stage(job, 'grounding', stages), self.indexer.giving_way():
                    use_threads(models.threads)
                    conversation = models.conversation_on(indexed.has_other_models)
                    conversation.least_confidence = self._settings.value.least_confidence
                    now, timeout = self._clock.now(), self._settings.value.dialogue_timeout
                    if job.command.alternatives:
                        grounding = conversation.answer_heard(
                            indexed.scene, job.command.alternatives, now, timeout, viewer,
                            remembered)
                    else:
                        grounding = conversation.answer(
                            indexed.scene, job.command.text, now, timeout, viewer, pointed,
                            remembered, alone=job.command.batch is not None)
                    if self._scene is not None:
                        grounding = self._scene.identify(grounding, indexed, viewer)
                    if indexed.note:
                        grounding = replace(
                            grounding, message=f'{grounding.message} {indexed.note}')
                job.begin('answering')
        except _Refusal as refusal:
            grounding = refusal.grounding
        except CommandError as error:
            grounding = Grounding(Status.BAD_COMMAND, str(error))
        except Exception as error:
            # Models raise exceptions of every kind; the node must still answer.
            self._report(error)
            grounding = Grounding(Status.MODEL_ERROR, f'The model failed: {sentence(error)}')
        if indexed is None:
            return Answer(job.command, grounding, stages=tuple(stages.items()))
        return self._placer.complete(Answer(
            job.command, grounding, indexed.matched,
            self._clock.age(indexed.matched.frame.stamp), tuple(stages.items()), indexed.reused,
            profile=indexed.fallback or models.pipeline.profile.name,
            pool_fallback=bool(indexed.fallback)))

    @contextmanager
    def _turn(self, job: Job) -> Iterator[None]:
        """Have the models alone; raise _Refusal where that is not wanted before the turn comes."""
        while not (self._started.wait(_POLL_S) and self._lock.acquire(timeout=_POLL_S)):
            _check_wanted(job)
            if self._closed:
                raise _Refusal(Status.UNKNOWN, self._pause)
        try:
            yield
        finally:
            self._lock.release()

    def _ready_models(self, job: Job) -> Models:
        """Return the models; raise _Refusal where the command cannot be taken up."""
        _check_wanted(job)
        if self._models is None:
            raise _Refusal(Status.MODEL_ERROR, self._obstacle)
        if self._pause:
            raise _Refusal(Status.UNKNOWN, self._pause)
        return self._models

    def _index_for(self, job: Job) -> IndexedFrame:
        """Return the index for a command; that of the first one for the other texts of a batch."""
        batch = job.command.batch
        if batch is None:
            return self._fresh_index(job)
        if batch.refusal is not None:
            raise batch.refusal
        if batch.indexed is None:
            try:
                batch.indexed = self._fresh_index(job)
            except Exception as error:
                if not job.cancel_reason:
                    batch.refusal = error
                raise
        return batch.indexed

    def _fresh_index(self, job: Job) -> IndexedFrame:
        """Return an index that is fresh enough for a command: the last one, or else a new one.

        The last one is fresh enough where its image is fresh and was taken at most index_max_lag
        before the command.  So is that of the newest image; where nothing
        has changed since the last one, that one is the newest image's too.
        """
        settings, last = self._settings.value, self.indexer.last
        oldest = seconds(job.command.stamp) - settings.index_max_lag
        if (last is not None and last.matched.frame.stamp >= oldest
                and not self._clock.fault(last.matched.frame.stamp)):
            return last
        matched = self._fresh_frame(job)
        if (same := self.indexer.unchanged(matched)) is not None:
            return same
        try:
            indexed = self.indexer.await_index(matched, oldest, job)
        except IndexingStopped:
            raise _Refusal(
                Status.UNKNOWN, job.cancel_reason or self._pause or self._obstacle) from None
        if self._clock.age(indexed.matched.frame.stamp) < 0:
            # The clock may have jumped back meanwhile; a build may take longer than max_image_age.
            self._check_fresh(indexed.matched)
        return indexed

    def _fresh_frame(self, job: Job) -> MatchedFrame:
        """Return the newest frame; raise _Refusal without one that is fresh.

        A node that has just begun to listen waits for the first image.
        """
        self._frames.await_first(self._first_image_by, partial(self._is_ended, job))
        try:
            matched = self._frames.await_newest(_FRAME_PATIENCE_S)
        except FrameError as error:
            raise _Refusal(Status.NO_IMAGE, str(error)) from error
        self._check_fresh(matched)
        return matched

    def _is_ended(self, job: Job) -> bool:
        """Tell whether a command is not to be answered any more."""
        return bool(job.cancel_reason or self._pause)

    def _check_fresh(self, matched: MatchedFrame) -> None:
        """Raise _Refusal for a frame that is not of now."""
        if fault := self._clock.fault(matched.frame.stamp, self._frames.rejection):
            raise _Refusal(Status.STALE_IMAGE, fault)


@contextmanager
def _stage(job: Job, name: str, seconds: dict[str, float]) -> Iterator[None]:
    """Announce a stage and note its time; raise _Refusal where the command was cancelled."""
    _check_wanted(job)
    job.begin(name)
    start = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - start


def _check_wanted(job: Job) -> None:
    """Raise _Refusal for a command that was cancelled or replaced."""
    if job.cancel_reason:
        raise _Refusal(Status.UNKNOWN, job.cancel_reason)
