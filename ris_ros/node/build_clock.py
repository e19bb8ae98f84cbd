"""How long a build takes, chunk by chunk, without the pauses in which it gives way."""
from __future__ import annotations

import time


class BuildClock:
    """Wall-clock seconds of one build after the other; the thread that builds runs it.

    longest: the longest chunk of all builds since the last reset.
    """

    def __init__(self) -> None:
        self.longest = 0.0
        self._begun = self._chunk_begun = self._paused = 0.0

    def reset(self) -> None:
        """Forget the longest chunk."""
        self.longest = 0.0

    def begin(self) -> None:
        """Begin a build with its first chunk."""
        self._begun = self._chunk_begun = time.perf_counter()
        self._paused = 0.0

    def end_chunk(self) -> None:
        """End the chunk in hand; what follows is a pause."""
        now = time.perf_counter()
        self.longest = max(self.longest, now - self._chunk_begun)
        self._chunk_begun = now

    def go_on(self) -> None:
        """End the pause with a new chunk."""
        now = time.perf_counter()
        self._paused += now - self._chunk_begun
        self._chunk_begun = now

    @property
    def seconds(self) -> float:
        """Of the build until now, without its pauses."""
        return time.perf_counter() - self._begun - self._paused
