# SPDX-License-Identifier: Apache-2.0
"""Which commands were sent to a node, and how often each was answered."""
from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
import threading

from ris_ros.msg import Grounding
from ris_ros.status import Status

WAYS = ('topic', 'service', 'action')


@dataclass(eq=False)
class SentCommand:
    """A command that was sent, and what came back.

    Attributes:
        way: How it was sent, one of WAYS.
        text: It, as it arrives.
        responses: How often the service or action has answered; 0 for the topic.
        published: How often its answer was published on ~/grounding.
    """

    way: str
    text: str
    responses: int = 0
    published: int = 0

    @property
    def is_answered(self) -> bool:
        """Whether its answer has come by every way that it should come."""
        return self.published > 0 and (self.way == 'topic' or self.responses > 0)

    @property
    def is_answered_twice(self) -> bool:
        """Whether more than one answer has come by one way."""
        return self.published > 1 or self.responses > 1


@dataclass(frozen=True)
class CommandCount:
    """How the commands of one way were answered.

    Attributes:
        sent: Their number.
        answered: How many had an answer by every way that it should come.
        twice: How many had more than one.
    """

    sent: int
    answered: int
    twice: int

    @property
    def lost(self) -> int:
        """How many had no answer, or not by every way."""
        return self.sent - self.answered


@dataclass(eq=False)
class Ledger:
    """Counts the answers to commands; any thread may call its methods.

    A command of the service or action is known by the id in its answer. One of the topic has no
    id before it is answered: its answer is known by the text, and the oldest command of that text
    that has no answer yet gets it.

    Attributes:
        statuses: How many answers had each status.
        unasked: Answers on ~/grounding to commands that were not sent from here.
    """

    statuses: Counter = field(default_factory=Counter)
    unasked: int = 0
    _commands: list[SentCommand] = field(default_factory=list)
    _open: set[SentCommand] = field(default_factory=set)
    _by_id: dict[str, SentCommand] = field(default_factory=dict)
    _by_text: dict[str, deque[SentCommand]] = field(default_factory=dict)
    # Answers whose command is not known before the response with the same id comes.
    _unclaimed: Counter = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, way: str, text: str, command_id: str = '') -> SentCommand:
        """Note a command that is about to be sent.

        Args:
            way: One of WAYS.
            text: The command.
            command_id: No other command's, or '' where the node gives one.
        """
        # DDS ends a text at its first NUL.
        command = SentCommand(way, text.partition('\0')[0])
        with self._lock:
            self._commands.append(command)
            self._open.add(command)
            if way == 'topic':
                self._by_text.setdefault(command.text, deque()).append(command)
            elif command_id:
                self._by_id[command_id.partition('\0')[0]] = command
        return command

    def hear(self, answer: Grounding) -> None:
        """Note an answer that was published on ~/grounding."""
        with self._lock:
            self.statuses[Status(answer.status).name] += 1
            command = self._by_id.get(answer.command_id)
            if command is None and answer.command_id.startswith('topic-'):
                if waiting := self._by_text.get(answer.command):
                    command = self._by_id[answer.command_id] = waiting.popleft()
                    if not waiting:
                        del self._by_text[answer.command]
                else:
                    self.unasked += 1
            elif command is None:
                self._unclaimed[answer.command_id] += 1
            if command is not None:
                command.published += 1
                self._settle(command)

    def take_response(self, command: SentCommand, answer: Grounding) -> None:
        """Note the response of the service or the result of the action to a command."""
        with self._lock:
            command.responses += 1
            if self._by_id.setdefault(answer.command_id, command) is command:
                command.published += self._unclaimed.pop(answer.command_id, 0)
            self._settle(command)

    @property
    def waiting(self) -> int:
        """How many commands are still to be answered."""
        with self._lock:
            return len(self._open)

    def unanswered(self) -> list[SentCommand]:
        """Return the commands that are still to be answered."""
        with self._lock:
            return list(self._open)

    def counts(self) -> dict[str, CommandCount]:
        """Return how the commands of each way were answered so far."""
        with self._lock:
            return {way: CommandCount(
                len(same), sum(command.is_answered for command in same),
                sum(command.is_answered_twice for command in same))
                for way in WAYS for same in [[c for c in self._commands if c.way == way]]}

    def _settle(self, command: SentCommand) -> None:
        """Take a command off the open ones once it is answered; the lock is held."""
        if command.is_answered:
            self._open.discard(command)
