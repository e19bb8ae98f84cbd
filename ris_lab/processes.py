# SPDX-License-Identifier: Apache-2.0
"""Nodes of this repository as child processes, and their use of the machine (Linux)."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import os
from pathlib import Path
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from ris_ros.errors import RisError

if TYPE_CHECKING:
    from ris_ros.client import GroundingClient

# A child needs both of what the ROS wheels set at their start-up, or neither of them.
_BOOTSTRAP = ('_ROS_WHEELS_BOOTSTRAP_COMPLETE', 'LD_LIBRARY_PATH')


def child_environment() -> dict[str, str]:
    """Return this process's environment without what the start-up of the ROS wheels set in it."""
    return {name: value for name, value in os.environ.items() if name not in _BOOTSTRAP}


def isolate_ros() -> None:
    """Choose a ROS domain on this machine alone, so that no robot nearby hears the commands."""
    os.environ.setdefault('ROS_DOMAIN_ID', str(1 + os.getpid() % 100))
    os.environ.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')


@dataclass(frozen=True)
class NodeProcess:
    """A node that runs as a child process.

    Attributes:
        module: Full name of its module.
        log: File with what it writes.
        process: The child.
    """

    module: str
    log: Path
    process: subprocess.Popen

    def check(self) -> None:
        """Raise RisError once the process has ended."""
        if self.process.poll() is not None:
            raise RisError(f'The process {self.state()} (see {self.log}).')

    def state(self) -> str:
        """Return whether the process runs, after its name, as words for a message."""
        status = self.process.poll()
        return f'{self.module} ' + ('still runs' if status is None
                                    else f'has ended with exit status {status}')

    def wait_until_active(self, client: GroundingClient, timeout: float) -> None:
        """Wait until ris_node, which this process is, answers commands.

        Raises:
            RisError: The process ends, or is not active in time.
        """
        def is_active() -> bool:
            self.check()
            return client.is_active()
        client.wait(is_active, timeout, 'ris_node to be active')

    def resident_memory(self) -> float:
        """Return its resident memory in MB."""
        pages = int(self._read('statm').split()[1])
        return pages * os.sysconf('SC_PAGESIZE') / 1e6

    def peak_memory(self) -> float:
        """Return its largest resident memory so far in MB."""
        for line in self._read('status').splitlines():
            if line.startswith('VmHWM:'):
                return int(line.split()[1]) * 1024 / 1e6
        return float('nan')

    def cpu_seconds(self) -> float:
        """Return the CPU time that it has taken so far, over all its threads."""
        # The name in the second field may hold spaces.
        fields = self._read('stat').rpartition(')')[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    def _read(self, name: str) -> str:
        return Path(f'/proc/{self.process.pid}/{name}').read_text()


@contextmanager
def running(module: str, out: Path, *arguments: str, **parameters: object) -> Iterator[NodeProcess]:
    """Run a node as a child process, and end it at the end of the context.

    Args:
        module: Full name of its module, such as ``'ris_ros.node.ris_node'``.
        out: Folder for its log; made where it is missing.
        arguments: For ROS, such as remappings.
        parameters: Of the node.

    Yields:
        The process.
    """
    out.mkdir(parents=True, exist_ok=True)
    log = out / f'{module.rpartition(".")[2]}.log'
    words = [word for name, value in parameters.items() for word in ('-p', f'{name}:={value}')]
    with log.open('w') as sink:
        process = subprocess.Popen(
            [sys.executable, '-m', module, '--ros-args', *arguments, *words],
            stdout=sink, stderr=subprocess.STDOUT, env=child_environment())
    try:
        yield NodeProcess(module, log, process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
