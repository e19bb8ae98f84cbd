# SPDX-License-Identifier: Apache-2.0
"""Whether the models come to a frame before its robot gives up."""
from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
import time

from ris_ros.pool_server.refusal import Refusal, RefusalKind

# The time of a frame is the median of these last batches, so that one slow batch shuts nobody out.
_COUNTED = 9


class Workload:
    """The frames that the models of a replica have in hand, and what a frame takes.

    From these it foretells when a further frame would be ready.  Ray Serve counts requests alone,
    and would take ten seconds of work for robots that wait for half a second.
    """

    def __init__(self, batch: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin without frames.

        Args:
            batch: Most frames that are encoded together.
            clock: Returns seconds.
        """
        self._batch = batch
        self._clock = clock
        self._took: deque[float] = deque(maxlen=_COUNTED)
        self._expected_end = 0.0  # of the batch that runs, by the clock
        # For each frame in hand: how many may be indexed after it, before its robot gives up.
        self._room: list[int] = []

    @property
    def seconds(self) -> float:
        """What a frame takes; 0 before the first one."""
        return median(self._took) if self._took else 0.0

    @property
    def next_ready(self) -> float:
        """Seconds after which a further frame would be ready; 0 where none is before it."""
        return (len(self._room) + 1) * self.seconds if self._room else 0.0

    @property
    def batch(self) -> int:
        """Most frames of the next batch, all of which are ready before the first robot gives up."""
        return min([self._batch, *(1 + room for room in self._room)])

    @property
    def rest(self) -> float:
        """Seconds until the batch that runs will probably end; 0 where none does."""
        return max(0.0, self._expected_end - self._clock())

    @contextmanager
    def running(self, frames: int) -> Iterator[None]:
        """Hold a batch of a number of frames, and take note of how long it takes."""
        begun = self._clock()
        self._expected_end = begun + frames * self.seconds
        try:
            yield
        finally:
            self._expected_end = 0.0
            if frames:
                self._took.append((self._clock() - begun) / frames)

    @contextmanager
    def place(self, patience: float) -> Iterator[None]:
        """Hold the place of a frame.

        A frame that has none before it is always taken: else one slow batch would shut out all.

        Args:
            patience: Seconds after which its robot gives up.

        Raises:
            Refusal: It would come too late.
        """
        seconds, ahead = self.seconds, len(self._room)
        if self.next_ready > patience and ahead:
            raise Refusal(RefusalKind.FULL, (
                f'The pool is full: {ahead} frames before this one take {ahead * seconds:.2f} s, '
                f'and its robot waits for {max(patience, 0.0):.2f} s.'), ahead * seconds)
        fit = int(patience / seconds) if seconds else self._batch + ahead
        room = max(fit - ahead - 1, 0)
        self._room.append(room)
        try:
            yield
        finally:
            self._room.remove(room)
