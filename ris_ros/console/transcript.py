# SPDX-License-Identifier: Apache-2.0
"""Who said what, and what was answered: one list for all operators."""
from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, replace
import itertools
import threading
import time

from ris_ros.client.marks import Mark, find_mark, marks_of
from ris_ros.msg import Grounding
from ris_ros.status import Status

_LENGTH = 50
# Commands that did not come from a console are named by how they came in.
_WAYS = {'topic': 'topic', 'service': 'program', 'action': 'program', 'mcp': 'language model'}
_CONSOLE = 'console'
# A spoken command is answered within this time after it was understood, seconds.
_SPOKEN_S = 20.0


@dataclass(frozen=True)
class Exchange:
    """A command and its answer.

    Attributes:
        id: The command's id.
        who: The operator's name, or how the command came in.
        text: The command.
        time: When it was given, seconds since 1970.
        status: None while there is no answer.
        message: The answer in a sentence, or why there is none.
        failed: There will be no answer.
    """

    id: str
    who: str
    text: str
    time: float
    status: Status | None = None
    message: str = ''
    failed: bool = False

    @property
    def is_open(self) -> bool:
        """Whether an answer is still to come."""
        return self.status is None and not self.failed


@dataclass(frozen=True, eq=False)
class Overlay:
    """What is outlined in the picture.

    Attributes:
        id: Of the command that found it; '' without one.
        status: Of its answer.
        marks: The objects, best first.
        size: Width and height of the picture, pixels; None where the answer does not tell it, as
            that to a question does not.
        since: When it was seen so, seconds of time.monotonic.
        tracked: Whether it is followed from picture to picture.
    """

    id: str = ''
    status: Status = Status.UNKNOWN
    marks: tuple[Mark, ...] = ()
    size: tuple[int, int] | None = None
    since: float = 0.0
    tracked: bool = False

    @property
    def objects(self) -> tuple[Mark, ...]:
        """The objects of the answer, without runners-up."""
        return tuple(mark for mark in self.marks if mark.number)


class Transcript:
    """The newest commands with their answers; all methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._exchanges: OrderedDict[str, Exchange] = OrderedDict()
        self._overlay = Overlay()
        self._answered_at: float | None = None
        self._version = 0
        # What was spoken lately: when, the words, and who said them.
        self._spoken: deque[tuple[float, str, str]] = deque(maxlen=10)
        self._misheard = itertools.count(1)

    @property
    def version(self) -> int:
        """A number that grows with every change of the list."""
        return self._version

    @property
    def overlay(self) -> Overlay:
        """What is outlined now."""
        return self._overlay

    @property
    def answered_at(self) -> float | None:
        """When the last answer came, seconds of time.monotonic."""
        return self._answered_at

    def exchanges(self) -> list[Exchange]:
        """Return all exchanges, the newest first."""
        with self._lock:
            return list(reversed(self._exchanges.values()))

    def ask(self, id_: str, who: str, text: str) -> None:
        """Note that an operator gives a command."""
        self._keep(Exchange(id_, who, text, time.time()))

    def fail(self, id_: str, reason: str) -> None:
        """Note that a command will not be answered, and why."""
        with self._lock:
            asked = self._exchanges.get(id_)
        if asked is not None and asked.is_open:
            self._keep(replace(asked, message=reason, failed=True))

    def fail_open(self, reason: str) -> None:
        """Note that none of the open commands will be answered."""
        for exchange in self.exchanges():
            self.fail(exchange.id, reason)

    def hear(self, answer: Grounding) -> None:
        """Take an answer of ris_node, whoever asked."""
        stamp = answer.command_stamp.sec + answer.command_stamp.nanosec * 1e-9
        with self._lock:
            asked = self._exchanges.get(answer.command_id)
        if asked is None:
            asked = Exchange(answer.command_id, self._who(answer), answer.command, stamp)
        status = Status(answer.status)
        self._answered_at = time.monotonic()
        if status is not Status.UNKNOWN:  # of a command that another one replaced
            self._overlay = Overlay(answer.command_id, status, marks_of(answer), _size(answer),
                                    time.monotonic())
        self._keep(replace(asked, status=status, message=answer.message, failed=False))

    def note_spoken(self, text: str, who: str) -> None:
        """Note that the speech node gives a command; its answer has the way 'topic'.

        Args:
            text: All that was understood, a wake phrase included.
            who: Who held the button to talk; '' where nobody did.
        """
        self._spoken.append((time.monotonic(), text, who))

    def note_misheard(self, who: str, text: str, reason: str) -> None:
        """Note something that an operator said and that is no command."""
        self._keep(Exchange(f'misheard-{next(self._misheard)}', _spoken_by(who), text or '…',
                            time.time(), message=reason, failed=True))

    def follow(self, marks: tuple[Mark, ...], size: tuple[int, int]) -> None:
        """Outline a tracked object where it is now."""
        self._overlay = replace(self._overlay, status=Status.FOUND, marks=marks, size=size,
                                since=time.monotonic(), tracked=True)

    def lose(self, others: tuple[Mark, ...] = ()) -> None:
        """Outline nothing but others: the tracked object is out of sight."""
        self._overlay = replace(self._overlay, status=Status.LOST, marks=others, tracked=True)

    def forget_overlay(self) -> None:
        """Outline nothing: the node that saw it is gone."""
        self._overlay = Overlay()

    def number_at(self, u: int, v: int) -> int:
        """Return the number of the object of the last answer at a pixel; 0 where there is none."""
        mark = find_mark(self._overlay.objects, u, v)
        return mark.number if mark else 0

    def _who(self, answer: Grounding) -> str:
        """Return who gave a command that is not of this console."""
        since = time.monotonic() - _SPOKEN_S
        for when, text, who in reversed(self._spoken):
            if (answer.command_id.startswith('topic-') and when >= since
                    and (text.endswith(answer.command) or answer.command == 'stop')):
                return _spoken_by(who)
        return _who(answer.command_id)

    def _keep(self, exchange: Exchange) -> None:
        """Store an exchange, and drop the oldest one beyond the list's length."""
        with self._lock:
            self._exchanges[exchange.id] = exchange
            while len(self._exchanges) > _LENGTH:
                self._exchanges.popitem(last=False)
            self._version += 1


def console_id(session: str, number: int, who: str) -> str:
    """Return the id of an operator's command, from which other consoles read who said it."""
    return f'{_CONSOLE}-{session}-{number} {who}'


def _spoken_by(who: str) -> str:
    """Return who gave a spoken command."""
    return f'{who}, by voice' if who else 'voice'


def _who(id_: str) -> str:
    """Return who gave a command, by its id."""
    way = id_.partition('-')[0]
    if way == _CONSOLE:
        return id_.partition(' ')[2] or _CONSOLE
    return _WAYS.get(way, 'program')


def _size(answer: Grounding) -> tuple[int, int] | None:
    """Return the size of an answer's picture, where it tells it."""
    return (answer.mask.width, answer.mask.height) if answer.mask.width else None
