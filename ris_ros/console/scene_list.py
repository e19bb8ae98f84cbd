# SPDX-License-Identifier: Apache-2.0
"""What the node remembers of the scene, for the list on the page."""
from __future__ import annotations

from dataclasses import dataclass
import time

from builtin_interfaces.msg import Time
import numpy as np

from ris_ros.msg import Scene, SceneObject

_PRESENCES = {SceneObject.VISIBLE: 'in view', SceneObject.HIDDEN: 'hidden',
              SceneObject.OUT_OF_VIEW: 'out of view', SceneObject.GONE: 'gone'}


@dataclass(frozen=True)
class RememberedThing:
    """A thing that the node has seen.

    Attributes:
        id: The node's number for it.
        name: What it looks like; '' where no name is likely enough.
        presence: 'in view', 'hidden', 'out of view' or 'gone'.
        held: Whether it is tracked.
        place: x, y, z in metres where it was last seen; None where that is not known.
        frame: Of the place.
        seen_at: When it was last seen, seconds of time.monotonic.
        box: x, y, width, height in the image that showed it last, pixels.
        stamp: Of that image.
    """

    id: int
    name: str
    presence: str
    held: bool
    place: tuple[float, float, float] | None
    frame: str
    seen_at: float
    box: tuple[int, int, int, int]
    stamp: Time

    @property
    def is_visible(self) -> bool:
        """Whether the newest image showed it."""
        return self.presence == _PRESENCES[SceneObject.VISIBLE]

    @property
    def distance(self) -> float | None:
        """Metres from the origin of its frame."""
        return None if self.place is None else float(np.linalg.norm(self.place))


class SceneList:
    """The newest scene; all methods may be called from any thread."""

    def __init__(self) -> None:
        self._things: tuple[RememberedThing, ...] = ()

    @property
    def things(self) -> tuple[RememberedThing, ...]:
        """What is remembered: what is held, what is in view, and the rest, the newest first."""
        return self._things

    def find(self, id_: int) -> RememberedThing | None:
        """Return the thing with an id; None where it is not remembered any more."""
        return next((thing for thing in self._things if thing.id == id_), None)

    def hear(self, scene: Scene) -> None:
        """Take a scene of ris_node."""
        now, newest = time.monotonic(), _seconds(scene.header.stamp)
        things = [_thing(one, now - max(0.0, newest - _seconds(one.last_seen)))
                  for one in scene.objects]
        self._things = tuple(sorted(things, key=_order))

    def forget(self) -> None:
        """Remember nothing: the node that saw it is gone."""
        self._things = ()


def _thing(one: SceneObject, seen_at: float) -> RememberedThing:
    """Return an object of the message."""
    point, box = one.position.point, one.box
    return RememberedThing(
        one.id, one.name, _PRESENCES.get(one.presence, 'unknown'), one.held,
        (point.x, point.y, point.z) if one.has_position else None,
        one.position.header.frame_id, seen_at,
        (box.x_offset, box.y_offset, box.width, box.height), one.last_seen)


def _order(thing: RememberedThing) -> tuple:
    """Return what the list is sorted by; things in view keep their order from image to image."""
    return (not thing.held, not thing.is_visible, 0.0 if thing.is_visible else -thing.seen_at,
            thing.id)


def _seconds(stamp: Time) -> float:
    """Return a time of a message in seconds."""
    return stamp.sec + stamp.nanosec * 1e-9
