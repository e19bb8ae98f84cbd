# SPDX-License-Identifier: Apache-2.0
"""Answers as detections, with a stand-in that has the fields of vision_msgs 4."""
from types import SimpleNamespace

from builtin_interfaces.msg import Time
import numpy as np
import pytest
from std_msgs.msg import Header

from ris_ros.frame import Frame
from ris_ros.geometry.location import Location
from ris_ros.grounding.result import Candidate, Grounding
from ris_ros.node import detections
from ris_ros.node.command import Answer, Command
from ris_ros.node.frame_matching import MatchedFrame
from ris_ros.status import Status

HEADER = Header(stamp=Time(sec=2), frame_id='optical')


def _pose():
    return SimpleNamespace(pose=SimpleNamespace(position=SimpleNamespace()),
                           covariance=np.zeros(36))


@pytest.fixture
def vision_msgs(monkeypatch):
    """Put in the message classes."""
    def detection(**fields):
        centre = SimpleNamespace(position=SimpleNamespace(), theta=0.0)
        return SimpleNamespace(bbox=SimpleNamespace(center=centre), results=[], **fields)
    for name, made in {
            'Detection2DArray': SimpleNamespace, 'Detection2D': detection,
            'ObjectHypothesisWithPose': lambda: SimpleNamespace(
                hypothesis=SimpleNamespace(), pose=_pose())}.items():
        monkeypatch.setattr(detections, name, made, raising=False)


def answer(status, count):
    mask = np.zeros((8, 10), bool)
    mask[2:5, 3:7] = True
    location = Location((4.5, 3.0), (5, 3), Status.FOUND, '', (.1, .2, .9),
                        np.arange(9.).reshape(3, 3), .8)
    thing = Candidate(mask, (3, 2, 4, 3), 21.5, location, confidence=.75)
    grounding = Grounding(status, 'A sentence.', 'the mug', 'the mug', 1.0, (thing,) * 3, count)
    frame = Frame(np.zeros((8, 10, 3), np.uint8))
    return Answer(Command('7', 'the mug', Time()), grounding,
                  MatchedFrame(HEADER, frame, (1, 1, 1)))


def test_each_object_of_the_answer_is_a_detection(vision_msgs):
    message = detections.to_detections(answer(Status.AMBIGUOUS, 2), HEADER)
    assert message.header == HEADER
    assert [item.id for item in message.detections] == ['7/1', '7/2']
    box = message.detections[0].bbox
    assert (box.center.position.x, box.center.position.y, box.size_x, box.size_y) == (
        4.5, 3.0, 4.0, 3.0)
    result, = message.detections[0].results
    assert (result.hypothesis.class_id, result.hypothesis.score) == ('the mug', .75)
    assert result.pose.pose.position.z == .9
    np.testing.assert_array_equal(result.pose.covariance.reshape(6, 6)[:3, :3].ravel(), range(9))
    assert (result.pose.covariance.reshape(6, 6)[3:] == 0).all()


def test_nothing_found_is_an_empty_array(vision_msgs):
    assert detections.to_detections(answer(Status.NOT_FOUND, 0), HEADER).detections == []
