# SPDX-License-Identifier: Apache-2.0
"""Whether the messages of a topic come from more than one publisher."""
from __future__ import annotations

from collections import deque

from rclpy.node import Node

# Among this many of the last messages, two that belong to another series than the one before them
# are no accident.
_REMEMBERED, _RETURNS = 24, 2


class NumberSeries:
    """Tells whether numbers are of one series that grows, or of two series by turns.

    A step back alone proves nothing, because a publisher that was started again begins anew. Two
    publishers are there where the earlier series goes on after the step back, or where a number
    comes twice.
    """

    def __init__(self) -> None:
        self._last = self._earlier = -1  # the last numbers of this series and of the one before
        self._returns: deque[bool] = deque(maxlen=_REMEMBERED)

    def add(self, number: int) -> None:
        """Take note of the next number, which is not negative."""
        self._returns.append(number == self._last or self._last < self._earlier < number)
        if number <= self._last:
            self._earlier = self._last
        self._last = number

    @property
    def is_mixed(self) -> bool:
        """Whether the last numbers are of two series."""
        return sum(self._returns) >= _RETURNS


class PublisherWatch:
    """Notices that two publishers send on one topic by turns, as two cameras would.

    Each publisher numbers its messages. A second publisher in the graph alone proves nothing: it
    may be silent, or that of a camera that was killed, which stays in the graph for some 20 s.
    Where the middleware tells no numbers, it has to be proof enough.
    """

    def __init__(self, node: Node, topic: str) -> None:
        """Watch from now on.

        Args:
            node: The node that listens.
            topic: The full name of the topic.
        """
        self._node = node
        self._topic = topic
        self._numbers = NumberSeries()
        self._is_numbered = True

    def add(self, number: int | None) -> None:
        """Take note of a message by the number that its publisher gave it; None without one."""
        self._is_numbered = number is not None
        if number is not None:
            self._numbers.add(number)

    @property
    def fault(self) -> str:
        """What is wrong, in a sentence that names the publishers; '' where nothing is."""
        if self._is_numbered and not self._numbers.is_mixed:
            return ''
        if not self._is_numbered and self._node.count_publishers(self._topic) < 2:
            return ''
        names = sorted(f'{one.node_namespace.rstrip("/")}/{one.node_name}'
                       for one in self._node.get_publishers_info_by_topic(self._topic))
        return (f'More than one publisher sends on {self._topic} ({", ".join(names)}), so that '
                'image and depth may be of two cameras. End all but one of them, or give it '
                'another topic.')
