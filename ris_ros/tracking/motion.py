# SPDX-License-Identifier: Apache-2.0
"""Motions of an object and of the room between two frames, by sparse optical flow.

A motion is a (3, 3) homography of pixels.
"""
from __future__ import annotations

import cv2
import numpy as np

# A point that is followed there and back must return to within this many pixels.
_ROUND_TRIP = 1.0
# Pixels that a point may lie off the common motion.
_AGREE = 2.0
_LEAST = 6
# Pixels within which a point rests, and the share of resting points that tells a resting camera.
_AT_REST, _ENOUGH_AT_REST = .35, .3
_LK = {'winSize': (17, 17), 'maxLevel': 3,
       'criteria': (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 12, .03)}


def corners(gray: np.ndarray, where: np.ndarray, most: int) -> np.ndarray:
    """Find points that optical flow can follow.

    Args:
        gray: (H, W) uint8.
        where: (H, W) bool mask to look in.
        most: number of points to return at most.

    Returns:
        (N, 2) float32 pixels (x, y).
    """
    found = cv2.goodFeaturesToTrack(gray, most, .005, 4, mask=where.view(np.uint8), blockSize=3)
    return np.zeros((0, 2), np.float32) if found is None else found.reshape(-1, 2)


def follow(before: np.ndarray, after: np.ndarray,
           points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Follow points from one gray image to the next by pyramidal Lucas-Kanade flow.

    A point that does not return to its start, followed back, is left out.

    Args:
        before: (H, W) uint8.
        after: (H, W) uint8.
        points: (N, 2) float32 pixels (x, y) of the first image.

    Returns:
        The points that were followed, in the first and in the second image, (M, 2) each.

    Source: Kalal, Mikolajczyk and Matas, 'Forward-backward error', ICPR 2010.
    """
    if not len(points):
        return points, points
    there, seen, _ = cv2.calcOpticalFlowPyrLK(before, after, points, None, **_LK)
    back, seen_back, _ = cv2.calcOpticalFlowPyrLK(after, before, there, None, **_LK)
    error = np.linalg.norm(back - points, axis=1)
    good = (seen.ravel() > 0) & (seen_back.ravel() > 0) & (error < _ROUND_TRIP)
    return points[good], there[good]


def similarity_motion(before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray | None, float]:
    """Fit a turn, scaling and shift to points by RANSAC.

    Args:
        before: (N, 2) pixels of the first image.
        after: (N, 2) pixels of the second.

    Returns:
        The (3, 3) motion and the share of points that agree; None and 0 when too few agree, or
        when the motion is larger than any between two frames.
    """
    if len(before) < _LEAST:
        return None, 0.0
    fit, inliers = cv2.estimateAffinePartial2D(
        before, after, method=cv2.RANSAC, ransacReprojThreshold=_AGREE, maxIters=200)
    if fit is None or inliers.sum() < _LEAST:
        return None, 0.0
    scale = np.hypot(fit[0, 0], fit[1, 0])
    turn = abs(np.arctan2(fit[1, 0], fit[0, 0]))
    if not .8 < scale < 1.25 or turn > .4:
        return None, 0.0
    return np.vstack([fit, [0, 0, 1]]), float(inliers.mean())


def at_rest(before: np.ndarray, after: np.ndarray) -> bool:
    """Tell whether enough of (N, 2) pixels stayed at their place for the camera to rest.

    The bound is a minority, because something that is carried past may have more corners than
    the room; a moving camera leaves hardly any point at rest.
    """
    return bool((np.linalg.norm(after - before, axis=1) < _AT_REST).mean() >= _ENOUGH_AT_REST)


def plane_motion(before: np.ndarray, after: np.ndarray) -> np.ndarray | None:
    """Fit the (3, 3) homography of the room's main plane to (N, 2) pixels, or return None."""
    if len(before) < 2 * _LEAST:
        return None
    if at_rest(before, after):
        return np.eye(3)
    fit, inliers = cv2.findHomography(before, after, cv2.RANSAC, _AGREE, maxIters=300)
    if fit is None or inliers.mean() < .4:
        return None
    corner_shift = moved(fit, np.array([[0., 0.], [100., 0.], [0., 100.]]))
    spread = np.linalg.norm(np.diff(corner_shift, axis=0), axis=1)
    return fit if np.isfinite(corner_shift).all() and (spread > 50).all() else None


def shifted(by: np.ndarray | tuple[float, float]) -> np.ndarray:
    """Return the (3, 3) motion that shifts by (x, y) pixels."""
    return np.array([[1.0, 0, by[0]], [0, 1, by[1]], [0, 0, 1]])


def moved(motion: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Apply a (3, 3) motion to (N, 2) pixels."""
    mapped = np.concatenate([points, np.ones((len(points), 1))], 1) @ motion.T
    return mapped[:, :2] / mapped[:, 2:]


def scaled(motion: np.ndarray, factor: float) -> np.ndarray:
    """Convert a (3, 3) motion to an image that is larger by a factor."""
    zoom = np.diag([factor, factor, 1.0])
    return zoom @ motion @ np.linalg.inv(zoom)
