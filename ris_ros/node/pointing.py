# SPDX-License-Identifier: Apache-2.0
"""Reads what goes with a command: a region of a picture, or a point in space."""
from __future__ import annotations

from typing import TYPE_CHECKING

from geometry_msgs.msg import PointStamped
import numpy as np

from ris_ros.errors import CommandError
from ris_ros.geometry.lens import project
from ris_ros.grounding.pointing import Pointed, Region
from ris_ros.node.command import PictureRegion, Pointing
from ris_ros.node.frame_matching import MatchedFrame, seconds
from ris_ros.node.index_session import IndexedFrame
from ris_ros.node.placing import Placer
from ris_ros.node.recent_scenes import RecentScenes

if TYPE_CHECKING:
    from ris_ros.action import Ground as GroundAction
    from ris_ros.srv import Ground


class PointReader:
    """Finds which place in a picture is pointed at."""

    def __init__(self, recent: RecentScenes, placer: Placer) -> None:
        self._recent = recent
        self._placer = placer

    def read(self, pointing: Pointing, indexed: IndexedFrame) -> Pointed:
        """Return what is pointed at.

        Args:
            pointing: As it came with the command.
            indexed: The present picture.

        Raises:
            CommandError: It cannot be told; the text says why.
        """
        if isinstance(pointing, PictureRegion):
            return Pointed(pointing.region, self._recent.at(pointing.stamp, indexed))
        return self._project(pointing, indexed.matched)

    def _project(self, message: PointStamped, matched: MatchedFrame) -> Pointed:
        """Return the pixel in which a point in space is seen."""
        point = np.array([message.point.x, message.point.y, message.point.z])
        if not np.isfinite(point).all():
            raise CommandError(f'The point {point.tolist()} is none; expected three numbers, in '
                               'metres.')
        camera = matched.frame.camera
        if camera is None:
            raise CommandError('A point in space needs the intrinsics of the camera. '
                               f'{matched.frame.position_note}')
        point = self._placer.into_image(
            point, message.header.frame_id, matched.header)
        if (z := point[2]) <= 0:
            raise CommandError(f'The point is {-z:.2f} m behind the camera; point at something in '
                               'the picture.')
        u, v = project(point, camera)
        # Beyond these limits it is outside every picture, however far.
        u, v = np.clip(np.rint([u, v]), -1e6, 1e6).astype(int).tolist()
        return Pointed(Region(u, v), point=point)


def pointing_of(request: Ground.Request | GroundAction.Goal) -> PictureRegion | None:
    """Return what a request points at; None for nothing."""
    if not request.has_region:
        return None
    region = request.region
    return PictureRegion(Region(region.x_offset, region.y_offset, region.width, region.height),
                         seconds(request.region_stamp))
