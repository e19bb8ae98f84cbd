"""The object as it was when its outline was taken: what later frames are aligned with."""
from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np

from ris_ros.geometry.masks import window_around
from ris_ros.tracking.evidence import depths_in, middle_of
from ris_ros.tracking.motion import corners, follow, moved, shifted, similarity_motion
from ris_ros.tracking.shape import Shape
from ris_ros.tracking.view import View

_POINTS = 50
_MARGIN = 24
# So many of the points must agree on where the object is now.
_AGREE = .5
# By so much more of the outline must a guess agree to be better than the alignment.
_AGREES_MORE = .05
# An outline with less agreement than that is tried some pixels off.
_AGREES_WELL, _NUDGES = .95, 4
# To every side, and a little turned. Not made smaller: within the object no less would agree.
_CHANGES = (*(shifted(by) for by in ((1, 0), (-1, 0), (0, 1), (0, -1))),
            *(np.array([[1, -turn, 0], [turn, 1, 0], [0, 0, 1]]) for turn in (.05, -.05)))
# Pixels of an outline for which it matters.
_SMALL = 4000
# What else than its distance makes an outline longer or shorter: it is turned.
_GROWTH = 1.1
# Levels, of 255, by which a pixel may differ from the keyframe's before it shows something else.
_DIFFERENT = 25
# By what factors light may have changed since.
_LIGHT = (.5, 2.0)


class Keyframe:
    """An outline with the picture in it.

    From frame to frame, flow drifts: the corners of an outline belong to the background as well.
    Aligned with the same picture each time, the errors do not add up.
    """

    def __init__(self, view: View, mask: np.ndarray) -> None:
        """Take a non-empty (h, w) bool mask of a view."""
        self.view, self.mask = view, mask
        self.shape = Shape.of(mask)
        self._smooth = cv2.blur(view.image, (3, 3))
        rows, columns = window_around(mask, _MARGIN)
        self._gray = view.gray[rows, columns]
        self._corner = np.float64([columns.start, rows.start])
        self._points = corners(self._gray, mask[rows, columns], _POINTS) + self._corner

    @cached_property
    def distance(self) -> float | None:
        """Metres to the middle of what the mask shows, None where there is no depth."""
        return middle_of(depths_in(self.view.depth, self.mask))

    def placed(self, view: View, motion: np.ndarray) -> np.ndarray:
        """Return the (h, w) bool mask of the whole outline in a view, after a (3, 3) motion."""
        return self.shape.placed(motion, view.size)[0]

    def aligned(self, view: View, motion: np.ndarray) -> np.ndarray | None:
        """Return the (3, 3) motion from the keyframe to a view, near a guess; None without fit."""
        placed = self.placed(view, motion)
        if not placed.any() or not len(self._points):
            return None
        rows, columns = window_around(placed, _MARGIN)
        now = view.gray[rows, columns]
        corner = np.float64([columns.start, rows.start])
        then = cv2.warpPerspective(
            self._gray, shifted(-corner) @ motion @ shifted(self._corner), now.shape[::-1],
            borderMode=cv2.BORDER_REPLICATE)
        points = (moved(motion, self._points) - corner).astype(np.float32)
        seen = placed[rows, columns]
        residual, share = similarity_motion(*follow(_in_light_of(then, now, seen), now, points))
        kept = share * len(points)
        if residual is None or kept < _AGREE * len(self._points):
            return None
        return shifted(corner) @ residual @ shifted(-corner) @ motion

    def settled(self, view: View, motion: np.ndarray) -> np.ndarray:
        """Return the (3, 3) motion to a view, near a guess, that is aligned where that fits."""
        aligned = self.aligned(view, motion)
        # Flow makes an outline smaller and smaller within the object, which agrees no less.
        return motion if aligned is None else self.likelier(view, aligned, motion, _AGREES_MORE)

    def likelier(self, view: View, one: np.ndarray, other: np.ndarray,
                 by: float = 0.0) -> np.ndarray:
        """Return one of two motions, or the other if more of the outline agrees, by a share."""
        better = self.agreement(view, other) > self.agreement(view, one) + by
        return other if better else one

    def sized(self, motion: np.ndarray, distance: float | None) -> np.ndarray:
        """Return a motion that makes the outline about as large as its distance, metres, does."""
        if distance is None or self.distance is None:
            return motion
        growth = np.sqrt(self.shape.growth(motion))
        wanted = self.distance / distance
        factor = float(np.clip(growth, wanted / _GROWTH, wanted * _GROWTH)) / growth
        return self.shape.changed(motion, np.diag([factor, factor, 1]))

    def nudged(self, view: View, motion: np.ndarray) -> np.ndarray:
        """Return a motion that no small change makes agree with more of the outline."""
        if self.shape.area > _SMALL:
            return motion
        best = self.agreement(view, motion)
        for _ in range(_NUDGES if best < _AGREES_WELL else 0):
            tried = [self.shape.changed(motion, change) for change in _CHANGES]
            agrees = [self.agreement(view, one) for one in tried]
            if max(agrees) <= best:
                break
            best, motion = max(agrees), tried[int(np.argmax(agrees))]
        return motion

    def agreement(self, view: View, motion: np.ndarray,
                  visible: np.ndarray | None = None) -> float:
        """Return which share of the outline looks as the keyframe does, after a motion.

        Pixel by pixel, but for the place of an edge and for the light: colours alone do not tell
        an object from what has some of them.  visible: (h, w) bool, only what shows of it.
        """
        if visible is None:
            visible = self.placed(view, motion)
        if not visible.any():
            return 0.0
        rows, columns = window_around(visible, 2)
        now = cv2.blur(view.image[rows, columns], (3, 3))
        then = cv2.warpPerspective(
            self._smooth, shifted((-columns.start, -rows.start)) @ motion,
            now.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
        where = visible[rows, columns]
        bright, before = (np.median(picture[where].sum(1)) + 1 for picture in (now, then))
        light = np.clip(bright / before, *_LIGHT)
        least, most = (np.float32(edge(then, np.ones((3, 3), np.uint8))) * light
                       for edge in (cv2.erode, cv2.dilate))
        apart = np.maximum(least - now, now - most).max(2)
        return float((apart[where] < _DIFFERENT).mean())


def _in_light_of(then: np.ndarray, now: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Return a gray picture with the mean and contrast that another one has in a mask."""
    (old_mean, old_spread), (mean, spread) = (
        [float(value) for value in np.ravel(cv2.meanStdDev(gray, mask=where.view(np.uint8)))]
        for gray in (then, now))
    gain = np.clip((spread + 1) / (old_spread + 1), .5, 2)
    return cv2.addWeighted(then, gain, then, 0, mean - gain * old_mean)
