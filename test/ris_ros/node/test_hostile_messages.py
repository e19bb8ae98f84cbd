# SPDX-License-Identifier: Apache-2.0
"""Messages of every field: a right value or a sentence, no other exception, and little memory."""
from pathlib import Path
import sys

from builtin_interfaces.msg import Time
import cv2
from damage import FEW, damaged
from geometry_msgs.msg import Quaternion, Transform, TransformStamped, Vector3
from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest
from rclpy.clock import ROSClock
from rclpy.serialization import serialize_message
from sensor_msgs.msg import CameraInfo, CompressedImage, Image, RegionOfInterest
from std_msgs.msg import Header

from ris_ros.errors import FrameError
from ris_ros.frame import CameraModel, Frame
from ris_ros.geometry.location import locate
from ris_ros.grounding.result import Grounding
from ris_ros.node.command import Answer, Command
from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.frame_matching import MatchedFrame
from ris_ros.node.held_target import TrackedTarget
from ris_ros.node.image_clock import ImageClock
from ris_ros.node.image_encodings import COLOUR, DEPTH
from ris_ros.node.intrinsics import Intrinsics
from ris_ros.node.messages import to_grounding, to_target_messages
from ris_ros.node.parameters import LiveSettings, Settings
from ris_ros.node.placing import Placer
from ris_ros.node.transforms import Transforms
from ris_ros.status import Status
from ris_ros.tracking.tracker import Track

ENCODINGS = {**COLOUR, **DEPTH}
# As they come over DDS: no half surrogate pairs.
TEXTS = st.text(st.characters(exclude_categories=['Cs']), max_size=12)
COUNTS = st.integers(0, 2**32 - 1) | st.sampled_from([0, 1, 2, 4, 2**31]) | st.integers(1, 40)
NUMBERS = st.floats() | st.floats(-1e3, 1e3) | st.sampled_from(
    [0.0, 5e-324, 1e-300, 1e300, float('nan'), float('inf')])
STAMPS = st.builds(Time, sec=st.integers(-2**31, 2**31 - 1) | st.integers(-2, 40),
                   nanosec=st.integers(0, 2**32 - 1) | st.integers(0, 10**9))
FRAMES = TEXTS | st.sampled_from(['', '/', 'optical', '/optical', 'base_link'])
HEADERS = st.builds(Header, stamp=STAMPS, frame_id=FRAMES)
ANY_IMAGES = st.builds(
    Image, header=HEADERS, height=COUNTS, width=COUNTS, step=COUNTS,
    encoding=TEXTS | st.sampled_from(sorted(ENCODINGS)), is_bigendian=st.integers(0, 255),
    data=st.binary(max_size=300))
REGIONS = st.builds(RegionOfInterest, x_offset=COUNTS, y_offset=COUNTS, width=COUNTS, height=COUNTS)
INFOS = st.builds(
    CameraInfo, header=HEADERS, height=COUNTS, width=COUNTS, binning_x=COUNTS, binning_y=COUNTS,
    distortion_model=TEXTS | st.sampled_from(['plumb_bob', 'equidistant', '']),
    d=st.lists(NUMBERS, max_size=6), roi=st.just(RegionOfInterest()) | REGIONS,
    k=st.lists(NUMBERS, min_size=9, max_size=9), p=st.lists(NUMBERS, min_size=12, max_size=12))
RNG = np.random.default_rng(0)
PICTURE = RNG.integers(0, 256, (12, 16, 3), np.uint8)
FILES = [cv2.imencode(suffix, PICTURE)[1].tobytes() for suffix in ('.png', '.jpg', '.bmp', '.tiff')]


@st.composite
def whole_images(draw, encodings):
    """Draw an image whose fields fit together, with any bytes for pixels."""
    encoding = draw(st.sampled_from(sorted(encodings)))
    kind = ENCODINGS[encoding]
    width, height = draw(st.integers(1, 20)), draw(st.integers(1, 20))
    step = width * kind.bytes_per_pixel + draw(st.sampled_from([0, 0, 3]))
    size = step * kind.rows(height)
    data = draw(st.binary(min_size=1, max_size=16))
    return Image(header=draw(HEADERS), height=height, width=width, step=step, encoding=encoding,
                 is_bigendian=draw(st.integers(0, 1)), data=(data * size)[:size])


COMPRESSED = st.builds(CompressedImage, header=HEADERS, format=TEXTS | st.sampled_from(
    ['jpeg', 'rgb8; jpeg compressed rgb8']), data=damaged(FILES) | st.binary(max_size=50))


def target_messages(location, frame, header):
    """Return the messages on an object that fills a frame."""
    mask = np.ones(frame.size, bool)
    track = Track(Status.FOUND, '', 1.0, mask)
    return to_target_messages(
        TrackedTarget('a', MatchedFrame(header, frame, (1, 0, 0)), track), location)




def check_place(location, frame, header):
    """Check that an object's place can be told: finite numbers, or why there are none."""
    assert location.status in (Status.FOUND, Status.NO_DEPTH, Status.NO_TF)
    assert (location.position is None) == (location.status is not Status.FOUND)
    if location.position is None:
        assert location.note
    else:
        for values in (location.position, location.covariance, location.axes, location.size):
            assert np.isfinite(values).all()
    messages = target_messages(location, frame, header)
    for message in (messages.target, messages.mask, messages.centroid, messages.pose):
        if message is not None:
            serialize_message(message)


@FEW
@given(st.lists(ANY_IMAGES | whole_images(COLOUR) | COMPRESSED, min_size=1, max_size=3),
       st.lists(ANY_IMAGES | whole_images(DEPTH), max_size=2), st.lists(INFOS, max_size=2))
def test_camera_of_every_field_gives_a_frame_or_a_sentence(colours, depths, infos):
    buffer = FrameBuffer(beginning=0.0)
    for message in infos:
        buffer.add_camera(message, 0.0)
    for message in depths:
        buffer.add_depth(message, 1.0)
    for message in colours:
        buffer.add_colour(message, 1.0)
    assert isinstance(buffer.position_fault, str)
    clock = ImageClock(LiveSettings(Settings()), lambda: 5.0, lambda: False)
    if (stamp := buffer.newest_stamp()) is not None:
        assert isinstance(clock.fault(stamp), str)
    try:
        matched = buffer.newest()
    except FrameError:
        return
    frame = matched.frame
    assert frame.image.shape == (*frame.size, 3)
    # No message of some hundred bytes makes a frame of megabytes.
    assert frame.image.nbytes < 2**20
    assert frame.has_points or frame.position_note
    place = locate(np.ones(frame.size, bool), frame)
    check_place(Placer(Transforms(None), LiveSettings(Settings())).place(place, matched.header),
                frame, matched.header)


def deep_frame(camera):
    return Frame(PICTURE, np.linspace(.5, 1.5, PICTURE[..., 0].size, dtype=np.float32).reshape(
        PICTURE.shape[:2]), camera)


@FEW
@given(INFOS, st.booleans())
def test_camera_info_of_every_number_gives_finite_positions_or_a_reason(info, is_size_right):
    if is_size_right:
        info.height, info.width, info.roi = *PICTURE.shape[:2], RegionOfInterest()
        info.binning_x = info.binning_y = 0
    intrinsics = Intrinsics.read(info)
    header = Header(frame_id=info.header.frame_id)
    reason = intrinsics.misfit(header, *PICTURE.shape[:2])
    assert bool(reason) or intrinsics.camera is not None
    if not reason:
        frame = deep_frame(intrinsics.camera)
        check_place(locate(np.ones(frame.size, bool), frame), frame, header)


@FEW
@given(st.binary(min_size=4, max_size=64))
def test_depth_of_every_number_gives_finite_positions_or_a_reason(data):
    size = PICTURE.shape[:2]
    values = np.frombuffer((data * 800)[:4 * size[0] * size[1]], np.float32).reshape(size)
    frame = Frame(PICTURE, values, CameraModel(20.0, 20.0, 7.5, 5.5, size[1], size[0]))
    check_place(locate(np.ones(size, bool), frame), frame, Header())


@pytest.fixture
def stand_in(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).with_name('stand_ins')))
    yield
    sys.modules.pop('tf2_ros', None)


class Listening:
    """Stands for the node that TF's listener subscribes with."""

    def create_subscription(self, kind, topic, callback, qos):
        """Keep the callback."""
        self.hear = callback

    def get_clock(self):
        """Return a clock of its own."""
        return ROSClock()


@FEW
@given(st.lists(NUMBERS, min_size=7, max_size=7), HEADERS, FRAMES)
def test_transform_and_header_of_every_value_give_a_place_or_a_reason(
        stand_in, numbers, header, target):
    x, y, z, w, *translation = numbers
    node = Listening()
    transforms = Transforms(node)
    transforms.listen()
    transform = Transform(rotation=Quaternion(x=x, y=y, z=z, w=w),
                          translation=Vector3(**dict(zip('xyz', translation, strict=True))))
    for sec in (0, 2**31 - 1):
        node.hear(TransformStamped(
            header=Header(frame_id=target.removeprefix('/'), stamp=Time(sec=sec)),
            child_frame_id=header.frame_id.removeprefix('/'), transform=transform))
    frame = deep_frame(CameraModel(20.0, 20.0, 7.5, 5.5, 16, 12))
    placer = Placer(transforms, LiveSettings(Settings(target_frame=target)))
    place = placer.place(locate(np.ones(frame.size, bool), frame), header)
    check_place(place, frame, header)


@FEW
@given(TEXTS, TEXTS, STAMPS, st.sampled_from(list(Status)), NUMBERS)
def test_command_of_every_text_and_id_can_be_answered(text, id_, stamp, status, number):
    grounding = Grounding(status, f'It is {text!r}.', text or None, margin=number)
    message = to_grounding(Answer(Command(id_, text, stamp), grounding))
    assert (message.command, message.command_id) == (text, id_)
    serialize_message(message)
