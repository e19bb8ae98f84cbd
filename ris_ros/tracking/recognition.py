"""Tell a held object from others, and from its like, among the proposals of a scene."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_ros.geometry.masks import intersection_over_union, window_around
from ris_ros.index.scene_index import SceneIndex
from ris_ros.tracking.appearance import Appearance, to_hsv

# What overlaps so much with where the object was held is that object.
SAME = .5
# Proposals that look as much like the object as this, by colours and by the encoder's features,
# could be it.
_LIKE, _ALIKE = .75, .85
# A proposal of another area by more than this factor is something else: in pixels, where a camera
# may come nearer and a part be hidden, and in space, where depth tells it.
_SIZE, _SIZE_IN_SPACE = 2.2, 1.8
# The object is near where it was lost; with its like about, it must stand where it stood. In
# sizes of the object: the first bound grows with the time that it was out of sight.
_NEAR, _NEAR_PER_S, _STOOD = 1.5, 2.0, .5


@dataclass(frozen=True, eq=False)
class Identity:
    """What an object is known by in a scene: colours, feature (D,) and area in pixels.

    surface: square metres of its picture at its distance, None where there is no depth.
    """

    look: Appearance
    feature: np.ndarray
    area: int
    surface: float | None

    def is_like(self, scene: SceneIndex, number: int) -> bool:
        """Return whether a proposal could be the object, as far as looks and size go."""
        mask, feature = scene.masks[number], scene.features[number]
        norm = np.linalg.norm(feature) * np.linalg.norm(self.feature)
        return bool(feature @ self.feature >= _ALIKE * norm
                    and self._is_as_large(scene, mask)
                    and _look(scene, mask).similarity(self.look) >= _LIKE)

    @classmethod
    def of(cls, scene: SceneIndex, number: int) -> Identity:
        """Know a proposal of a scene."""
        mask = scene.masks[number]
        return cls(_look(scene, mask), scene.features[number], int(np.count_nonzero(mask)),
                   _surface(scene, mask))

    def _is_as_large(self, scene: SceneIndex, mask: np.ndarray) -> bool:
        """Return whether a mask is about as large, in space where depth tells it."""
        surface = None if self.surface is None else _surface(scene, mask)
        if surface is None:
            return 1 / _SIZE < np.count_nonzero(mask) / self.area < _SIZE
        return 1 / _SIZE_IN_SPACE < surface / self.surface < _SIZE_IN_SPACE


def find_held(scene: SceneIndex, held: np.ndarray) -> int | None:
    """Return which proposal is the object whose (H, W) bool mask was held in that frame."""
    if not len(scene.masks) or not held.any():
        return None
    shares = np.array([intersection_over_union(mask, held) for mask in scene.masks])
    best = int(shares.argmax())
    return best if shares[best] >= SAME else None


def like_ones(scene: SceneIndex, identity: Identity) -> list[int]:
    """Return which proposals look like the object, each only once, the likest first."""
    alike = (scene.features @ identity.feature) / np.linalg.norm(scene.features, axis=1)
    found: list[int] = []
    for number in np.argsort(-alike):
        if (all(scene.overlaps[number, other] < SAME for other in found)
                and identity.is_like(scene, number)):
            found.append(int(number))
    return found


def find_lost(scene: SceneIndex, identity: Identity, place: np.ndarray | None, seconds: float,
              has_twin: bool) -> int | None:
    """Return which proposal is the lost object, or None where that is not certain.

    place: pixel (x, y) where it should be, or None where the camera's way is not known.
    seconds: for how long it has been out of sight.  has_twin: whether others like it were about
    while it was held.
    """
    candidates = like_ones(scene, identity)
    if not candidates:
        return None
    size = np.sqrt(identity.area)
    alone = len(candidates) == 1 and not has_twin
    if place is None:
        return candidates[0] if alone else None
    reach = size * (_NEAR + _NEAR_PER_S * seconds if alone else _STOOD)
    apart = [np.linalg.norm(_centre(scene, number) - place) for number in candidates]
    near = [number for number, far in zip(candidates, apart, strict=True) if far <= reach]
    # Of two that could be it, neither is taken.
    return near[0] if len(near) == 1 else None


def _look(scene: SceneIndex, mask: np.ndarray) -> Appearance:
    """Return the colours of a mask."""
    box = window_around(mask, 2)
    return Appearance.of(to_hsv(scene.frame.image[box]), np.ascontiguousarray(mask[box]))


def _surface(scene: SceneIndex, mask: np.ndarray) -> float | None:
    """Return the area of a mask at its median depth, square metres; None without depth."""
    frame = scene.frame
    if not frame.has_points:
        return None
    depth = frame.depth[mask]
    depth = depth[np.isfinite(depth) & (depth > 0)]
    if not len(depth):
        return None
    pixel = float(np.median(depth)) ** 2 / (frame.camera.fx * frame.camera.fy)
    return pixel * np.count_nonzero(mask)


def _centre(scene: SceneIndex, number: int) -> np.ndarray:
    """Return the middle of a proposal's box, a pixel (x, y)."""
    x, y, width, height = scene.boxes[number]
    return np.array([x + (width - 1) / 2, y + (height - 1) / 2])
