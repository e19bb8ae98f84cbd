# SPDX-License-Identifier: Apache-2.0
"""Points of the room that tell where a lost object stood, however the camera moved since."""
from __future__ import annotations

import cv2
import numpy as np

from ris_ros.geometry.masks import window_around
from ris_ros.tracking.motion import at_rest, moved, plane_motion
from ris_ros.tracking.scaled_frame import ScaledFrame

_MOST = 500
# Bits, of 256, by which the descriptors of one point may differ between frames.
_LIKE = 60
# Pixels that a point may lie off, and how many and what share of the points must agree.
_AGREE, _LEAST, _SHARE = 2.0, 10, .3
# Points needed without depth, and the factor by which a place may grow or shrink in area.
_LEAST_FLAT, _GROWTH = 20, 2.5


class Landmarks:
    """ORB points of one frame, without those on the object itself.

    Optical flow adds up its errors and ends where the image has no corners. Points that are
    compared with this one frame do neither.

    Source: Rublee, Rabaud, Konolige and Bradski, 'ORB: an efficient alternative to SIFT or SURF',
    ICCV 2011.
    """

    def __init__(self, frame: ScaledFrame, mask: np.ndarray) -> None:
        """Detect the points outside the object's (h, w) bool mask."""
        around = cv2.dilate(mask.view(np.uint8), np.ones((9, 9), np.uint8)) == 0
        self._points, self._descriptors = _described(frame.gray, around)
        rows, columns = window_around(mask, 0)
        left, right, top, bottom = columns.start, columns.stop, rows.start, rows.stop
        self._corners = np.array(
            [[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)
        self._places: np.ndarray | None = None
        self._corner_places: np.ndarray | None = None
        if frame.depth is not None and frame.matrix is not None:
            self._places = _in_space(
                frame.matrix, self._points, _depth_at(frame.depth, self._points))
            distance = frame.depth[mask]
            distance = distance[np.isfinite(distance) & (distance > 0)]
            if len(distance):
                self._corner_places = _in_space(
                    frame.matrix, self._corners, np.full(4, np.median(distance)))

    def motion(self, frame: ScaledFrame) -> np.ndarray | None:
        """Compute the motion of the object's place from that frame to another.

        With depth, the place is a plane across the line of sight at the object's distance, which
        moves by the camera's pose; without depth it moves with the room's main plane.

        Args:
            frame: to look at.

        Returns:
            The (3, 3) motion, or None when the room is not recognised.
        """
        points, descriptors = _described(frame.gray, None)
        if not len(points) or not len(self._points):
            return None
        pairs = [pair for pair in cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(
            self._descriptors, descriptors) if pair.distance < _LIKE]
        own = np.array([pair.queryIdx for pair in pairs], int)
        before, after = self._points[own], points[[pair.trainIdx for pair in pairs]]
        if len(pairs) >= _LEAST and at_rest(before, after):
            return np.eye(3)
        if self._places is not None and self._corner_places is not None:
            return self._motion_in_space(frame, self._places[own], self._corner_places, after)
        motion = plane_motion(before, after) if len(pairs) >= _LEAST_FLAT else None
        return motion if motion is not None and self._is_sane(motion) else None

    def _motion_in_space(self, frame: ScaledFrame, places: np.ndarray, corner_places: np.ndarray,
                         after: np.ndarray) -> np.ndarray | None:
        """Return the motion by the camera's pose, or None when too few points agree on one."""
        known = np.isfinite(places).all(1)
        if known.sum() < _LEAST:
            return None
        found, turn, shift, inliers = cv2.solvePnPRansac(
            places[known], after[known].astype(np.float64), frame.matrix, None, iterationsCount=200,
            reprojectionError=_AGREE, flags=cv2.SOLVEPNP_SQPNP)
        if not found or len(inliers) < max(_LEAST, _SHARE * known.sum()):
            return None
        chosen = inliers.ravel()
        turn, shift = cv2.solvePnPRefineLM(
            places[known][chosen], after[known][chosen].astype(np.float64), frame.matrix, None,
            turn, shift)
        corners, _ = cv2.projectPoints(corner_places, turn, shift, frame.matrix, None)
        motion = cv2.getPerspectiveTransform(
            self._corners.astype(np.float32), corners.reshape(4, 2).astype(np.float32))
        return motion if self._is_sane(motion) else None

    def _is_sane(self, motion: np.ndarray) -> bool:
        """Tell whether the object's place keeps about its size and is not turned over."""
        growth = _area(moved(motion, self._corners)) / _area(self._corners)
        return bool(1 / _GROWTH < growth < _GROWTH)


def _described(gray: np.ndarray, where: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Return (N, 2) float32 pixels (x, y) and their (N, 32) uint8 descriptors."""
    mask = None if where is None else where.view(np.uint8)
    # Smoothed a little, because the camera's noise makes corners of its own.
    found, descriptors = cv2.ORB_create(_MOST, fastThreshold=5).detectAndCompute(
        cv2.GaussianBlur(gray, (0, 0), 1.0), mask)
    if descriptors is None:
        return np.zeros((0, 2), np.float32), np.zeros((0, 32), np.uint8)
    return np.array([point.pt for point in found], np.float32), descriptors


def _depth_at(depth: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the depth at (N, 2) pixels, NaN where there is none."""
    columns, rows = np.rint(points).astype(int).T
    found = depth[rows.clip(0, depth.shape[0] - 1), columns.clip(0, depth.shape[1] - 1)]
    return np.where(np.isfinite(found) & (found > 0), found, np.nan).astype(np.float64)


def _in_space(matrix: np.ndarray, points: np.ndarray, depths: np.ndarray) -> np.ndarray:
    """Return (N, 3) metres in the frame of a camera with a (3, 3) matrix of (N, 2) pixels."""
    rays = np.concatenate([points, np.ones((len(points), 1))], 1) @ np.linalg.inv(matrix).T
    return rays * depths[:, None]


def _area(corners: np.ndarray) -> float:
    """Return the signed area of a (4, 2) polygon."""
    x, y = corners.T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
