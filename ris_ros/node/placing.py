# SPDX-License-Identifier: Apache-2.0
"""Takes locations into the frame that poses are wanted in (parameter target_frame)."""
from __future__ import annotations

from dataclasses import replace
import time

import numpy as np
from std_msgs.msg import Header

from ris_ros.errors import CommandError
from ris_ros.geometry.location import Location
from ris_ros.node.command import Answer
from ris_ros.node.conversions import frame_name
from ris_ros.node.parameters import LiveSettings, Settings
from ris_ros.node.transforms import TransformError, Transforms
from ris_ros.questions.viewer import CAMERA, Viewer
from ris_ros.status import Status

# TF that is listened to from now on tells its latched transforms within this time.
_FIRST_TF_S, _POLL_S = 2.0, 0.05


class Placer:
    """Takes locations from the optical frame into the target frame by TF."""

    def __init__(self, transforms: Transforms, settings: LiveSettings[Settings]) -> None:
        self._transforms = transforms
        self._settings = settings

    def complete(self, answer: Answer) -> Answer:
        """Add the location of the best object in the target frame, if the answer has an object."""
        best = answer.grounding.best
        if best is None or answer.matched is None:
            return answer
        return replace(answer, location=self.place(best.location, answer.matched.header))

    def viewer(self, header: Header) -> Viewer:
        """Return who places are told from: the robot's target frame, or the camera without one."""
        target, source = frame_name(self._settings.value.target_frame), frame_name(header.frame_id)
        if target in ('', source):
            return CAMERA
        try:
            transform = self._transforms.lookup(target, source, header.stamp)
        except TransformError as error:
            return Viewer(note=f'Places are told from the camera. {error}')
        return Viewer(target, transform.rotation, transform.translation)

    def into_image(self, point: np.ndarray, frame: str, header: Header) -> np.ndarray:
        """Take a (3,) point of some frame into the optical frame at the time of an image.

        What is there has stood still since, in the frame in which the point is given.

        Raises:
            CommandError: There is no way from that frame.
        """
        source, optical = frame_name(frame), frame_name(header.frame_id)
        if source == optical:
            return point
        if not source:
            raise CommandError(f'The point has no frame_id; expected {optical!r} or a frame that '
                               'TF knows.')
        patience = _FIRST_TF_S if self._transforms.listen() else 0.0
        deadline = time.monotonic() + patience
        while True:
            try:
                return self._transforms.lookup(optical, source, header.stamp).point(point)
            except TransformError as error:
                if time.monotonic() > deadline:
                    raise CommandError(f'The point in {source!r} cannot be taken into {optical!r}. '
                                       f'{error}') from error
                time.sleep(_POLL_S)

    def place(self, location: Location, header: Header) -> Location:
        """Take a location into the target frame.

        Args:
            location: In the optical frame.
            header: Of the image, with its stamp and the name of the optical frame.

        Returns:
            The location in the target frame, or in the optical one where the parameter is empty.
            A location without a position is returned as it is. If TF has no transform, the
            position is left out, and the note says why.
        """
        if location.position is None:
            return location
        target, source = frame_name(self._settings.value.target_frame), frame_name(header.frame_id)
        if target in ('', source):
            return replace(location, frame=source)
        try:
            transform = self._transforms.lookup(target, source, header.stamp)
        except TransformError as error:
            return location.without_position(Status.NO_TF, str(error))
        return location.seen_from(target, transform.rotation, transform.translation)
