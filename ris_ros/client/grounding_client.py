# SPDX-License-Identifier: Apache-2.0
"""The public client of ris_node: ask by service, action or topic, and hear its answers."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
import time
from typing import TypeAlias

from builtin_interfaces.msg import Time
from lifecycle_msgs.srv import GetState
from rclpy.node import Node
from rclpy.task import Future

from ris_ros.action import Ground as GroundAction
from ris_ros.client.connection import WaitTimeoutError
from ris_ros.client.early_action_client import EarlyActionClient
from ris_ros.client.goal import GroundingGoal
from ris_ros.client.lifecycle_client import LifecycleClient
from ris_ros.client.requests import Region, filled, sendable
from ris_ros.errors import RisError
from ris_ros.msg import Grounding
from ris_ros.service_qos import ACTION_QOS
from ris_ros.srv import Ground, GroundAll, LetGo

Feedback: TypeAlias = GroundAction.Feedback


class GroundingClient(LifecycleClient):
    """Commands a running ris_node.

    Example::

        from ris_ros.client import GroundingClient

        with GroundingClient() as client:
            client.wait_until_active(timeout=60)
            answer = client.ground('the red mug next to the bowl', timeout=10)
            print(answer.message, answer.position)

    Hand in your own node to use it inside a ROS program: ``GroundingClient(node)``. Who spins it
    and in which thread callbacks run is told in :class:`Connection`; all methods may be called
    from several threads.
    """

    def __init__(self, node: Node | None = None, *, ris_node: str = 'ris_node',
                 command_topic: str | None = None, domain_id: int | None = None,
                 node_name: str = '', arguments: Sequence[str] = ()) -> None:
        """Join the graph; this does not wait for ris_node.

        Args:
            node: Your node; None makes one, which a thread of its own spins.
            ris_node: Name of ris_node, with its namespace where it has one: ``'/robot1/ris_node'``.
            command_topic: Topic that ris_node hears commands on; None is ``command`` in its
                namespace.
            domain_id: ROS domain of the node that is made; None takes ``ROS_DOMAIN_ID``.
            node_name: Of the node that is made; '' for one that no other node has.
            arguments: For the node that is made, such as ``['--ros-args', '-r', '__ns:=/robot']``.

        Raises:
            RisError: ROS refuses a name or an argument; nothing is left in the graph then.
        """
        super().__init__(node, ris_node=ris_node, command_topic=command_topic,
                         domain_id=domain_id, node_name=node_name, arguments=arguments)
        with self._closed_on_failure():
            # Made now, so that they are discovered while the caller does something else; the
            # last one is discovered last.
            self._service(Ground, f'{ris_node}/ground')
            self._action = EarlyActionClient(self.node, GroundAction, f'{ris_node}/ground',
                                             callback_group=self._group, **ACTION_QOS)
            self._made.callback(self._drop_action)
            self._service(GetState, f'{ris_node}/get_state')

    def _drop_action(self) -> None:
        """Take the action out of the node.

        An executor that is just collecting what it waits for would fail on a destroyed action; once
        taken out, it is freed when nobody uses it any more.
        """
        self.node.remove_waitable(self._action)
        del self._action

    def ground(self, text: str, timeout: float = 30.0, command_id: str = '', *,
               omit_masks: bool = False, region: Region | None = None,
               region_stamp: Time | None = None) -> Grounding:
        """Ask what a command means, and wait for the answer.

        Args:
            text: The command in plain words, such as ``'pick up the red mug'``; ``''`` with a
                region is ``'this'``.
            timeout: Seconds for ris_node to appear and to answer.
            command_id: Comes back in the answer; ris_node gives one where it is empty.
            omit_masks: Leave the masks of the answer and of its candidates empty.
            region: What is pointed at in the image: a pixel (u, v), or a box (x, y, width, height).
            region_stamp: Of the image in which it is; None for the newest.

        Returns:
            The answer. Its ``status`` says how the command ended; also a command that is not
            understood, or comes before the first image, has one.

        Raises:
            NodeNotFoundError: The node is not there.
            WaitTimeoutError: It does not answer in time. It goes on: its answer comes on
                ``~/grounding``, and with ``mode: track`` it holds what it finds. A goal
                (`start_goal`) can be cancelled.
        """
        request = filled(Ground.Request(), text, command_id, omit_masks, region, region_stamp)
        return self._ask(Ground, 'ground', request, timeout).grounding

    def ground_all(self, texts: Sequence[str], timeout: float = 30.0, command_id: str = '', *,
                   omit_masks: bool = True) -> list[Grounding]:
        """Ask what several texts mean in one image, each by itself, and wait for the answers.

        Args:
            texts: At most 100.
            timeout: Seconds for ris_node to appear and to answer.
            command_id: The answers have it with /1, /2 and so on.
            omit_masks: Leave the masks of the answers and of their candidates empty.

        Returns:
            One answer for each text, in their order; a single BAD_COMMAND for a longer list.

        Raises:
            NodeNotFoundError: The node is not there.
            WaitTimeoutError: It does not answer in time.
        """
        request = GroundAll.Request(texts=[sendable(text) for text in texts],
                                    command_id=sendable(command_id), omit_masks=omit_masks)
        return list(self._ask(GroundAll, 'ground_all', request, timeout).groundings)

    def let_go(self, object_id: int = 0, timeout: float = 10.0) -> list[int]:
        """Let go of an object that is held (``mode: track``); return the ids that are let go.

        Args:
            object_id: The ``object_id`` of its messages; 0 for all objects.
            timeout: Seconds for ris_node to appear and to answer.

        Raises:
            NodeNotFoundError: The node is not there.
            WaitTimeoutError: It does not answer in time.
        """
        request = LetGo.Request(object_id=object_id)
        return list(self._ask(LetGo, 'let_go', request, timeout).object_ids)

    def ground_async(self, text: str, command_id: str = '', *,
                     omit_masks: bool = False, region: Region | None = None,
                     region_stamp: Time | None = None) -> Future:
        """Ask what a command means, and return at once.

        It cannot wait until ris_node knows this client, as `ground` does: call
        ``wait_until_active`` before the first command, and again when ris_node was started anew.
        Else ROS may drop the answer, and the future is never done.

        Args:
            text: The command in plain words.
            command_id: Comes back in the answer.
            omit_masks: Leave the masks of the answer and of its candidates empty.
            region: As for `ground`.
            region_stamp: As for `ground`.

        Returns:
            A future of rclpy with the ``Grounding``: give it to ``result(future, timeout, what)``,
            add a callback to it, or await it in a coroutine of the executor that spins this
            client's node. No other executor is woken by it.

        Raises:
            NodeNotFoundError: The node is not there yet.
        """
        client = self._await_service(Ground, f'{self._name}/ground', 0.0)
        answer = Future()

        def hand_over(response: Future) -> None:
            if response.exception() is not None:
                answer.set_exception(response.exception())
            elif not response.cancelled():
                answer.set_result(response.result().grounding)
            # rclpy looks at a coroutine that awaits a future only when something wakes it.
            if (executor := self.node.executor) is not None:
                executor.wake()

        request = filled(Ground.Request(), text, command_id, omit_masks, region, region_stamp)
        client.call_async(request).add_done_callback(hand_over)
        return answer

    def start_goal(self, text: str, on_feedback: Callable[[Feedback], None] | None = None,
                   timeout: float = 10.0, command_id: str = '', *,
                   omit_masks: bool = False, region: Region | None = None,
                   region_stamp: Time | None = None) -> GroundingGoal:
        """Send a command as a goal of the action, which tells its stages and can be cancelled.

        Args:
            text: The command in plain words.
            on_feedback: Called at the beginning of each stage. The feedback has ``stage``
                (``'waiting'``, ``'indexing'``, ``'grounding'``, ``'answering'``) and ``progress``,
                the share of the work that is done, 0 to 1.
            timeout: Seconds for ris_node to appear and to accept the goal.
            command_id: Comes back in the answer.
            omit_masks: Leave the masks of the answer and of its candidates empty.
            region: As for `ground`.
            region_stamp: As for `ground`.

        Returns:
            The goal, which ris_node has accepted.

        Raises:
            NodeNotFoundError: The node is not there.
            RisError: The node refuses the goal.
            WaitTimeoutError: It does not accept the goal in time; should it do so later, the goal
                is cancelled.
        """
        deadline = time.monotonic() + timeout
        with self._making_client:
            self._refuse_if_closed()
            action = self._action
        try:
            self.wait(action.server_is_ready, timeout, 'the action')
        except WaitTimeoutError:
            raise self._not_found(f'the action {self._name}/ground', timeout) from None
        self._introduce(max(deadline - time.monotonic(), 0.0))
        if (left := deadline - time.monotonic()) <= 0:
            raise self._unanswered(f'the action {self._name}/ground', timeout)
        sent = action.send_goal_async(
            filled(GroundAction.Goal(), text, command_id, omit_masks, region, region_stamp),
            None if on_feedback is None else lambda message: on_feedback(message.feedback))
        try:
            handle = self.result(sent, left, f'{self._name} to accept the goal {text!r}')
        except WaitTimeoutError:
            sent.add_done_callback(partial(_cancel, action))  # nobody would hear its end
            raise
        if not handle.accepted:
            action.stop_feedback(handle)
            raise RisError(f'{self._name} refused the goal {text!r}.')
        return GroundingGoal(self, handle, text)


def _cancel(action: EarlyActionClient, sent: Future) -> None:
    """Cancel a goal that was accepted too late, and tell its feedback to nobody."""
    if sent.cancelled() or sent.exception() is not None:
        return
    action.stop_feedback(sent.result())
    if sent.result().accepted:
        sent.result().cancel_goal_async()
