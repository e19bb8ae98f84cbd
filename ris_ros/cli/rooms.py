# SPDX-License-Identifier: Apache-2.0
"""Rooms of the package that need more than a robot has: imported when their command is called."""
from __future__ import annotations

from importlib import import_module
from types import ModuleType

from ris_ros.errors import RisError

_OURS = ('rclpy', 'ris_ros')


def import_room(module: str, requirements: str) -> ModuleType:
    """Import the module that a command needs.

    Args:
        module: Its full name.
        requirements: The file in requirements/ with what it needs.

    Raises:
        RisError: A package is missing; the message says how to install it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        absent = error.name or str(error)
        missing = absent.partition('.')[0]
        if missing in _OURS and absent not in ('rclpy', 'ris_ros.msg'):
            raise
        name, way = missing, f"run pip install -r requirements/{requirements} in ris_ros's folder."
        if missing in _OURS:
            name, way = absent, 'source the setup file of your ROS 2 workspace.'
        raise RisError(f'It needs the package {name}, which is not installed; {way}') from None
