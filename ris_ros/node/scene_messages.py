# SPDX-License-Identifier: Apache-2.0
"""Turns what is remembered of the scene into messages."""
from __future__ import annotations

from collections.abc import Collection, Sequence

from builtin_interfaces.msg import Time
from geometry_msgs.msg import PointStamped
import numpy as np
from sensor_msgs.msg import RegionOfInterest
from std_msgs.msg import Header

from ris_ros.msg import Scene, SceneObject
from ris_ros.node.messages import to_point
from ris_ros.tracking.known_object import KnownObject


def to_scene(objects: Sequence[KnownObject], header: Header, held: Collection[int]) -> Scene:
    """Make the message on ~/scene.

    Args:
        objects: What is remembered.
        header: Of the image that was looked at last.
        held: Ids of the objects that are tracked.
    """
    return Scene(header=header, objects=[_to_object(one, header, held) for one in objects])


def to_time(seconds: float) -> Time:
    """Return the time of a stamp in seconds."""
    whole = int(np.floor(seconds))
    nanoseconds = min(round((seconds - whole) * 1e9), 10**9 - 1)
    return Time(sec=int(np.clip(whole, -2**31, 2**31 - 1)), nanosec=nanoseconds)


def _to_object(one: KnownObject, header: Header, held: Collection[int]) -> SceneObject:
    """Make the message on one object."""
    x, y, width, height = (max(int(length), 0) for length in one.box)
    message = SceneObject(
        id=one.id, name=one.name, presence=int(one.presence), held=one.id in held,
        first_seen=to_time(one.first_seen), last_seen=to_time(one.last_seen),
        box=RegionOfInterest(x_offset=x, y_offset=y, width=width, height=height))
    if one.point is not None:
        message.has_position = True
        message.position = PointStamped(
            header=Header(stamp=message.last_seen, frame_id=one.frame or header.frame_id),
            point=to_point(one.point))
    return message
