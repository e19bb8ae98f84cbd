# SPDX-License-Identifier: Apache-2.0
"""Pictures, masks and intrinsics at other sizes: the working size, or that of the maps."""
from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from ris_ros.frame import CameraModel
from ris_ros.geometry.masks import window_around
from ris_ros.proposals import Window
from ris_ros.proposals.filtering import placed
from ris_ros.proposals.windows import working_size


def resized(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return an image at another (H, W)."""
    return cv2.resize(image, size[::-1], interpolation=cv2.INTER_AREA)


def resized_mask(mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return a bool mask at another (H, W), its edges where they were."""
    if mask.shape == tuple(size):
        return mask
    method = cv2.INTER_AREA if mask.shape[0] > size[0] else cv2.INTER_LINEAR
    factor = size[0] // mask.shape[0]
    if size != (factor * mask.shape[0], factor * mask.shape[1]):
        return cv2.resize(255 * mask.view(np.uint8), size[::-1], interpolation=method) > 127
    # If the factor is a whole number, enlarging the box of the mask gives the same.
    window = window_around(mask, 1)
    part = cv2.resize(255 * mask[window].view(np.uint8), None, fx=factor, fy=factor,
                      interpolation=method) > 127
    rows, columns = (slice(factor * span.start, factor * span.stop) for span in window)
    return placed(part, (rows, columns), size)


def shrunk_image(image: np.ndarray, step: int) -> np.ndarray:
    """Return every ``step``-th pixel of an image, averaged over the pixels around it."""
    if step == 1:
        return np.ascontiguousarray(image)
    blurred = cv2.blur(image, (step, step))
    return np.ascontiguousarray(blurred[step // 2::step, step // 2::step])


def shrunk_camera(camera: CameraModel, step: int) -> CameraModel:
    """Return the intrinsics of an image of which every ``step``-th pixel is taken."""
    first = step // 2
    height, width = working_size((camera.height, camera.width), step)
    return CameraModel(camera.fx / step, camera.fy / step, (camera.cx - first) / step,
                       (camera.cy - first) / step, width, height)


def part_of(camera: CameraModel, window: Window, step: int) -> CameraModel:
    """Return the intrinsics of a window (at full size) of a picture at the working size."""
    height, width = working_size((window.height, window.width), step)
    return replace(camera, cx=camera.cx - window.x / step, cy=camera.cy - window.y / step,
                   width=width, height=height)


def enlarged(masks: list[np.ndarray], step: int, size: tuple[int, int]) -> np.ndarray:
    """Return masks of the working size at the frame's size, as (N, H, W) bool."""
    if not masks:
        return np.zeros((0, *size), bool)
    small = np.stack(masks)
    rows, columns = (
        np.minimum(np.arange(length) // step, limit - 1)
        for length, limit in zip(size, small.shape[1:], strict=True))
    return small if step == 1 else small[:, rows[:, None], columns]
