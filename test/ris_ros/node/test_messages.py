# SPDX-License-Identifier: Apache-2.0
"""What an answer says as a message."""
from dataclasses import replace
from types import SimpleNamespace

from builtin_interfaces.msg import Time
import numpy as np
import pytest
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from ris_ros.frame import Frame
from ris_ros.geometry.location import Location
from ris_ros.grounding.result import Candidate, Grounding
from ris_ros.node.command import Answer, Command
from ris_ros.node.conversions import to_rgb
from ris_ros.node.frame_matching import MatchedFrame
from ris_ros.node.messages import response_to, to_cloud, to_grounding
from ris_ros.srv import Ground
from ris_ros.status import Status

COMMAND = Command('7', 'the red mug', Time(sec=3))
HEADER = Header(stamp=Time(sec=2), frame_id='optical')


def located(covariance):
    """Return a location in the optical frame with a surface that is known by hand."""
    surface = SimpleNamespace(centre=np.array([.1, .2, .9]), axes=np.eye(3),
                              size=np.array([.3, .2, .1]),
                              point_at=lambda pixel: np.array([.15, .2, .9]))
    return Location((4.6, 3.1), (5, 3), Status.FOUND, '', (.1, .2, .9), covariance, .8, surface)


def candidate(location=None, note=''):
    mask = np.zeros((8, 10), bool)
    mask[2:5, 3:7] = True
    mask[2, 3] = False
    location = location or Location((4.6, 3.1), (5, 3), note=note)
    return Candidate(mask, (3, 2, 4, 3), 21.5, location)


def answer(status, *candidates, margin=1.5, count=1):
    frame = Frame(np.zeros((8, 10, 3), np.uint8), stamp=2.0)
    grounding = Grounding(status, 'A sentence.', 'the red mug', 'the red mug', margin, candidates,
                          count if status in (Status.FOUND, Status.AMBIGUOUS) else 0, .75, True)
    return Answer(COMMAND, grounding, MatchedFrame(HEADER, frame, (1, 1)), 0.25,
                  (('indexing', 1.0), ('grounding', .5)), reused=.75, profile='robot')


@pytest.mark.parametrize('status', [Status.FOUND, Status.AMBIGUOUS, Status.NOT_FOUND])
def test_response_leaves_masks_out_where_its_caller_wants_none(status):
    found = answer(status, candidate(), candidate())
    found = replace(found, message=to_grounding(found))
    whole = response_to(Ground.Request(), found)
    assert whole is found.message
    short = response_to(Ground.Request(omit_masks=True), found)
    assert [part.mask for part in (short, *short.candidates)] == [Image()] * 3
    assert len(whole.candidates[0].mask.data) > 0
    for part, its in zip((short, *short.candidates), (whole, *whole.candidates), strict=True):
        for name in part.get_fields_and_field_types():
            if name not in ('mask', 'candidates'):
                assert np.array_equal(getattr(part, name), getattr(its, name)), name


def test_found_object_is_described_in_full():
    location = located(np.arange(9.).reshape(3, 3))
    message = to_grounding(answer(Status.FOUND, candidate(location), candidate()))
    assert (message.command_id, message.command, message.command_stamp.sec) == (
        '7', 'the red mug', 3)
    assert message.header == HEADER
    assert message.status == message.FOUND
    assert message.score == pytest.approx(21.5)
    assert message.margin == 1.5
    np.testing.assert_array_equal(to_rgb(message.mask)[..., 0] > 0, candidate().mask)
    assert (message.box.x_offset, message.box.y_offset, message.box.width,
            message.box.height) == (3, 2, 4, 3)
    assert message.centroid == pytest.approx([4.6, 3.1])
    assert message.grasp.tolist() == [5, 3]
    assert message.position_status == message.FOUND
    assert (message.position.x, message.position.y, message.position.z) == (.1, .2, .9)
    assert message.position_covariance.tolist() == list(range(9))
    assert message.valid_depth_ratio == pytest.approx(.8)
    assert message.stage_names == ['indexing', 'grounding']
    assert list(message.stage_seconds) == [1.0, .5]
    assert (message.index_age, message.reused) == (.25, .75)
    assert (message.profile, message.pool_fallback) == ('robot', False)
    assert (message.count, message.confidence, message.calibrated) == (1, .75, True)


def test_the_mask_of_a_plural_shows_all_its_objects():
    mask = np.zeros((8, 10), bool)
    mask[6:, 8:] = True
    other = Candidate(mask, (8, 6, 2, 2), 20.5, Location((8.5, 6.5), (8, 6)), confidence=.5)
    message = to_grounding(answer(Status.FOUND, candidate(), other, count=2))
    assert message.count == 2
    np.testing.assert_array_equal(to_rgb(message.mask)[..., 0] > 0, candidate().mask | mask)
    assert [item.confidence for item in message.candidates] == [0, .5]


def test_candidates_are_numbered_and_their_masks_cut_to_their_boxes():
    message = to_grounding(answer(Status.AMBIGUOUS, candidate(), candidate()))
    assert [item.rank for item in message.candidates] == [1, 2]
    inside = to_rgb(message.candidates[1].mask)[..., 0] > 0
    np.testing.assert_array_equal(inside, candidate().mask[2:5, 3:7])


def test_missing_position_is_named():
    message = to_grounding(answer(Status.FOUND, candidate(note='No depth here.')))
    assert message.position_status == message.NO_DEPTH
    assert message.position_note == 'No depth here.'
    assert not message.candidates[0].has_position


def test_what_was_not_found_has_no_mask_but_candidates():
    message = to_grounding(answer(Status.NOT_FOUND, candidate()))
    assert (message.mask.height, message.position_status) == (0, message.UNKNOWN)
    assert len(message.candidates) == 1


def test_only_candidate_leads_by_infinity():
    assert to_grounding(answer(Status.FOUND, candidate(), margin=float('inf'))).margin == np.inf


def test_answer_without_a_frame():
    message = to_grounding(Answer(COMMAND, Grounding(Status.NO_IMAGE, 'No image.')))
    assert (message.status, message.header.frame_id) == (message.NO_IMAGE, '')


def placed(status, note=''):
    location = located(np.eye(3))
    half_turn, move = np.diag([-1.0, -1.0, 1.0]), np.array([1.1, 2.2, 2.1])
    there = (location.seen_from('base_link', half_turn, move)
             if status is Status.FOUND else location.without_position(status, note))
    return to_grounding(replace(answer(Status.FOUND, candidate(location)), location=there))


def test_place_of_the_object_is_told():
    message = placed(Status.FOUND)
    assert message.position_status == message.FOUND
    assert (message.pose.header.frame_id, message.pose.header.stamp) == (
        'base_link', HEADER.stamp)
    pose = message.pose.pose
    assert [pose.position.x, pose.position.y, pose.position.z] == pytest.approx([1, 2, 3])
    assert abs(pose.orientation.z) == pytest.approx(1)
    assert (message.size.x, message.size.y, message.size.z) == (.3, .2, .1)
    assert message.grasp_position.x == .15
    assert message.position.z == .9


def test_missing_transform_leaves_the_position_in_the_optical_frame():
    message = placed(Status.NO_TF, 'No way.')
    assert (message.position_status, message.position_note) == (message.NO_TF, 'No way.')
    assert message.pose.header.frame_id == ''
    assert (message.position.z, message.grasp_position.x) == (.9, .15)


def test_cloud_is_packed_as_others_read_it():
    message = to_cloud(np.float32([[1, 2, 3], [4, 5, 6]]),
                       np.uint8([[255, 128, 1], [0, 0, 2]]), HEADER)
    assert (message.height, message.width, message.point_step, message.row_step) == (1, 2, 16, 32)
    assert [(field.name, field.offset) for field in message.fields] == [
        ('x', 0), ('y', 4), ('z', 8), ('rgb', 12)]
    words = np.frombuffer(message.data, np.uint32).reshape(2, 4)
    np.testing.assert_array_equal(words[:, :3].view(np.float32), [[1, 2, 3], [4, 5, 6]])
    assert words[:, 3].tolist() == [0xff8001, 2]


def test_empty_cloud():
    message = to_cloud(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.uint8), HEADER)
    assert (message.width, len(message.data)) == (0, 0)
