"""What the launch files share; only they import it, because launch_ros is not on PyPI."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
import shutil
import subprocess
import sys

from launch import LaunchContext
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration
from launch_ros.parameter_descriptions import ParameterValue
from rcl_interfaces.msg import ParameterDescriptor

_FIND_MODULES = ('import sys; from importlib.util import find_spec; '
                 'print(*[name for name in sys.argv[1:] if find_spec(name) is None])')


@dataclass(frozen=True)
class Override:
    """A launch argument that sets a parameter of a node, before the file of parameters does.

    Attributes:
        parameter: Name of the parameter.
        kind: Type of its value.
        description: What it means, as one sentence.
    """

    parameter: str
    kind: type
    description: str


def parameter_overrides(settings: type, descriptors: Mapping[str, ParameterDescriptor],
                        arguments: Mapping[str, str]) -> dict[str, Override]:
    """Make the launch arguments of some of a node's parameters.

    Args:
        settings: The dataclass of all parameters, whose defaults tell their types.
        descriptors: Of all parameters; they tell what each one means.
        arguments: The name of each argument with that of its parameter.
    """
    defaults = {item.name: item.default for item in fields(settings)}
    return {argument: Override(name, _plain_type(defaults[name]), descriptors[name].description)
            for argument, name in arguments.items()}


def declare(overrides: Mapping[str, Override], file: str) -> list[DeclareLaunchArgument]:
    """Declare launch arguments that may stay empty.

    Args:
        overrides: The arguments by their names.
        file: The argument that names the file of parameters, for the description.
    """
    return [DeclareLaunchArgument(
        name, default_value='', description=f'{override.description} Empty: as in {file}.')
        for name, override in overrides.items()]


def given(context: LaunchContext,
          overrides: Mapping[str, Override]) -> dict[str, ParameterValue]:
    """Return the parameters whose launch arguments are not empty."""
    return {override.parameter: ParameterValue(LaunchConfiguration(name), value_type=override.kind)
            for name, override in overrides.items() if LaunchConfiguration(name).perform(context)}


def include_ris(launch_file: str, arguments: Mapping[str, str]) -> IncludeLaunchDescription:
    """Include ris.launch.py, which lies beside a launch file; its arguments are that file's too.

    Args:
        launch_file: Path of the launch file.
        arguments: Values in place of the defaults of ris.launch.py.
    """
    path = Path(launch_file).with_name('ris.launch.py')
    return IncludeLaunchDescription(
        PythonLaunchDescriptionSource(str(path)), launch_arguments=arguments.items())


def missing_modules(names: Iterable[str]) -> list[str]:
    """Return which Python packages the nodes could not import.

    The nodes run with the python3 of the environment, which may be a virtual one; ros2 launch
    itself runs with the system's.
    """
    python = shutil.which('python3') or sys.executable
    return subprocess.run([python, '-c', _FIND_MODULES, *names], check=True,
                          capture_output=True, text=True).stdout.split()


def _plain_type(default: object) -> type:
    """Return the type that a parameter has in ROS: str for an Enum of words."""
    return str if isinstance(default, str) else type(default)
