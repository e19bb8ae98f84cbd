"""The node's health on /diagnostics, once a second."""
from __future__ import annotations

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.node import Node

from ris_ros.grounding.result import Status
from ris_ros.node.answer import Answer
from ris_ros.node.frame_buffer import FrameBuffer, seconds

_PERIOD_S = 1.0
_VERDICTS = (Status.FOUND, Status.NOT_FOUND, Status.AMBIGUOUS, Status.UNKNOWN)


class Diagnostics:
    """Publishes whether images come in, how old they are, and how commands ended."""

    def __init__(self, node: Node, frames: FrameBuffer) -> None:
        self._node = node
        self._frames = frames
        self._answered = 0
        self._last: Answer | None = None
        self._failure = ''
        self.obstacle = ''
        self._publisher = node.create_publisher(DiagnosticArray, '/diagnostics', 10)
        node.create_timer(_PERIOD_S, self._publish)

    def record(self, answer: Answer) -> None:
        """Take note of an answer."""
        self._answered += 1
        self._last = answer
        if answer.grounding.status not in _VERDICTS:
            self._failure = f'{answer.grounding.status.name}: {answer.grounding.message}'

    def _publish(self) -> None:
        """Publish the state of this moment."""
        now = self._node.get_clock().now().to_msg()
        array = DiagnosticArray(status=[self._status(seconds(now))])
        array.header.stamp = now
        self._publisher.publish(array)

    def _status(self, now: float) -> DiagnosticStatus:
        """Return the node's status; level and message say the worst of it."""
        newest = self._frames.newest_stamp()
        if self.obstacle:
            level, message = DiagnosticStatus.ERROR, self.obstacle
        elif newest is None:
            level = DiagnosticStatus.WARN
            message = self._frames.rejection or 'No image has been received yet.'
        elif self._frames.rejection:
            level, message = DiagnosticStatus.WARN, self._frames.rejection
        else:
            level, message = DiagnosticStatus.OK, 'Images come in.'
        values = {
            'frames received': str(self._frames.received),
            'image age (s)': '' if newest is None else f'{now - newest:.3f}',
            'commands answered': str(self._answered),
            'last failure': self._failure,
        }
        if self._last is not None:
            values['last status'] = self._last.grounding.status.name
            values |= {f'{name} (s)': f'{duration:.3f}' for name, duration in self._last.stages}
        return DiagnosticStatus(
            level=level, name=f'{self._node.get_name()}: grounding', message=message,
            hardware_id='', values=[KeyValue(key=k, value=v) for k, v in values.items()])
