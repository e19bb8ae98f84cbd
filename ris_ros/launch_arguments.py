# SPDX-License-Identifier: Apache-2.0
"""Reads and checks the arguments of the launch files, before any process starts.

An exception in a launch file ends ``ros2 launch``, but not the processes that it has started. What
is here needs neither launch nor launch_ros, which are not on PyPI.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
import re
from typing import TYPE_CHECKING

import yaml

from ris_ros.errors import RisError

if TYPE_CHECKING:
    from rcl_interfaces.msg import ParameterDescriptor

_BOOLEANS = {'true': True, '1': True, 'false': False, '0': False}
_NUMBERS = {int: 'a whole number', float: 'a number'}
_LOG_LEVELS = ('debug', 'info', 'warn', 'error', 'fatal')
_NAMESPACE = re.compile(r'/?([A-Za-z_]\w*(/[A-Za-z_]\w*)*)?', re.ASCII)
_CAMERA_TOPICS = ('image_topic', 'camera_info_topic', 'depth_topic')
# Topics of the node that RViz and Foxglove show.
_VIEWED = ('view', 'overlay', 'mask', 'cloud', 'centroid', 'pose')
# Braces hold a substitution, such as {node}.
_TOPIC = re.compile(r'(~|/?[A-Za-z_{][\w{}]*)(/[A-Za-z_{][\w{}]*)*', re.ASCII)


@dataclass(frozen=True)
class Override:
    """A launch argument that sets a parameter of a node, before the file of parameters does.

    Attributes:
        parameter: Name of the parameter.
        kind: Type of its value.
        description: What it means, as one sentence.
        least: Least value of a number.
        most: Greatest value of a number.
    """

    parameter: str
    kind: type
    description: str
    least: float = -float('inf')
    most: float = float('inf')


def parameter_overrides(settings: type, descriptors: Mapping[str, ParameterDescriptor],
                        arguments: Mapping[str, str]) -> dict[str, Override]:
    """Make the launch arguments of some of a node's parameters.

    Args:
        settings: The dataclass of all parameters, whose defaults tell their types.
        descriptors: Of all parameters; they tell what each one means, and its range.
        arguments: The name of each argument with that of its parameter.
    """
    defaults = {item.name: item.default for item in fields(settings)}
    return {argument: _override(name, defaults[name], descriptors[name])
            for argument, name in arguments.items()}


def override_values(arguments: Mapping[str, str],
                    overrides: Mapping[str, Override]) -> dict[str, object]:
    """Return the values of the parameters whose launch arguments are given and not empty.

    Args:
        arguments: All launch arguments, as text.
        overrides: Those that set parameters, by their names.

    Raises:
        RisError: A value is of another type or out of its range.
    """
    return {override.parameter: _read(name, arguments[name], override)
            for name, override in overrides.items() if arguments.get(name)}


def read_boolean(name: str, text: str) -> bool:
    """Return the value of a launch argument that is true or false.

    Raises:
        RisError: It is neither.
    """
    if text.lower() not in _BOOLEANS:
        raise RisError(f'The launch argument {name} is {text!r}; expected true or false.')
    return _BOOLEANS[text.lower()]


def viewer_remappings(namespace: str) -> list[tuple[str, str]]:
    """Return how a viewer that shows the topics of /ris_node shows those of a node in a namespace.

    Args:
        namespace: Of the node, with or without a slash before it.
    """
    if not (namespace := namespace.strip('/')):
        return []
    return [(f'/ris_node/{name}', f'/{namespace}/ris_node/{name}') for name in _VIEWED]


def check_names(arguments: Mapping[str, str]) -> None:
    """Check the namespace, the log level and the topics among launch arguments.

    Raises:
        RisError: One of them cannot be used.
    """
    namespace = arguments.get('namespace', '')
    if not _NAMESPACE.fullmatch(namespace):
        raise RisError(f'The launch argument namespace is {namespace!r}; expected words of '
                       'letters, digits and underscores, such as robot1.')
    level = arguments.get('log_level', 'info')
    if level.rpartition(':=')[2].lower() not in _LOG_LEVELS:
        raise RisError(f'The launch argument log_level is {level!r}; '
                       f'expected {", ".join(_LOG_LEVELS[:-1])} or {_LOG_LEVELS[-1]}.')
    for name, topic in arguments.items():
        if name.endswith('_topic') and not _TOPIC.fullmatch(topic):
            raise RisError(f'The launch argument {name} is {topic!r}; expected the name of a '
                           'topic, such as /camera/image.')


def read_namespaces(name: str, words: Iterable[str]) -> list[str]:
    """Return the namespaces of several cameras, without slashes around them.

    Args:
        name: Of the argument, for the error.
        words: The namespaces.

    Raises:
        RisError: One of them is none, or given twice.
    """
    namespaces = []
    for word in words:
        namespace = word.strip('/')
        if not namespace or not _NAMESPACE.fullmatch(namespace):
            raise RisError(f'The argument {name} holds {word!r}; expected words of letters, digits '
                           'and underscores, such as left right.')
        if namespace in namespaces:
            raise RisError(f'The argument {name} holds {word!r} twice; each camera needs a '
                           'namespace of its own.')
        namespaces.append(namespace)
    return namespaces


def split_namespaces(text: str) -> list[str]:
    """Return the namespaces that a launch argument lists, separated by spaces or commas.

    Raises:
        RisError: One of them is none, or given twice.
    """
    return read_namespaces('namespaces', text.replace(',', ' ').split())


def check_cameras(arguments: Mapping[str, str]) -> None:
    """Check the launch arguments of several cameras.

    Raises:
        RisError: One of them cannot be used.
    """
    if not split_namespaces(arguments.get('namespaces', '')):
        return
    if arguments['namespace']:
        raise RisError(f'Both launch arguments are given, namespace {arguments["namespace"]!r} and '
                       f'namespaces {arguments["namespaces"]!r}; expected one of them.')
    for name in _CAMERA_TOPICS:
        if arguments[name].startswith('/'):
            raise RisError(f'With namespaces, all nodes would listen to one camera: the launch '
                           f'argument {name} is {arguments[name]!r}; expected a name within each '
                           "namespace, without a slash before it, such as 'color/image_raw'.")


def check_choice(name: str, text: str, choices: Iterable[str]) -> None:
    """Check a launch argument that is one of several words, or empty.

    Raises:
        RisError: It is another word.
    """
    if text and text not in (choices := list(choices)):
        raise RisError(f'The launch argument {name} is {text!r}; expected {" or ".join(choices)}.')


def check_file(name: str, text: str) -> None:
    """Check that the file is there that a launch argument names.

    Raises:
        RisError: There is no such file.
    """
    if not Path(text).is_file():
        raise RisError(f'The launch argument {name} names the file {text!r}, which does not exist.')


def check_parameter_file(name: str, text: str) -> None:
    """Check that a launch argument names a file of parameters.

    Raises:
        RisError: There is no such file, or it is no YAML file of parameters.
    """
    check_file(name, text)
    try:
        content = yaml.safe_load(Path(text).read_text())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = ' '.join(str(error).split())
        raise RisError(f'The launch argument {name} names the file {text!r}, which is no YAML '
                       f'file: {reason}') from error
    if not isinstance(content, dict) or not all(
            isinstance(node, dict) and 'ros__parameters' in _leaves(node)
            for node in content.values()):
        raise RisError(f'The launch argument {name} names the file {text!r}, which holds no '
                       'parameters; expected the name of a node, and ros__parameters below it.')


def _leaves(node: dict) -> set[object]:
    """Return the keys of a tree of dictionaries, at every depth."""
    return set(node).union(*(_leaves(part) for part in node.values() if isinstance(part, dict)))


def _override(parameter: str, default: object, descriptor: ParameterDescriptor) -> Override:
    """Describe the override of one parameter."""
    kind = str if isinstance(default, str) else type(default)  # str for an Enum of words
    for limits in (*descriptor.integer_range, *descriptor.floating_point_range):
        return Override(parameter, kind, descriptor.description, limits.from_value, limits.to_value)
    return Override(parameter, kind, descriptor.description)


def _read(name: str, text: str, override: Override) -> object:
    """Return the value of an override; raise RisError where it is none."""
    if override.kind is bool:
        return read_boolean(name, text)
    if override.kind not in _NUMBERS:
        return text
    expected = _NUMBERS[override.kind]
    if override.least > -float('inf'):
        expected += f' from {override.kind(override.least)} to {override.kind(override.most)}'
    try:
        value = override.kind(text)
    except ValueError:
        value = float('nan')
    if not override.least <= value <= override.most:
        raise RisError(f'The launch argument {name} is {text!r}; expected {expected}.')
    return value
