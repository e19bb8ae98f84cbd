#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Go to the object that a command means, as a behaviour tree: find, drive, look again.

python3 examples/tree.py 'the yellow cylinder' [--stop-before .7]

It needs py_trees (pip install py_trees, or ros-$ROS_DISTRO-py-trees). The goal goes to goal_pose,
which Nav2's bt_navigator follows, and so does ris_camera's simulated robot.
"""
import sys
import time

from behaviours import DriveBefore, FindObject, IsThere
from common import PATIENCE_S, drive_arguments
from py_trees.behaviour import Behaviour
from py_trees.common import Status
from py_trees.composites import Sequence
from py_trees.decorators import Retry
from py_trees.display import unicode_tree
from py_trees.timers import Timer
from py_trees.trees import BehaviourTree

from ris_ros.client import GroundingClient
from ris_ros.errors import RisError

TICK_S = .1
# It is looked again this often, with a pause between two looks in seconds.
LOOKS, PAUSE_S = 60, 1.0
TOLERANCE_M = .15  # the camera keeps its height, so that the distance is not quite the goal's


def make_tree(client: GroundingClient, text: str, distance: float) -> Behaviour:
    """Return the root of the tree.

    Args:
        client: Its node must be spun by a thread.
        text: The command.
        distance: Metres between the camera and the object at the end.
    """
    look = Sequence('look again', memory=True, children=[
        Timer('wait', PAUSE_S), FindObject('find it again', client, text),
        IsThere('is it there?', distance, TOLERANCE_M)])
    return Sequence('go to it', memory=True, children=[
        FindObject('find it', client, text),
        DriveBefore('drive to it', client, distance),
        Retry('until it is there', look, LOOKS)])


def run_tree(root: Behaviour) -> str:
    """Tick a tree to its end; return what its last behaviour said.

    Raises:
        RisError: The tree has failed, or has not ended in time.
    """
    tree = BehaviourTree(root)
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        tree.tick()
        if root.status is not Status.RUNNING:
            break
        time.sleep(TICK_S)
    print(unicode_tree(root, show_status=True), file=sys.stderr)
    last = root.tip().feedback_message
    if root.status is not Status.SUCCESS:
        root.stop(Status.INVALID)
        raise RisError(last)
    return last


def main() -> int:
    """Run the tree; exit status 0 when the object is as far away as it should be."""
    args = drive_arguments(__doc__)
    try:
        with GroundingClient(node_name='ris_tree') as client:
            client.wait_until_active(PATIENCE_S)
            print(run_tree(make_tree(client, args.text, args.stop_before)))
    except RisError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
