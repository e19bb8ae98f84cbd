# SPDX-License-Identifier: Apache-2.0
"""Starts the process of STOP, and starts it again where it ends."""
from __future__ import annotations

import asyncio
from dataclasses import replace
import logging
import socket
import subprocess
import sys
from typing import IO, cast

from ris_ros.console.stop_server import StopSettings

_LOOK_S = 0.5
_LOGGER = logging.getLogger('ris_ros.console')


class StopProcess:
    """The process of STOP with its listening socket, which outlives it."""

    def __init__(self, listening: socket.socket, settings: StopSettings) -> None:
        """Start the process.

        Args:
            listening: The bound socket; it is closed with `close`.
            settings: All but the descriptor counts.
        """
        self._listening = listening
        self._settings = replace(settings, descriptor=listening.fileno())
        self._process = self._start()

    async def watch(self) -> None:
        """Start the process anew whenever it has ended; cancel this to end it."""
        while True:
            await asyncio.sleep(_LOOK_S)
            if (status := self._process.poll()) is not None:
                _LOGGER.warning('The process of STOP has ended with %s; it is started again.',
                                status)
                self._process = self._start()

    def close(self) -> None:
        """End the process: it ends when its stdin does."""
        _pipe_to(self._process).close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listening.close()

    def _start(self) -> subprocess.Popen[str]:
        """Start the process and hand it the settings, which no other process can read there."""
        process = subprocess.Popen(
            [sys.executable, '-m', 'ris_ros.console.stop_server'], stdin=subprocess.PIPE,
            text=True, pass_fds=[self._listening.fileno()])
        pipe = _pipe_to(process)
        pipe.write(self._settings.to_json() + '\n')
        pipe.flush()
        return process


def _pipe_to(process: subprocess.Popen[str]) -> IO[str]:
    """Return the stdin of a process that was started with a pipe."""
    return cast(IO[str], process.stdin)
