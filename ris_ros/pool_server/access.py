# SPDX-License-Identifier: Apache-2.0
"""Which robot a request comes from, and whether it may send one now."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
import hashlib
from pathlib import Path
import re
import time

from ris_ros.errors import RisError
from ris_ros.pool_server.refusal import Refusal, RefusalKind

_NAME = re.compile(r'[\w.-]{1,64}', re.ASCII)
_LEAST_CHARACTERS = 16
# A robot that pauses may send this many seconds' worth of requests at once.
_BURST_S = 1.0


class RobotRegister:
    """Knows the robots by their tokens, of which it keeps the hashes alone."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """Take names by the SHA-256 of their tokens; without any, no token is asked for."""
        self._names = dict(names)

    @classmethod
    def read(cls, file: str) -> RobotRegister:
        """Read the file of tokens; '' asks for none.

        Raises:
            RisError: It cannot be read, is empty, or a line is not a name and a token.
        """
        if not file:
            return cls({})
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
            names[_hash(words[1])] = words[0]
        if not names:
            raise RisError(f'The file of tokens {file} names no robot.')
        return cls(names)

    def robot_of(self, headers: Mapping[str, str]) -> str:
        """Return the name of the robot that a request comes from.

        Raises:
            Refusal: Its token is missing or unknown.
        """
        if not self._names:
            name = headers.get('x-ris-robot', 'robot')
            if not _NAME.fullmatch(name):
                raise Refusal(RefusalKind.BAD_REQUEST, 'The header X-Ris-Robot names no robot; '
                              'expected at most 64 letters, digits, dots, dashes and underscores.')
            return name
        scheme, _, token = headers.get('authorization', '').partition(' ')
        # Hashes are compared, so that the time that this takes says nothing of a token.
        name = self._names.get(_hash(token)) if scheme == 'Bearer' else None
        if name is None:
            raise Refusal(RefusalKind.UNKNOWN_ROBOT, 'The pool does not know the token of this '
                          'robot; give it one that the pool knows (RIS_POOL_TOKEN).')
        return name


class RobotQuota:
    """Holds each robot to a rate, and each of its connections to one request at a time."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin without requests.

        Args:
            rate: Requests a second of one robot.
            clock: Returns seconds.
        """
        self._rate = rate
        self._burst = max(1.0, rate * _BURST_S)
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}  # requests left, and since when
        self._busy: set[tuple[str, str]] = set()

    @contextmanager
    def turn(self, robot: str, seat: str) -> Iterator[None]:
        """Hold the place of a robot while its request is answered.

        Args:
            robot: The robot.
            seat: Which of its connections it is.

        Raises:
            Refusal: It has another one here, or has sent too many.
        """
        now = self._clock()
        left, since = self._left.get(robot, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        if left < 1:
            raise Refusal(RefusalKind.TOO_MANY, f'The robot {robot} sends more than '
                          f'{self._rate:g} requests a second.', wait=(1 - left) / self._rate)
        if (robot, seat) in self._busy:
            raise Refusal(RefusalKind.TOO_MANY, f'The robot {robot} has a request here already; '
                          'it may send the next one after the reply.', wait=1 / self._rate)
        self._left[robot] = left - 1, now
        self._busy.add((robot, seat))
        try:
            yield
        finally:
            self._busy.discard((robot, seat))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode('utf-8', 'replace')).hexdigest()
