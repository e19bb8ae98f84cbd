# SPDX-License-Identifier: Apache-2.0
"""Where commands come in: topics, a service and an action; and points, which are commands too."""
from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
import itertools
import threading

from geometry_msgs.msg import PointStamped
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.qos import QoSProfile
from std_msgs.msg import String

from ris_ros.language.alternatives import Alternative
from ris_ros.language.dialogue import interruption
from ris_ros.msg import Grounding, SpokenCommand
from ris_ros.node.command import Command, Job, Pointing, Source, TextBatch, no_feedback
from ris_ros.node.ground_action import GroundAction
from ris_ros.node.messages import mask_bytes, response_to, without_masks
from ris_ros.node.pointing import pointing_of
from ris_ros.node.qos_overrides import overridable
from ris_ros.node.spoken_topic import alternatives_of, spoken_topic
from ris_ros.node.worker import Worker
from ris_ros.service_qos import SERVICE_QOS
from ris_ros.srv import Ground, GroundAll
from ris_ros.status import Status

# What a click says without words.
_THIS = 'this'
# Texts of one call, at most; the answers to more, with their masks, would fill the memory.
_MOST_TEXTS = 100
# Bytes of the masks in one response, at most; those of further texts are on ~/grounding alone.
_MOST_MASK_BYTES = 256_000_000
# Calls that may wait for their answers at the same time; each takes a thread of the executor.
MOST_CALLS = 200


class CommandInputs:
    """The topics, services and the action that commands come in by; all lead to `start`."""

    def __init__(self, node: Node, worker: Worker) -> None:
        """Take commands from now on.

        Args:
            node: The node that listens.
            worker: Answers the commands.
        """
        self._node = node
        self._worker = worker
        self._numbers = itertools.count(1)
        self._places = threading.BoundedSemaphore(MOST_CALLS)
        node.create_subscription(
            String, 'command', self._take_message, QoSProfile(depth=10),
            callback_group=MutuallyExclusiveCallbackGroup(),
            qos_overriding_options=overridable(node, 'subscription', 'command'))
        node.create_subscription(
            SpokenCommand, spoken_topic(node), self._take_spoken, QoSProfile(depth=10),
            callback_group=MutuallyExclusiveCallbackGroup())
        node.create_subscription(
            PointStamped, '~/point', self._take_point, QoSProfile(depth=10),
            callback_group=MutuallyExclusiveCallbackGroup(),
            qos_overriding_options=overridable(node, 'subscription', '~/point'))
        # A callback waits for its answer; it must not keep anybody waiting, least of all 'stop'.
        # rclpy asks a coroutine that awaits anew with each message, so a thread costs less.
        node.create_service(Ground, '~/ground', self._serve, qos_profile=SERVICE_QOS,
                            callback_group=ReentrantCallbackGroup())
        node.create_service(GroundAll, '~/ground_all', self._serve_all, qos_profile=SERVICE_QOS,
                            callback_group=ReentrantCallbackGroup())
        self._action = GroundAction(node, self)

    def destroy(self) -> None:
        """Close what the node does not destroy by itself."""
        self._action.destroy()

    def start(self, text: str, id_: str, source: Source,
              on_stage: Callable[[str, float], None] = no_feedback,
              pointing: Pointing | None = None,
              alternatives: tuple[Alternative, ...] = (), batch: TextBatch | None = None,
              refusal: str = '') -> Job:
        """Have a command answered, and return its job; 'stop' and the like are answered at once.

        Args:
            text: The command.
            id_: The caller's name for it; '' for one of the node's own.
            source: Where it came from.
            on_stage: As in `Job`.
            pointing: What is pointed at; None for nothing.
            alternatives: The texts that a spoken command may be, as in `Command`.
            batch: What it shares with other texts; None for nothing.
            refusal: Why it cannot be taken up, unless it is 'stop' or the like; '' if it can.
        """
        id_ = id_ or f'{source.value}-{next(self._numbers)}'
        if pointing is not None and not text.strip():
            text = _THIS
        job = Job(Command(id_, text, self._node.get_clock().now().to_msg(), pointing, alternatives,
                          batch),
                  source, on_stage)
        try:
            # Judged here and not by the worker, because 'stop' must not wait for what it ends.
            turn = interruption(text)
        except Exception as error:
            # An exception in a callback would end the node.
            self._worker.answer_failure(job, error)
            return job
        if turn:
            self._worker.answer_interruption(job, turn)
        elif refusal:
            self._worker.answer_refusal(job, Status.UNKNOWN, refusal)
        else:
            self._worker.submit(job)
        return job

    def _take_message(self, message: String) -> None:
        """Take a command from the topic; its answer is published."""
        self.start(message.data, '', Source.TOPIC)

    def _take_spoken(self, message: SpokenCommand) -> None:
        """Take a spoken command with the texts that it may be; its one answer is published."""
        alternatives = alternatives_of(message)
        text = alternatives[0].text if alternatives else ''
        self.start(text, '', Source.TOPIC, alternatives=alternatives)

    def _take_point(self, message: PointStamped) -> None:
        """Take a point in space, which means the object there; the answer is published."""
        self.start(_THIS, '', Source.TOPIC, pointing=message)

    def _serve(self, request: Ground.Request, response: Ground.Response) -> Ground.Response:
        """Answer a service call."""
        with self._place() as refusal:
            job = self.start(request.text, request.command_id, Source.SERVICE,
                             pointing=pointing_of(request), refusal=refusal)
            job.wait()
        response.grounding = response_to(request, job.final_answer)
        return response

    def _serve_all(self, request: GroundAll.Request,
                   response: GroundAll.Response) -> GroundAll.Response:
        """Answer a call with several texts."""
        id_ = request.command_id or f'batch-{next(self._numbers)}'
        if (count := len(request.texts)) > _MOST_TEXTS:
            job = Job(Command(id_, '', self._node.get_clock().now().to_msg()), Source.SERVICE)
            self._worker.answer_refusal(job, Status.BAD_COMMAND, (
                f'The call has {count} texts, but at most {_MOST_TEXTS} are answered at once; ask '
                'in several calls.'))
            response.groundings = [response_to(request, job.final_answer)]
        else:
            with self._place() as refusal:
                response.groundings = list(_responses(
                    request, self._start_all(request.texts, id_, refusal)))
        return response

    @contextmanager
    def _place(self) -> Iterator[str]:
        """Let a call wait; give why it must not, or ''."""
        has_place = self._places.acquire(blocking=False)
        try:
            yield '' if has_place else (
                f'The node is busy: {MOST_CALLS} calls wait for their answers already. Send this '
                'one again later.')
        finally:
            if has_place:
                self._places.release()

    def _start_all(self, texts: Sequence[str], id_: str, refusal: str) -> list[Job]:
        """Have texts answered from one image, and return their jobs.

        'Stop' comes last, wherever it stands, because it ends the others as well.
        """
        batch, jobs = TextBatch(), {}
        order = sorted(range(len(texts)), key=lambda number: _interrupts(texts[number]))
        for number in order:
            jobs[number] = self.start(texts[number], f'{id_}/{number + 1}', Source.SERVICE,
                                      batch=batch, refusal=refusal)
        return [jobs[number] for number in range(len(texts))]


def _responses(request: GroundAll.Request, jobs: list[Job]) -> Iterator[Grounding]:
    """Wait for each job in turn; give of its answer what the caller wants, and let go of the rest.

    All masks of a batch would take gigabytes with large images.
    """
    waiting, taken = deque(jobs), 0
    jobs.clear()
    while waiting:
        job = waiting.popleft()
        job.wait()
        message = response_to(request, job.final_answer)
        if taken + (size := mask_bytes(message)) > _MOST_MASK_BYTES:
            message = without_masks(message)
            message.message = (
                f'{message.message} Its masks are left out, because those of the texts before '
                f'take {taken / 1e6:.0f} MB: ask in several calls, or with omit_masks.')
        else:
            taken += size
        yield message


def _interrupts(text: str) -> bool:
    """Tell whether a text is 'stop' or the like; one that cannot be judged is not."""
    try:
        return interruption(text) is not None
    except Exception:
        return False  # `start` answers that it has failed
