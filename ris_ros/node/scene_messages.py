# SPDX-License-Identifier: Apache-2.0
"""Turns what is remembered of the scene into messages."""
from __future__ import annotations

from collections.abc import Collection, Sequence

from geometry_msgs.msg import PointStamped
from sensor_msgs.msg import RegionOfInterest
from std_msgs.msg import Header

from ris_ros.msg import Scene, SceneObject
from ris_ros.node.frame_matching import to_time
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
