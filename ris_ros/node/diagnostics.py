# SPDX-License-Identifier: Apache-2.0
"""The node's health on /diagnostics, once a second."""
from __future__ import annotations

from collections.abc import Callable
import logging
import time

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.clock import Clock, ClockType
from rclpy.node import Node

from ris_ros.node.command import Answer
from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.frame_matching import seconds
from ris_ros.node.image_clock import ImageClock
from ris_ros.node.indexer import Indexer
from ris_ros.node.messages import missing_position
from ris_ros.status import Status

_PERIOD_S = 1.0
# A model's warning is the node's state for this long.
_WARNING_S = 60.0
_LOGGER = logging.getLogger('ris_ros')
_NO_FAILURE = (Status.FOUND, Status.NOT_FOUND, Status.AMBIGUOUS, Status.ANSWERED, Status.UNKNOWN)


class Diagnostics:
    """Publishes the node's state, whether images come in, the index, and how commands ended."""

    def __init__(self, node: Node, frames: FrameBuffer, indexer: Indexer, clock: ImageClock,
                 state: Callable[[], str]) -> None:
        """Publish from now on.

        Args:
            node: The node whose health it is.
            frames: Tells whether images come in.
            indexer: Tells of the index.
            clock: Judges whether the newest image is fresh.
            state: Returns the name of the node's lifecycle state.
        """
        self._node = node
        self._frames = frames
        self._indexer = indexer
        self._clock = clock
        self._state = state
        self._answered = 0
        self._last: Answer | None = None
        self._failure = ''
        self._obstacle = self._model_error = self._missing_position = ''
        self._warning, self._warned_at = '', 0.0
        self._publisher = node.create_publisher(DiagnosticArray, '/diagnostics', 10)
        # Not by the node's clock, which may stand still.
        node.create_timer(_PERIOD_S, self._publish, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def fail(self, reason: str) -> None:
        """Take note of why the node cannot work."""
        self._obstacle = reason

    def recover(self) -> None:
        """Forget why the node could not work."""
        self._obstacle = self._model_error = self._missing_position = ''

    def warn(self, sentence: str) -> None:
        """Take note of a warning of a model; any thread may call this."""
        self._warned_at = time.monotonic()
        self._warning = sentence

    def record(self, answer: Answer) -> None:
        """Take note of an answer."""
        self._answered += 1
        self._last = answer
        failed = answer.grounding.status is Status.MODEL_ERROR
        self._model_error = answer.grounding.message if failed else ''
        if (location := answer.location) is not None:
            self._missing_position = ('' if location.status is Status.FOUND
                                      else missing_position(location))
        if answer.grounding.status not in _NO_FAILURE:
            self._failure = f'{answer.grounding.status.name}: {answer.grounding.message}'

    def _publish(self) -> None:
        """Publish the state of this moment."""
        now = self._node.get_clock().now().to_msg()
        array = DiagnosticArray(status=[self._status(seconds(now))])
        array.header.stamp = now
        self._publisher.publish(array)

    def _status(self, now: float) -> DiagnosticStatus:
        """Return the node's status; level and message tell the worst that is wrong."""
        state, newest = self._state(), self._frames.newest_stamp()
        level, message = self._judge(state, newest)
        values = {
            'state': state,
            'frames received': str(self._frames.received),
            'image age (s)': '' if newest is None else f'{now - newest:.3f}',
            **self._index_values(now),
            'commands answered': str(self._answered),
            'last failure': self._failure,
            'last missing position': self._missing_position,
            'last warning': self._warning,
        }
        if self._last is not None:
            values['last status'] = self._last.grounding.status.name
            values |= {f'{name} (s)': f'{duration:.3f}' for name, duration in self._last.stages}
        return DiagnosticStatus(
            level=level, message=message,
            name=f'{self._node.get_fully_qualified_name().removeprefix("/")}: grounding',
            hardware_id=self._node.resolve_topic_name('image'),
            values=[KeyValue(key=k, value=v) for k, v in values.items()])

    def _index_values(self, now: float) -> dict[str, str]:
        """Return the values that describe the index."""
        health = self._indexer.health
        age = '' if health.stamp is None else f'{now - health.stamp:.3f}'
        return {
            'index age (s)': age,
            'index rate (Hz)': f'{health.rate:.2f}',
            'index build (s)': f'{health.seconds:.5f}',
            'index longest chunk (s)': f'{health.longest_chunk:.3f}',
            'index reused (share)': f'{health.reused:.2f}',
            'pool fault': health.pool_fault,
            'index fault': health.fault,
        }

    def _judge(self, state: str, newest: float | None) -> tuple[bytes, str]:
        """Return the level and the sentence for a state and the newest image's stamp."""
        if self._obstacle or self._model_error:
            return DiagnosticStatus.ERROR, self._obstacle or self._model_error
        if state != 'active':
            return DiagnosticStatus.WARN, f'The node is {state}: it answers only while active.'
        if self._frames.rejection:
            return DiagnosticStatus.WARN, self._frames.rejection
        if newest is None:
            return DiagnosticStatus.WARN, 'No image has been received yet.'
        if fault := self._clock.fault(newest):
            return DiagnosticStatus.WARN, fault
        health = self._indexer.health
        if health.fault:
            return DiagnosticStatus.WARN, f'The last image could not be indexed: {health.fault}'
        if health.pool_fault:
            return DiagnosticStatus.WARN, f'The robot answers by itself: {health.pool_fault}'
        if fault := self._frames.position_fault:
            return DiagnosticStatus.WARN, f'No object gets a position: {fault}'
        if doubt := self._frames.position_doubt:
            return DiagnosticStatus.WARN, f'Positions are doubtful: {doubt}'
        if self._missing_position:
            return DiagnosticStatus.WARN, f'The last object was found. {self._missing_position}'
        if self._warning and time.monotonic() - self._warned_at < _WARNING_S:
            return DiagnosticStatus.WARN, self._warning
        return DiagnosticStatus.OK, 'Images come in.'


class ForwardedLog(logging.Handler):
    """Hands warnings of ris_ros's own modules to a function, from whatever thread."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        """Forward from now on, to ``tell``."""
        super().__init__(logging.WARNING)
        self._tell = tell
        _LOGGER.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Hand on one warning."""
        self._tell(record.getMessage())

    def close(self) -> None:
        """Forward no more."""
        _LOGGER.removeHandler(self)
        super().close()
