# SPDX-License-Identifier: Apache-2.0
"""Behaviours of py_trees that ask ris_node; `tree.py` is made of them.

None of them waits: a tree is ticked many times a second, and a behaviour that is not ready says
RUNNING. The client's node must be spun by a thread, as it is where GroundingClient makes it.
"""
import time

from common import PAUSE_S, WAITING
from geometry_msgs.msg import PoseStamped
from go_to import goal_before
import numpy as np
from py_trees.behaviour import Behaviour
from py_trees.common import Access, Status
from rclpy.task import Future

from ris_ros.client import GroundingClient
from ris_ros.errors import RisError
from ris_ros.msg import Grounding

FOUND = 'found'  # the answer's key on the blackboard


class FindObject(Behaviour):
    """Find the object that words mean, and put the answer on the blackboard.

    It is RUNNING until ris_node has an image and an answer. SUCCESS is one object whose position is
    known; all else is FAILURE, with the answer's sentence as its feedback message.
    """

    def __init__(self, name: str, client: GroundingClient, text: str) -> None:
        super().__init__(name)
        self._client, self._text = client, text
        self._answer: Future | None = None
        self._asked_at = 0.0
        self._board = self.attach_blackboard_client(name)
        self._board.register_key(FOUND, Access.WRITE)

    def initialise(self) -> None:
        """Ask; the answer comes while the tree goes on."""
        self._asked_at = time.monotonic()
        try:
            self._answer = self._client.ground_async(self._text, omit_masks=True)
        except RisError as error:  # ris_node is not there
            self._answer, self.feedback_message = None, str(error)

    def update(self) -> Status:
        """Return RUNNING until the answer has come."""
        if self._answer is None:
            return Status.FAILURE
        if not self._answer.done():
            return Status.RUNNING
        answer = self._answer.result()
        self.feedback_message = answer.message
        if answer.status in WAITING:
            if time.monotonic() - self._asked_at > PAUSE_S:
                self.initialise()
            return Status.RUNNING
        if answer.status != Grounding.FOUND:
            return Status.FAILURE
        if answer.position_status != Grounding.FOUND:
            self.feedback_message += f' But its position is not known: {answer.position_note}'
            return Status.FAILURE
        self._board.set(FOUND, answer)
        return Status.SUCCESS


class DriveBefore(Behaviour):
    """Publish a goal before the found object, which Nav2 or ris_camera's robot follows."""

    def __init__(self, name: str, client: GroundingClient, distance: float) -> None:
        super().__init__(name)
        self._distance = distance
        self._goals = client.node.create_publisher(PoseStamped, 'goal_pose', 10)
        self._board = self.attach_blackboard_client(name)
        self._board.register_key(FOUND, Access.READ)

    def update(self) -> Status:
        """Return RUNNING until somebody listens to the goal."""
        if not self._goals.get_subscription_count():
            self.feedback_message = f'Nobody listens to {self._goals.topic_name}.'
            return Status.RUNNING
        self._goals.publish(goal_before(self._board.get(FOUND), self._distance))
        return Status.SUCCESS


class IsThere(Behaviour):
    """Whether the found object is as far away as it should be."""

    def __init__(self, name: str, distance: float, tolerance: float) -> None:
        super().__init__(name)
        self._distance, self._tolerance = distance, tolerance
        self._board = self.attach_blackboard_client(name)
        self._board.register_key(FOUND, Access.READ)

    def update(self) -> Status:
        """Return SUCCESS where it is, else FAILURE."""
        place = self._board.get(FOUND).position
        away = float(np.linalg.norm((place.x, place.y, place.z)))
        self.feedback_message = f'It is {away:.2f} m away.'
        is_there = abs(away - self._distance) <= self._tolerance
        return Status.SUCCESS if is_there else Status.FAILURE
