# SPDX-License-Identifier: Apache-2.0
"""The last step of each answer: it is published, shown, tracked and logged."""
from __future__ import annotations

from collections.abc import Callable

from rclpy.impl.rcutils_logger import RcutilsLogger

from ris_ros.node.command import Answer
from ris_ros.node.diagnostics import Diagnostics
from ris_ros.node.messages import missing_position
from ris_ros.node.outputs import Outputs
from ris_ros.node.tracking_thread import TrackingThread
from ris_ros.status import Status


class Delivery:
    """Publishes answers, and tells all of them that go on from an answer."""

    def __init__(self, outputs: Outputs, diagnostics: Diagnostics, tracking: TrackingThread,
                 logger: RcutilsLogger, report: Callable[[Exception], None]) -> None:
        """Deliver nothing yet.

        Args:
            outputs: Publish the answers, and show their objects.
            diagnostics: Tell how commands ended.
            tracking: Holds what was found.
            logger: The node's.
            report: Is told of every exception of these.
        """
        self._outputs = outputs
        self._diagnostics = diagnostics
        self._tracking = tracking
        self._logger = logger
        self._report = report

    def deliver(self, answer: Answer) -> Answer:
        """Publish an answer and note how it ended; return it as it was published."""
        answer = self._outputs.publish(answer)
        showing: tuple[Callable[[Answer], None], ...] = (
            self._outputs.illustrate, self._tracking.hear)
        if answer.command.batch is not None and answer.grounding.status is not Status.STOPPED:
            showing = ()  # a batch only asks, and the topics of one object could not show many
        for follow in (self._diagnostics.record, *showing, self._log):
            try:
                follow(answer)
            except Exception as error:
                # It has been answered; whoever waits for that must hear it.
                self._report(error)
        return answer

    def _log(self, answer: Answer) -> None:
        """Log how a command ended, and why its object has no position."""
        words = [f'{answer.command.id}: {answer.grounding.status.name}', answer.grounding.message]
        if (location := answer.location) is not None and location.status is not Status.FOUND:
            words.append(missing_position(location))
        self._logger.info(' '.join(words))
