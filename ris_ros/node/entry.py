# SPDX-License-Identifier: Apache-2.0
"""Where the processes of the nodes begin.

To import a node takes a second, to import its models several. SIGINT would end that with a
traceback, and with a status that ros2 launch takes for a failure, so signals are heard before.
"""
from __future__ import annotations

import os
import signal
from typing import NoReturn


def end_on_signals() -> None:
    """Have SIGINT and SIGTERM end the process at once, with status 0.

    This is for the time before there is a node, when nothing has to be closed: `run_node` then
    hears the signals itself.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)


def run_ris_node() -> NoReturn:
    """Run ris_node until it is interrupted."""
    end_on_signals()
    from ris_ros.node.ris_node import main
    main()


def run_ris_speech() -> NoReturn:
    """Run the speech node until it is interrupted."""
    end_on_signals()
    from ris_ros.node.speech_node import main
    main()


def _end(number: int, frame: object) -> NoReturn:
    """End the process."""
    os._exit(0)
