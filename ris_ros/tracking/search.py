# SPDX-License-Identifier: Apache-2.0
"""Search a frame for the object by its colours, its outline and what has changed."""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ris_ros.geometry.masks import window_around
from ris_ros.tracking.appearance_model import AppearanceModel
from ris_ros.tracking.colour_model import ColourModel, to_hsv
from ris_ros.tracking.motion import shifted
from ris_ros.tracking.scaled_frame import ScaledFrame
from ris_ros.tracking.silhouette import Silhouette

# Pixels with a higher likelihood than this, of 255, may be the object.
_LIKELY = 150
# Gray levels by which a place differs when something else is there.
_CHANGE = 18
# An outline fits when its inside is likelier than its surroundings by this much, 0 to 1 ...
_STANDS_OUT = .5
# ... and, for a new place, when this share of it has changed.
_CHANGED = .6
# A visible object's outline is put elsewhere only when it stands out more by this much.
_BETTER = .05
# Shares of an outline that must lie inside the image: near its expected place, and anywhere.
_IN_IMAGE, _WHOLE = .3, .9
# A lost object may come this much nearer or farther, as a factor of its length.
_GROWTH = 1.4
# Areas of a coloured region, relative to the object's, between which the object may be there.
_AREA = (.3, 2)
_TURNS = np.radians([-30, -15, 0, 15, 30])
# In lengths of the object: how far from a guess it is looked for, and the width of the ring
# around the outline that is compared with its inside.
_REACH, _RING = .4, .15


@dataclass(frozen=True, eq=False)
class Fit:
    """The best place of an outline near a guess.

    Attributes:
        motion: (3, 3) to that place.
        contrast: likelihood inside the outline minus that around it, -1 to 1.
        guess_contrast: the same at the guess.
    """

    motion: np.ndarray
    contrast: float
    guess_contrast: float


class Search:
    """Where in a frame the object's colours are."""

    def __init__(self, frame: ScaledFrame, model: AppearanceModel,
                 around: np.ndarray | None = None) -> None:
        """Compute the likelihood of each pixel.

        Args:
            frame: to search.
            model: of the object.
            around: (h, w) bool mask to search near; None searches the whole frame.
        """
        self._frame, self._model = frame, model
        box = (slice(None), slice(None)) if around is None else window_around(
            around, round((_REACH + _RING) * np.sqrt(np.count_nonzero(around))) + 1)
        hsv = to_hsv(frame.image[box])
        everywhere = ColourModel.of(hsv, np.ones(hsv.shape[:2], bool))
        self._likely = np.zeros(frame.size, np.uint8)
        self._likely[box] = cv2.blur(model.colours.likelihood(hsv, everywhere), (3, 3))

    def near(self, silhouette: Silhouette, motion: np.ndarray) -> np.ndarray | None:
        """Return the (3, 3) motion near a guess at which an outline fits, or None."""
        fit = self._fit(silhouette, motion, _IN_IMAGE)
        return fit.motion if fit is not None and fit.contrast >= _STANDS_OUT else None

    def better(self, silhouette: Silhouette, motion: np.ndarray) -> np.ndarray | None:
        """Return a (3, 3) motion near another at which an outline fits much better, or None."""
        fit = self._fit(silhouette, motion, _IN_IMAGE)
        if fit is None or fit.contrast < max(_STANDS_OUT, fit.guess_contrast + _BETTER):
            return None
        return fit.motion

    def changed_place(self, silhouette: Silhouette, motion: np.ndarray, before: ScaledFrame,
                      room: np.ndarray) -> np.ndarray | None:
        """Find the only place that fits the outline and has changed.

        Args:
            silhouette: of the object.
            motion: (3, 3) to where it stood.
            before: the last frame that shows all of it.
            room: (3, 3) motion of the room since then.

        Returns:
            The (3, 3) motion to that place; None when there is no such place, or several.
        """
        changed = _changed(self._frame, before, room)
        found = [place for place in self.places(silhouette, motion)
                 if changed[silhouette.placed(place, self._frame.size)[0]].mean() >= _CHANGED]
        return found[0] if len(found) == 1 else None

    def only_place(self, silhouette: Silhouette, motion: np.ndarray,
                   expected: np.ndarray) -> np.ndarray | None:
        """Find the only place that fits the outline when the camera's motion is unknown.

        Args:
            silhouette: of the object.
            motion: (3, 3) to where it was seen last.
            expected: (3, 3) to where it should be; an object that left the image must come back
                on the side where it left.

        Returns:
            The (3, 3) motion to that place; None when there is no such place, or several.
        """
        found = self.places(silhouette, motion)
        if len(found) != 1:
            return None
        centre = np.subtract(self._frame.size[::-1], 1) / 2
        should, would = (silhouette.middle(place) - centre for place in (expected, found[0]))
        is_out = (np.abs(should) > centre).any()
        return None if is_out and should @ would <= 0 else found[0]

    def places(self, silhouette: Silhouette, motion: np.ndarray) -> list[np.ndarray]:
        """Find all places that fit the outline, at its size and turned by up to 30 degrees.

        Args:
            silhouette: of the object.
            motion: (3, 3) to where it would be if nothing had changed.

        Returns:
            The (3, 3) motion to each place.
        """
        area = silhouette.placed(motion, self._frame.size)[1]
        found = []
        for centre, growth in self._regions(area):
            fits = [self._fit(silhouette, _turned(silhouette, motion, centre, growth, turn), _WHOLE)
                    for turn in _TURNS]
            best = max(filter(None, fits), key=lambda fit: fit.contrast, default=None)
            if best is not None and best.contrast >= _STANDS_OUT:
                found.append(best.motion)
        return found

    def _regions(self, area: float) -> list[tuple[np.ndarray, float]]:
        """Return the middle (x, y) of each region with the colours, and its growth in length."""
        likely = cv2.morphologyEx((self._likely > _LIKELY).view(np.uint8), cv2.MORPH_OPEN,
                                  np.ones((3, 3), np.uint8))
        count, labels, stats, centres = cv2.connectedComponentsWithStats(likely, connectivity=4)
        regions = []
        for label in range(1, count):
            growth = self._growth(labels == label)
            if max(growth, 1 / growth) > _GROWTH:
                continue
            if _AREA[0] < stats[label, cv2.CC_STAT_AREA] / (area * growth ** 2) < _AREA[1]:
                regions.append((centres[label], growth))
        return regions

    def _growth(self, mask: np.ndarray) -> float:
        """Return how much longer the object would be at a mask's depth; 1 without depth."""
        if self._frame.depth is None or self._model.depth_range is None:
            return 1.0
        depth = self._frame.depth[mask]
        depth = depth[np.isfinite(depth) & (depth > 0)]
        if not len(depth):
            return 1.0
        return float(np.mean(self._model.depth_range) / np.median(depth))

    def _fit(self, silhouette: Silhouette, motion: np.ndarray, least: float) -> Fit | None:
        """Find the best place of an outline near a guess.

        None when a smaller share than ``least`` of it lies inside the image.
        """
        placed, area = silhouette.placed(motion, self._frame.size)
        if np.count_nonzero(placed) < max(least * area, 1):
            return None
        side = np.sqrt(area)
        ring, reach = max(3, round(_RING * side)), max(2, round(_REACH * side))
        # Beyond the image border the likelihood is continued, so that an outline may cross it.
        pad = ring + reach + round(2 * side)
        likely = cv2.copyMakeBorder(self._likely, pad, pad, pad, pad, cv2.BORDER_REPLICATE)
        placed = silhouette.placed(shifted((pad, pad)) @ motion, likely.shape)[0]
        rows, columns = window_around(placed, ring)
        inside = placed[rows, columns]
        near, far = (cv2.dilate(inside.view(np.uint8), np.ones((width, width), np.uint8)) > 0
                     for width in (3, 2 * ring + 1))
        around = far & ~near
        template = np.float32(inside / inside.sum() - around / max(around.sum(), 1))
        top, left = max(rows.start - reach, 0), max(columns.start - reach, 0)
        region = likely[top:rows.stop + reach, left:columns.stop + reach]
        response = cv2.matchTemplate(np.float32(region) / 255, template, cv2.TM_CCORR)
        y, x = np.unravel_index(response.argmax(), response.shape)
        by = (left + x - columns.start, top + y - rows.start)
        return Fit(shifted(by) @ motion, float(response[y, x]),
                   float(response[rows.start - top, columns.start - left]))


def _turned(silhouette: Silhouette, motion: np.ndarray, centre: np.ndarray, growth: float,
            turn: float) -> np.ndarray:
    """Turn an outline by radians, scale it and bring its middle to a pixel, after a motion."""
    c, s = growth * np.cos(turn), growth * np.sin(turn)
    return silhouette.changed(motion, np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]), centre)


def _changed(frame: ScaledFrame, before: ScaledFrame, room: np.ndarray) -> np.ndarray:
    """Return where a frame differs from an earlier one, (h, w) bool; False outside that one."""
    size = frame.size[::-1]
    then = cv2.warpPerspective(cv2.blur(before.image, (3, 3)), room, size)
    covered = cv2.warpPerspective(np.full(before.size, 255, np.uint8), room, size) == 255
    return (cv2.absdiff(cv2.blur(frame.image, (3, 3)), then).max(2) > _CHANGE) & covered
