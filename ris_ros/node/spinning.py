"""Spinning that ends in order, however a process is told to stop."""
from collections.abc import Callable
import signal

import rclpy
from rclpy.executors import ExternalShutdownException


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
