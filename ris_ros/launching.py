# SPDX-License-Identifier: Apache-2.0
"""What the launch files share; only they import it, because launch_ros is not on PyPI."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
import shutil
import subprocess
import sys

from launch import LaunchContext
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription, Shutdown
from launch.events.process import ProcessExited
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration
from launch_ros.parameter_descriptions import ParameterValue

from ris_ros.launch_arguments import Override, override_values, read_boolean

_FIND_MODULES = ('import sys; from importlib.util import find_spec; '
                 'print(*[name for name in sys.argv[1:] if find_spec(name) is None])')


def declare(overrides: Mapping[str, Override], file: str) -> list[DeclareLaunchArgument]:
    """Declare launch arguments that may stay empty.

    Args:
        overrides: The arguments by their names.
        file: The argument that names the file of parameters, for the description.
    """
    return [DeclareLaunchArgument(
        name, default_value='', description=f'{override.description} Empty: as in {file}.')
        for name, override in overrides.items()]


def shared_arguments() -> list[DeclareLaunchArgument]:
    """Declare the arguments of each launch file that does not include another one."""
    return [
        DeclareLaunchArgument(
            'namespace', default_value='', description='Namespace of ris_node.'),
        DeclareLaunchArgument(
            'use_sim_time', default_value='false', description='Take the time from /clock.'),
        DeclareLaunchArgument(
            'log_level', default_value='info', description='debug, info, warn, error or fatal.')]


def is_sim_time(context: LaunchContext) -> bool:
    """Return the argument use_sim_time; RisError where it is neither true nor false."""
    return read_boolean('use_sim_time', context.launch_configurations['use_sim_time'])


def given(context: LaunchContext,
          overrides: Mapping[str, Override]) -> dict[str, ParameterValue]:
    """Return the parameters whose launch arguments are not empty; RisError where one is wrong."""
    # With a type, because launch_ros takes the text '0' for a number else.
    return {name: ParameterValue(value, value_type=type(value))
            for name, value in override_values(context.launch_configurations, overrides).items()}


def include_ris(launch_file: str, defaults: Mapping[str, str]) -> IncludeLaunchDescription:
    """Include ris.launch.py, which lies beside a launch file; its arguments are that file's too.

    Args:
        launch_file: Path of the launch file.
        defaults: Values in place of the defaults of ris.launch.py.
    """
    path = Path(launch_file).with_name('ris.launch.py')
    return IncludeLaunchDescription(PythonLaunchDescriptionSource(str(path)), launch_arguments=[
        (name, LaunchConfiguration(name, default=value)) for name, value in defaults.items()])


def shut_down(event: ProcessExited, context: LaunchContext) -> list[Shutdown]:
    """End everything, because a process has ended that the others are of no use without."""
    if context.is_shutdown:
        return []
    return [Shutdown(reason=f'{event.process_name} has ended.')]


def missing_modules(names: Iterable[str]) -> list[str]:
    """Return which Python packages the nodes could not import.

    The nodes run with the python3 of the environment, which may be a virtual one; ros2 launch
    itself runs with the system's.
    """
    python = shutil.which('python3') or sys.executable
    return subprocess.run([python, '-c', _FIND_MODULES, *names], check=True,
                          capture_output=True, text=True).stdout.split()
