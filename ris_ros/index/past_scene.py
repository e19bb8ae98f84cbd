# SPDX-License-Identifier: Apache-2.0
"""The part of an earlier scene index by which its objects can be found again."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_ros.index.scene_index import SceneIndex


@dataclass(frozen=True, eq=False)
class PastScene:
    """The proposals of an earlier picture, in a few hundred kilobytes.

    Attributes:
        size: Height and width of the picture.
        boxes: (N, 4) int32 x, y, width and height of the masks.
        crops: For each mask the pixels of its box, packed into bytes.
        features: (N, D) float32 visual features.
    """

    size: tuple[int, int]
    boxes: np.ndarray
    crops: tuple[np.ndarray, ...]
    features: np.ndarray

    @classmethod
    def of(cls, scene: SceneIndex) -> PastScene:
        """Keep what is needed of a scene index."""
        crops = tuple(np.packbits(mask[y:y + height, x:x + width])
                      for mask, (x, y, width, height) in zip(scene.masks, scene.boxes, strict=True))
        return cls(scene.frame.size, scene.boxes, crops, scene.features)

    def masks(self) -> np.ndarray:
        """Return the (N, H, W) bool masks."""
        masks = np.zeros((len(self.boxes), *self.size), bool)
        for mask, crop, (x, y, width, height) in zip(masks, self.crops, self.boxes, strict=True):
            pixels = np.unpackbits(crop, count=width * height).astype(bool)
            mask[y:y + height, x:x + width] = pixels.reshape(height, width)
        return masks
