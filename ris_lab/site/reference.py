# SPDX-License-Identifier: Apache-2.0
"""The pages of the reference: parameters, topics and messages as the code has them."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from enum import Enum
import json
from pathlib import Path

from rcl_interfaces.msg import ParameterDescriptor

from ris_ros.node.parameters import DESCRIPTORS, Settings
from ris_ros.node.speech_parameters import DESCRIPTORS as SPEECH_DESCRIPTORS
from ris_ros.node.speech_parameters import SpeechSettings
from ris_ros.policy import PERMISSIONS, Permissions

_USES = {
    'subscribes': 'subscribes to', 'publishes': 'publishes', 'serves': 'offers the service',
    'executes': 'offers the action', 'requests': 'calls the service', 'calls': 'calls the action'}
_KINDS = {'msg': 'message', 'srv': 'service', 'action': 'action'}


def parameters_page() -> str:
    """Return the page of the parameters of ris_node and ris_speech."""
    return '\n'.join([
        '# Parameters', '',
        'Made from the code. `ros2 param describe /ris_node NAME` shows the same.', '',
        '## ris_node', '', *_parameter_table(Settings, DESCRIPTORS), '',
        '## ris_speech', '', *_parameter_table(SpeechSettings, SPEECH_DESCRIPTORS), ''])


def topics_page() -> str:
    """Return the page of what each node publishes, hears, offers and asks."""
    lines = [
        '# Topics, services, actions', '',
        'Made from the tables that also give the SROS2 policy, which a test compares with the '
        'running nodes. `~/` stands for the name of the node. Every node also has the topics and '
        'services of ROS for its log and its parameters.', '']
    common = set(PERMISSIONS['ris_console_stop'].serves) | {'/parameter_events', '/rosout'}
    for node, permissions in PERMISSIONS.items():
        lines += [f'## {node}', '', *_uses_table(permissions, common), '']
    return '\n'.join(lines)


def messages_page(root: Path) -> str:
    """Return the page of the files in msg/, srv/ and action/.

    Args:
        root: The folder of the repository.
    """
    lines = ['# Messages, services, actions: the files', '',
             'Made from the files in `msg/`, `srv/` and `action/`. Above `---` stands the request '
             'or the goal.', '']
    for ending, kind in _KINDS.items():
        for path in sorted((root / ending).glob(f'*.{ending}')):
            lines += [f'## {path.stem} ({kind})', '', '```text', path.read_text().rstrip(), '```',
                      '']
    return '\n'.join(lines)


def _parameter_table(settings: type, descriptors: Mapping[str, ParameterDescriptor]) -> list[str]:
    """Return the lines of a table of parameters."""
    rows = []
    for item in fields(settings):
        told = descriptors[item.name]
        meaning = ' '.join(filter(None, (told.description, told.additional_constraints)))
        default = item.default.value if isinstance(item.default, Enum) else item.default
        value = f"'{default}'" if isinstance(default, str) else json.dumps(default)
        rows.append((f'`{item.name}`', f'`{value}`', meaning, _limits(told)))
    return table(('parameter', 'default', 'meaning', 'takes'), rows)


def _limits(told: ParameterDescriptor) -> str:
    """Return the range of a parameter, or that it cannot be changed."""
    if told.read_only:
        return '(read only)'
    for limits in (*told.integer_range, *told.floating_point_range):
        return f'{limits.from_value:.10g} to {limits.to_value:.10g}'
    return ''


def _uses_table(permissions: Permissions, common: set[str]) -> list[str]:
    """Return the lines of a table of the names that a node uses, but for those of every node."""
    rows = []
    for attribute, words in _USES.items():
        if names := sorted(set(getattr(permissions, attribute)) - common):
            rows.append((words, ', '.join(f'`{name}`' for name in names)))
    return table(('', 'names'), rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table in Markdown."""
    lines = [head, ['---'] * len(head), *rows]
    return ['| ' + ' | '.join(cell.replace('|', '\\|') for cell in row) + ' |' for row in lines]
