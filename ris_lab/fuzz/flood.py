# SPDX-License-Identifier: Apache-2.0
"""Floods a running node with messages and counts its answers."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
import sys
import time

from rclpy.task import Future
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from tqdm import tqdm

from ris_lab.fuzz.camera_traffic import CameraTraffic
from ris_lab.fuzz.flood_report import FloodReport, MemorySample
from ris_lab.fuzz.ledger import Ledger, SentCommand
from ris_lab.fuzz.node_requests import NodeRequests
from ris_lab.fuzz.texts import hostile_text, likely_text, sendable_text
from ris_lab.processes import NodeProcess
from ris_ros.client import GroundingClient, GroundingGoal
from ris_ros.errors import RisError
from ris_ros.msg import Grounding
from ris_ros.node.camera_inputs import sensor_qos
from ris_ros.status import Status

_START_SECONDS = 300
# ~/grounding keeps ten answers, so that more commands at a time could lose one on the way.
_AT_A_TIME = 8
_CAMERA_TOPICS = {'camera_info': CameraInfo, 'image': Image, 'image/compressed': CompressedImage,
                  'depth': Image}
_HOSTILE_SHARE = 0.4
_CANCELLED_SHARE = 0.2
_VERDICTS = (Status.FOUND, Status.NOT_FOUND, Status.AMBIGUOUS, Status.ANSWERED)


@dataclass(frozen=True)
class FloodPlan:
    """What a node has to bear.

    Attributes:
        messages: Number of messages, commands, parameter sets and transitions together.
        seed: Of everything that is chosen.
        rate: Messages a second, at most; 0: as fast as the node answers.
        patience: An answer that has not come after this is lost, seconds.
    """

    messages: int = 1000
    seed: int = 0
    rate: float = 0.0
    patience: float = 120.0


class Flood:
    """Sends the messages of a plan to a node, and counts its answers.

    At most eight commands wait for their answers at a time.
    """

    def __init__(self, client: GroundingClient, name: str, plan: FloodPlan,
                 process: NodeProcess | None = None) -> None:
        """Make the publishers.

        Args:
            client: Of the node.
            name: The node's full or relative name.
            plan: What to send.
            process: The node's, where it was started here; its memory is watched.
        """
        self._client, self._name, self._plan, self._process = client, name, plan, process
        self._rng = Random(plan.seed)
        self._camera = CameraTraffic(self._rng)
        self._requests = NodeRequests(client, name, self._rng, plan.patience)
        namespace = name[:name.rfind('/') + 1]
        self._publishers = {
            topic: client.node.create_publisher(kind, namespace + topic, sensor_qos())
            for topic, kind in _CAMERA_TOPICS.items()}
        self._ledger = Ledger()
        self._sent: Counter = Counter()
        self._memory: list[MemorySample] = []
        self._goals: list[tuple[SentCommand, GroundingGoal]] = []
        self._world = 0
        self._begin = 0.0
        client.on_answer(self._hear)
        # Every kind of message with its share.
        self._kinds: dict[Callable[[], None], float] = {
            self._send_picture: 20, self._send_hostile_image: 22, self._say: 12, self._call: 8,
            self._send_goal: 6, self._requests.set_parameters: 6,
            self._requests.read_parameters: 2, self._requests.ask_for_no_transition: 0.2,
            self._plan_round: 0.2}

    def run(self) -> FloodReport:
        """Send everything, wait for the answers, and ask whether the node still works."""
        fault = ''
        self._begin = time.monotonic()
        try:
            self._warm_up()
            self._begin = time.monotonic()
            self._look_at_memory()
            self._send_all()
            self._await_answers(0)
            seconds = time.monotonic() - self._begin
            self._recover()
            self._look_at_memory()
        except RisError as error:
            seconds = time.monotonic() - self._begin
            fault = self._death() or str(error)
        return FloodReport(seconds, dict(self._sent + self._requests.sent), self._ledger.counts(),
                           self._requests.counts, dict(self._ledger.statuses),
                           self._ledger.unasked, self._memory, fault)

    @property
    def _number(self) -> int:
        """How many messages were sent."""
        return sum(self._sent.values()) + sum(self._requests.sent.values())

    def _warm_up(self) -> None:
        """Ask on every way until the first answer comes, so that all topics are discovered."""
        deadline = time.monotonic() + _START_SECONDS
        for ask in (self._say, self._call, self._send_goal):
            self._ledger = Ledger()
            while not any(count.answered for count in self._ledger.counts().values()):
                if time.monotonic() > deadline:
                    raise RisError(f'{self._name} answers no command after {_START_SECONDS} s.')
                ask()
                self._client.spin_for(1.0)
                self._poll_goals()
        self._await_answers(0)
        self._ledger = Ledger()
        self._sent.clear()

    def _send_all(self) -> None:
        """Send the messages of the plan."""
        with tqdm(total=self._plan.messages, unit='message', file=sys.stderr) as bar:
            while self._number < self._plan.messages:
                self._check_process()
                if not self._requests.change_state(self._number):
                    self._rng.choices(list(self._kinds), list(self._kinds.values()))[0]()
                self._look_at_memory()
                bar.update(min(self._number, bar.total) - bar.n)
                if self._plan.rate:
                    due = self._begin + self._number / self._plan.rate
                    self._client.spin_for(due - time.monotonic())

    def _send_picture(self) -> None:
        """Publish a good picture on all topics; the table is another one now and then."""
        if self._rng.random() < .02:
            self._world = self._rng.randrange(self._camera.worlds)
        now = self._client.node.get_clock().now().to_msg()
        for topic, message in self._camera.good(now, self._world).items():
            self._publishers[topic].publish(message)
            self._sent[topic] += 1

    def _send_hostile_image(self) -> None:
        """Publish a message on a camera topic that has something wrong with it."""
        topic = self._rng.choice(tuple(self._publishers))
        now = self._client.node.get_clock().now().to_msg()
        self._publishers[topic].publish(self._camera.hostile(topic, now))
        self._sent[f'{topic} (hostile)'] += 1

    def _say(self) -> None:
        """Send a command on the topic."""
        text = self._text('topic')
        self._ledger.send('topic', text)
        self._client.publish(text, self._plan.patience)

    def _call(self) -> None:
        """Send a command by the service."""
        text, command_id = self._text('service'), self._command_id()
        ledger = self._ledger
        command = ledger.send('service', text, command_id)

        def respond(future: Future) -> None:
            ledger.take_response(command, future.result())
        self._client.ground_async(text, command_id).add_done_callback(respond)

    def _send_goal(self) -> None:
        """Send a command by the action, and cancel it at once now and then."""
        text, command_id = self._text('action'), self._command_id()
        command = self._ledger.send('action', text, command_id)
        goal = self._client.start_goal(text, timeout=self._plan.patience, command_id=command_id)
        self._goals.append((command, goal))
        if self._rng.random() < _CANCELLED_SHARE:
            goal.cancel(self._plan.patience)

    def _plan_round(self) -> None:
        """Plan a round of transitions that begins now."""
        self._requests.plan_round(self._number)

    def _text(self, way: str) -> str:
        """Wait until another command may be sent, and return its text."""
        self._await_answers(_AT_A_TIME - 1)
        is_hostile = self._rng.random() < _HOSTILE_SHARE
        self._sent[f'{way} (hostile)' if is_hostile else way] += 1
        return sendable_text(hostile_text(self._rng)) if is_hostile else likely_text(self._rng)

    def _command_id(self) -> str:
        """Return an id that no other command has, or '' for one of the node's."""
        odd = sendable_text(hostile_text(self._rng))[:1000]
        return self._rng.choice(('', f'fuzz-{self._number}', f'fuzz-{self._number} {odd}'))

    def _await_answers(self, left: int) -> None:
        """Wait until at most some commands are unanswered."""
        def has_room() -> bool:
            self._check_process()
            self._poll_goals()
            return self._ledger.waiting <= left
        self._client.wait(has_room, self._plan.patience, f'an answer of {self._name}')

    def _poll_goals(self) -> None:
        """Note the goals that have ended."""
        for command, goal in list(self._goals):
            if goal.outcome is not None:
                self._goals.remove((command, goal))
                self._ledger.take_response(command, goal.result(0.0))

    def _hear(self, answer: Grounding) -> None:
        self._ledger.hear(answer)

    def _check_process(self) -> None:
        """Raise RisError where the node was started here and has ended."""
        if self._process is not None:
            self._process.check()

    def _death(self) -> str:
        """Return the sentence that the node has ended; '' where it has not."""
        try:
            self._check_process()
        except RisError as error:
            return str(error)
        return ''

    def _look_at_memory(self) -> None:
        """Note the memory of the node once a second."""
        seconds = time.monotonic() - self._begin
        if self._process is not None and (
                not self._memory or seconds >= self._memory[-1].at + 1.0):
            self._memory.append(MemorySample(seconds, self._process.resident_memory()))

    def _recover(self) -> None:
        """Give the node its own parameters and a good camera; a command must get a verdict."""
        self._requests.begin_anew()

        def has_verdict() -> bool:
            self._send_picture()
            answer = self._client.ground('the largest object', self._plan.patience)
            return Status(answer.status) in _VERDICTS
        self._client.wait(has_verdict, self._plan.patience, 'a verdict after the flood')
