# SPDX-License-Identifier: Apache-2.0
"""Whether the messages of a topic come from more than one publisher."""
from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from rclpy.node import Node
from rclpy.topic_endpoint_info import TopicEndpointInfo

if TYPE_CHECKING:
    from rclpy.subscription import MessageInfo

# So many publishers are remembered that have sent before the last one.
_PUBLISHERS = 16
# So often, a publisher has sent again after another one; one hand-over and back does it once.
_RETURNS = 2
# Two returns among the last 24 messages are no accident.
_REMEMBERED = 24


class Turns:
    """Tells which publishers send by turns, by the id that each message has of its publisher.

    One that was started again has another id, and its first one never comes again.

    Attributes:
        publishers: The ids of those that have sent before and after each other.
    """

    def __init__(self) -> None:
        self.publishers: set[bytes] = set()
        self._count = 0
        self._last = b''
        self._earlier: deque[bytes] = deque(maxlen=_PUBLISHERS)

    def add(self, publisher: bytes) -> None:
        """Take note of the publisher of the next message."""
        if publisher == self._last:
            return
        if publisher in self._earlier:
            self._count += 1
            self.publishers |= {publisher, self._last}
        self._earlier.append(self._last)
        self._last = publisher

    @property
    def have_returned(self) -> bool:
        """Whether publishers have sent again after others, more often than a hand-over explains."""
        return self._count >= _RETURNS


class NumberSeries:
    """Tells whether numbers are of one series that grows, or of two series by turns.

    They stand in for the ids of publishers, which ROS 2 Jazzy's rclpy does not tell. Two publishers
    are not told apart if one sends at least 25 times as often as the other, and one that is started
    again after each one or two messages is taken for two.

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

    A second publisher in the graph alone proves nothing: it may be silent, or that of a camera that
    was killed, which stays in the graph for some 20 s. Where the middleware tells neither ids nor
    numbers, it has to be proof enough.
    """

    def __init__(self, node: Node, topic: str) -> None:
        """Watch from now on.

        Args:
            node: The node that listens.
            topic: The full name of the topic.
        """
        self._node = node
        self._topic = topic
        self._turns = Turns()
        self._numbers = NumberSeries()
        self._is_mixed = False

    def add(self, about: MessageInfo) -> None:
        """Take note of a message by what is told of it."""
        publisher = about.get('publisher_gid')
        number = about.get('publication_sequence_number')
        if publisher is not None:
            if self._turns.have_returned and len(self._senders()) < 2:
                self._turns = Turns()
            self._turns.add(publisher['data'])
            self._is_mixed = self._turns.have_returned
        elif number is not None:
            self._numbers.add(number)
            self._is_mixed = self._numbers.is_mixed
        else:
            self._is_mixed = True

    @property
    def fault(self) -> str:
        """What is wrong, in a sentence that names the publishers; '' where nothing is."""
        senders = self._senders() if self._is_mixed else []
        if len(senders) < 2:
            return ''
        names = sorted(f'{one.node_namespace.rstrip("/")}/{one.node_name}' for one in senders)
        return (f'More than one publisher sends on {self._topic} ({", ".join(names)}), so that '
                'image and depth may be of two cameras. End all but one of them, or give it '
                'another topic.')

    def _senders(self) -> list[TopicEndpointInfo]:
        """Return the publishers in the graph that send by turns; all if it knows them otherwise."""
        present = self._node.get_publishers_info_by_topic(self._topic)
        return [one for one in present
                if bytes(one.endpoint_gid) in self._turns.publishers] or present
