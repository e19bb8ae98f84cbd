# SPDX-License-Identifier: Apache-2.0
"""From the browser's microphone to the speech node, and what that has heard."""
from __future__ import annotations

from collections.abc import Callable
import threading
import time

from rclpy.node import Node
from rclpy.qos import QoSProfile
from std_msgs.msg import Bool, UInt8MultiArray

from ris_ros.console.transcript import Transcript
from ris_ros.errors import RisError
from ris_ros.msg import Heard

# The speech node hears the last words some time after they were said.
_UNDERSTOOD_S = 8.0


class VoiceLink:
    """Lets one operator at a time speak to ris_speech; methods may be called from any thread."""

    def __init__(self, node: Node, namespace: str, transcript: Transcript,
                 on_change: Callable[[], None], trouble: Callable[[], str]) -> None:
        """Make the topics.

        Args:
            node: In the graph.
            namespace: Of ris_node, with a slash at its end; '' for the node's own.
            transcript: Takes what was heard and is no command.
            on_change: Called from a thread of ROS when something was heard.
            trouble: Returns what the speech node complains of; '' for nothing.
        """
        self._transcript, self._on_change, self._trouble = transcript, on_change, trouble
        self._lock = threading.Lock()
        self._talker, self._last, self._talked_at = '', '', float('-inf')
        self._audio = node.create_publisher(UInt8MultiArray, f'{namespace}audio',
                                            QoSProfile(depth=100))
        self._button = node.create_publisher(Bool, f'{namespace}push_to_talk', 10)
        node.create_subscription(Heard, f'{namespace}ris_speech/heard', self._hear, 10)

    def begin(self, who: str) -> None:
        """Let an operator speak.

        Raises:
            RisError: Somebody else is speaking, or nobody would hear it.
        """
        if not self._audio.get_subscription_count():
            raise RisError('No speech node listens to this page. Start one: ros2 launch ris_ros '
                           'console.launch.py voice:=true')
        if trouble := self._trouble():
            raise RisError(f'The speech node cannot listen: {trouble}')
        with self._lock:
            if self._talker:
                raise RisError(f'{self._talker} is speaking.')
            self._talker = who
        self._button.publish(Bool(data=True))

    def push(self, data: bytes) -> None:
        """Send sound on: 16-bit little-endian samples of 16 kHz, one channel.

        Raises:
            RisError: It is half a sample too long.
        """
        if len(data) % 2:
            raise RisError('The sound has an odd number of bytes; expected samples of 16 bits.')
        self._audio.publish(UInt8MultiArray(data=data))

    def end(self) -> None:
        """Note that the operator has spoken."""
        self._button.publish(Bool(data=False))
        with self._lock:
            self._last, self._talker = self._talker, ''
            self._talked_at = time.monotonic()

    def _hear(self, heard: Heard) -> None:
        """Take what the speech node has understood, and who said it."""
        with self._lock:
            recent = time.monotonic() - self._talked_at < _UNDERSTOOD_S
            who = self._talker or (self._last if recent else '')
        if heard.accepted:
            self._transcript.note_spoken(heard.text, who)
        elif who:
            self._transcript.note_misheard(who, heard.text, heard.reason)
            self._on_change()
