# SPDX-License-Identifier: Apache-2.0
"""Commands to real nodes over DDS while replicas of their pool are killed."""
from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
import threading
import time

from ris_lab.fleet.measures import FaultRun
from ris_lab.fleet.pools import kill_replica
from ris_lab.fleet.robot import TEXT
from ris_lab.fuzz.ledger import Ledger, SentCommand
from ris_lab.processes import NodeProcess, isolate_ros, running
from ris_ros.client import GroundingClient
from ris_ros.client.connection import WaitTimeoutError
from ris_ros.msg import Grounding
from ris_ros.status import Status

_START_S = 300
# An answer that has not come after this is lost.
_PATIENCE_S = 30
# From one command of a node to the next, at least.
_PAUSE_S = 0.5
_CAMERA = {'kind': 'moving_object', 'rate': 5.0, 'pictures': 8}
_TOPICS = ('image', 'camera_info', 'depth')
_VERDICTS = (Status.FOUND, Status.NOT_FOUND, Status.AMBIGUOUS)


@dataclass(eq=False)
class CommandedNode:
    """A robot's node and who commands it.

    Attributes:
        name: Of the robot; its namespace.
        process: The node's.
        client: Of the node.
        ledger: What was asked, and what came back.
        seconds: How long each answer took.
        by_pool: Number of answers from indexes by the pool.
        without_verdict: Number of answers that are no verdict.
    """

    name: str
    process: NodeProcess
    client: GroundingClient
    ledger: Ledger = field(default_factory=Ledger)
    seconds: list[float] = field(default_factory=list)
    by_pool: int = 0
    without_verdict: int = 0

    def __post_init__(self) -> None:
        self.client.on_answer(self._hear)

    def await_verdict(self) -> None:
        """Wait until the node has seen a frame; then count from nothing."""
        self.process.wait_until_active(self.client, _START_S)
        self.client.wait(self._has_verdict, _START_S, f'a verdict of {self.name}')
        self.ledger = Ledger()

    def command(self, number: int) -> None:
        """Give a command with an id of its own, and wait for all of its answer."""
        self.process.check()
        id_ = f'{self.name}-{number}'
        sent, start = self.ledger.send('service', TEXT, id_), time.perf_counter()
        try:
            answer = self.client.ground(TEXT, _PATIENCE_S, id_, omit_masks=True)
            self.seconds.append(time.perf_counter() - start)
            self.ledger.take_response(sent, answer)
            self.client.wait(partial(_is_answered, sent), _PATIENCE_S,
                             f'the answer to {id_} on ~/grounding')
        except WaitTimeoutError:
            return  # the ledger knows that it is lost
        self.by_pool += not answer.pool_fallback
        self.without_verdict += Status(answer.status) not in _VERDICTS

    def await_last(self) -> None:
        """Ask once more: what was published before has come by the time that this is answered."""
        answers: list[Grounding] = []
        self.client.on_answer(answers.append)
        id_ = f'{self.name}-last'
        self.client.ground(TEXT, _PATIENCE_S, id_, omit_masks=True)
        self.client.wait(partial(_has, answers, id_), _PATIENCE_S, 'the last answer')

    def _hear(self, answer: Grounding) -> None:
        self.ledger.hear(answer)

    def _has_verdict(self) -> bool:
        answer = self.client.ground(TEXT, _PATIENCE_S, omit_masks=True)
        return Status(answer.status) in _VERDICTS


def run_faults(url: str, profile: str, size: tuple[int, int], robots: int, commands: int,
               every: float, logs: Path) -> FaultRun:
    """Command several nodes at once while a replica is killed from time to time.

    Each command has an id of its own.  It counts as answered once the service has responded and
    the answer with its id has come on ~/grounding.

    Args:
        url: Of the pool.
        profile: Of the pool and of the nodes.
        size: Height and width of the pictures that the nodes see.
        robots: Number of nodes.
        commands: Number of commands of all nodes together.
        every: Seconds from one death of a replica to the next.
        logs: Folder for what the nodes write.

    Raises:
        RisError: A node does not start, or ends.
    """
    isolate_ros()
    with ExitStack() as stack:
        height, width = size
        stack.enter_context(running('ris_lab.benchmark.node_camera', logs / 'camera', width=width,
                                    height=height, **_CAMERA))
        fleet = [_start(stack, f'robot{number}', url, profile, logs) for number in range(robots)]
        for robot in fleet:
            robot.await_verdict()
        ended, deaths = threading.Event(), []
        killer = threading.Thread(target=_kill_until, args=(ended, every, deaths))
        start = time.monotonic()
        killer.start()
        try:
            with ThreadPoolExecutor(robots) as threads:
                list(threads.map(partial(_command_all, total=commands, robots=robots), fleet,
                                 range(robots)))
        finally:
            ended.set()
            killer.join()
        seconds = time.monotonic() - start
        for robot in fleet:
            robot.await_last()
    return sum_up(fleet, len(deaths), seconds)


def sum_up(fleet: Sequence[CommandedNode], deaths: int, seconds: float) -> FaultRun:
    """Sum up what the ledgers of all nodes hold."""
    counts = [robot.ledger.counts()['service'] for robot in fleet]
    return FaultRun(
        len(fleet), sum(count.sent for count in counts), sum(count.answered for count in counts),
        sum(count.twice for count in counts), sum(robot.without_verdict for robot in fleet), deaths,
        sum(robot.by_pool for robot in fleet),
        max(second for robot in fleet for second in robot.seconds), seconds)


def _start(stack: ExitStack, name: str, url: str, profile: str, logs: Path) -> CommandedNode:
    """Start the node of a robot, which looks through the one camera there is."""
    words = ['-r', f'__ns:=/{name}']
    for topic in _TOPICS:
        words += ['-r', f'{topic}:=/{topic}']
    # Every command waits for an index of the newest frame, which is one for the pool.
    process = stack.enter_context(running(
        'ris_ros.node.ris_node', logs / name, *words, profile=profile, pool=url,
        index_policy='on_command', index_max_lag=0.0))
    client = stack.enter_context(GroundingClient(ris_node=f'/{name}/ris_node'))
    return CommandedNode(name, process, client)


def _command_all(robot: CommandedNode, first: int, total: int, robots: int) -> None:
    """Give a robot its share of the commands, two a second at most."""
    for number in range(first, total, robots):
        due = time.monotonic() + _PAUSE_S
        robot.command(number)
        time.sleep(max(0.0, due - time.monotonic()))


def _kill_until(ended: threading.Event, every: float, deaths: list[float]) -> None:
    """Kill a replica every some seconds; each death is noted by its time."""
    while not ended.wait(every):
        if kill_replica():
            deaths.append(time.monotonic())


def _is_answered(command: SentCommand) -> bool:
    """Tell whether all of a command's answer has come."""
    return command.is_answered


def _has(answers: Sequence[Grounding], id_: str) -> bool:
    """Tell whether an answer has an id."""
    return any(answer.command_id == id_ for answer in answers)
