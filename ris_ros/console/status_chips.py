# SPDX-License-Identifier: Apache-2.0
"""The state of each part of the robot, as the top of a page shows it."""
from __future__ import annotations

from collections.abc import Sequence
import time

from ris_ros.console.html_parts import StatusChip, age_text
from ris_ros.console.pictures import PictureFeed
from ris_ros.console.robot_link import RobotLink

_OLD_PICTURE_S, _NO_PICTURE_S = 1.0, 3.0


def status_chips(robot: RobotLink, pictures: PictureFeed, answered_at: float | None,
                 operators: Sequence[str]) -> tuple[StatusChip, ...]:
    """Return the states of all parts.

    Args:
        robot: The robot.
        pictures: What its camera sends.
        answered_at: When its last answer came, seconds of time.monotonic; None for never.
        operators: The names of all operators.
    """
    node, speech, age = robot.node_health, robot.speech_health, pictures.age
    here = robot.is_present
    return (
        StatusChip(robot.name, (node.value('state') or 'here') if here else 'not there',
                   node.level if here else 'error', node.message),
        StatusChip('picture', age_text(age), _picture_tone(age), pictures.trouble),
        StatusChip('index', _age_of_index(node.value('index age (s)')), node.level),
        StatusChip('answer', age_text(
            None if answered_at is None else time.monotonic() - answered_at), 'ok'),
        StatusChip('speech', 'not there' if speech.level == 'absent' else 'here', speech.level,
                   speech.message),
        StatusChip('operators', ', '.join(operators) or '-', 'ok'))


def _picture_tone(age: float | None) -> str:
    """Return the colour of a picture's age in seconds."""
    if age is None or age > _NO_PICTURE_S:
        return 'error'
    return 'ok' if age <= _OLD_PICTURE_S else 'warn'


def _age_of_index(text: str) -> str:
    """Return an age that a node has told as a number of seconds."""
    try:
        return age_text(float(text))
    except ValueError:
        return '-'
