# SPDX-License-Identifier: Apache-2.0
"""The objects of an answer as vision_msgs detections, where vision_msgs (4.x) is installed."""
from __future__ import annotations

import numpy as np
from std_msgs.msg import Header

from ris_ros.grounding.result import Candidate
from ris_ros.node.command import Answer

try:
    from vision_msgs.msg import Detection2D, Detection2DArray, ObjectHypothesisWithPose
except ImportError:
    Detection2DArray = None


def to_detections(answer: Answer, header: Header) -> Detection2DArray:
    """Make a detection of each object that an answer names; there may be none.

    The class of each is the words for the target in the command.  Its id is the command's id with
    the rank of the object, and its score is the probability that the command means it.

    Args:
        answer: The answer.
        header: Of the image that it was given from.
    """
    target = answer.grounding.target or ''
    return Detection2DArray(header=header, detections=[
        _detection(thing, target, f'{answer.command.id}/{rank}', header)
        for rank, thing in enumerate(answer.grounding.objects, 1)])


def _detection(thing: Candidate, target: str, id_: str, header: Header) -> Detection2D:
    """Make the detection of one object."""
    detection = Detection2D(header=header, id=id_)
    x, y, width, height = thing.box
    detection.bbox.center.position.x = x + (width - 1) / 2
    detection.bbox.center.position.y = y + (height - 1) / 2
    detection.bbox.size_x, detection.bbox.size_y = float(width), float(height)
    result = ObjectHypothesisWithPose()
    result.hypothesis.class_id = target
    result.hypothesis.score = float(thing.confidence)
    if thing.position is not None:
        position = result.pose.pose.position
        position.x, position.y, position.z = thing.position
        covariance = np.zeros((6, 6))
        covariance[:3, :3] = thing.location.covariance
        result.pose.covariance[:] = covariance.ravel()
    detection.results.append(result)
    return detection
