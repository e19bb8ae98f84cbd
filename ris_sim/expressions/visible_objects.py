# SPDX-License-Identifier: Apache-2.0
"""The objects that an image shows, and how they stand to each other."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_sim.background.catalogue import nouns_of
from ris_sim.rendering.raycast import before, visible_share
from ris_sim.scene import Scene, SceneObject

# Fewer pixels of an object cannot be recognised at all.
SEEN_PIXELS = 30
# An object that is named, as target or anchor, covers at least this share of the image and shows
# at least this share of its silhouette.
TARGET_SHARE = .0015
VISIBLE_SHARE = .4
# Shares of the image by which the target must stand on one side of the anchor, and all others on
# the opposite side.
_ASIDE, _OPPOSITE = .05, .03
# Metres within which a target is near its anchor, and the factor by which all others are farther.
_NEAR, _FARTHER = .22, 1.5
# Metres of true depth for each share of the image's height.
_DEPTH_WEIGHT = 2
OPPOSITE_SIDES = {'left': 'right', 'right': 'left', 'near': 'far', 'far': 'near'}
RELATION_SIDES = {'left_of': 'left', 'right_of': 'right', 'in_front_of': 'near', 'behind': 'far'}


@dataclass(frozen=True)
class VisibleObject:
    """An object and how the image shows it.

    Attributes:
        index: of the object in scene.objects.
        thing: the object.
        pixels: number of visible pixels.
        share: visible share of its silhouette, 0 to 1.
        u: mean column of its pixels.
        v: mean row of its pixels.
        depth: metres along the optical axis.
        cut: whether it reaches the border of the image.
    """

    index: int
    thing: SceneObject
    pixels: int
    share: float
    u: float
    v: float
    depth: float
    cut: bool

    @property
    def sizes(self) -> np.ndarray:
        """Longest edge and mean edge in metres, (2,): two notions of size."""
        edges = np.array(self.thing.extents)
        return np.array([edges.max(), np.prod(edges) ** (1 / 3)])


@dataclass(frozen=True)
class VisibleScene:
    """The visible objects of an image.

    Attributes:
        objects: all that someone could recognise.
        targets: those of them that are clear enough to be named.
        size: height and width of the image in pixels.
        background: nouns of what is in the background.
    """

    objects: tuple[VisibleObject, ...]
    targets: list[VisibleObject]
    size: tuple[int, int]
    background: frozenset[str] = frozenset()

    @classmethod
    def of(cls, scene: Scene, labels: np.ndarray) -> VisibleScene:
        """Read the visible objects from (H, W) uint8 labels of the rendering."""
        objects = visible_objects(scene, labels)
        return cls(objects, [one for one in objects if one.pixels >= TARGET_SHARE * labels.size
                             and one.share >= VISIBLE_SHARE], labels.shape,
                   nouns_of(scene.background))

    def offsets(self, one: VisibleObject, other: VisibleObject) -> dict[str, float]:
        """Measure how far one object is to each side of another.

        Returns:
            Shares of the image by the keys left, right, near and far. Near and far count only as
            far as the image and the true depth agree.
        """
        height, width = self.size
        right = (one.u - other.u) / width
        down, closer = (one.v - other.v) / height, _DEPTH_WEIGHT * (other.depth - one.depth)
        return {'left': -right, 'right': right, 'near': min(down, closer),
                'far': min(-down, -closer)}

    def tells_apart(self, relation: str, target: VisibleObject, same: list[VisibleObject],
                    anchor: VisibleObject) -> bool:
        """Tell whether of the objects in ``same`` only the target has a relation to the anchor."""
        rest = [one for one in same if one is not target]
        if relation == 'near':
            return _is_nearest(target, rest, anchor)
        side = RELATION_SIDES[relation]
        opposite = OPPOSITE_SIDES[side]
        return (self.offsets(target, anchor)[side] > _ASIDE
                and all(self.offsets(one, anchor)[opposite] > _OPPOSITE for one in rest))


def visible_objects(scene: Scene, labels: np.ndarray) -> tuple[VisibleObject, ...]:
    """List the objects that show at least SEEN_PIXELS pixels.

    Args:
        scene: with the objects.
        labels: (H, W) uint8 of the rendering.
    """
    found = []
    model = scene.camera.model(labels.shape[1], labels.shape[0])
    for i, thing in enumerate(scene.objects):
        rows, columns = np.nonzero(labels == i + 1)
        if len(rows) >= SEEN_PIXELS:
            others = [*scene.objects[:i], *scene.objects[i + 1:], *before(scene, thing)]
            share = visible_share(thing, others, scene.camera, model)
            depth = scene.camera.to_optical(np.array([thing.position]))[0, 2]
            cut = bool(min(rows.min(), columns.min()) == 0 or rows.max() == labels.shape[0] - 1
                       or columns.max() == labels.shape[1] - 1)
            found.append(VisibleObject(i, thing, len(rows), share, float(columns.mean()),
                                       float(rows.mean()), float(depth), cut))
    return tuple(found)


def are_stacked(one: VisibleObject, other: VisibleObject) -> bool:
    """Tell whether one of two objects stands on or lies in the other."""
    return one.thing.support == other.thing.name or other.thing.support == one.thing.name


def _is_nearest(target: VisibleObject, rest: list[VisibleObject], anchor: VisibleObject) -> bool:
    """Tell whether only the target is near the anchor, both on the table and in the image."""
    near = _distances(target, anchor)
    return near[0] < _NEAR and all(
        (_distances(one, anchor) > _FARTHER * near).all() for one in rest)


def _distances(one: VisibleObject, other: VisibleObject) -> np.ndarray:
    """Return the distances of two objects on the table, metres, and in the image, pixels."""
    a, b = np.array(one.thing.position), np.array(other.thing.position)
    return np.array([np.linalg.norm(a - b), np.hypot(one.u - other.u, one.v - other.v)])
