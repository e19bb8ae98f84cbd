# SPDX-License-Identifier: Apache-2.0
"""What a camera info says of the camera, and whether that is true of an image."""
from __future__ import annotations

from dataclasses import dataclass

from sensor_msgs.msg import CameraInfo
from std_msgs.msg import Header

from ris_ros.errors import FrameError
from ris_ros.frame import CameraModel, doubt_calibration
from ris_ros.node.conversions import frames_differ, is_distorted, to_camera_model
from ris_ros.node.parameters import ImageGeometry

_UNKNOWN_GEOMETRY = (
    'The lens distorts (D of the camera info is not 0), and the name of the image topic does not '
    'tell whether the image is rectified. It is taken for rectified; if it is not, positions are '
    'wrong by centimetres. Say which it is by the parameter image_geometry: rectified or raw.')


@dataclass(frozen=True)
class Intrinsics:
    """What a camera info says.

    Attributes:
        camera: The intrinsics, or None.
        frame_id: The frame of the camera info.
        rejection: Why there are none; '' where there are.
        doubt: What is doubtful about them; '' where nothing is.
    """

    camera: CameraModel | None = None
    frame_id: str = ''
    rejection: str = 'No camera info has been received.'
    doubt: str = ''

    @classmethod
    def read(cls, message: CameraInfo,
             geometry: ImageGeometry = ImageGeometry.RECTIFIED) -> Intrinsics:
        """Read a camera info, which may be that of a camera without calibration.

        Args:
            message: The camera info.
            geometry: Of the image; where it is not known, a rectified one is assumed.
        """
        try:
            camera = to_camera_model(message, geometry is ImageGeometry.RAW)
        except FrameError as error:
            return cls(None, message.header.frame_id, str(error))
        # The principal point may well lie outside a region of interest.
        doubts = [] if message.roi.x_offset or message.roi.y_offset else [
            doubt_calibration(camera, message.distortion_model)]
        if geometry is ImageGeometry.AUTO and is_distorted(message):
            doubts.append(_UNKNOWN_GEOMETRY)
        return cls(camera, message.header.frame_id, '', ' '.join(filter(None, doubts)))

    def __str__(self) -> str:
        """Name the camera by what tells it from another one."""
        if self.camera is None:
            return 'one that cannot be used'
        return (f'{self.camera.width} x {self.camera.height} pixels with fx={self.camera.fx:.1f}, '
                f'cx={self.camera.cx:.1f} in {self.frame_id!r}')

    def misfit(self, header: Header, height: int, width: int) -> str:
        """Return why these are not the intrinsics of an image; '' where they are."""
        if self.camera is None:
            return self.rejection
        if (self.camera.height, self.camera.width) != (height, width):
            return (f'The camera info is for {self.camera.width} x {self.camera.height} pixels but '
                    f'the image has {width} x {height}; use the camera info of this image.')
        if frames_differ(self.frame_id, header.frame_id):
            return (f'The camera info is of the frame {self.frame_id!r} but the image is in '
                    f'{header.frame_id!r}; use the camera info of this image.')
        return ''


@dataclass(frozen=True)
class ArrivedInfo:
    """A camera info that was read.

    Attributes:
        stamp: Its time in seconds.
        number: Equal for those of one camera that followed each other; below 0 where it is still to
            come.
        intrinsics: What it says.
    """

    stamp: float
    number: int
    intrinsics: Intrinsics
