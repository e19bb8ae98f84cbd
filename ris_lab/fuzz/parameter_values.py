# SPDX-License-Identifier: Apache-2.0
"""Values for the parameters of a node: allowed ones, and such as nobody should set."""
from __future__ import annotations

from dataclasses import fields
from random import Random

from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
import rclpy.parameter

from ris_lab.fuzz.texts import hostile_text, sendable_text
from ris_ros.node.parameters import IndexPolicy, Mode, Settings

# Those that are read when the node is configured or activated, and may make that fail.
AT_TRANSITIONS = ('profile', 'weights', 'device', 'precision', 'threads', 'image_transport',
                  'image_geometry', 'refresh_every', 'pool', 'pool_fallback', 'pool_patience',
                  'pool_colour', 'pool_features')
NAMES = tuple(item.name for item in fields(Settings))
_ALLOWED = {
    'index_policy': tuple(policy.value for policy in IndexPolicy),
    'index_rate': (1.0, 10.0, 1000.0),
    'index_max_lag': (0.0, 0.5, 10.0),
    'max_image_age': (0.01, 2.0, 3600.0),
    'max_image_lead': (0.0, 0.5, 3600.0),
    'depth_max_skew': (0.0, 0.05, 10.0),
    'target_frame': ('', 'base_link', '/camera_optical', 'ü'),
    'mode': tuple(mode.value for mode in Mode),
    'dialogue_timeout': (0.0, 60.0, 86400.0),
    'answer_timeout': (1.0, 10.0, 600.0),
    'least_confidence': (0.0, 0.3, 1.0),
    'threads': (0, 1, 2),
    'refresh_every': (1, 5, 150),
    'image_transport': ('raw', 'compressed'),
    'image_geometry': ('auto', 'rectified', 'raw'),
}
_NUMBERS = (0.0, -1.0, 1e300, -1e300, float('nan'), float('inf'), float('-inf'))
_INTEGERS = (0, -1, 257, 2**63 - 1, -2**63)


def allowed_parameter(rng: Random) -> Parameter:
    """Return a parameter with a value that it takes."""
    name = rng.choice(tuple(_ALLOWED))
    return _parameter(name, rng.choice(_ALLOWED[name]))


def hostile_parameter(rng: Random) -> Parameter:
    """Return a parameter with a name, type or value that it may not have."""
    name = rng.choice((*NAMES, *NAMES, 'use_sim_time', 'qos_overrides./image.subscription.depth',
                       '', sendable_text(hostile_text(rng)[:200])))
    value = ParameterValue(
        type=rng.choice((*range(10), 255)), bool_value=rng.random() < .5,
        integer_value=rng.choice(_INTEGERS), double_value=rng.choice(_NUMBERS),
        string_value=rng.choice(
            ('', '/', 'cuda:99', '/dev/null', 'x.yaml', hostile_text(rng)[:5000])),
        byte_array_value=[b'\0', b'\xff'], bool_array_value=[True],
        integer_array_value=list(_INTEGERS), double_array_value=list(_NUMBERS),
        string_array_value=['', hostile_text(rng)[:200]])
    if name == 'use_sim_time' and value.type == ParameterType.PARAMETER_BOOL:
        # It is not this node's own, and would make every later image stale.
        value.bool_value = False
    return Parameter(name=name, value=value)


def default_parameters(names: tuple[str, ...] = NAMES) -> list[Parameter]:
    """Return parameters with the node's own values, those that can be set."""
    defaults = Settings()
    return [_parameter(name, getattr(defaults, name)) for name in names if name != 'autostart']


def _parameter(name: str, value: object) -> Parameter:
    """Return a parameter's message."""
    return rclpy.parameter.Parameter(name, value=getattr(value, 'value', value)).to_parameter_msg()
