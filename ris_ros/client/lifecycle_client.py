# SPDX-License-Identifier: Apache-2.0
"""The lifecycle of ris_node, as its client follows it, and commands that wait until it is there."""
from __future__ import annotations

import time
from typing import Any

from lifecycle_msgs.srv import GetState
from rclpy.client import Client

from ris_ros.client.connection import NodeNotActiveError, NodeNotFoundError, WaitTimeoutError
from ris_ros.client.topic_client import TopicClient
from ris_ros.srv import Ground

_POLL_S = 0.1


class LifecycleClient(TopicClient):
    """Follows the lifecycle of ris_node, and commands it once it knows this client.

    ROS drops what a node answers to a client that it has not discovered yet, and a command cannot
    be repeated. The question for its state can.
    """

    # With whom ris_node has answered, and which one it was; None before the first answer.
    _known: tuple[Client, frozenset] | None = None

    def is_present(self) -> bool:
        """Return at once whether ris_node, in whatever state, is known to take commands."""
        return self._service(Ground, f'{self._name}/ground').service_is_ready()

    def state(self, timeout: float = 10.0) -> str:
        """Return the label of ris_node's lifecycle state, such as ``'active'``.

        Raises:
            NodeNotFoundError: The node is not there.
            WaitTimeoutError: It does not tell its state in time.
        """
        asked = self._acquaintance()
        label = self.call_again(GetState, f'{self._name}/get_state', GetState.Request(),
                                timeout).current_state.label
        self._known = asked
        return label

    def is_active(self, timeout: float = 1.0) -> bool:
        """Return whether ris_node answers commands; False also where it does not tell in time."""
        try:
            return self.state(timeout) == 'active'
        except (NodeNotFoundError, WaitTimeoutError):
            return False

    def wait_until_active(self, timeout: float = 60.0) -> None:
        """Wait until ris_node has loaded its models and answers commands.

        Args:
            timeout: Seconds.

        Raises:
            NodeNotFoundError: The node is not there.
            NodeNotActiveError: It is there, but has not become active in time.
        """
        deadline = time.monotonic() + timeout
        self._await_service(GetState, f'{self._name}/get_state', timeout)
        state = 'unknown'
        while (left := deadline - time.monotonic()) > 0:
            try:
                state = self.state(left)
            except WaitTimeoutError:
                break
            if state == 'active':
                # Its services are discovered one by one, and `ground_async` waits for none.
                self._await_service(Ground, f'{self._name}/ground', left)
                return
            self.spin_for(min(left, _POLL_S))
        raise NodeNotActiveError(
            f'{self._name} is not active after {timeout:.3g} s: its state is {state!r}. See its '
            f'log, or activate it: ros2 lifecycle set {self._name} configure, then activate.')

    def _ask(self, kind: type, service: str, request: object, timeout: float) -> Any:
        """Call a service of ris_node once it knows the service's client, and return the response.

        Arguments and exceptions are those of `call`.
        """
        deadline = time.monotonic() + timeout
        name = f'{self._name}/{service}'
        with self._making_client:
            if (kind, name) not in self._clients:
                self._service(kind, name)
                # What is made last is discovered last: only the answer to a client that is made
                # after this one says that ris_node knows both.
                self._clients.pop((GetState, f'{self._name}/get_state'), None)
        self._introduce(timeout)
        if (left := deadline - time.monotonic()) <= 0:
            raise self._unanswered(name, timeout)  # nobody would wait for the answer
        return self.call(kind, name, request, left)

    def _introduce(self, timeout: float) -> None:
        """Wait until ris_node, which may have been started anew, has discovered this client."""
        if self._known != self._acquaintance():
            self.state(timeout)

    def _acquaintance(self) -> tuple[Client, frozenset]:
        """Return the client that asks for the state now, and what tells one ris_node from the next.

        Each publisher has an id of its own in the graph, and every node with a lifecycle has this.
        """
        client = self._service(GetState, f'{self._name}/get_state')
        publishers = self.node.get_publishers_info_by_topic(f'{self._name}/transition_event')
        return client, frozenset(tuple(publisher.endpoint_gid) for publisher in publishers)
