"""A node's parameters as one frozen dataclass, whose fields are their names and defaults."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import TypeVar

from rcl_interfaces.msg import ParameterDescriptor
from rclpy.node import Node
from rclpy.parameter import Parameter

T = TypeVar('T')


def declare(node: Node, kind: type[T], descriptors: Mapping[str, ParameterDescriptor]) -> T:
    """Declare all parameters and return their values, launch files and overrides included.

    kind: the dataclass.  descriptors: of each of its fields.
    """
    return kind(**{
        item.name: node.declare_parameter(item.name, item.default, descriptors[item.name]).value
        for item in fields(kind)})


def changed(settings: T, parameters: Iterable[Parameter]) -> T:
    """Return settings with the parameters that belong to them put in."""
    names = {item.name for item in fields(settings)}
    return replace(settings, **{
        parameter.name: parameter.value for parameter in parameters if parameter.name in names})
