# SPDX-License-Identifier: Apache-2.0
"""Where an object is: in the picture and, by its depth, in space."""
from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from ris_ros.frame import Frame
from ris_ros.geometry.masks import as_bytes, centroid, grasp_pixel
from ris_ros.geometry.points import VisibleSurface, find_points
from ris_ros.status import Status

# More pixels tell nothing new about the mean and the axes.
_ENOUGH_PIXELS = 1500
# A depth camera's calibration error, which no averaging takes away.
_SENSOR_BIAS_M = 0.002
_SENSOR_BIAS_PER_M = 0.002


@dataclass(frozen=True, eq=False)
class Location:
    """Where an object is, or why its position is not known.

    Everything in space is in metres in the camera's optical frame (x right, y down, z forward)
    until `seen_from` takes it into another one. Axes, size and grasp position are measured when
    they are first asked for.

    Attributes:
        centroid: Mean (u, v) of the mask in pixels; it may lie in a hole of the mask.
        grasp: A pixel (u, v) well inside the mask.
        status: FOUND where there is a position, otherwise NO_DEPTH or NO_TF.
        note: A sentence that says why there is no position, or what is doubtful about it; ''
            where nothing is.
        position: (x, y, z), the mean of the visible surface; None unless the status is FOUND.
        covariance: (3, 3) float64 of the position, in square metres; None without a position.
        valid_depth_ratio: Share of the mask's eroded pixels that had valid depth, 0 to 1.
        surface: The visible surface in the optical frame; None without depth.
        frame: Name of the frame of the position; '' for the camera's optical frame.
        rotation: (3, 3), turns vectors of the optical frame into that frame; None if it is the
            optical frame.
    """

    centroid: tuple[float, float]
    grasp: tuple[int, int]
    status: Status = Status.NO_DEPTH
    note: str = ''
    position: tuple[float, float, float] | None = None
    covariance: np.ndarray | None = None
    valid_depth_ratio: float = 0.0
    surface: VisibleSurface | None = None
    frame: str = ''
    rotation: np.ndarray | None = None

    @property
    def axes(self) -> np.ndarray | None:
        """(3, 3), whose columns are the axes of the object's pose; None without depth.

        They are unit vectors of a right-handed frame: x along the longest side, z along the
        shortest one, towards the camera.
        """
        if self.surface is None:
            return None
        axes = self.surface.axes
        return axes if self.rotation is None else self.rotation @ axes

    @property
    def size(self) -> np.ndarray | None:
        """(3,) metres along the axes, longest first; None without depth."""
        return None if self.surface is None else self.surface.size

    @property
    def grasp_position(self) -> np.ndarray | None:
        """(3,) metres, the point of the grasp pixel; None without depth."""
        if self.surface is None:
            return None
        point = self.surface.point_at(self.grasp)
        if self.rotation is None:
            return point
        return np.array(self.position) + self.rotation @ (point - self.surface.centre)

    def seen_from(self, frame: str, rotation: np.ndarray, translation: np.ndarray) -> Location:
        """Return this location in another frame.

        Args:
            frame: Name of the other frame.
            rotation: (3, 3), turns vectors of the optical frame into the other frame.
            translation: (3,) metres, the camera's place in the other frame.
        """
        position = rotation @ np.array(self.position) + translation
        return replace(self, frame=frame, position=tuple(position.tolist()), rotation=rotation,
                       covariance=rotation @ self.covariance @ rotation.T)

    def without_position(self, status: Status, note: str) -> Location:
        """Return this location without its position, and with the reason for that."""
        return replace(self, status=status, note=note, position=None, covariance=None)


def locate(mask: np.ndarray, frame: Frame, box: np.ndarray | None = None,
           grasp: tuple[int, int] | None = None) -> Location:
    """Locate a masked object.

    The position is the mean of the object's visible surface as `find_points` sees it. The
    covariance is that of this mean: the scatter of the points over their number, what the holes
    may hide, and the sensor's own bias.

    Args:
        mask: (H, W) bool.
        frame: The frame of the mask. Depth values of 0, NaN, infinity or less than 0 are holes.
        box: The mask's x, y, width and height, where they are known.
        grasp: The pixel (u, v) to grasp at; by default one as deep inside the mask as possible.

    Returns:
        The location, with a note in place of the position where there is not enough depth.
    """
    x, y, width, height = (int(length) for length in (
        cv2.boundingRect(as_bytes(mask)) if box is None else box))
    if width == 0:
        return Location((np.nan, np.nan), grasp or (0, 0),
                        note='There is no position because the mask is empty.')
    # A pixel around it tells an edge of the object from the border of the picture.
    left, top = max(x - 1, 0), max(y - 1, 0)
    window = np.s_[top:y + height + 1, left:x + width + 1]
    part = np.ascontiguousarray(mask[window])
    middle_u, middle_v = centroid(part)
    if grasp is None:
        u, v = grasp_pixel(part)
        grasp = u + left, v + top
    in_picture = Location((middle_u + left, middle_v + top), grasp)
    if frame.depth is None or frame.camera is None:
        return replace(in_picture, note=_why_no_points(frame))
    surface = find_points(part, frame.depth[window], frame.camera, (left, top), _ENOUGH_PIXELS)
    if isinstance(surface, str):
        return replace(in_picture, note=surface)
    return replace(
        in_picture, status=Status.FOUND, note=frame.position_note,
        position=tuple(surface.centre.tolist()), covariance=_covariance(surface),
        valid_depth_ratio=surface.valid_ratio, surface=surface)


def _why_no_points(frame: Frame) -> str:
    """Return a sentence on what a frame lacks for positions."""
    missing = 'depth image' if frame.depth is None else 'camera model'
    return frame.position_note or f'There is no position because the frame has no {missing}.'


def _covariance(surface: VisibleSurface) -> np.ndarray:
    """Return the (3, 3) covariance, in square metres, of the mean of a visible surface."""
    centred = surface.points - surface.centre
    scatter = centred.T @ centred / (len(centred) - 1)
    unseen = (1.0 - surface.valid_ratio) ** 2
    bias = _SENSOR_BIAS_M + _SENSOR_BIAS_PER_M * surface.centre[2]
    return scatter * (1.0 / len(centred) + unseen) + np.eye(3) * bias ** 2
