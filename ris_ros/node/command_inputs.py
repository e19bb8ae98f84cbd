"""Where commands come in: a topic, a service and an action."""
from __future__ import annotations

from collections.abc import Callable
import itertools

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.qos import QoSProfile
from std_msgs.msg import String

from ris_ros.language.dialogue import interruption
from ris_ros.node.command import Command, Job, Source, no_feedback
from ris_ros.node.ground_action import GroundAction
from ris_ros.node.messages import response_to
from ris_ros.node.qos_overrides import overridable
from ris_ros.node.worker import Worker
from ris_ros.srv import Ground


class CommandInputs:
    """The topic, the service and the action that commands come in by; all lead to `start`."""

    def __init__(self, node: Node, worker: Worker) -> None:
        """Take commands from now on.

        Args:
            node: The node that listens.
            worker: Answers the commands.
        """
        self._node = node
        self._worker = worker
        self._numbers = itertools.count(1)
        node.create_subscription(
            String, 'command', self._take_message, QoSProfile(depth=10),
            callback_group=MutuallyExclusiveCallbackGroup(),
            qos_overriding_options=overridable(node, 'subscription', 'command'))
        # A callback waits for its answer; it must not keep anybody waiting, least of all 'stop'.
        node.create_service(Ground, '~/ground', self._serve,
                            callback_group=ReentrantCallbackGroup())
        self._action = GroundAction(node, self)

    def destroy(self) -> None:
        """Close what the node does not destroy by itself."""
        self._action.destroy()

    def start(self, text: str, id_: str, source: Source,
              on_stage: Callable[[str, float], None] = no_feedback) -> Job:
        """Have a command answered, and return its job; 'stop' and the like are answered at once.

        Args:
            text: The command.
            id_: The caller's name for it; '' for one of the node's own.
            source: Where it came from.
            on_stage: As in `Job`.
        """
        id_ = id_ or f'{source.value}-{next(self._numbers)}'
        job = Job(Command(id_, text, self._node.get_clock().now().to_msg()), source, on_stage)
        try:
            # Judged here and not by the worker, because 'stop' must not wait for what it ends.
            turn = interruption(text)
        except Exception as error:
            # An exception in a callback would end the node.
            self._worker.answer_failure(job, error)
            return job
        if turn:
            self._worker.answer_interruption(job, turn)
        else:
            self._worker.submit(job)
        return job

    def _take_message(self, message: String) -> None:
        """Take a command from the topic; its answer is published."""
        self.start(message.data, '', Source.TOPIC)

    def _serve(self, request: Ground.Request, response: Ground.Response) -> Ground.Response:
        """Answer a service call."""
        job = self.start(request.text, request.command_id, Source.SERVICE)
        job.wait()
        response.grounding = response_to(request, job.final_answer)
        return response
