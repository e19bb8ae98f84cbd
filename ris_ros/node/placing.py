"""Where the object of an answer is, as an arm or a base must know it."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
from std_msgs.msg import Header

from ris_ros.frame import Frame
from ris_ros.geometry.surface import measure
from ris_ros.node.command import Answer, Placement
from ris_ros.node.parameters import LiveSettings, Settings
from ris_ros.node.transforms import Transform, TransformError, Transforms
from ris_ros.status import Status

_SAME = Transform(np.eye(3), np.zeros(3))


class Placer:
    """Puts masks into space, in the frame that the parameter target_frame names."""

    def __init__(self, transforms: Transforms, settings: LiveSettings[Settings]) -> None:
        self._transforms = transforms
        self._settings = settings

    def complete(self, answer: Answer) -> Answer:
        """Return an answer with the place of its best object; one without an object as it is."""
        best = answer.grounding.best
        if best is None or answer.matched is None:
            return answer
        return replace(answer, placement=self.place(
            best.mask, best.grasp, best.position_note, answer.matched.frame,
            answer.matched.header))

    def place(self, mask: np.ndarray, grasp: tuple[int, int], note: str, frame: Frame,
              header: Header) -> Placement:
        """Return where a mask's object is; note: why it may have no position."""
        surface = measure(mask, grasp, frame)
        if surface is None:
            return Placement(Status.NO_DEPTH, note)
        target = self._settings.value.target_frame
        try:
            move = (self._transforms.lookup(target, header.frame_id, header.stamp)
                    if target not in ('', header.frame_id) else _SAME)
        except TransformError as error:
            return Placement(Status.NO_TF, str(error), surface)
        return Placement(Status.FOUND, '', surface, target or header.frame_id,
                         move.point(surface.centre), move.rotation @ surface.axes)
