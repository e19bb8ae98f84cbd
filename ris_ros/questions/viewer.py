# SPDX-License-Identifier: Apache-2.0
"""Where a thing is, in words: from the camera or the robot, and from the thing beside it."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_ros.geometry.location import Location
from ris_ros.questions.wording import listing

# Axes of frames that do not move with the robot tell no left and right (REP 105).
FIXED_FRAMES = frozenset({'map', 'odom', 'world', 'earth'})
# Offsets below this are not worth a word, metres.
_LEAST_M = 0.02
# A thing is left or right in the picture beyond these shares of its width.
_LEFT, _RIGHT = 0.4, 0.6
_UPPER, _LOWER = 0.35, 0.65


@dataclass(frozen=True, eq=False)
class Viewer:
    """Who a place is told from: the camera, or the robot whose frame is given.

    Attributes:
        frame: Name of the frame with x ahead, y to the left and z up (REP 103); '' for the camera.
        rotation: (3, 3), turns vectors of the optical frame into that frame.
        translation: (3,) metres.
        note: Why it is the camera although a frame was wanted; else ''.
    """

    frame: str = ''
    rotation: np.ndarray | None = None
    translation: np.ndarray | None = None
    note: str = ''

    def tell(self, location: Location, size: tuple[int, int]) -> str:
        """Tell where an object is.

        Args:
            location: In the optical frame.
            size: Height and width of the picture.
        """
        if location.position is None:
            return in_picture(location.centroid, size)
        if self.rotation is None or self.frame.endswith('optical_frame'):
            x, y, z = location.position
            return _offsets('the camera', z, -x, -y, 'in front of', 'behind')
        x, y, z = self.rotation @ np.array(location.position) + self.translation
        if self.frame in FIXED_FRAMES:
            return f'at x {x:.2f}, y {y:.2f}, z {z:.2f} m in {self.frame}'
        return _offsets(self.frame, x, y, z, 'ahead of', 'behind')


CAMERA = Viewer()


def in_picture(centroid: tuple[float, float], size: tuple[int, int]) -> str:
    """Tell where a pixel is in a picture of some height and width."""
    height, width = size
    across, down = centroid[0] / width, centroid[1] / height
    side = 'left' if across < _LEFT else 'right' if across > _RIGHT else ''
    level = 'top' if down < _UPPER else 'bottom' if down > _LOWER else ''
    if level:
        return f'at the {level} {side or "middle"} of the picture'
    return f'on the {side} of the picture' if side else 'in the middle of the picture'


def _offsets(whom: str, ahead: float, left: float, up: float, front: str, back: str) -> str:
    """Tell an offset in metres from somebody."""
    parts = []
    if abs(ahead) >= _LEAST_M:
        parts.append(f'{abs(ahead):.2f} m {front if ahead > 0 else back} {whom}')
    if abs(left) >= _LEAST_M:
        parts.append(f'{abs(left):.2f} m to {"its" if parts else "the"} '
                     f'{"left" if left > 0 else "right"}{"" if parts else f" of {whom}"}')
    if abs(up) >= _LEAST_M:
        parts.append(f'{abs(up):.2f} m {"above" if up > 0 else "below"} '
                     f'{"it" if parts else whom}')
    return listing(parts) if parts else f'at {whom}'
