"""Search a view for a lost object by its colours, its outline and by what is new."""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ris_ros.geometry.masks import window_around
from ris_ros.tracking.appearance import Appearance, to_hsv
from ris_ros.tracking.evidence import Model
from ris_ros.tracking.motion import shifted
from ris_ros.tracking.shape import Shape
from ris_ros.tracking.view import View

# Of 255: pixels that are likelier than that to be the object's are taken for it.
_LIKELY = 150
# Gray levels by which a place differs once something else is there.
_CHANGE = 18
# What it takes to be the object: how much likelier the pixels inside of its outline are than those
# around it, and the share of them that have changed.
_STANDS_OUT, _CHANGED = .5, .6
# By how much more it must stand out for an outline that is held to be put elsewhere.
_BETTER = .05
# Shares of an outline that must lie in the view: near where it is known to be, and anywhere.
_IN_VIEW, _WHOLE = .3, .9
# No object is put that much nearer or farther while it is out of sight.
_GROWTH = 1.4
_TURNS = np.radians([-30, -15, 0, 15, 30])
# In sizes of the object: how far around a guess its outline is tried, and what is compared.
_REACH, _AROUND = .4, .15


@dataclass(frozen=True, eq=False)
class Fit:
    """A motion (3, 3) of an outline, and how much likelier it is inside than around, -1 to 1.

    before: the same at the motion that was guessed.
    """

    motion: np.ndarray
    stands_out: float
    before: float


class Search:
    """Where in one view, or around a (h, w) bool mask in it, the colours of an object are."""

    def __init__(self, view: View, model: Model, around: np.ndarray | None = None) -> None:
        self._view, self._model = view, model
        box = (slice(None), slice(None)) if around is None else window_around(
            around, round((_REACH + _AROUND) * np.sqrt(np.count_nonzero(around))) + 1)
        hsv = to_hsv(view.image[box])
        everywhere = Appearance.of(hsv, np.ones(hsv.shape[:2], bool))
        self._likely = np.zeros(view.size, np.uint8)
        self._likely[box] = cv2.blur(model.look.likelihood(hsv, everywhere), (3, 3))

    def near(self, shape: Shape, motion: np.ndarray) -> np.ndarray | None:
        """Return the (3, 3) motion near a guess at which an outline fits; None without."""
        fit = self._fit(shape, motion, _IN_VIEW)
        return fit.motion if fit is not None and fit.stands_out >= _STANDS_OUT else None

    def better(self, shape: Shape, motion: np.ndarray) -> np.ndarray | None:
        """Return a motion near another at which an outline fits much better; None without."""
        fit = self._fit(shape, motion, _IN_VIEW)
        good = fit is not None and fit.stands_out >= max(_STANDS_OUT, fit.before + _BETTER)
        return fit.motion if good else None

    def moved(self, shape: Shape, motion: np.ndarray, before: View,
              room: np.ndarray) -> np.ndarray | None:
        """Return the (3, 3) motion to the only place where the object is new; None without one.

        motion: to where it stood.  before: the last view with all of the object, room: (3, 3)
        motion of the room since then.
        """
        changed = _changed(self._view, before, room)
        found = [there for there in self.places(shape, motion)
                 if changed[shape.placed(there, self._view.size)[0]].mean() >= _CHANGED]
        return found[0] if len(found) == 1 else None

    def only(self, shape: Shape, motion: np.ndarray, lost_at: np.ndarray) -> np.ndarray | None:
        """Return the (3, 3) motion to the only place where the object can be; None without one.

        For where the camera's way is not known.  motion: to where it was seen last.  lost_at: to
        where it should be; what left the picture comes back by that side.
        """
        found = self.places(shape, motion)
        if len(found) != 1:
            return None
        centre = np.subtract(self._view.size[::-1], 1) / 2
        should, would = (shape.middle(there) - centre for there in (lost_at, found[0]))
        is_out = (np.abs(should) > centre).any()
        return None if is_out and should @ would <= 0 else found[0]

    def places(self, shape: Shape, motion: np.ndarray) -> list[np.ndarray]:
        """Return the (3, 3) motions to all places of the view where an outline fits.

        motion: to where it would stand if nothing had changed; it may be turned a little from that.
        """
        area = shape.placed(motion, self._view.size)[1]
        found = []
        for centre, growth in self._spots(area):
            fits = [self._fit(shape, _turned(shape, motion, centre, growth, turn), _WHOLE)
                    for turn in _TURNS]
            best = max(filter(None, fits), key=lambda fit: fit.stands_out, default=None)
            if best is not None and best.stands_out >= _STANDS_OUT:
                found.append(best.motion)
        return found

    def _spots(self, area: float) -> list[tuple[np.ndarray, float]]:
        """Return the middles (x, y) of what has the colours, and how much larger it is there."""
        own = cv2.morphologyEx((self._likely > _LIKELY).view(np.uint8), cv2.MORPH_OPEN,
                               np.ones((3, 3), np.uint8))
        count, labels, stats, centres = cv2.connectedComponentsWithStats(own, connectivity=4)
        spots = []
        for label in range(1, count):
            growth = self._growth(labels == label)
            if max(growth, 1 / growth) > _GROWTH:
                continue
            if .3 < stats[label, cv2.CC_STAT_AREA] / (area * growth ** 2) < 2:
                spots.append((centres[label], growth))
        return spots

    def _growth(self, mask: np.ndarray) -> float:
        """Return by which factor the object is longer at a mask, by its depth; 1 without."""
        if self._view.depth is None or self._model.depths is None:
            return 1.0
        depth = self._view.depth[mask]
        depth = depth[np.isfinite(depth) & (depth > 0)]
        return float(np.mean(self._model.depths) / np.median(depth)) if len(depth) else 1.0

    def _fit(self, shape: Shape, motion: np.ndarray, least: float) -> Fit | None:
        """Return the best place of an outline near a guess.

        None where less than a share (``least``) of it is in the view.
        """
        placed, area = shape.placed(motion, self._view.size)
        if np.count_nonzero(placed) < max(least * area, 1):
            return None
        side = np.sqrt(area)
        ring, reach = max(3, round(_AROUND * side)), max(2, round(_REACH * side))
        # What lies beyond the edge is taken to go on as it is there.
        pad = ring + reach + round(2 * side)
        likely = cv2.copyMakeBorder(self._likely, pad, pad, pad, pad, cv2.BORDER_REPLICATE)
        placed = shape.placed(shifted((pad, pad)) @ motion, likely.shape)[0]
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


def _turned(shape: Shape, motion: np.ndarray, centre: np.ndarray, growth: float,
            turn: float) -> np.ndarray:
    """Return a motion that also turns an outline, scales it and brings its middle to a pixel."""
    c, s = growth * np.cos(turn), growth * np.sin(turn)
    return shape.changed(motion, np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]), centre)


def _changed(view: View, before: View, room: np.ndarray) -> np.ndarray:
    """Return where a view differs from an earlier one, (h, w) bool; what was not in it does not."""
    size = view.size[::-1]
    then = cv2.warpPerspective(cv2.blur(before.image, (3, 3)), room, size)
    known = cv2.warpPerspective(np.full(before.size, 255, np.uint8), room, size) == 255
    return (cv2.absdiff(cv2.blur(view.image, (3, 3)), then).max(2) > _CHANGE) & known
