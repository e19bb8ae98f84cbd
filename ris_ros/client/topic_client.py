# SPDX-License-Identifier: Apache-2.0
"""The topics of ris_node, as its client publishes on them and hears them."""
from __future__ import annotations

from collections.abc import Callable, Sequence
import time

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.event_handler import PublisherEventCallbacks, SubscriptionEventCallbacks
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import String

from ris_ros.client.connection import Connection, WaitTimeoutError
from ris_ros.client.requests import sendable
from ris_ros.msg import Grounding, Scene, Target

# Earlier answers arrive at once after the discovery; one of them may have the same text.
_EARLIER_S = 0.5
# Answers that wait for a slow callback; one call of `ground_all` alone brings a hundred.
_ANSWERS = 1000
_TARGETS = 10
# An executor that just collects what it waits for ends with an InvalidHandle where the events of
# a publisher or a subscription are destroyed (rclpy issue 1284), so there are none.
_NO_PUBLISHER_EVENTS = PublisherEventCallbacks(use_default_callbacks=False)
_NO_SUBSCRIPTION_EVENTS = SubscriptionEventCallbacks(use_default_callbacks=False)


class TopicClient(Connection):
    """Commands a running ris_node by its topic, and hears what it publishes."""

    def __init__(self, node: Node | None = None, *, ris_node: str = 'ris_node',
                 command_topic: str | None = None, domain_id: int | None = None,
                 node_name: str = '', arguments: Sequence[str] = ()) -> None:
        """Join the graph; the arguments are those of `GroundingClient`."""
        super().__init__(node, domain_id=domain_id, node_name=node_name, arguments=arguments)
        self._name = ris_node
        # Lists that ground_on_topic collects answers in, one for each call under way.
        self._collected: dict[int, list[Grounding]] = {}  # by the identity of the list
        self._collects = False
        with self._closed_on_failure():
            namespace = ris_node[:ris_node.rfind('/') + 1]
            self._command = self.node.create_publisher(
                String, command_topic or f'{namespace}command', 10,
                event_callbacks=_NO_PUBLISHER_EVENTS)
            self._made.callback(self.node.destroy_publisher, self._command)

    def publish(self, text: str, timeout: float = 10.0) -> None:
        """Publish a command on the topic ``command``; the answer comes to ``on_answer``.

        Args:
            text: The command in plain words.
            timeout: Seconds for a listener to appear.

        Raises:
            NodeNotFoundError: Nobody listens to the topic.
        """
        try:
            self.wait(self._command.get_subscription_count, timeout, 'a listener')
        except WaitTimeoutError:
            raise self._not_found(f'a subscription to {self._command.topic_name}',
                                  timeout) from None
        self._command.publish(String(data=sendable(text)))

    def ground_on_topic(self, text: str, timeout: float = 30.0) -> Grounding:
        """Publish a command and return the answer to it that ris_node publishes.

        Commands on the topic have no id: the answer is told by its text.

        Args:
            text: The command in plain words.
            timeout: Seconds for ris_node to appear and to answer.

        Raises:
            NodeNotFoundError: Nobody listens to the topic.
            WaitTimeoutError: No answer came in time.
        """
        deadline = time.monotonic() + timeout
        topic = f'{self._name}/grounding'
        if not self._collects:
            self._collects = True
            # So that no answer is lost while the subscription is discovered.
            self.on_answer(self._collect, include_earlier=True)
            self.wait(lambda: self.node.count_publishers(topic), timeout,
                      f'a publisher of {topic}')
            self.spin_for(_EARLIER_S)
        answers: list[Grounding] = []
        self._collected[id(answers)] = answers
        try:
            self.publish(text, deadline - time.monotonic())
            return self.wait(lambda: next((a for a in answers if a.command == text), None),
                             deadline - time.monotonic(), f'an answer to {text!r} on {topic}')
        finally:
            del self._collected[id(answers)]

    def on_answer(self, callback: Callable[[Grounding], None],
                  include_earlier: bool = False) -> None:
        """Call a function with every answer of ris_node, whoever gave the command.

        Args:
            callback: Takes the answer.
            include_earlier: Also the last ten answers that were given before now.
        """
        durability = (DurabilityPolicy.TRANSIENT_LOCAL if include_earlier
                      else DurabilityPolicy.VOLATILE)
        self._listen(Grounding, 'grounding', callback,
                     QoSProfile(depth=_ANSWERS, durability=durability))

    def on_target(self, callback: Callable[[Target], None]) -> None:
        """Call a function with each new pose of every object that is tracked (``mode: track``)."""
        self._listen(Target, 'target', callback, QoSProfile(depth=_TARGETS))

    def on_scene(self, callback: Callable[[Scene], None]) -> None:
        """Call a function with the remembered scene, now and whenever it has changed."""
        self._listen(Scene, 'scene', callback,
                     QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL))

    def _listen(self, kind: type, topic: str, callback: Callable, qos: QoSProfile) -> None:
        """Subscribe to a topic of ris_node and wake those that wait for it."""
        def hear(message: object) -> None:
            callback(message)
            self._turns.note_change()
        # Messages come one after the other, also where several threads spin the node.
        with self._making_client:
            self._refuse_if_closed()
            subscription = self.node.create_subscription(
                kind, f'{self._name}/{topic}', hear, qos,
                callback_group=MutuallyExclusiveCallbackGroup(),
                event_callbacks=_NO_SUBSCRIPTION_EVENTS)
            self._made.callback(self.node.destroy_subscription, subscription)

    def _collect(self, answer: Grounding) -> None:
        for answers in list(self._collected.values()):
            answers.append(answer)
