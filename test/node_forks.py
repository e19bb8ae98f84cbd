# SPDX-License-Identifier: Apache-2.0
"""Node processes that begin with their libraries loaded.

To import torch, spaCy and rclpy takes two seconds of CPU time, and the tests start more than a
hundred nodes. So each test worker has one process that imports them once. Every node is a fork of
it, a process of its own like any other.
"""
from contextlib import contextmanager
import faulthandler
import importlib
import multiprocessing
from multiprocessing.reduction import DupFd
import os
from pathlib import Path
import subprocess
import sys

_LIBRARIES = ['torch', 'spacy', 'ris_ros.conversation', 'ris_ros.pipeline',
              'ris_ros.node.ris_node', 'ris_ros.node.speech_node', 'ris_sim.node.camera',
              'loaded_english']
_CONTEXT = multiprocessing.get_context('forkserver')
_CONTEXT.set_forkserver_preload(_LIBRARIES)


class ForkedNode:
    """A node's process, with the methods of `subprocess.Popen` that tests use.

    Attributes:
        pid: Its number.
    """

    def __init__(self, module, words, environment, errors=2):
        """Run the main() of a module with these words on its command line.

        What it writes goes where the caller's output goes now, and what it complains of to the
        open file of the number ``errors``.
        """
        self._process = _CONTEXT.Process(
            target=_run, args=(module, words, environment, _Stream(1, 1), _Stream(2, errors)))
        self._process.start()
        self.pid = self._process.pid

    def poll(self):
        """Return the exit status, or None while it runs."""
        return self._process.exitcode

    def wait(self, timeout=None):
        """Wait for its end; return the exit status."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(f'node {self.pid}', timeout)
        return self._process.exitcode

    def send_signal(self, number):
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        """End it at once."""
        self._process.kill()


@contextmanager
def waiting_fork(function, *arguments):
    """Hold a fork that runs a function, once that has said 'ready'; kill it in the end.

    The function's last argument is its end of a pipe, by which it says so.
    """
    here, there = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=function, args=(*arguments, there))
    process.start()
    there.close()  # so that the end of the process is heard
    try:
        assert here.recv() == 'ready'
        yield
    finally:
        process.kill()
        process.join()


class _Stream:
    """An open file that another process gets under the same number."""

    def __init__(self, number, of_caller):
        self._number, self._of_caller = number, of_caller

    def __reduce__(self):
        return _take_stream, (self._number, DupFd(self._of_caller))


def _take_stream(number, duplicate):
    """Put a file in the place of this process's own one."""
    os.dup2(duplicate.detach(), number)


def _run(module, words, environment, *_):
    """Be the node."""
    os.environ.clear()
    os.environ.update(environment)
    faulthandler.enable()
    _find_first(environment.get('PYTHONPATH', ''))
    sys.argv[:] = [module, *words]
    sys.exit(importlib.import_module(module).main())


def _find_first(python_path):
    """Find modules in the folders of PYTHONPATH that this process did not begin with."""
    folders = [each for each in map(os.path.abspath, filter(None, python_path.split(os.pathsep)))
               if each not in sys.path and os.path.isdir(each)]
    names = {path.stem for folder in folders for path in Path(folder).iterdir()}
    assert not names & set(sys.modules), f'{names} come too late: run the node anew.'
    sys.path[:0] = folders
