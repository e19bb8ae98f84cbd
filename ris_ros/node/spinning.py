"""Running a node from its start to an end in order, however the process is told to stop."""
from collections.abc import Callable
import signal

import rclpy
from rclpy.exceptions import ParameterException
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node

from ris_ros.errors import RisError


def run_node(make: Callable[[], Node], name: str, args: list[str] | None, advice: str = '') -> int:
    """Make a node and run it until it is interrupted.

    name: under which it is logged why the node cannot be made (RisError, ParameterException);
    advice: a sentence after that.  Returns the exit status: 0, or 2 where it cannot be made.
    """
    rclpy.init(args=args)
    try:
        node = make()
    except (RisError, ParameterException) as error:
        rclpy.logging.get_logger(name).fatal(f'{error} {advice}'.strip())
        rclpy.try_shutdown()
        return 2
    try:
        spin_until_interrupted(lambda: rclpy.spin(node))
    finally:
        node.destroy_node()
        rclpy.try_shutdown()
    return 0


def spin_until_interrupted(spin: Callable[[], None]) -> None:
    """Run ``spin`` until a signal ends it; from then on, further SIGINTs are ignored."""
    try:
        spin()
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    except RuntimeError:
        # A signal ends the context at once, even below a callback that is just publishing.
        if rclpy.ok():
            raise
    finally:
        # A terminal and ros2 launch both send SIGINT: the second must not disturb the clearing.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
