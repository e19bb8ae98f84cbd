# SPDX-License-Identifier: Apache-2.0
"""Which robot a request comes from, and whether it may send one now."""
from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
import hashlib
import logging
from pathlib import Path
import re
import time

from ris_ros.errors import RisError
from ris_ros.pool_server.refusal import Refusal, RefusalKind

_NAME = re.compile(r'[\w.-]{1,64}', re.ASCII)
_LEAST_CHARACTERS = 16
# How often the file of tokens is looked at.
_LOOK_S = 2.0
# A robot that pauses may send this many seconds' worth of requests at once.
_BURST_S = 1.0
# Rates of more robots are not remembered; one that comes again has its burst.
_MOST_RATES = 10_000
_LOGGER = logging.getLogger('ray.serve')


class RobotRegister:
    """Knows the robots by their tokens, of which it keeps the hashes alone.

    It looks at the file of tokens every few seconds: a robot that is added there gets in, and one
    that is taken out does not.
    """

    def __init__(self, file: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Read the file of tokens; '' asks for none.

        Args:
            file: Its path.
            clock: Returns seconds.

        Raises:
            RisError: It cannot be read, is empty, or a line is not a name and a token.
        """
        self._file = file
        self._clock = clock
        self._names = _read_tokens(file) if file else {}
        self._looked = clock()

    def robot_of(self, headers: Mapping[str, str]) -> str:
        """Return the name of the robot that a request comes from.

        Raises:
            Refusal: Its token is missing or unknown.
        """
        if not self._names:
            return seat_of(headers)
        self._look_again()
        scheme, _, token = headers.get('authorization', '').partition(' ')
        # Hashes are compared, so that the time that this takes says nothing of a token.
        known = self._names.get(_hash(token)) if scheme == 'Bearer' else None
        if known is None:
            raise Refusal(RefusalKind.UNKNOWN_ROBOT, 'The pool does not know the token of this '
                          'robot; give it one that the pool knows (RIS_POOL_TOKEN).')
        return known

    def _look_again(self) -> None:
        """Read the file again from time to time; a file that is wrong changes nothing."""
        if self._clock() - self._looked < _LOOK_S:
            return
        self._looked = self._clock()
        try:
            self._names = _read_tokens(self._file)
        except RisError as error:
            _LOGGER.error(str(error))


def seat_of(headers: Mapping[str, str]) -> str:
    """Return which node of its robot a request comes from: a robot may have several cameras.

    Raises:
        Refusal: The header that says so is no name.
    """
    seat = headers.get('x-ris-robot', 'robot')
    if not _NAME.fullmatch(seat):
        raise Refusal(RefusalKind.BAD_REQUEST, 'The header X-Ris-Robot names no robot; '
                      'expected at most 64 letters, digits, dots, dashes and underscores.')
    return seat


class RobotPlaces:
    """Bounds the requests of one robot that a replica has in hand, before it reads them."""

    def __init__(self, most: int) -> None:
        """Begin without requests; ``most`` is for each robot."""
        self._most = most
        self._taken: Counter[str] = Counter()

    @contextmanager
    def place(self, robot: str) -> Iterator[None]:
        """Hold a place of a robot; raise Refusal where it has none left."""
        if self._taken[robot] >= self._most:
            raise Refusal(RefusalKind.TOO_MANY, f'The robot {robot} has {self._most} requests in '
                          'hand here; it may send the next one after the reply to one of them.',
                          wait=0.1)
        self._taken[robot] += 1
        try:
            yield
        finally:
            self._taken[robot] -= 1
            if not self._taken[robot]:
                del self._taken[robot]


class RobotQuota:
    """Holds each robot to a rate, and each of its nodes to one request at a time."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin without requests.

        Args:
            rate: Requests a second of one robot.
            clock: Returns seconds.
        """
        self._rate = rate
        self._burst = max(1.0, rate * _BURST_S)
        self._clock = clock
        # Requests left of each robot, and since when.
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        # Which request each node has here, and when its robot gives up.
        self._busy: dict[tuple[str, str], tuple[str, float]] = {}

    def begin(self, robot: str, seat: str, request: str, patience: float) -> None:
        """Take note of a request.

        A request counts as ended once its robot has given up: its replica may have died.

        Args:
            robot: The robot.
            seat: Which of its nodes it is.
            request: Name of the request.
            patience: Seconds after which the robot gives up.

        Raises:
            Refusal: It has another one here, or has sent too many.
        """
        now = self._clock()
        left, since = self._left.get(robot, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        if left < 1:
            raise Refusal(RefusalKind.TOO_MANY, f'The robot {robot} sends more than '
                          f'{self._rate:g} requests a second.', wait=(1 - left) / self._rate)
        if self._busy.get((robot, seat), ('', now))[1] > now:
            raise Refusal(RefusalKind.TOO_MANY, f'The robot {robot} has a request here already; '
                          'it may send the next one after the reply.', wait=1 / self._rate)
        self._left[robot] = left - 1, now
        self._left.move_to_end(robot)
        if len(self._left) > _MOST_RATES:
            self._left.popitem(last=False)
        self._busy[robot, seat] = request, now + patience

    def end(self, robot: str, seat: str, request: str) -> None:
        """Take note that a request has ended."""
        if self._busy.get((robot, seat), ('', 0.0))[0] == request:
            del self._busy[robot, seat]


def _read_tokens(file: str) -> dict[str, str]:
    """Return the names of robots by the SHA-256 of their tokens."""
    try:
        lines = Path(file).read_text(encoding='utf-8').splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RisError(f'The file of tokens {file} cannot be read: {error}') from None
    names: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or line.startswith('#'):
            continue
        if len(words) != 2 or not _NAME.fullmatch(words[0]) or not words[1].isascii() or (
                len(words[1]) < _LEAST_CHARACTERS):
            raise RisError(f'Line {number} of {file} is no robot; expected its name and its '
                           f'token of at least {_LEAST_CHARACTERS} characters, e.g. from '
                           '"openssl rand -hex 16".')
        if _hash(words[1]) in names:
            raise RisError(f'Line {number} of {file} has the token of another robot; each robot '
                           'needs one of its own.')
        names[_hash(words[1])] = words[0]
    if not names:
        raise RisError(f'The file of tokens {file} names no robot.')
    return names


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode('utf-8', 'replace')).hexdigest()
