# SPDX-License-Identifier: Apache-2.0
"""Run a node from its start to an orderly end, however the process is told to stop."""
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib.metadata import version
import os
from pathlib import Path
from queue import Empty, SimpleQueue
import signal
import sys
import threading
import traceback
from typing import NoReturn, TypeVar

import rclpy
from rclpy.exceptions import InvalidHandle, NameValidationException, ParameterException
from rclpy.executors import (
    Executor,
    ExternalShutdownException,
    MultiThreadedExecutor,
    SingleThreadedExecutor,
)
from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions
from rclpy.task import Future

from ris_ros.errors import RisError
from ris_ros.ros_words import reason_of

AnyNode = TypeVar('AnyNode', bound=Node)
# Why to end: the number of a signal, or None where spinning has ended by itself.
Reasons = SimpleQueue[int | None]
RCLError = rclpy_implementation.RCLError

# Seconds after which a thread that computes in Python hands over to one that waits. A callback
# waits anew after each of its dozens of calls into rclpy: with Python's own 5 ms, beside a model
# at work, a command would not be heard for a third of a second, and pictures would be lost.
_HAND_OVER_SECONDS = 1e-4
# A callback that goes on for longer when the process ends loads models, or a model hangs in it.
_CALLBACKS_S = 0.5
# A signal that was missed is heard within this time; ros2 launch waits for five seconds.
_DOZE_S = 1.0
_FASTDDS_PROFILE = Path(__file__).with_name('fastdds_images.xml')


def make_room_for_images() -> None:
    """Let Fast DDS carry images without loss, unless the user brings a profile of their own.

    Its default segment is smaller than one image: best-effort images get lost, and reliable ones
    wait seconds for the next heartbeat.
    """
    # Jazzy's Fast DDS knows the old name only, and later ones warn of it. ROS's wheels set no
    # ROS_DISTRO.
    jazzy = version('rclpy').startswith('7.')
    product = 'FASTRTPS' if jazzy else 'FASTDDS'
    os.environ.setdefault(f'{product}_DEFAULT_PROFILES_FILE', str(_FASTDDS_PROFILE))


def run_node(make: Callable[[], AnyNode], name: str, args: list[str] | None, *, advice: str = '',
             threads: int = 1,
             close: Callable[[list[AnyNode]], None] | None = None) -> NoReturn:
    """Make a node, run it until SIGINT or SIGTERM, and end the process, as `run_nodes` does."""
    run_nodes(partial(_alone, make), name, args, advice=advice, threads=threads, close=close)


def _alone(make: Callable[[], AnyNode]) -> list[AnyNode]:
    """Make a node that is alone in its process."""
    return [make()]


def run_nodes(make: Callable[[], list[AnyNode]], name: str, args: list[str] | None, *,
              advice: str = '', threads: int = 1,
              close: Callable[[list[AnyNode]], None] | None = None) -> NoReturn:
    """Make nodes, run them until SIGINT or SIGTERM, and end the process.

    A callback that is under way and does not end soon, as while models load, ends with the process.
    The exit status is 0, or 1 where a callback has failed, or 2 where a node cannot be made or
    the command line is wrong.

    Args:
        make: Makes the nodes. A RisError or ParameterException is logged, and the process ends.
        name: Under which that is logged.
        args: Of the command line; None for sys.argv.
        advice: A sentence that is logged after the error.
        threads: How many callbacks may run, or wait, at the same time.
        close: Ends whatever callbacks of the nodes may be waiting for.
    """
    sys.setswitchinterval(_HAND_OVER_SECONDS)
    # The signals only wake this thread: rclpy's handlers end the context at once, beneath threads
    # that are just using it, and Python's raises in the midst of whatever runs.  A terminal and
    # ros2 launch both send SIGINT, so that it comes twice.
    reasons: Reasons = SimpleQueue()

    def wake(number: int, frame: object) -> None:
        reasons.put(number)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, wake)
    try:
        rclpy.init(args=args, signal_handler_options=SignalHandlerOptions.NO)
    except RuntimeError as error:
        # Of a log level, a namespace, a parameter file and the like, in rcl's own words.
        reason = reason_of(error).removeprefix('failed to initialize rcl: ')
        rclpy.logging.get_logger(name).fatal(
            f'The arguments after --ros-args cannot be used: {reason}')
        _end(2)
    try:
        nodes = make()
    except (RisError, ParameterException, NameValidationException) as error:
        rclpy.logging.get_logger(name).fatal(f'{error} {advice}'.strip())
        rclpy.try_shutdown()
        _end(2)
    except RCLError as error:
        # Of DDS itself: above all, a key or a topic that its security does not accept.
        rclpy.logging.get_logger(name).fatal(f'The node cannot be made: {reason_of(error)}')
        rclpy.try_shutdown()
        _end(2)
    executor = (SingleThreadedExecutor() if threads == 1
                else MultiThreadedExecutor(num_threads=threads))
    spinner = _Spinner(executor, nodes, reasons)
    _await(reasons)
    spinner.stop()
    if close is not None:
        close(nodes)
    spinner.close()
    for node in nodes:
        node.destroy_node()
    rclpy.try_shutdown()
    _end(1 if spinner.failed else 0)


def _await(reasons: Reasons) -> None:
    """Wait for a reason to end.

    A signal that comes just before this thread falls asleep does not wake it, and Python calls its
    handler only in this thread. So it wakes by itself from time to time.
    """
    while True:
        with suppress(Empty):
            reasons.get(timeout=_DOZE_S)
            return


class _Spinner:
    """Spins nodes in a thread of its own."""

    def __init__(self, executor: Executor, nodes: list[Node], ended: Reasons) -> None:
        self.failed = False
        self._executor, self._ended = executor, ended
        self._stopping = Future()
        for node in nodes:
            executor.add_node(node)
        self._thread = threading.Thread(target=self._run, name='ris_spinner', daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Begin no further callback."""
        self._stopping.set_result(None)
        self._thread.join()

    def close(self) -> None:
        """Wait for the callbacks that have begun, but not for long."""
        # Not executor.shutdown: where threads are many, it waits for them without a limit.
        Executor.shutdown(self._executor, timeout_sec=_CALLBACKS_S)

    def _run(self) -> None:
        """Spin until told to stop or a callback fails, and tell the main thread."""
        try:
            while not self._stopping.done():
                self._spin()
        except ExternalShutdownException:
            pass
        except Exception:
            traceback.print_exc()
            self.failed = True
        finally:
            self._ended.put(None)

    def _spin(self) -> None:
        """Spin until told to stop, or until something is destroyed that this thread waits for.

        rclpy then gives up spinning (its issue 1284), as when a callback ends a subscription just
        while this thread collects what there is; what else is ready is found again.
        """
        try:
            self._executor.spin_until_future_complete(self._stopping)
        except InvalidHandle:
            pass


def _end(status: int) -> NoReturn:
    """End the process at once, because everything is closed.

    Unloading torch takes seconds, longer than ros2 launch waits patiently, and a thread that is
    still within a model's code would bring the interpreter down on its way out.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
