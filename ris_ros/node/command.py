"""A command and its answer, as they pass between the threads of the node."""
from __future__ import annotations

from dataclasses import dataclass

from builtin_interfaces.msg import Time
import numpy as np

from ris_ros.geometry.surface import Surface
from ris_ros.grounding.result import Grounding
from ris_ros.node.frame_matching import MatchedFrame
from ris_ros.status import Status


@dataclass(frozen=True)
class Command:
    """A command as it was received: its id, its text and the time of reception."""

    id: str
    text: str
    stamp: Time


@dataclass(frozen=True, eq=False)
class Placement:
    """The place of one object.

    status: FOUND, NO_DEPTH or NO_TF; note: why not FOUND, else ''.  surface: in the optical
    frame, or None.  frame_id, position (3,), axes (3, 3): the pose, of FOUND ones only.
    """

    status: Status
    note: str
    surface: Surface | None = None
    frame_id: str = ''
    position: np.ndarray | None = None
    axes: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Answer:
    """What came of a command.

    matched: the frame that it was answered from, or None.  age: seconds from that image's stamp
    to the answer.  stages: name and wall-clock seconds of the work done for this command.
    reused: share of the features kept from earlier images, 0 to 1.
    placement: where the best object is, of an answer with one.
    """

    command: Command
    grounding: Grounding
    matched: MatchedFrame | None = None
    age: float = 0.0
    stages: tuple[tuple[str, float], ...] = ()
    reused: float = 0.0
    placement: Placement | None = None
