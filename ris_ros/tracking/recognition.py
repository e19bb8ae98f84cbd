# SPDX-License-Identifier: Apache-2.0
"""Tell the target from other objects, and from look-alikes, among the proposals of an index."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_ros.geometry.masks import intersection_over_union, window_around
from ris_ros.index.scene_index import SceneIndex
from ris_ros.tracking.colour_model import ColourModel, to_hsv

# A proposal that overlaps the object's mask by this IoU is the object.
SAME = .5
# Similarity of the colours, and cosine of the encoder's features, from which on a proposal could
# be the object.
_SIMILAR_COLOURS, _SIMILAR_FEATURES = .75, .85
# A proposal whose area differs by a larger factor is something else. Areas in pixels may differ
# more, because the camera may come nearer and a part may be hidden; depth gives square metres.
_AREA_PIXELS, _AREA_METRES = 2.2, 1.8
# In lengths of the object, how far from its expected place it may be found: without look-alikes
# the first bound, which grows with each second that it is lost; with look-alikes the last one.
_NEAR, _NEAR_PER_S, _STOOD = 1.5, 2.0, .5


@dataclass(frozen=True, eq=False)
class Identity:
    """What the object is recognised by among proposals.

    Attributes:
        colours: histogram of its colours.
        feature: (D,) of the encoder.
        area: pixels.
        surface: square metres of its mask at its distance, or None without depth.
    """

    colours: ColourModel
    feature: np.ndarray
    area: int
    surface: float | None

    @classmethod
    def of(cls, scene: SceneIndex, number: int) -> Identity:
        """Take the identity of a proposal."""
        mask = scene.masks[number]
        return cls(_colours(scene, mask), scene.features[number], int(np.count_nonzero(mask)),
                   _surface(scene, mask))

    def matches(self, scene: SceneIndex, number: int) -> bool:
        """Tell whether a proposal could be the object by colours, feature and size."""
        mask, feature = scene.masks[number], scene.features[number]
        norm = np.linalg.norm(feature) * np.linalg.norm(self.feature)
        return bool(feature @ self.feature >= _SIMILAR_FEATURES * norm
                    and self._has_same_size(scene, mask)
                    and _colours(scene, mask).similarity(self.colours) >= _SIMILAR_COLOURS)

    def lookalikes(self, scene: SceneIndex) -> list[int]:
        """Return the numbers of the proposals that could be the object, the most similar first.

        Of proposals that overlap each other only one is returned.
        """
        cosines = (scene.features @ self.feature) / np.linalg.norm(scene.features, axis=1)
        found: list[int] = []
        for number in np.argsort(-cosines):
            if (all(scene.overlaps[number, other] < SAME for other in found)
                    and self.matches(scene, number)):
                found.append(int(number))
        return found

    def _has_same_size(self, scene: SceneIndex, mask: np.ndarray) -> bool:
        """Tell whether a mask has about the same area, in square metres where depth allows it."""
        surface = None if self.surface is None else _surface(scene, mask)
        if self.surface is None or surface is None:
            pixels = int(np.count_nonzero(mask))
            return 1 / _AREA_PIXELS < pixels / self.area < _AREA_PIXELS
        return 1 / _AREA_METRES < surface / self.surface < _AREA_METRES


def proposal_at(scene: SceneIndex, mask: np.ndarray) -> int | None:
    """Return the number of the proposal that covers an (H, W) bool mask, or None."""
    if not len(scene.masks) or not mask.any():
        return None
    shares = np.array([intersection_over_union(proposal, mask) for proposal in scene.masks])
    best = int(shares.argmax())
    return best if shares[best] >= SAME else None


def find_lost(scene: SceneIndex, identity: Identity, place: np.ndarray | None, seconds: float,
              has_distractors: bool) -> int | None:
    """Find the lost object among the proposals of an index.

    Args:
        scene: the index.
        identity: of the object.
        place: pixel (x, y) where it should be, or None when the camera's motion is unknown.
        seconds: since it was lost.
        has_distractors: whether look-alikes were near while it was tracked.

    Returns:
        The number of the proposal, or None when it is not certain.
    """
    candidates = identity.lookalikes(scene)
    if not candidates:
        return None
    length = np.sqrt(identity.area)
    is_alone = len(candidates) == 1 and not has_distractors
    if place is None:
        return candidates[0] if is_alone else None
    reach = length * (_NEAR + _NEAR_PER_S * seconds if is_alone else _STOOD)
    apart = [np.linalg.norm(_centre(scene, number) - place) for number in candidates]
    near = [number for number, far in zip(candidates, apart, strict=True) if far <= reach]
    # When two could be the object, neither is taken.
    return near[0] if len(near) == 1 else None


def _colours(scene: SceneIndex, mask: np.ndarray) -> ColourModel:
    """Return the colours in a mask."""
    box = window_around(mask, 2)
    return ColourModel.of(to_hsv(scene.frame.image[box]), np.ascontiguousarray(mask[box]))


def _surface(scene: SceneIndex, mask: np.ndarray) -> float | None:
    """Return the area of a mask at its median depth in square metres, or None without depth."""
    frame = scene.frame
    if frame.depth is None or frame.camera is None:
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
