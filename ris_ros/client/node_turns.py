# SPDX-License-Identifier: Apache-2.0
"""Who spins a node: its clients take turns while they wait, where nobody else does."""
from __future__ import annotations

import threading
from weakref import WeakValueDictionary

from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node

# A condition may depend on something that nobody announces, so it is looked at this often.
_TURN_S = 0.05


class NodeTurns:
    """The turns of a node's clients at spinning it, and what has come in.

    All clients of a node share them. What an executor has taken in, only it can hand over: one
    that a client had for itself would keep what it took in for another client.

    Attributes:
        executor: What spins the node.
        changes: How often something has come in.
    """

    def __init__(self, node: Node) -> None:
        self.executor = SingleThreadedExecutor(context=node.context)
        self.changes = 0
        self._node = node
        self._changed = threading.Condition()
        self._turn = threading.Lock()
        self._clients = 0
        self._has_ended = False

    @staticmethod
    def join(node: Node) -> NodeTurns:
        """Return the turns of a node for one more client, which leaves them at its end."""
        with _joining:
            turns = _turns.get(id(node))
            if turns is None:
                turns = _turns[id(node)] = NodeTurns(node)
            turns._clients += 1
            return turns

    def leave(self) -> None:
        """Take part no more; the last client to leave ends the executor."""
        with _joining:
            self._clients -= 1
            if not self._clients:
                del _turns[id(self._node)]
                self._has_ended = True
                self._end()
                self.executor.remove_node(self._node)

    def note_change(self, _: object = None) -> None:
        """Wake the threads that wait: something has come in."""
        with self._changed:
            self.changes += 1
            self._changed.notify_all()

    def take(self, seen: int, seconds: float) -> None:
        """Spin the node once, or wait for the next change where somebody else spins it.

        Once the last client has left, this only waits.

        Args:
            seen: The number of changes when the condition was last looked at.
            seconds: At most.
        """
        seconds = min(seconds, _TURN_S)
        if self._is_spun() or not self._turn.acquire(blocking=False):
            with self._changed:
                self._changed.wait_for(lambda: self.changes != seen, seconds)
            return
        try:
            if not self._is_spun():  # its owner may have put it into an executor just now
                self.executor.add_node(self._node)
                self.executor.spin_once(timeout_sec=seconds)
        finally:
            # Its owner may put it into another executor now.
            self.executor.remove_node(self._node)
            self._turn.release()
            if self._has_ended:
                self._end()
        self.note_change()

    def _end(self) -> None:
        """End the executor by taking the last turn, or leave that to the thread that has a turn."""
        if self._turn.acquire(blocking=False):
            self.executor.shutdown()

    def _is_spun(self) -> bool:
        """Return whether a thread or an executor spins the node now."""
        executor = self._node.executor
        # rclpy leaves the executor of a node set when it takes the node out of it.
        return executor is not None and self._node in executor.get_nodes()


# By the id of the node, which lives as long as its turns do.
_turns: WeakValueDictionary[int, NodeTurns] = WeakValueDictionary()
_joining = threading.Lock()
