"""Nodes of this package as child processes, and what they take of the machine (Linux)."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import signal
import subprocess
import sys

from ris_ros.errors import RisError

# A child needs both of what the ROS wheels set at their start-up, or neither of them.
_BOOTSTRAP = ('_ROS_WHEELS_BOOTSTRAP_COMPLETE', 'LD_LIBRARY_PATH')


def child_environment() -> dict[str, str]:
    """Return this process's environment without what the start-up of the ROS wheels set in it."""
    return {name: value for name, value in os.environ.items() if name not in _BOOTSTRAP}


@contextmanager
def running(module: str, out: Path, *arguments: str, **parameters: object,
            ) -> Iterator[tuple[subprocess.Popen, Callable[[], None]]]:
    """Run a node as a process that logs into a folder; also give a check that it still runs.

    module: its full name, such as ris_ros.node.ris_node.  out: made where it is missing.
    arguments: of ROS, as remappings.
    The check raises RisError once the process has ended.
    """
    out.mkdir(parents=True, exist_ok=True)
    log = out / f'{module.rpartition(".")[2]}.log'
    words = [word for name, value in parameters.items() for word in ('-p', f'{name}:={value}')]
    with log.open('w') as sink:
        process = subprocess.Popen(
            [sys.executable, '-m', module, '--ros-args', *arguments, *words],
            stdout=sink, stderr=subprocess.STDOUT, env=child_environment())

    def alive() -> None:
        if process.poll() is not None:
            raise RisError(f'The process {module} has ended (see {log}).')
    try:
        yield process, alive
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()


def resident_memory(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    return int(Path(f'/proc/{pid}/statm').read_text().split()[1]) * os.sysconf('SC_PAGESIZE') / 1e6


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has taken so far, over all its threads."""
    # The name in the second field may hold spaces.
    fields = Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')
