# SPDX-License-Identifier: Apache-2.0
"""Which quality-of-service policies a user may override, and what is wrong with an override."""
from __future__ import annotations

from rclpy import qos
from rclpy.node import Node
from rclpy.qos import QoSPolicyKind
from rclpy.qos_overriding_options import QoSOverridingOptions

from ris_ros.errors import RisError

_KINDS = (QoSPolicyKind.HISTORY, QoSPolicyKind.DEPTH, QoSPolicyKind.RELIABILITY,
          QoSPolicyKind.DURABILITY)
# Each policy that can be overridden, with its values; None: any number from 0 on.
_VALUES = {
    'depth': None,
    **{name: [value.lower() for value in kind.__members__ if value != 'UNKNOWN']
       for name, kind in (('history', qos.HistoryPolicy), ('reliability', qos.ReliabilityPolicy),
                          ('durability', qos.DurabilityPolicy))},
}


def overridable(node: Node, endpoint: str, topic: str) -> QoSOverridingOptions:
    """Return the options with which users may override a topic's quality of service.

    Args:
        node: The node.
        endpoint: 'subscription' or 'publisher'.
        topic: Its name within the node.

    Raises:
        RisError: The user has given an override for it that cannot be honoured.
    """
    start = f'qos_overrides.{node.resolve_topic_name(topic)}.{endpoint}.'
    # rclpy shows only the overrides of declared parameters; those of others have no effect.
    for name, parameter in node._parameter_overrides.items():
        if name.startswith(start):
            _check(name, name.removeprefix(start), parameter.value)
    return QoSOverridingOptions(policy_kinds=_KINDS)


def unused_overrides(node: Node) -> list[str]:
    """Return the names of the overrides of topics that a node does not have.

    Args:
        node: The node, with all its topics; each that can be overridden has declared its overrides.
    """
    return sorted(name for name in node._parameter_overrides
                  if name.startswith('qos_overrides.') and not node.has_parameter(name))


def _check(name: str, policy: str, value: object) -> None:
    """Raise RisError for an override that cannot be honoured."""
    if policy not in _VALUES:
        raise RisError(f'The parameter {name} cannot be honoured; expected one of '
                       f'{", ".join(sorted(_VALUES))} as its last part.')
    values = _VALUES[policy]
    if values is None:
        if type(value) is not int or value < 0:
            raise RisError(f'The parameter {name} is {value!r}; expected a number from 0 on.')
    elif str(value).lower() not in values:
        raise RisError(f'The parameter {name} is {value!r}; expected one of {", ".join(values)}.')
