# SPDX-License-Identifier: Apache-2.0
"""The object as it was when its outline was taken: later frames are aligned with that picture."""
from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np

from ris_ros.geometry.masks import window_around
from ris_ros.tracking.appearance_model import depth_range_in, middle_of
from ris_ros.tracking.motion import corners, follow, moved, shifted, similarity_motion
from ris_ros.tracking.scaled_frame import ScaledFrame
from ris_ros.tracking.silhouette import Silhouette

_POINTS = 50
# Pixels around the outline in which points are followed.
_MARGIN = 24
# Share of the points that must agree on the alignment.
_AGREE = .5
# An alignment is refused when the guess agrees with more of the outline by this share.
_AGREES_MORE = .05
# An outline with less agreement than this is nudged, for at most this number of rounds.
_AGREES_WELL, _NUDGES = .95, 4
# One pixel to every side, and a little turn. It is not made smaller, because a smaller outline
# within the object would agree no less.
_CHANGES = (*(shifted(by) for by in ((1, 0), (-1, 0), (0, 1), (0, -1))),
            *(np.array([[1, -turn, 0], [turn, 1, 0], [0, 0, 1]]) for turn in (.05, -.05)))
# Outlines of more pixels than this are not nudged, because a pixel matters little to them.
_SMALL = 4000
# An outline may be longer or shorter than its distance says by this factor, because it may turn.
_GROWTH = 1.1
# A pixel that differs from the keyframe's by more levels, of 255, shows something else.
_DIFFERENT = 25
# Factors by which the light may have changed.
_LIGHT = (.5, 2.0)


class Keyframe:
    """An outline with the picture in it.

    From frame to frame optical flow drifts, because the corners at an outline belong to the
    background as well. Aligned with the same picture each time, the errors do not add up.
    """

    def __init__(self, frame: ScaledFrame, mask: np.ndarray) -> None:
        """Take a non-empty (h, w) bool mask of a frame."""
        self.frame, self.mask = frame, mask
        self.silhouette = Silhouette.of(mask)
        self._smooth = cv2.blur(frame.image, (3, 3))
        rows, columns = window_around(mask, _MARGIN)
        self._gray = frame.gray[rows, columns]
        self._corner = np.array([columns.start, rows.start], np.float64)
        self._points = corners(self._gray, mask[rows, columns], _POINTS) + self._corner

    @cached_property
    def distance(self) -> float | None:
        """Metres to the middle of the object, or None without depth."""
        return middle_of(depth_range_in(self.frame.depth, self.mask))

    def placed(self, frame: ScaledFrame, motion: np.ndarray) -> np.ndarray:
        """Draw the whole outline into a frame after a (3, 3) motion, as an (h, w) bool mask."""
        return self.silhouette.placed(motion, frame.size)[0]

    def aligned(self, frame: ScaledFrame, motion: np.ndarray) -> np.ndarray | None:
        """Align the keyframe with a frame by optical flow, near a guess.

        Args:
            frame: to align with.
            motion: (3, 3), the guess.

        Returns:
            The (3, 3) motion from the keyframe, or None when too few points agree.
        """
        placed = self.placed(frame, motion)
        if not placed.any() or not len(self._points):
            return None
        rows, columns = window_around(placed, _MARGIN)
        now = frame.gray[rows, columns]
        corner = np.array([columns.start, rows.start], np.float64)
        then = cv2.warpPerspective(
            self._gray, shifted(-corner) @ motion @ shifted(self._corner), now.shape[::-1],
            borderMode=cv2.BORDER_REPLICATE)
        points = (moved(motion, self._points) - corner).astype(np.float32)
        inside = placed[rows, columns]
        residual, share = similarity_motion(*follow(_in_light_of(then, now, inside), now, points))
        kept = share * len(points)
        if residual is None or kept < _AGREE * len(self._points):
            return None
        return shifted(corner) @ residual @ shifted(-corner) @ motion

    def settled(self, frame: ScaledFrame, motion: np.ndarray) -> np.ndarray:
        """Return the aligned motion, or the (3, 3) guess when that agrees better."""
        aligned = self.aligned(frame, motion)
        # Flow makes an outline smaller and smaller within the object, which agrees no less.
        return motion if aligned is None else self.better_of(frame, aligned, motion, _AGREES_MORE)

    def better_of(self, frame: ScaledFrame, one: np.ndarray, other: np.ndarray,
                  by: float = 0.0) -> np.ndarray:
        """Return one of two motions; the other if its agreement is higher by a share."""
        better = self.agreement(frame, other) > self.agreement(frame, one) + by
        return other if better else one

    def sized(self, motion: np.ndarray, distance: float | None) -> np.ndarray:
        """Scale a (3, 3) motion so that the outline's size fits its distance in metres."""
        if distance is None or self.distance is None:
            return motion
        growth = np.sqrt(self.silhouette.growth(motion))
        wanted = self.distance / distance
        factor = float(np.clip(growth, wanted / _GROWTH, wanted * _GROWTH)) / growth
        return self.silhouette.changed(motion, np.diag([factor, factor, 1]))

    def nudged(self, frame: ScaledFrame, motion: np.ndarray) -> np.ndarray:
        """Improve a (3, 3) motion by small steps as long as the agreement grows."""
        if self.silhouette.area > _SMALL:
            return motion
        best = self.agreement(frame, motion)
        for _ in range(_NUDGES if best < _AGREES_WELL else 0):
            tried = [self.silhouette.changed(motion, change) for change in _CHANGES]
            agrees = [self.agreement(frame, one) for one in tried]
            if max(agrees) <= best:
                break
            best, motion = max(agrees), tried[int(np.argmax(agrees))]
        return motion

    def agreement(self, frame: ScaledFrame, motion: np.ndarray,
                  visible: np.ndarray | None = None) -> float:
        """Compare the outline with the keyframe pixel by pixel, after a motion.

        The comparison allows for a changed light and for an edge that lies one pixel off. Colours
        alone would not tell the object from one that has some of its colours.

        Args:
            frame: to compare with.
            motion: (3, 3) from the keyframe to it.
            visible: (h, w) bool, the part to compare; None compares the whole outline.

        Returns:
            The share of pixels that look the same, 0 to 1.
        """
        if visible is None:
            visible = self.placed(frame, motion)
        if not visible.any():
            return 0.0
        rows, columns = window_around(visible, 2)
        now = cv2.blur(frame.image[rows, columns], (3, 3))
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
    """Give a gray image the mean and contrast that another one has in a mask."""
    (old_mean, old_spread), (mean, spread) = (
        [float(value) for value in np.ravel(cv2.meanStdDev(gray, mask=where.view(np.uint8)))]
        for gray in (then, now))
    gain = np.clip((spread + 1) / (old_spread + 1), .5, 2)
    return cv2.addWeighted(then, gain, then, 0, mean - gain * old_mean)
