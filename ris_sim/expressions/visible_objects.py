"""What a picture shows of a scene's objects, and how these stand to each other."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_sim.rendering.raycast import visible_share
from ris_sim.scene import Scene, SceneObject

SEEN_PIXELS = 30


@dataclass(frozen=True)
class VisibleObject:
    """A visible object: its index, pixel count, visible share, mean pixel and depth.

    cut: whether it reaches the border of the picture.
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
        """Longest edge and mean edge in metres: two notions of size."""
        edges = np.array(self.thing.extents)
        return np.array([edges.max(), np.prod(edges) ** (1 / 3)])


def visible_objects(scene: Scene, labels: np.ndarray) -> tuple[VisibleObject, ...]:
    """List the objects of which enough pixels show to be recognised at all."""
    sights = []
    model = scene.camera.model(labels.shape[1], labels.shape[0])
    for i, thing in enumerate(scene.objects):
        rows, columns = np.nonzero(labels == i + 1)
        if len(rows) >= SEEN_PIXELS:
            others = [*scene.objects[:i], *scene.objects[i + 1:]]
            share = visible_share(thing, others, scene.camera, model)
            depth = scene.camera.to_optical(np.array([thing.position]))[0, 2]
            cut = bool(min(rows.min(), columns.min()) == 0 or rows.max() == labels.shape[0] - 1
                       or columns.max() == labels.shape[1] - 1)
            sights.append(VisibleObject(i, thing, len(rows), share, float(columns.mean()),
                                float(rows.mean()), float(depth), cut))
    return tuple(sights)


def offsets(one: VisibleObject, other: VisibleObject, shape) -> dict[str, float]:
    """Say how far one is left of, right of ... the other, in shares of the picture.

    In front and behind count only as far as both the picture and the true depth agree.
    """
    height, width = shape
    right = (one.u - other.u) / width
    down, closer = (one.v - other.v) / height, 2 * (other.depth - one.depth)
    return {'left': -right, 'right': right, 'near': min(down, closer),
            'far': min(-down, -closer)}


def are_stacked(one: VisibleObject, other: VisibleObject) -> bool:
    """Say whether one of two objects stands on or lies in the other."""
    return one.thing.support == other.thing.name or other.thing.support == one.thing.name


def is_only_one(kind: str, target: VisibleObject, rest: list[VisibleObject],
                anchor: VisibleObject, shape) -> bool:
    """Say whether the target clearly stands so to the anchor and none of the rest does."""
    side = {'left_of': 'left', 'right_of': 'right', 'in_front_of': 'near', 'behind': 'far'}[kind]
    opposite = {'left': 'right', 'right': 'left', 'near': 'far', 'far': 'near'}[side]
    return (offsets(target, anchor, shape)[side] > .05
            and all(offsets(s, anchor, shape)[opposite] > .03 for s in rest))


def is_nearest(target: VisibleObject, rest: list[VisibleObject], anchor: VisibleObject) -> bool:
    """Say whether the target is near the anchor, the others not, on the table and in the image."""
    def distances(s: VisibleObject) -> np.ndarray:
        a, b = np.array(s.thing.position), np.array(anchor.thing.position)
        return np.array([np.linalg.norm(a - b), np.hypot(s.u - anchor.u, s.v - anchor.v)])
    near = distances(target)
    return near[0] < .22 and all((distances(s) > 1.5 * near).all() for s in rest)
