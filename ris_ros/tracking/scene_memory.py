# SPDX-License-Identifier: Apache-2.0
"""The things that were seen, each under an id that it keeps."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
import itertools

import numpy as np

from ris_ros.frame import Frame
from ris_ros.geometry.lens import project
from ris_ros.geometry.location import Location
from ris_ros.geometry.masks import ious
from ris_ros.status import Status
from ris_ros.tracking.association import associate, common_shift
from ris_ros.tracking.known_object import ALIKE, KnownObject, Presence, SceneSighting, unit

# Pictures that are this much older than the last one are of a clock that was set back, seconds.
_BACK_S = 0.5
# Depth is of another thing if it differs by more than this, metres, and metres each metre.
_OTHER_M, _OTHER_PER_M = 0.015, 0.005
# Half the width of the window in which depth is read, as a share of the picture's width.
_WINDOW = 0.004
# A thing without a name is looked at so often to find one.
_NAMINGS = 3


@dataclass(frozen=True)
class MemoryLimits:
    """How much is remembered.

    Attributes:
        count: Objects at most.
        seconds: How long a thing is remembered that is not seen any more; 0 remembers nothing.
    """

    count: int = 64
    seconds: float = 600.0


@dataclass(frozen=True, eq=False)
class Recollection:
    """A known object and where it is from here.

    Attributes:
        known: The object.
        location: Its place in the present picture and, where that is known, in its optical frame.
        age: Seconds since it was last seen.
    """

    known: KnownObject
    location: Location
    age: float


class SceneMemory:
    """Remembers what was seen; one thread at a time may call it.

    Attributes:
        objects: The known objects, by id.
        limits: How much is remembered; may be changed at any time.
    """

    def __init__(self, limits: MemoryLimits | None = None) -> None:
        self.objects: tuple[KnownObject, ...] = ()
        self.limits = limits or MemoryLimits()
        self._ids = itertools.count(1)
        self._stamp = -np.inf
        self._masks: np.ndarray | None = None  # of the last picture that was looked at
        self._shown: dict[int, int] = {}  # the object of each of its proposals

    def forget(self) -> None:
        """Forget everything; ids are never used again."""
        self.objects, self._masks, self._shown = (), None, {}
        self._stamp = -np.inf

    def has_seen(self, seen: SceneSighting) -> bool:
        """Tell whether a picture shows what the last one did."""
        return self._masks is seen.scene.masks

    def see_again(self, stamp: float) -> None:
        """Take note of a picture that shows what the last one did."""
        if stamp > self._stamp:
            self._stamp = stamp
            self._put(replace(one, last_seen=stamp) if one.is_visible else one
                      for one in self.objects)

    def look(self, seen: SceneSighting, things: Sequence[int] | np.ndarray,
             followed: Mapping[int, np.ndarray]) -> None:
        """Find the known objects in a picture, and take note of new ones.

        Args:
            seen: The picture.
            things: Numbers of the proposals that are things of their own.
            followed: (H, W) bool masks of what trackers follow, by ids.
        """
        stamp = seen.frame.stamp
        if stamp < self._stamp - _BACK_S:
            self.forget()
        self._stamp, self._masks = stamp, seen.scene.masks
        shift = common_shift(self.objects, seen)
        frame = '' if seen.pose is None else seen.pose.frame
        known = [shift.move(one, frame) for one in self.objects]
        found = associate(known, seen, followed)
        self._shown = {}
        objects = []
        for one, number in zip(known, found, strict=True):
            if number is not None:
                objects.append(_seen_now(one, number, seen))
                self._shown[number] = one.id
            elif not (one.is_visible and one.is_passing):
                objects.append(replace(one, presence=presence_of(one, seen)))
        for number in things:
            if not self._is_shown(number, seen):
                objects.append(self._meet(number, seen))
        self._put(objects)

    def recall(self, seen: SceneSighting) -> tuple[Recollection, ...]:
        """Return where the known objects are from here.

        Args:
            seen: The present picture.
        """
        return tuple(Recollection(one, _place(one, seen), max(seen.frame.stamp - one.last_seen, 0))
                     for one in self.objects)

    def identify(self, masks: Sequence[np.ndarray], scene_masks: np.ndarray) -> list[int]:
        """Return the ids of objects that the last picture shows; 0 where they have none.

        Args:
            masks: (H, W) bool of the objects.
            scene_masks: (N, H, W) bool proposals of that picture.
        """
        if self._masks is None or self._masks.shape[1:] != scene_masks.shape[1:]:
            return [0] * len(masks)
        numbers = list(self._shown)
        known = self._masks[numbers]
        ids = []
        for mask in masks:
            shares = ious(mask[None], known)[0] if numbers else np.zeros(0)
            best = int(shares.argmax()) if len(shares) else -1
            ids.append(self._shown[numbers[best]] if best >= 0 and shares[best] > ALIKE else 0)
        return ids

    def meet(self, mask: np.ndarray, box: Sequence[int], feature: np.ndarray,
             point: np.ndarray | None, frame: str) -> int:
        """Take note of an answer's object that was no thing of the last picture; return its id.

        Args:
            mask: (H, W) bool.
            box: Its x, y, width and height.
            feature: (D,) its visual feature.
            point: (3,) metres, its place; None where it is not known.
            frame: That of the point.
        """
        one = KnownObject(
            next(self._ids), unit(feature), unit(feature), float(mask.sum()), np.array(box),
            mask.shape, self._stamp, self._stamp, point, frame, answered=True)
        self._put([*self.objects, one])
        return one.id

    def note_answered(self, ids: Mapping[int, str]) -> None:
        """Take note that an answer was about objects, and what it called them.

        Args:
            ids: Names by ids; '' where it named none.
        """
        self._put(replace(one, answered=True, name=one.name or ids[one.id])
                  if one.id in ids else one for one in self.objects)

    def nameless(self) -> dict[int, int]:
        """Return the proposals of objects that still want a name, by ids."""
        numbers = {id_: number for number, id_ in self._shown.items()}
        return {one.id: numbers[one.id] for one in self.objects
                if not one.name and one.namings < _NAMINGS and one.id in numbers}

    def name(self, names: Mapping[int, str]) -> None:
        """Name objects, by ids; '' where no name was found."""
        self._put(replace(one, name=names[one.id], namings=one.namings + 1)
                  if one.id in names else one for one in self.objects)

    def _is_shown(self, number: int, seen: SceneSighting) -> bool:
        """Tell whether a proposal is an outline of an object that was found."""
        return any(seen.outlines[number, other] for other in self._shown)

    def _meet(self, number: int, seen: SceneSighting) -> KnownObject:
        """Return a new object."""
        point, feature = seen.points[number], seen.features[number]
        one = KnownObject(
            next(self._ids), feature, feature, float(seen.scene.layout.areas[number]),
            seen.scene.boxes[number], seen.frame.size, seen.frame.stamp, seen.frame.stamp,
            point if np.isfinite(point).all() else None,
            '' if seen.pose is None else seen.pose.frame)
        self._shown[number] = one.id
        return one

    def _put(self, objects: Iterable[KnownObject]) -> None:
        """Keep objects, as many and as long as the limits say; those in view go before others."""
        kept = [one for one in objects
                if one.is_visible or self._stamp - one.last_seen <= self.limits.seconds]
        if self.limits.seconds <= 0:
            kept = []
        kept.sort(key=lambda one: (not one.is_visible, -one.last_seen, -one.id))
        self.objects = tuple(sorted(kept[:self.limits.count], key=lambda one: one.id))


def presence_of(known: KnownObject, seen: SceneSighting) -> Presence:
    """Tell why a picture does not show an object.

    Args:
        known: The object, moved with the picture.
        seen: The picture.
    """
    frame = seen.frame
    height, width = frame.size
    point = _optical(known, seen)
    if point is None or frame.camera is None:
        u, v = known.middle
        is_inside = 0 <= u < width and 0 <= v < height
        return Presence.HIDDEN if is_inside else Presence.OUT_OF_VIEW
    if (z := point[2]) <= 0:
        return Presence.OUT_OF_VIEW
    u, v = project(point, frame.camera)
    if not (0 <= u < width and 0 <= v < height):
        return Presence.OUT_OF_VIEW
    depth = _depth_at(frame, round(u), round(v))
    return Presence.GONE if depth > z + _OTHER_M + _OTHER_PER_M * z else Presence.HIDDEN


def _depth_at(frame: Frame, u: int, v: int) -> float:
    """Return the median depth around a pixel, metres; 0 where there is none."""
    if frame.depth is None:
        return 0.0
    reach = max(1, round(_WINDOW * frame.size[1]))
    window = frame.depth[max(v - reach, 0):v + reach + 1, max(u - reach, 0):u + reach + 1]
    valid = window[np.isfinite(window) & (window > 0)]
    return float(np.median(valid)) if 2 * len(valid) > window.size else 0.0


def _optical(known: KnownObject, seen: SceneSighting) -> np.ndarray | None:
    """Return the (3,) place of an object in the optical frame of a picture, where it is known."""
    if known.point is None or seen.pose is None or known.frame != seen.pose.frame:
        return None
    return seen.pose.into(known.point)


def _place(known: KnownObject, seen: SceneSighting) -> Location:
    """Return where an object is in a picture, as far as that is known."""
    u, v = known.middle
    point = _optical(known, seen)
    return Location((float(u), float(v)), (round(u), round(v)),
                    Status.NO_DEPTH if point is None else Status.FOUND,
                    position=None if point is None else tuple(point.tolist()))


def _seen_now(known: KnownObject, number: int, seen: SceneSighting) -> KnownObject:
    """Return an object as a proposal of a picture shows it."""
    point, frame = known.point, known.frame
    if seen.pose is not None and np.isfinite(seen.points[number]).all():
        point, frame = seen.points[number], seen.pose.frame
    feature, area = seen.features[number], float(seen.scene.layout.areas[number])
    prime, most = (feature, area) if area >= known.area else (known.prime, known.area)
    return replace(
        known, feature=feature, prime=prime, area=most, box=seen.scene.boxes[number],
        size=seen.frame.size, point=point, frame=frame, drift=np.zeros(2),
        presence=Presence.VISIBLE, last_seen=seen.frame.stamp, sightings=known.sightings + 1)
