# SPDX-License-Identifier: Apache-2.0
"""A command, its job and its answer, as they pass between the threads of the node."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
import threading
import time
from typing import TYPE_CHECKING, TypeAlias

from builtin_interfaces.msg import Time
from geometry_msgs.msg import PointStamped

from ris_ros.errors import RisError
from ris_ros.geometry.location import Location
from ris_ros.grounding.pointing import Region
from ris_ros.grounding.result import Grounding
from ris_ros.language.alternatives import Alternative
from ris_ros.msg import Grounding as GroundingMsg
from ris_ros.node.frame_matching import MatchedFrame
from ris_ros.status import Status

if TYPE_CHECKING:
    from ris_ros.node.index_session import IndexedFrame


@dataclass(frozen=True, eq=False)
class PictureRegion:
    """A region of a picture that is pointed at.

    Attributes:
        region: Pixels of the picture.
        stamp: Of that picture in seconds; 0 for the newest.
    """

    region: Region
    stamp: float


# What is pointed at with a command: a region of a picture, or a point in space.
Pointing: TypeAlias = PictureRegion | PointStamped


class TextBatch:
    """What texts share that are answered from one image; the worker's thread alone changes it.

    Attributes:
        indexed: The index of the image, once the first text has been taken up.
        refusal: Why there is none, where the first text has found that out.
    """

    def __init__(self) -> None:
        self.indexed: IndexedFrame | None = None
        self.refusal: Exception | None = None


@dataclass(frozen=True)
class Command:
    """A command as it was received.

    Attributes:
        id: Its id.
        text: Its text; 'this' where something is only pointed at.
        stamp: The time of reception.
        pointing: What is pointed at; None for nothing.
        alternatives: The texts that it may be where it was spoken, best first, its text included;
            empty where it was written.
        batch: What it shares with other texts; None for a command that was given alone.
        received: The time of reception by a clock that never jumps (time.monotonic).
    """

    id: str
    text: str
    stamp: Time
    pointing: Pointing | None = None
    alternatives: tuple[Alternative, ...] = ()
    batch: TextBatch | None = None
    received: float = field(default_factory=time.monotonic, compare=False)


@dataclass(frozen=True, eq=False)
class Answer:
    """The answer to a command, and how it came about.

    Attributes:
        command: The command.
        grounding: The objects that it means, in the optical frame.
        matched: The frame that it was answered from, or None.
        age: Seconds from that image's stamp to the answer.
        stages: Name and wall-clock seconds of the work done for this command.
        reused: Share of the features that were kept from earlier images, 0 to 1.
        location: Where the best object is in the target frame, or why that is not known; None
            without an object.
        message: What was published of the answer, which its caller gets too; None before.
        profile: Name of the profile whose models indexed the image; '' without one.
        pool_fallback: Whether the robot has done so because its pool did not answer.
    """

    command: Command
    grounding: Grounding
    matched: MatchedFrame | None = None
    age: float = 0.0
    stages: tuple[tuple[str, float], ...] = ()
    reused: float = 0.0
    location: Location | None = None
    message: GroundingMsg | None = None
    profile: str = ''
    pool_fallback: bool = False


# What libraries say when memory is full, in lower case: torch for each device, and OpenCV.
_OUT_OF_MEMORY = ('out of memory', 'not enough memory', "can't allocate memory",
                  'insufficient memory')
_MEMORY_ADVICE = ('The memory is full: choose a smaller profile or a smaller image, or end other '
                  'programs.')


def sentence(error: Exception) -> str:
    """Return an error's text, with its type where the text was not made for a user."""
    text = str(error) if isinstance(error, RisError) else f'{type(error).__name__}: {error}'
    if isinstance(error, MemoryError) or any(words in text.lower() for words in _OUT_OF_MEMORY):
        text = f'{text.rstrip(": .")}. {_MEMORY_ADVICE}'
    # A message with half a surrogate pair, as in a strange file name, could not be published.
    return text.encode(errors='replace').decode()


def failure(command: Command, error: Exception) -> Answer:
    """Return the answer to a command that something in the node has failed with."""
    return Answer(command, Grounding(
        Status.MODEL_ERROR, f'The node failed to answer: {sentence(error)}'))


STAGES = ('waiting', 'indexing', 'grounding', 'answering')


class Source(Enum):
    """Where a command came from."""

    TOPIC = 'topic'
    SERVICE = 'service'
    ACTION = 'action'


def no_feedback(stage: str, progress: float) -> None:
    """Ignore the progress of a job that nobody watches."""


class Job:
    """A command on its way to its answer.

    One thread answers it and others may cancel it or wait for it:

        cancel() before commit()          finish()
        WANTED ────────────► CANCELLED ──────────────► ENDED, without a verdict
           │       commit()                finish()
           └───────────────► COMMITTED ──────────────► ENDED, with its verdict

    Attributes:
        command: What was said.
        source: Where it came from.
        stage: The stage that has begun last.
    """

    def __init__(self, command: Command, source: Source,
                 on_stage: Callable[[str, float], None] = no_feedback) -> None:
        """Take note of a command that has just come.

        Args:
            command: What was said.
            source: Where it came from.
            on_stage: Is told the name of each stage that begins, and the share of stages before it.
        """
        self.command = command
        self.source = source
        self.stage = STAGES[0]
        self._on_stage = on_stage
        self._cancel_reason = ''
        self._committed = False
        self._lock = threading.Lock()
        self._answer: Answer | None = None
        self._claimed = False
        self._done = threading.Event()

    def begin(self, stage: str) -> None:
        """Begin one of `STAGES`, and tell whoever watches."""
        self.stage = stage
        self._on_stage(stage, STAGES.index(stage) / len(STAGES))

    @property
    def seconds(self) -> float:
        """Seconds since the command came, whatever the clocks of ROS say."""
        return time.monotonic() - self.command.received

    @property
    def cancel_reason(self) -> str:
        """Why the job is to end without a verdict; '' while it is wanted."""
        return self._cancel_reason

    def cancel(self, reason: str) -> bool:
        """Ask that the job ends without a verdict, and say why; the first reason stays.

        Returns:
            False where the verdict is already on its way out, which nothing can change.
        """
        with self._lock:
            if not self._committed:
                self._cancel_reason = self._cancel_reason or reason
            return not self._committed

    def commit(self) -> str:
        """Make the verdict final; return why there must be none, or ''.

        After this no cancel comes through, and before it none is overlooked: a verdict is never
        published for a command that had been replaced or cancelled by then.
        """
        with self._lock:
            self._committed = not self._cancel_reason
            return self._cancel_reason

    def claim(self) -> bool:
        """Return whether the caller is the first, who alone may deliver an answer."""
        with self._lock:
            is_first, self._claimed = not self._claimed, True
            return is_first

    @property
    def is_claimed(self) -> bool:
        """Whether an answer is being delivered or has been."""
        return self._claimed

    def finish(self, answer: Answer | None) -> None:
        """Hand in the answer, or None where none could be made."""
        self._answer = answer
        self._done.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end of the job, at most some seconds; return whether it has ended."""
        return self._done.wait(timeout)

    @property
    def answer(self) -> Answer | None:
        """The answer of a job that has ended, or None where there is none."""
        return self._answer

    @property
    def final_answer(self) -> Answer:
        """The answer of a job that has ended; where the node has ended first, that it has."""
        return self._answer or Answer(
            self.command, Grounding(Status.UNKNOWN, 'The node is shutting down.'))
