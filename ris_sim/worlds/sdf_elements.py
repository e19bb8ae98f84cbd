# SPDX-License-Identifier: Apache-2.0
"""Elements of SDF files: the small steps that the reader and the writer of worlds share."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from ris_ros.errors import RisError

# Of our own elements and attributes, which Gazebo ignores.
NAMESPACE = 'urn:ris_ros:simulation'


def ris_name(name: str) -> str:
    """Return the full name of an element or attribute of the namespace ris."""
    return f'{{{NAMESPACE}}}{name}'


def add_text(parent: Element, tag: str, content: str) -> Element:
    """Add an element that holds only text."""
    child = SubElement(parent, tag)
    child.text = content
    return child


def format_numbers(values: Iterable[float]) -> str:
    """Format numbers for SDF, rounded to a millionth."""
    return ' '.join(f'{round(float(value), 6) + 0.0:.10g}' for value in values)


def read_numbers(parent: Element, tag: str, count: int,
           default: Sequence[float] | None = None) -> tuple[float, ...]:
    """Read numbers from a child element.

    Args:
        parent: of the element.
        tag: of the element.
        count: how many numbers it must hold.
        default: to return when there is no such element; None requires it.

    Raises:
        RisError: if there are not exactly that many.
    """
    content = parent.findtext(tag)
    if content is None and default is not None:
        return tuple(default)
    return parse_numbers(content, count, f'<{tag}> of {label(parent)}')


def parse_numbers(content: str | None, count: int, what: str) -> tuple[float, ...]:
    """Parse finite numbers that are separated by blanks; what names them in an error."""
    try:
        found = tuple(float(word) for word in (content or '').split())
    except ValueError:
        found = ()
    if len(found) != count or not np.isfinite(found).all():
        raise RisError(f'{what} is {content!r}; expected {count} numbers.')
    return found


def label(element: Element) -> str:
    """Name an element in a message."""
    name = element.get('name')
    return f'<{element.tag}>' + (f' "{name}"' if name else '')


def pose_of(element: Element) -> tuple[float, ...]:
    """Return x, y, z, roll, pitch and yaw; raise RisError when they are in another frame."""
    pose = element.find('pose')
    if pose is not None and (pose.get('relative_to') or pose.get('degrees') == 'true'):
        raise RisError(f'the <pose> of {label(element)} uses relative_to or degrees; '
                       "expected radians in the parent's frame.")
    return read_numbers(element, 'pose', 6, default=(0,) * 6)


def only_link(model: Element) -> Element:
    """Return the only link of a model, which must have no pose of its own."""
    links = model.findall('link')
    if len(links) != 1 or any(pose_of(links[0])):
        raise RisError(f'{label(model)} must have one <link> without a pose of its own.')
    return links[0]
