"""A command becomes an answer: which frame, which models, and a status for all that can fail."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
import threading
import time
from typing import TYPE_CHECKING

from ris_ros.errors import CommandError, FrameError, ModelError, RisError
from ris_ros.grounding.result import Grounding
from ris_ros.language.text import check_command
from ris_ros.node.command import Answer
from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.frame_matching import MatchedFrame, seconds
from ris_ros.node.index_session import IndexedFrame, IndexingStopped
from ris_ros.node.indexer import Indexer, use_threads
from ris_ros.node.parameters import LiveSettings, Settings, check
from ris_ros.node.worker import Job
from ris_ros.profile import load_profile
from ris_ros.status import Status

if TYPE_CHECKING:
    from ris_ros.conversation import Conversation
    from ris_ros.index.updater import Updater
    from ris_ros.language.dialogue import Act
    from ris_ros.pipeline import Pipeline

_NOT_ACTIVE = 'The node is not active: activate it.'
# Longer than a driver takes to send the depth after its image.
_DEPTH_PATIENCE_S = 0.5

STAGES = ('waiting', 'indexing', 'grounding', 'answering')


class _Refusal(Exception):
    """Ends a command early with a status."""

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.grounding = Grounding(status, message)


class Answerer:
    """Answers commands from the scene index; holds the models.

    frames: where frames come from.  settings: the node's.  now: returns the
    time in seconds.  report: is told of every exception that a model raises.  ``indexer`` keeps
    the index of a recent frame ready (`Indexer`).
    """

    def __init__(self, frames: FrameBuffer, settings: LiveSettings[Settings],
                 now: Callable[[], float], report: Callable[[Exception], None]) -> None:
        self._frames = frames
        self._settings = settings
        self._now = now
        self._report = report
        self._pipeline: Pipeline | None = None
        self._updater: Updater | None = None
        self._conversation: Conversation | None = None
        self._threads = self._own_threads = 0
        self._obstacle = 'No models are loaded: configure the node.'
        self.indexer = Indexer(frames, settings, report)
        self._pause = _NOT_ACTIVE
        # Held while the models load and the node starts: a command that comes meanwhile waits.
        self.lock = threading.RLock()

    def load(self) -> None:
        """Load the models of the settings; raise what the loading raises, and remember it.

        Raises RisError for settings that no node can work with.
        """
        settings = self._settings.value
        with self.lock:
            self._forget('No models are loaded: configuring the node failed.')
            try:
                _check_usable(settings)
                # Imported here, because torch takes seconds and the node is to be seen at once.
                import torch

                from ris_ros.conversation import Conversation
                from ris_ros.index.updater import Updater
                from ris_ros.pipeline import Pipeline
                self._own_threads = self._own_threads or torch.get_num_threads()
                self._threads = settings.threads or self._own_threads
                use_threads(self._threads)
                self._pipeline = Pipeline.load(
                    settings.profile, weights=settings.weights, device=settings.device,
                    precision=settings.precision)
                self._updater = Updater(
                    self._pipeline.proposer, self._pipeline.encoder, settings.refresh_every)
                self._conversation = Conversation(self._pipeline)
            except Exception as error:
                self._obstacle = f'The models could not be loaded: {_sentence(error)}'
                raise

    def unload(self) -> None:
        """Free the models."""
        with self.lock:
            self._forget('No models are loaded: configure the node.')

    def start(self) -> None:
        """Answer from now on, and keep an index ready."""
        self._pause = ''
        if self._updater is not None:
            self.indexer.start(self._updater, self._threads)

    def pause(self, reason: str = _NOT_ACTIVE) -> None:
        """Answer no more, and say why; the command that waits for an index ends at once."""
        self._pause = reason
        self.indexer.stop()

    def close(self) -> None:
        """End for good."""
        self.pause('The node is shutting down.')
        self.indexer.close()

    def interrupt(self, act: Act) -> None:
        """Tell the conversation of 'stop' and the like."""
        if (conversation := self._conversation) is not None:
            conversation.interrupt(act)

    def answer(self, job: Job) -> Answer:
        """Answer one command; whatever goes wrong becomes a status and a sentence."""
        indexed, stages = None, {}
        try:
            check_command(job.command.text)
            with self.lock:
                conversation = self._ready_conversation(job)
                with _stage(job, 'indexing', stages):
                    indexed = self._fresh_index(job)
                with _stage(job, 'grounding', stages), self.indexer.giving_way():
                    use_threads(self._threads)
                    grounding = conversation.answer(
                        indexed.scene, job.command.text, self._now(),
                        self._settings.value.dialogue_timeout)
                job.on_stage('answering', _progress('answering'))
            grounding = _with_position_note(grounding, indexed.matched.position_note)
        except _Refusal as refusal:
            grounding = refusal.grounding
        except CommandError as error:
            grounding = Grounding(Status.BAD_COMMAND, str(error))
        except Exception as error:
            # A model raises what it likes; the node is to answer and live on.
            self._report(error)
            grounding = Grounding(Status.MODEL_ERROR, f'The model failed: {_sentence(error)}')
        if indexed is None:
            return Answer(job.command, grounding, stages=tuple(stages.items()))
        return Answer(job.command, grounding, indexed.matched, self._age(indexed.matched),
                      tuple(stages.items()), indexed.reused)

    def _forget(self, obstacle: str) -> None:
        """Drop the models and what was made with them."""
        self.indexer.stop()
        self._pipeline = self._updater = self._conversation = None
        self._obstacle = obstacle

    def _ready_conversation(self, job: Job) -> Conversation:
        """Return the conversation; raise _Refusal where the command cannot be taken up."""
        _check_wanted(job)
        if self._conversation is None:
            raise _Refusal(Status.MODEL_ERROR, self._obstacle)
        if self._pause:
            raise _Refusal(Status.UNKNOWN, self._pause)
        return self._conversation

    def _fresh_index(self, job: Job) -> IndexedFrame:
        """Return an index that is fresh enough for a command, the last one or a new one.

        The last one is where its image is not older than max_image_age, nor by more than
        index_max_lag older than the command, and so is that of the newest image. Where nothing has
        changed since the last one, it is that of the newest image too.
        """
        settings, last = self._settings.value, self.indexer.last
        oldest = seconds(job.command.stamp) - settings.index_max_lag
        if (last is not None and last.matched.frame.stamp >= oldest
                and abs(self._age(last.matched)) <= settings.max_image_age):
            return last
        matched = self._fresh_frame()
        if (same := self.indexer.unchanged(matched)) is not None:
            return same
        try:
            return self.indexer.await_index(matched, oldest, lambda: not job.cancel_reason)
        except IndexingStopped:
            raise _Refusal(
                Status.UNKNOWN, job.cancel_reason or self._pause or self._obstacle) from None

    def _fresh_frame(self) -> MatchedFrame:
        """Return the newest frame; raise _Refusal without one that is fresh."""
        try:
            matched = self._frames.await_newest(_DEPTH_PATIENCE_S)
        except FrameError as error:
            raise _Refusal(Status.NO_IMAGE, str(error)) from error
        age, limit = self._age(matched), self._settings.value.max_image_age
        if age > limit:
            raise _Refusal(
                Status.STALE_IMAGE,
                f'The newest image is {age:.1f} s old; at most {limit:.1f} s (parameter '
                'max_image_age) are allowed. Is the camera running?')
        return matched

    def _age(self, matched: MatchedFrame) -> float:
        """Return the seconds since a frame's image was taken."""
        return self._now() - matched.frame.stamp


def _check_usable(settings: Settings) -> None:
    """Raise RisError for bad parameters, and for a profile that a camera cannot feed."""
    check(settings)
    if load_profile(settings.profile).proposals['source'] == 'given':
        raise ModelError(f'The profile {settings.profile!r} wants masks with each image, but a '
                         'camera sends none: choose a profile with proposals of its own.')


@contextmanager
def _stage(job: Job, name: str, seconds: dict[str, float]) -> Iterator[None]:
    """Announce a stage, note its time, and leave the road if the command is cancelled."""
    _check_wanted(job)
    job.on_stage(name, _progress(name))
    start = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - start


def _check_wanted(job: Job) -> None:
    """Raise _Refusal for a command that was cancelled or replaced."""
    if job.cancel_reason:
        raise _Refusal(Status.UNKNOWN, job.cancel_reason)


def _progress(stage: str) -> float:
    """Return the share of the stages that lie before this one."""
    return STAGES.index(stage) / len(STAGES)


def _sentence(error: Exception) -> str:
    """Return an error's text, with its type where the text was not made for a user."""
    return str(error) if isinstance(error, RisError) else f'{type(error).__name__}: {error}'


def _with_position_note(grounding: Grounding, note: str) -> Grounding:
    """Put the node's own reason where the pipeline only saw that depth is missing."""
    if not note:
        return grounding
    return replace(grounding, candidates=tuple(
        replace(candidate, position_note=note) for candidate in grounding.candidates))
