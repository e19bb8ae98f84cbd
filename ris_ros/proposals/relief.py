# SPDX-License-Identifier: Apache-2.0
"""What depth shows of the outlines of things: what stands in front of or on what."""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ris_ros.geometry.masks import window_around
from ris_ros.proposals.parting import creases
from ris_ros.proposals.resizing import resized, resized_mask

# Depth at one metre by which a thing surely stands in front of what is beside it, and its noise.
_SURE_M, _NOISE_M = 0.015, 0.005

# A sure edge within a mask that is as long as the mask is wide leaves it this share of its
# solidity, because it shows two things.
_SHARE_OF_TWO = 0.4

# A hole is level with the mask if an edge in depth around it is less likely than this.
_LEVEL_HOLE = 0.35

# Least share of a mask's outline that nothing else hides.
_LEAST_FREE = 0.3

# The network's boundary keeps this share of its likelihood where the depth is smooth: it may be
# print, but also the edge of a sheet of paper.
_SHARE_OF_PRINT = 0.5

_RIM = np.ones((3, 3), np.uint8)

# Depth is not exactly where the colours are: what is beside a mask begins and ends here, in pixels.
_NEAR, _FAR = (np.ones((2 * room + 1, 2 * room + 1), np.uint8) for room in (3, 5))
_ROOM = 5
_DEEP = np.ones((5, 5), np.uint8)


@dataclass(frozen=True, eq=False)
class Relief:
    """Outlines in depth at the size of the network's maps.

    Attributes:
        depth: (H, W) float32 metres; shadows are filled with what lies behind them.
        known: (H, W) uint8, 1 where the depth is measured.
        raised: (H, W) float32, likelihood that something stands on the main surface.
        creases: (H, W) float32, likelihood that the depth is concave or steps.
        edges: (H, W) float32, the same where the colours show an edge, too.
    """

    depth: np.ndarray
    known: np.ndarray
    raised: np.ndarray
    creases: np.ndarray
    edges: np.ndarray

    @classmethod
    def of(cls, depth: np.ndarray, raised: np.ndarray, boundary: np.ndarray,
           noise: float) -> Relief:
        """Find the outlines in depth.

        Args:
            depth: (H, W) float32 metres at the working size, 0 in holes.
            raised: (H, W) float32 at that size, likelihood that something stands there.
            boundary: (H, W) float32, the network's, at the size of the maps.
            noise: Of the depth at about one metre, in metres.
        """
        size = boundary.shape
        small = cv2.resize(_with_shadows_filled(cv2.medianBlur(depth, 5)), size[::-1],
                           interpolation=cv2.INTER_NEAREST)
        concave = creases(depth, size, noise)
        return cls(small, resized_mask(depth > 0, size).view(np.uint8),
                   resized(raised, size), concave,
                   np.sqrt(concave * cv2.dilate(boundary, _RIM)))

    def informed(self, boundary: np.ndarray) -> np.ndarray:
        """Return (H, W) likelihoods of a boundary by depth, and by the network where it knows."""
        flat = self.known * np.float32(1 - _SHARE_OF_PRINT)
        return np.maximum(boundary * (1 - flat), self.edges).astype(np.float32)

    def solidity(self, mask: np.ndarray) -> float:
        """Return how much a (H, W) bool mask is one body that stands by itself, 0 to 1.

        It does if all around it lies behind it or is the surface on which it stands, but for what
        stands in front of it.
        """
        window = window_around(mask, _ROOM)
        own = np.ascontiguousarray(mask[window]).view(np.uint8)
        known = cv2.mean(self.known[window], own)[0] * cv2.mean(self.raised[window], own)[0]
        if not known:
            return 0.0
        depth = self.depth[window]
        farthest = cv2.dilate(cv2.copyTo(depth, own), _FAR)
        ring = (cv2.dilate(own, _FAR) - cv2.dilate(own, _NEAR)).view(bool)
        out = depth[ring]
        apart = (out - farthest[ring]) / np.maximum(out, 1.0)
        own_edge = np.clip((apart - _NOISE_M) / (_SURE_M - _NOISE_M), 0, 1)
        own_edge = np.maximum(own_edge, 1 - self.raised[window][ring])
        own_edge[out == 0] = 0
        free = apart > -_SURE_M
        free |= self.raised[window][ring] < 0.5
        if np.count_nonzero(free) < _LEAST_FREE * len(out) or not len(out):
            return 0.0
        inner = cv2.erode(own, _DEEP).view(bool)
        length = float(self.edges[window][inner].sum()) / (3 * np.sqrt(np.count_nonzero(own)))
        return known * float(own_edge[free].mean()) ** 2 * (
            1 - (1 - _SHARE_OF_TWO) * min(1.0, length))

    def filled(self, mask: np.ndarray) -> np.ndarray:
        """Fill the holes of a (H, W) bool mask that are level with it, such as a label's."""
        window = window_around(mask, 2)
        own = np.ascontiguousarray(mask[window]).view(np.uint8)
        contours, _ = cv2.findContours(own, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        outline = cv2.drawContours(np.zeros_like(own), contours, -1, 1, -1)
        count, labels = cv2.connectedComponents(outline - own, connectivity=4)
        edges = cv2.dilate(self.edges[window], _RIM)
        kept = mask.copy()
        for label in range(1, count):
            hole = (labels == label).view(np.uint8)
            rim = cv2.dilate(hole, _RIM) - cv2.erode(hole, _RIM)
            if (cv2.mean(edges, rim)[0] < _LEVEL_HOLE
                    and cv2.mean(self.raised[window], hole)[0] > 0.5):
                kept[window] |= hole.view(bool)
        return kept


def _with_shadows_filled(depth: np.ndarray) -> np.ndarray:
    """Fill holes with the farther one of the depths at both sides; 0 where a side has none.

    A stereo camera sees no depth in the shadow beside a thing, which is on what lies behind.
    """
    valid = depth > 0
    if valid.all():
        return depth
    rows = np.arange(depth.shape[0])[:, None]
    columns = np.broadcast_to(np.arange(depth.shape[1]), depth.shape)
    before = np.maximum.accumulate(np.where(valid, columns, 0), 1)
    after = np.minimum.accumulate(
        np.where(valid, columns, depth.shape[1] - 1)[:, ::-1], 1)[:, ::-1]
    return np.maximum(depth[rows, before], depth[rows, after])
