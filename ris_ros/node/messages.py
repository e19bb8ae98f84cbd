# SPDX-License-Identifier: Apache-2.0
"""Turns answers and tracked objects into messages."""
from __future__ import annotations

from array import array
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
import sys
from typing import TYPE_CHECKING

from geometry_msgs.msg import Point, PointStamped, Pose, PoseStamped, Quaternion, Vector3
import numpy as np
from scipy.spatial.transform import Rotation
from sensor_msgs.msg import Image, PointCloud2, PointField, RegionOfInterest
from std_msgs.msg import Header

from ris_ros.geometry.location import Location
from ris_ros.geometry.masks import bounding_boxes
from ris_ros.grounding.result import Candidate
from ris_ros.msg import Candidate as CandidateMsg
from ris_ros.msg import Grounding as GroundingMsg
from ris_ros.msg import Target
from ris_ros.node.command import Answer
from ris_ros.node.conversions import from_mask
from ris_ros.status import Status

if TYPE_CHECKING:
    from ris_ros.action import Ground as GroundAction
    from ris_ros.node.held_target import TrackedTarget
    from ris_ros.srv import Ground, GroundAll


@dataclass(frozen=True)
class TargetMessages:
    """The messages on a tracked object in one frame.

    Attributes:
        target: On ~/target.
        mask: On ~/mask; None if the object is lost, like the two below.
        centroid: On ~/centroid; None without depth.
        pose: On ~/pose; None without depth or transform.
    """

    target: Target
    mask: Image | None = None
    centroid: PointStamped | None = None
    pose: PoseStamped | None = None


def to_grounding(answer: Answer) -> GroundingMsg:
    """Return the message of an answer: the published one, or a new one before that."""
    if answer.message is not None:
        return answer.message
    grounding, command = answer.grounding, answer.command
    header = answer.matched.header if answer.matched else Header()
    message = GroundingMsg(
        header=header, command_id=command.id, command=command.text, command_stamp=command.stamp,
        expression=grounding.expression or '', target=grounding.target or '',
        status=int(grounding.status), message=grounding.message,
        margin=float(grounding.margin), count=grounding.count,
        confidence=float(grounding.confidence), calibrated=grounding.calibrated,
        candidates=[to_candidate(candidate, rank, header)
                    for rank, candidate in enumerate(grounding.candidates, 1)],
        index_age=float(answer.age), reused=float(answer.reused),
        stage_names=[name for name, _ in answer.stages],
        stage_seconds=[float(seconds) for _, seconds in answer.stages],
        profile=answer.profile, pool_fallback=answer.pool_fallback,
        question='' if grounding.question is None else grounding.question.value,
        object_id=grounding.object_id)
    if grounding.best is not None:
        _describe_best(message, grounding.best, answer.location or grounding.best.location)
        message.mask = from_mask(grounding.mask, header)
    return message


def response_to(request: Ground.Request | GroundAction.Goal | GroundAll.Request,
                answer: Answer) -> GroundingMsg:
    """Return the message of an answer as the caller of the service or action wants it."""
    message = to_grounding(answer)
    return without_masks(message) if request.omit_masks else message


def without_masks(message: GroundingMsg) -> GroundingMsg:
    """Return the message of an answer with empty masks; the given one stays as it is."""
    message = copy(message)
    message.mask = Image()
    message.candidates = [copy(candidate) for candidate in message.candidates]
    for candidate in message.candidates:
        candidate.mask = Image()
    return message


def mask_bytes(message: GroundingMsg) -> int:
    """Return the bytes of all masks of an answer."""
    return len(message.mask.data) + sum(len(one.mask.data) for one in message.candidates)


def to_candidate(candidate: Candidate, rank: int, header: Header) -> CandidateMsg:
    """Make the message of one candidate; its mask is cut to its box."""
    x, y, width, height = candidate.box
    message = CandidateMsg(
        rank=rank, score=candidate.score, confidence=candidate.confidence,
        box=to_region(candidate.box),
        mask=from_mask(candidate.mask[y:y + height, x:x + width], header),
        centroid=np.array(candidate.centroid, np.float32),
        grasp=np.array(candidate.grasp, np.uint32),
        has_position=candidate.position is not None, position_note=candidate.position_note,
        name=candidate.name, object_id=candidate.object_id)
    _fill_position(message, candidate.location)
    return message


def to_region(box: tuple[int, int, int, int]) -> RegionOfInterest:
    """Return a box x, y, width, height as a region of interest."""
    x, y, width, height = box
    return RegionOfInterest(x_offset=x, y_offset=y, width=width, height=height)


def to_point(position: Sequence[float] | np.ndarray) -> Point:
    """Return (x, y, z) as a point."""
    x, y, z = (float(value) for value in position)
    return Point(x=x, y=y, z=z)


def to_pose(location: Location, header: Header) -> PoseStamped:
    """Return the pose of an object that has a position, at the header's time."""
    x, y, z, w = Rotation.from_matrix(location.axes).as_quat(canonical=True).tolist()
    return PoseStamped(
        header=Header(stamp=header.stamp, frame_id=location.frame or header.frame_id),
        pose=Pose(position=to_point(location.position),
                  orientation=Quaternion(x=x, y=y, z=z, w=w)))


def to_size(size: np.ndarray) -> Vector3:
    """Return the size (3,) of an object along the axes of its pose."""
    x, y, z = size.tolist()
    return Vector3(x=x, y=y, z=z)


def to_target_messages(target: TrackedTarget, location: Location | None) -> TargetMessages:
    """Make the messages on a tracked object in one frame.

    Args:
        target: The object in the frame.
        location: Where it is in the target frame; None where it is lost.
    """
    track, header = target.track, target.matched.header
    message = Target(header=header, command_id=target.command_id, object_id=target.object_id,
                     status=int(track.status), message=track.message,
                     confidence=float(track.confidence))
    if location is None:
        return TargetMessages(message)
    message.box = to_region(tuple(bounding_boxes(track.mask[None])[0].tolist()))
    message.centroid = np.array(location.centroid, np.float32)
    surface, pose = location.surface, None
    if location.status is not Status.FOUND:
        message.message += f' {missing_position(location)}'
    else:
        pose = to_pose(location, header)
        message.has_pose, message.pose, message.size = True, pose, to_size(location.size)
    return TargetMessages(
        message, from_mask(track.mask, header),
        None if surface is None else to_point_stamped(surface.centre, header), pose)


def missing_position(location: Location) -> str:
    """Return a sentence that says that an object has no position, and why."""
    return f'It has no position ({location.status.name}): {location.note}'


def to_cloud(points: np.ndarray, colours: np.ndarray, header: Header) -> PointCloud2:
    """Make an unordered cloud.

    The colours are packed as PCL and RViz read them: 0x00RRGGBB in the bits of a float32.

    Args:
        points: (N, 3) float32 metres.
        colours: (N, 3) uint8 RGB.
        header: Its frame is that of the points.
    """
    rows = np.empty(len(points), [('xyz', np.float32, 3), ('rgb', np.uint32)])
    rows['xyz'] = points
    rows['rgb'] = colours.astype(np.uint32) @ np.uint32([1 << 16, 1 << 8, 1])
    message = PointCloud2(
        header=header, height=1, width=len(rows), is_dense=True, point_step=rows.itemsize,
        row_step=rows.nbytes, is_bigendian=sys.byteorder == 'big',
        fields=[PointField(name=name, offset=4 * index, datatype=PointField.FLOAT32, count=1)
                for index, name in enumerate(('x', 'y', 'z', 'rgb'))])
    # As in conversions.from_pixels: the setter walks through anything but an array('B').
    data = array('B')
    data.frombytes(rows.tobytes())
    message.data = data
    return message


def to_point_stamped(position: tuple[float, float, float], header: Header) -> PointStamped:
    """Return (x, y, z) in the header's frame."""
    return PointStamped(header=header, point=to_point(position))


def _describe_best(message: GroundingMsg, best: Candidate, placed: Location) -> None:
    """Fill in the best object; ``placed`` is its location in the target frame."""
    message.score = best.score
    message.box = to_region(best.box)
    message.centroid = np.array(best.centroid, np.float32)
    message.grasp = np.array(best.grasp, np.uint32)
    message.position_status = int(placed.status)
    message.position_note = placed.note
    _fill_position(message, best.location)
    if best.position is not None:
        message.grasp_position = to_point(best.location.grasp_position)
        message.size = to_size(best.location.size)
    if placed.status is Status.FOUND:
        message.pose = to_pose(placed, message.header)


def _fill_position(message: GroundingMsg | CandidateMsg, location: Location) -> None:
    """Fill in the position in the optical frame, where there is one."""
    if location.position is not None:
        message.position = to_point(location.position)
        message.position_covariance = np.asarray(location.covariance, np.float64).ravel()
        message.valid_depth_ratio = float(location.valid_depth_ratio)
