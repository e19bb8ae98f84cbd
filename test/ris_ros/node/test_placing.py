# SPDX-License-Identifier: Apache-2.0
"""The object's place in the optical frame and by TF, and every reason why there is none."""
from contextlib import suppress
import copy
from pathlib import Path
import sys

from builtin_interfaces.msg import Time
from geometry_msgs.msg import TransformStamped
import numpy as np
import pytest
from rclpy.clock import ROSClock
from rclpy.time import Time as RosTime
from std_msgs.msg import Header

from ris_ros.frame import CameraModel, Frame
from ris_ros.geometry.location import locate
from ris_ros.node.parameters import LiveSettings, Settings
from ris_ros.node.placing import Placer
from ris_ros.node.transforms import TransformError, Transforms
from ris_ros.status import Status

CAMERA = CameraModel(100.0, 100.0, 31.5, 23.5, 64, 48)
MASK = np.zeros((48, 64), bool)
MASK[10:38, 20:44] = True
HEADER = Header(frame_id='optical', stamp=Time(sec=10))


class Listening:
    """Stands for the node that TF's listener subscribes with."""

    def __init__(self):
        self.heard, self.clock = {}, ROSClock()

    def create_subscription(self, kind, topic, callback, qos):
        """Keep the callback."""
        self.heard[topic] = callback

    def get_clock(self):
        """Return a clock of its own."""
        return self.clock


@pytest.fixture
def node(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).with_name('stand_ins')))
    yield Listening()
    sys.modules.pop('tf2_ros', None)


def frame():
    return Frame(np.zeros((48, 64, 3), np.uint8), np.full((48, 64), .9, np.float32), CAMERA)


def place(transforms, target):
    placer = Placer(transforms, LiveSettings(Settings(target_frame=target)))
    return placer.place(locate(MASK, frame()), HEADER)


def base_from_optical(sec):
    """Return the usual turn of an optical frame, and a camera one metre up."""
    transform = TransformStamped(
        header=Header(frame_id='base_link', stamp=Time(sec=sec)), child_frame_id='optical')
    transform.transform.translation.z = 1.0
    rotation = transform.transform.rotation
    rotation.x, rotation.y, rotation.z, rotation.w = -.5, .5, -.5, .5
    return transform


@pytest.mark.parametrize('target', ['', 'optical'])
def test_without_another_frame_no_transform_is_needed(target):
    found = place(Transforms(None), target)
    assert (found.status, found.frame) == (Status.FOUND, 'optical')
    assert found.position == pytest.approx(found.surface.centre)


def test_transforms_of_before_the_clock_jumped_back_are_forgotten_and_static_ones_kept(node):
    node.clock._set_ros_time_is_active(True)
    node.clock.set_ros_time_override(RosTime(seconds=12))
    transforms = Transforms(node)
    transforms.listen()
    still = base_from_optical(9)
    still.header.frame_id = 'mount'
    for sec in (9, 11):
        node.heard['/tf'](base_from_optical(sec))
        still.header.stamp.sec = sec
        node.heard['/tf_static'](copy.deepcopy(still))
    assert place(transforms, 'base_link').status is Status.FOUND
    node.clock.set_ros_time_override(RosTime(seconds=13))
    assert place(transforms, 'base_link').status is Status.FOUND
    node.clock.set_ros_time_override(RosTime(seconds=10))
    assert place(transforms, 'base_link').status is Status.NO_TF
    assert place(transforms, 'mount').status is Status.FOUND
    for sec in (9, 11):
        node.heard['/tf'](base_from_optical(sec))
    assert place(transforms, 'base_link').status is Status.FOUND


def test_pose_is_turned_into_the_target_frame(node):
    transforms = Transforms(node)
    transforms.listen()
    for sec in (9, 11):
        node.heard['/tf'](base_from_optical(sec))
    found = place(transforms, 'base_link')
    assert (found.status, found.frame, found.note) == (Status.FOUND, 'base_link', '')
    x, y, z = found.surface.centre
    assert found.position == pytest.approx([z, -x, 1 - y])
    assert found.axes[:, 2] == pytest.approx([-1, 0, 0], abs=1e-6)


def test_missing_transform_is_named(node):
    transforms = Transforms(node)
    transforms.listen()
    found = place(transforms, 'base_link')
    assert (found.status, found.position) == (Status.NO_TF, None)
    assert "no way from 'optical' to 'base_link'" in found.note
    assert found.surface is not None


@pytest.mark.parametrize('sec', [5, 15])
def test_transform_of_another_time_is_not_taken(node, sec):
    transforms = Transforms(node)
    transforms.listen()
    node.heard['/tf'](base_from_optical(sec))
    found = place(transforms, 'base_link')
    assert found.status is Status.NO_TF
    assert 'does not reach the time of the image' in found.note


@pytest.mark.parametrize(('secs', 'sentence'), [
    ((9, 8), 'The newest transform is 1.000 s behind the image (9.0 and 10.0 s).'),
    ((15,), 'The newest transform is 5.000 s ahead of the image (15.0 and 10.0 s).'),
    ((1_800_000_000,), 's ahead of the image (1800000000.0 and 10.0 s).'),
])
def test_transforms_of_another_clock_are_told_with_both_times(node, secs, sentence):
    transforms = Transforms(node)
    transforms.listen()
    for sec in secs:
        node.heard['/tf'](base_from_optical(sec))
    found = place(transforms, 'base_link')
    assert found.status is Status.NO_TF
    assert sentence in found.note
    assert 'by the same clock?' in found.note


def test_leading_slashes_of_frames_mean_nothing(node):
    transforms = Transforms(node)
    transforms.listen()
    for sec in (9, 11):
        node.heard['/tf'](base_from_optical(sec))
    for target in ('base_link', '/base_link'):
        placer = Placer(transforms, LiveSettings(Settings(target_frame=target)))
        header = Header(frame_id='/optical', stamp=HEADER.stamp)
        found = placer.place(locate(MASK, frame()), header)
        assert (found.status, found.frame, found.note) == (Status.FOUND, 'base_link', '')
    for target, source in (('/optical', 'optical'), ('optical', '/optical')):
        placer = Placer(Transforms(None), LiveSettings(Settings(target_frame=target)))
        found = placer.place(locate(MASK, frame()), Header(frame_id=source, stamp=HEADER.stamp))
        assert (found.status, found.frame) == (Status.FOUND, 'optical')


def test_transform_that_is_none_is_refused(node):
    transforms = Transforms(node)
    transforms.listen()
    for bad in (0.0, float('nan')):
        transform = base_from_optical(10)
        rotation = transform.transform.rotation
        rotation.x = rotation.y = rotation.z = rotation.w = bad
        transforms._buffer._known.clear()
        node.heard['/tf'](transform)
        found = place(transforms, 'base_link')
        assert (found.status, found.position) == (Status.NO_TF, None)
        assert "transform from 'optical' to 'base_link' in TF is none" in found.note


def test_after_waiting_in_vain_nobody_waits_for_tf_until_it_goes_on(node):
    transforms = Transforms(node)
    transforms.listen()

    def waited(sec):
        with suppress(TransformError):
            transforms.lookup('base_link', 'optical', Time(sec=sec))
        return transforms._buffer.timeouts[-1] > 0
    assert [waited(sec) for sec in (10, 11, 12)] == [True, False, False]
    # TF begins, but is a little behind each image, and then it stops.
    node.heard['/tf'](base_from_optical(13))
    assert waited(14)
    node.heard['/tf'](base_from_optical(14))
    assert waited(15)
    assert [waited(sec) for sec in (16, 17, 18)] == [False, False, False]
    # It goes on, and is found again.
    node.heard['/tf'](base_from_optical(18))
    node.heard['/tf'](base_from_optical(20))
    assert transforms.lookup('base_link', 'optical', Time(sec=19))
    assert waited(21)
    # Of another clock, that is ahead, nothing can come.
    node.heard['/tf'](base_from_optical(10**6))
    transforms._buffer._known[('base_link', 'optical')] = [base_from_optical(10**6)]
    assert not waited(22)


def test_without_tf2_the_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, 'tf2_ros', None)
    transforms = Transforms(Listening())
    transforms.listen()
    found = place(transforms, 'map')
    assert found.status is Status.NO_TF
    assert 'tf2_ros is not installed' in found.note


def test_without_depth_the_reason_is_passed_on():
    blind = Frame(np.zeros((48, 64, 3), np.uint8), position_note='Why.')
    placer = Placer(Transforms(None), LiveSettings(Settings(target_frame='map')))
    found = placer.place(locate(MASK, blind), HEADER)
    assert (found.status, found.note, found.surface) == (Status.NO_DEPTH, 'Why.', None)
