# SPDX-License-Identifier: Apache-2.0
"""The topic on which spoken commands come with the texts that they may be."""
from __future__ import annotations

import math

from rclpy.node import Node
from std_msgs.msg import Header

from ris_ros.language.alternatives import Alternative
from ris_ros.msg import SpokenCommand

# More texts than a recogniser tells apart are no speech.
_MOST = 32


def spoken_topic(node: Node) -> str:
    """Return the topic's name, which follows that of `command` also where that is remapped."""
    return f'{node.resolve_topic_name("command")}/spoken'


def to_spoken(alternatives: tuple[Alternative, ...], header: Header) -> SpokenCommand:
    """Make the message of a spoken command."""
    return SpokenCommand(header=header, texts=[one.text for one in alternatives],
                         chances=[one.chance for one in alternatives])


def alternatives_of(message: SpokenCommand) -> tuple[Alternative, ...]:
    """Return the texts of a spoken command, best first, with chances that add up to 1 at most.

    A text without a chance, or with one that is no probability, cannot be chosen on its own.
    """
    chances = [chance if math.isfinite(chance) and chance > 0 else 0.0
               for chance in message.chances[:_MOST]]
    chances += [0.0] * (len(message.texts) - len(chances))
    total = max(1.0, sum(chances))
    return tuple(Alternative(text, chance / total)
                 for text, chance in zip(message.texts[:_MOST], chances, strict=False))
