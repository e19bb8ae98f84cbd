"""What the launch files share; only they import it, because launch_ros is not on PyPI."""
from __future__ import annotations

from collections.abc import Mapping

from launch import LaunchContext
from launch.substitutions import LaunchConfiguration
from launch_ros.parameter_descriptions import ParameterValue


def overrides(context: LaunchContext, kinds: Mapping[str, type]) -> dict[str, ParameterValue]:
    """Return parameters, of these names and types, for the launch arguments that are not empty."""
    return {name: ParameterValue(LaunchConfiguration(name), value_type=kind)
            for name, kind in kinds.items() if LaunchConfiguration(name).perform(context)}
