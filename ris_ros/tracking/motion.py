"""How an object and the room behind it moved between two frames, by sparse optical flow."""
from __future__ import annotations

import cv2
import numpy as np

# Points that do not come back to within this many pixels, followed there and back, are dropped.
_ROUND_TRIP = 1.0
# Pixels that a point may lie off the common motion.
_AGREE = 2.0
_LEAST = 6
_AT_REST, _ENOUGH_AT_REST = .35, .3
_LK = {'winSize': (17, 17), 'maxLevel': 3,
       'criteria': (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 12, .03)}


def corners(gray: np.ndarray, where: np.ndarray, most: int) -> np.ndarray:
    """Return (N, 2) float32 pixels (x, y) that flow can follow, in an (H, W) bool mask."""
    found = cv2.goodFeaturesToTrack(gray, most, .005, 4, mask=where.view(np.uint8), blockSize=3)
    return np.zeros((0, 2), np.float32) if found is None else found.reshape(-1, 2)


def follow(before: np.ndarray, after: np.ndarray,
           points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where (N, 2) points of one gray image are in the next: two (M, 2), M <= N.

    Pyramidal Lucas-Kanade there and back; a point that does not return is left out (Kalal,
    Mikolajczyk and Matas, 'Forward-backward error', ICPR 2010).
    """
    if not len(points):
        return points, points
    there, seen, _ = cv2.calcOpticalFlowPyrLK(before, after, points, None, **_LK)
    back, seen_back, _ = cv2.calcOpticalFlowPyrLK(after, before, there, None, **_LK)
    error = np.linalg.norm(back - points, axis=1)
    good = (seen.ravel() > 0) & (seen_back.ravel() > 0) & (error < _ROUND_TRIP)
    return points[good], there[good]


def similarity_motion(before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray | None, float]:
    """Return the (3, 3) turn, scaling and shift that most points share, and their share.

    None where too few points agree, or where they tell of a motion that no frame brings.
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
    """Return whether so many of (N, 2) pixels stayed where they were that the camera rests.

    Whoever carries something past shows more corners than the room; but no camera that moves
    leaves so many at rest.
    """
    return bool((np.linalg.norm(after - before, axis=1) < _AT_REST).mean() >= _ENOUGH_AT_REST)


def plane_motion(before: np.ndarray, after: np.ndarray) -> np.ndarray | None:
    """Return the (3, 3) motion of a room: the homography of its main plane, None where unseen."""
    if len(before) < 2 * _LEAST:
        return None
    if at_rest(before, after):
        return np.eye(3)
    fit, inliers = cv2.findHomography(before, after, cv2.RANSAC, _AGREE, maxIters=300)
    if fit is None or inliers.mean() < .4:
        return None
    corner_shift = moved(fit, np.float64([[0, 0], [100, 0], [0, 100]]))
    spread = np.linalg.norm(np.diff(corner_shift, axis=0), axis=1)
    return fit if np.isfinite(corner_shift).all() and (spread > 50).all() else None


def shifted(by: np.ndarray | tuple[float, float]) -> np.ndarray:
    """Return the (3, 3) motion by (x, y) pixels."""
    return np.array([[1.0, 0, by[0]], [0, 1, by[1]], [0, 0, 1]])


def moved(motion: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return (N, 2) pixels after a (3, 3) motion."""
    mapped = np.concatenate([points, np.ones((len(points), 1))], 1) @ motion.T
    return mapped[:, :2] / mapped[:, 2:]


def scaled(motion: np.ndarray, factor: float) -> np.ndarray:
    """Return a (3, 3) motion of a picture that is larger by a factor."""
    zoom = np.diag([factor, factor, 1.0])
    return zoom @ motion @ np.linalg.inv(zoom)
