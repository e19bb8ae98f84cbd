# SPDX-License-Identifier: Apache-2.0
"""The objects that the node tracks: the newest with its outline, the others with their boxes."""
from __future__ import annotations

import time

import numpy as np
from sensor_msgs.msg import Image

from ris_ros.client.marks import Mark, mark_of_mask
from ris_ros.console.transcript import Transcript
from ris_ros.msg import Target
from ris_ros.status import Status

_SILENT_S = 2.0  # an object that is not heard of for this long is not held any more
_FOLLOW_S = 0.09  # the newest one is outlined anew after this at the earliest


class HeldObjects:
    """Takes ~/target and ~/mask; all methods are called from one thread of ROS.

    ~/mask is that of the object which was found last.
    """

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._targets: dict[str, tuple[float, Target]] = {}  # by command, the newest last
        self._followed_at = 0.0

    def hear(self, target: Target) -> bool:
        """Take where an object is; return whether the page has to change."""
        now = time.monotonic()
        known = {command: (when, other) for command, (when, other) in self._targets.items()
                 if now - when < _SILENT_S and not _is_replaced(other, target)}
        known[target.command_id] = now, target  # in its old place where it has one
        self._targets = known
        is_newest = next(reversed(known)) == target.command_id
        if is_newest and Status(target.status) is Status.LOST:
            self._transcript.lose(self._others())
            return True
        return False

    def outline(self, mask: Image) -> None:
        """Outline the newest object, and draw the boxes of the others."""
        _, newest = next(reversed(self._targets.values()))
        self._followed_at = time.monotonic()
        self._transcript.follow((*mark_of_mask(mask, newest.confidence), *self._others()),
                                (mask.width, mask.height))

    def is_due(self) -> bool:
        """Return whether the newest object is seen, and the page has had time for the last mask."""
        if not self._targets or time.monotonic() - self._followed_at < _FOLLOW_S:
            return False
        _, newest = next(reversed(self._targets.values()))
        return Status(newest.status) is Status.FOUND

    def forget(self) -> None:
        """Hold nothing: the node is gone."""
        self._targets = {}

    def _others(self) -> tuple[Mark, ...]:
        """Return the boxes of the objects that are seen, without the newest."""
        return tuple(_box(target) for _, target in list(self._targets.values())[:-1]
                     if Status(target.status) is Status.FOUND)


def _is_replaced(old: Target, new: Target) -> bool:
    """Return whether a newer command has found the same object."""
    return old.object_id == new.object_id != 0 and old.command_id != new.command_id


def _box(target: Target) -> Mark:
    """Return the box of an object as a mark without a number."""
    box = target.box
    x, y, width, height = box.x_offset, box.y_offset, box.width, box.height
    right, low = x + width - 1, y + height - 1
    loop = np.array([(x, y), (right, y), (right, low), (x, low)])
    return Mark(0, (loop,), (x, y, width, height), np.zeros((height, width), bool),
                target.confidence, None)
