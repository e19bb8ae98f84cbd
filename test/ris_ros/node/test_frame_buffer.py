# SPDX-License-Identifier: Apache-2.0
"""Which colour image, depth and intrinsics are taken for one frame."""
from array import array
import re
import threading

from builtin_interfaces.msg import Time
import cv2
import numpy as np
import pytest
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import Header

from ris_ros.errors import FrameError
from ris_ros.geometry.location import locate
from ris_ros.node.conversions import from_pixels
from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.frame_matching import ArrivedImage
from ris_ros.node.image_converter import ImageConverter
from ris_ros.node.parameters import ImageGeometry, LiveSettings, Settings
from ris_ros.node.recent_images import RecentImages

SIZE = (4, 6)


def header(stamp):
    return Header(stamp=Time(sec=int(stamp), nanosec=round(stamp % 1 * 1e9)), frame_id='optical')


def colour(stamp, value=0, size=SIZE):
    return from_pixels(np.full((*size, 3), value, np.uint8), 'rgb8', header(stamp))


def depth(stamp, metres=1.0, size=SIZE):
    return from_pixels(np.full(size, metres, np.float32), '32FC1', header(stamp))


def info(size=SIZE, stamp=0.0, focal=5.0):
    return CameraInfo(header=header(stamp), width=size[1], height=size[0],
                      k=[focal, 0, 3, 0, focal, 2, 0, 0, 1])


class DarkConverter(ImageConverter):
    """Makes every image black and puts every depth a metre farther away."""

    def to_rgb(self, message, encoding):
        """Make it black."""
        return super().to_rgb(message, encoding) * 0

    def to_depth(self, message, encoding):
        """Put it farther away."""
        return super().to_depth(message, encoding) + 1


def test_raw_images_are_converted_by_the_converter_that_was_chosen():
    frames = FrameBuffer()
    frames.converter = DarkConverter()
    frames.add_colour(colour(1.0, 9), 1.0)
    frames.add_depth(depth(1.0, 2.0), 1.0)
    frame = frames.newest().frame
    assert (frame.image == 0).all()
    assert (frame.depth == 3).all()


class BlindConverter(ImageConverter):
    """Cannot read any depth."""

    def to_depth(self, message, encoding):
        """Refuse it."""
        raise FrameError('The depth cannot be read.')


def test_depth_that_cannot_be_converted_costs_the_position_and_not_the_image():
    frames = FrameBuffer()
    frames.converter = BlindConverter()
    frames.add_camera(info(), 0.0)
    frames.add_colour(colour(1.0, 9), 1.0)
    frames.add_depth(depth(1.0, 2.0), 1.0)
    frame = frames.newest().frame
    assert (frame.image == 9).all()
    assert frame.depth is None
    assert frame.position_note == 'The depth cannot be read.'


def test_without_an_image_there_is_a_sentence():
    with pytest.raises(FrameError, match='No image has been received'):
        FrameBuffer().newest()


def test_newest_image_comes_with_its_depth_and_camera():
    frames = FrameBuffer()
    frames.add_camera(info(), 0.0)
    for stamp in (1.0, 2.0):
        frames.add_colour(colour(stamp, int(stamp)), stamp)
        frames.add_depth(depth(stamp + .01, stamp), stamp)
    matched = frames.newest()
    assert (matched.frame.image == 2).all()
    assert (matched.frame.depth == 2).all()
    assert matched.frame.camera.fx == 5
    assert matched.frame.stamp == 2.0
    assert matched.header.frame_id == 'optical'
    assert matched.frame.position_note == ''


def test_image_with_depth_is_preferred_while_the_depth_of_a_newer_one_is_on_its_way():
    frames = FrameBuffer()
    frames.add_camera(info(), 0.0)
    frames.add_colour(colour(1.0, 1), 1.0)
    frames.add_depth(depth(1.0), 1.0)
    frames.add_colour(colour(1.1, 2), 1.1)
    assert frames.newest().frame.stamp == 1.0
    frames.add_depth(depth(1.1), 1.1)
    assert frames.newest().frame.stamp == 1.1


def test_when_depth_has_stopped_the_newest_image_is_taken_without():
    frames = FrameBuffer()
    frames.add_camera(info(), 0.0)
    frames.add_depth(depth(1.0), 1.0)
    for stamp in np.arange(2.0, 4.0, .1):
        frames.add_colour(colour(stamp), stamp)
    matched = frames.newest()
    assert matched.frame.stamp == pytest.approx(3.9)
    assert matched.frame.depth is None
    assert 'The nearest depth image is 2.900 s from the image' in matched.frame.position_note


def test_fresh_image_is_not_given_up_for_an_old_one_with_depth():
    frames = FrameBuffer()
    frames.add_camera(info(), 0.0)
    frames.add_depth(depth(1.0), 1.0)
    for stamp in (1.0, 2.0, 3.0):
        frames.add_colour(colour(stamp), stamp)
    assert frames.newest().frame.stamp == 3.0
    assert frames.newest().frame.depth is None


def test_depth_that_lags_by_many_fast_frames_still_finds_its_image():
    frames = FrameBuffer(LiveSettings(Settings(depth_max_skew=.01)))
    frames.add_camera(info(), 0.0)
    stamps = 1 + np.arange(30) / 30
    for index, stamp in enumerate(stamps):
        frames.add_colour(colour(stamp), stamp)
        if index >= 8:
            frames.add_depth(depth(stamps[index - 8]), stamp)
    matched = frames.newest()
    assert matched.frame.stamp == pytest.approx(stamps[-9])
    assert matched.frame.position_note == ''


def test_camera_info_that_comes_late_or_changes_is_taken_up():
    frames = FrameBuffer()
    frames.add_colour(colour(1.0), 1.0)
    frames.add_depth(depth(1.0), 1.0)
    without = frames.newest()
    assert 'No camera info' in without.frame.position_note
    frames.add_camera(info(), 0.0)
    matched = frames.newest()
    assert (matched.frame.position_note, matched.frame.camera.fx) == ('', 5)
    assert matched.key != without.key
    frames.add_camera(info(), 0.0)
    assert frames.newest() is matched
    wider = info()
    wider.k[0] = 4.0
    frames.add_camera(wider, 0.0)
    assert frames.newest().frame.camera.fx == 4


@pytest.mark.parametrize(('change', 'sentence'), [
    ({'k': [5.0, 0, 7, 0, 5, 2, 0, 0, 1]}, r'principal point \(7, 2\) lies outside .* 6 x 4'),
    ({'p': [5.0, 0, 3, 0, 0, 5, 2, 0, 0, 0, 1, 0], 'distortion_model': 'equidistant'},
     "fisheye model 'equidistant'.*rectified picture only")])
def test_a_doubtful_camera_info_is_named_once_and_in_each_note(change, sentence):
    said = []
    frames = FrameBuffer(warn=said.append)
    doubtful = info()
    for field, value in change.items():
        setattr(doubtful, field, value)
    for _ in range(3):
        frames.add_camera(doubtful, 0.0)
    frames.add_colour(colour(1.0), 1.0)
    frames.add_depth(depth(1.0), 1.0)
    frame = frames.newest().frame
    assert frame.camera.fx == 5
    assert len(said) == 1
    for text in (said[0], frame.position_note, frames.position_doubt):
        assert re.search(sentence, text)
    assert locate(np.ones(SIZE, bool), frame).note == frame.position_note


def test_a_camera_info_that_is_in_order_is_not_named():
    said = []
    cropped = info()
    cropped.width, cropped.height = 600, 400
    cropped.roi.x_offset, cropped.roi.width, cropped.roi.height = 300, SIZE[1], SIZE[0]
    for message in (info(), cropped):
        FrameBuffer(warn=said.append).add_camera(message, 0.0)
    assert not said


@pytest.mark.parametrize(('geometry', 'focal', 'distortion', 'note'), [
    (ImageGeometry.AUTO, 6, (), 'parameter image_geometry'),
    (ImageGeometry.RECTIFIED, 6, (), ''),
    (ImageGeometry.RAW, 5, (-.01, 0.0, 0.0, 0.0, 0.0), '')])
def test_a_lens_that_distorts_is_undone_in_a_raw_image_and_doubted_where_nothing_tells(
        geometry, focal, distortion, note):
    frames = FrameBuffer()
    frames.geometry = geometry
    message = info()
    message.d, message.distortion_model = [-.01, 0.0, 0.0, 0.0, 0.0], 'plumb_bob'
    message.p = [6.0, 0, 3, 0, 0, 6, 2, 0, 0, 0, 1, 0]
    frames.add_camera(message, 0.0)
    frames.add_colour(colour(1.0), 1.0)
    frames.add_depth(depth(1.0), 1.0)
    frame = frames.newest().frame
    assert (frame.camera.fx, frame.camera.distortion) == (focal, distortion)
    assert note in frame.position_note
    assert bool(note) == bool(frame.position_note)


def test_each_image_gets_the_intrinsics_of_its_own_time():
    frames = FrameBuffer()
    for stamp, focal in ((1.0, 5.0), (1.1, 9.0)):
        message = info()
        message.header, message.k[0] = header(stamp), focal
        frames.add_camera(message, 0.0)
    frames.add_colour(colour(1.0), 1.0)
    frames.add_depth(depth(1.0), 1.0)
    assert frames.newest().frame.camera.fx == 5
    frames.add_colour(colour(1.1), 1.1)
    frames.add_depth(depth(1.1), 1.1)
    assert frames.newest().frame.camera.fx == 9


def show(frames, stamp, focal=5.0):
    """Store all messages of a picture."""
    frames.add_camera(info(stamp=stamp, focal=focal), stamp)
    frames.add_colour(colour(stamp), stamp)
    frames.add_depth(depth(stamp), stamp)


@pytest.mark.parametrize('period', [.1, 2.0])
def test_after_a_zoom_no_image_is_placed_by_the_intrinsics_of_the_one_before(period):
    frames, heard = FrameBuffer(), []
    for number in range(3):
        show(frames, 1 + number * period)
    zoomed = 1 + 3 * period
    frames.add_colour(colour(zoomed), zoomed)
    frames.add_depth(depth(zoomed), zoomed)
    frames.listen(lambda: heard.append(1))
    if period < .3:
        assert frames.newest_placed().frame.stamp == pytest.approx(1 + 2 * period)
    else:
        assert frames.newest_placed() is None
        frame = frames.newest().frame
        assert frame.camera is None
        assert frame.position_note == 'The camera info of this image has not come yet.'
    frames.add_camera(info(stamp=zoomed, focal=9.0), zoomed)
    assert len(heard) == 1
    frame = frames.newest_placed().frame
    assert (frame.stamp, frame.camera.fx, frame.position_note) == (zoomed, 9.0, '')


def test_a_command_waits_for_the_camera_info_of_its_image():
    frames = FrameBuffer()
    for stamp in (2.0, 4.0, 6.0):
        show(frames, stamp)
    frames.add_colour(colour(8.0), 8.0)
    frames.add_depth(depth(8.0), 8.0)
    found = []
    waiting = threading.Thread(
        target=lambda: found.append(frames.await_newest(60.0)), daemon=True)
    waiting.start()
    assert waiting.is_alive()
    frames.add_camera(info(stamp=8.0), 8.0)
    waiting.join(timeout=30)
    assert found[0].frame.camera.fx == 5


@pytest.mark.parametrize('stamps', [(0.0,), (1.0,), (1.0, 3.0), (1.0, 1.05, 1.15, 1.25)])
def test_camera_infos_that_come_without_regard_to_images_are_not_waited_for(stamps):
    frames = FrameBuffer()
    for stamp in stamps:
        frames.add_camera(info(stamp=stamp), 1.0)
    for stamp in (1.0, 2.0, 3.0, 4.0):
        frames.add_colour(colour(stamp), stamp)
        frames.add_depth(depth(stamp), stamp)
        assert frames.newest_placed().frame.stamp == stamp
        assert frames.newest().frame.camera.fx == 5


def test_a_camera_info_that_is_lost_costs_one_image_at_most():
    frames = FrameBuffer()
    for stamp in (2.0, 4.0, 6.0):
        show(frames, stamp)
    for stamp in (8.0, 10.0):
        frames.add_colour(colour(stamp), stamp)
        frames.add_depth(depth(stamp), stamp)
    assert frames.newest_placed().frame.camera.fx == 5


def test_an_image_is_told_of_again_when_its_camera_info_comes_last():
    frames, heard = FrameBuffer(), []
    for stamp in (1.0, 1.1, 1.2):
        show(frames, stamp)
    frames.add_colour(colour(1.3), 1.3)
    frames.add_depth(depth(1.3), 1.3)
    assert frames.newest_placed().frame.stamp == 1.2
    frames.listen(lambda: heard.append(frames.newest_placed().frame.stamp))
    frames.add_camera(info(stamp=1.3), 1.3)
    frames.add_camera(info(stamp=1.7), 1.7)  # of no image, and it says nothing new
    assert heard == [1.3]


@pytest.mark.parametrize('late', [3.0, .5])
def test_a_camera_info_that_comes_again_takes_none_from_a_newer_image(late):
    frames = FrameBuffer()
    for stamp in (1.0, 2.0, 3.0, 4.0):
        show(frames, stamp)
    frames.add_camera(info(stamp=late), 4.1)
    frame = frames.newest_placed().frame
    assert (frame.stamp, frame.camera.fx) == (4.0, 5.0)


def test_camera_infos_that_come_later_than_the_next_image_are_waited_for_all_the_same():
    frames, placed = FrameBuffer(), []
    stamps = [1 + number / 30 for number in range(20)]
    for number, stamp in enumerate(stamps):
        frames.add_colour(colour(stamp), stamp)
        frames.add_depth(depth(stamp), stamp)
        if number >= 2:
            focal = 9.0 if number >= 12 else 5.0
            frames.add_camera(info(stamp=stamps[number - 2], focal=focal), stamp)
        if number >= 6:
            placed.append(frames.newest_placed().frame)
    assert [frame.stamp for frame in placed] == pytest.approx(stamps[4:-2])
    assert [frame.camera.fx for frame in placed] == [5.0] * 6 + [9.0] * 8


def test_an_image_without_depth_is_the_same_before_and_after_its_camera_info():
    frames = FrameBuffer()
    for stamp in (1.0, 2.0, 3.0):
        frames.add_colour(colour(stamp), stamp)
        before = frames.newest().key
        frames.add_camera(info(stamp=stamp), stamp)
    assert frames.newest().key == before


def test_an_image_is_not_passed_over_where_another_one_has_depth_of_its_stamp_by_chance():
    frames = FrameBuffer()
    frames.add_depth(depth(1.0), 1.0)
    for stamp in (1.0, 1.033, 1.067):
        frames.add_colour(colour(stamp), stamp)
    frames.add_depth(depth(1.05), 1.05)
    assert frames.newest().frame.stamp == 1.067


def test_depth_of_an_images_own_stamp_goes_before_that_of_the_image_before():
    frames = FrameBuffer()
    for stamp in (1.0, 1.03):
        frames.add_colour(colour(stamp), stamp)
        frames.add_depth(depth(stamp, stamp), stamp)
    frames.add_colour(colour(1.06), 1.06)
    frame = frames.newest().frame
    assert (frame.stamp, frame.depth[0, 0]) == (1.03, pytest.approx(1.03))
    frames.add_depth(depth(1.06, 1.06), 1.06)
    frame = frames.newest().frame
    assert (frame.stamp, frame.depth[0, 0]) == (1.06, pytest.approx(1.06))


def test_an_image_without_a_stamp_is_of_the_time_of_its_arrival():
    frames = FrameBuffer()
    frames.add_colour(colour(0.0), 1234.5)
    frames.add_depth(depth(0.0), 1234.5)
    matched = frames.newest()
    assert matched.header.stamp == Time(sec=1234, nanosec=500_000_000)
    assert matched.frame.stamp == 1234.5
    assert matched.frame.depth is not None


def test_the_first_camera_info_is_waited_for_after_each_activation():
    frames = FrameBuffer(beginning=3600.0)
    for activation in range(2):
        frames.add_colour(colour(1.0), 1.0)
        frames.add_depth(depth(1.0), 1.0)
        assert frames.newest_placed() is None, activation
        frames.add_camera(info(), 0.0)
        assert frames.newest_placed().frame.camera is not None
        frames.clear()


def test_large_images_are_kept_by_their_bytes():
    images = RecentImages()
    for number in range(20):
        images.add(ArrivedImage(Image(data=array('B', bytes(30_000_000))), None, number, 1.0))
    assert [image.number for image in images] == [17, 18, 19]
    for number in range(20, 60):
        images.add(ArrivedImage(colour(1.0), None, number, 1.0))
    assert [image.number for image in images] == list(range(48, 60))


def test_allowed_skew_can_change():
    settings = LiveSettings(Settings(depth_max_skew=.05))
    frames = FrameBuffer(settings)
    frames.add_camera(info(), 0.0)
    frames.add_colour(colour(1.0), 1.0)
    frames.add_depth(depth(1.2), 1.2)
    assert frames.newest().frame.depth is None
    settings.value = Settings(depth_max_skew=.3)
    assert frames.newest().frame.depth is not None


@pytest.mark.parametrize(('build', 'sentence'), [
    (lambda f: f.add_camera(info(), 0.0), 'No depth image has been received'),
    (lambda f: (f.add_camera(info(), 0.0), f.add_depth(depth(1.0, size=(2, 3)), 1.0)),
     'depth image has 3 x 2 pixels but the image has 6 x 4'),
    (lambda f: (f.add_camera(info(), 0.0), f.add_depth(colour(1.0), 1.0)),
     "depth image has the unknown encoding 'rgb8'"),
    (lambda f: f.add_depth(depth(1.0), 1.0), 'No camera info'),
    (lambda f: (f.add_camera(info((8, 8)), 0.0), f.add_depth(depth(1.0), 1.0)),
     'camera info is for 8 x 8 pixels'),
    (lambda f: (f.add_camera(CameraInfo(width=6, height=4), 0.0), f.add_depth(depth(1.0), 1.0)),
     'calibrated'),
])
def test_without_usable_depth_or_camera_there_is_the_image_and_the_reason(build, sentence):
    frames = FrameBuffer()
    build(frames)
    frames.add_colour(colour(1.0, 9), 1.0)
    matched = frames.newest()
    assert (matched.frame.image == 9).all()
    assert sentence in matched.frame.position_note


@pytest.mark.parametrize('of', ['image', 'depth', 'info'])
def test_one_leading_slash_of_a_frame_means_nothing(of):
    messages = {'image': colour(1.0), 'depth': depth(1.0), 'info': info()}
    messages['info'].header = header(1.0)
    messages[of].header = Header(stamp=header(1.0).stamp, frame_id='/optical')
    frames = FrameBuffer()
    frames.add_camera(messages['info'], 0.0)
    frames.add_colour(messages['image'], 1.0)
    frames.add_depth(messages['depth'], 1.0)
    frame = frames.newest().frame
    assert (frame.has_points, frame.position_note) == (True, '')
    frames.add_depth(depth(1.0), 1.0)
    messages[of].header = Header(stamp=header(1.0).stamp, frame_id='//optical')
    frames.add_camera(messages['info'], 0.0)
    frames.add_colour(messages['image'], 1.0)
    frames.add_depth(messages['depth'], 1.0)
    assert "'//optical'" in frames.newest().frame.position_note


def test_broken_image_does_not_hide_the_good_one_before_it():
    frames = FrameBuffer()
    frames.add_colour(colour(1.0, 1), 1.0)
    broken = colour(2.0, 2)
    broken.step = 1
    frames.add_colour(broken, 2.0)
    assert frames.newest().frame.stamp == 1.0
    assert 'step 1' in frames.rejection
    frames.add_colour(colour(3.0, 3), 3.0)
    assert frames.rejection == ''


def test_only_broken_images_give_their_reason():
    frames = FrameBuffer()
    frames.add_colour(Image(encoding='rgb8'), 1.0)
    with pytest.raises(FrameError, match='is empty: it has 0 x 0 pixels'):
        frames.newest()


def test_broken_compressed_image_does_not_hide_the_good_one_before_it():
    frames = FrameBuffer()
    good = cv2.imencode('.png', np.full((*SIZE, 3), 7, np.uint8))[1]
    frames.add_colour(CompressedImage(
        header=header(1.0), format='png', data=array('B', good.tobytes())), 1.0)
    frames.add_colour(CompressedImage(
        header=header(2.0), format='png', data=array('B', b'broken')), 2.0)
    assert frames.newest().frame.stamp == 1.0
    assert 'cannot be decoded' in frames.rejection


def test_image_without_a_stamp_has_the_time_of_its_arrival():
    frames = FrameBuffer()
    frames.add_colour(colour(0.0), 12.5)
    assert frames.newest().frame.stamp == 12.5


def test_same_frame_has_the_same_key_and_a_new_one_another():
    frames = FrameBuffer()
    frames.add_colour(colour(1.0), 1.0)
    first = frames.newest()
    assert frames.newest() is first
    frames.add_colour(colour(1.0), 1.0)
    assert frames.newest().key != first.key


def test_clear_forgets_the_images():
    frames = FrameBuffer()
    frames.add_colour(colour(1.0), 1.0)
    frames.clear()
    assert frames.newest_stamp() is None
    with pytest.raises(FrameError, match='No image'):
        frames.newest()


def test_depth_on_its_way_is_waited_for():
    frames = FrameBuffer()
    frames.add_camera(info(), 0.0)
    frames.add_depth(depth(1.0), 1.0)
    frames.add_colour(colour(2.0), 2.0)
    assert frames.newest_placed() is None
    found = []
    waiting = threading.Thread(
        target=lambda: found.append(frames.await_newest(60.0)), daemon=True)
    waiting.start()
    assert waiting.is_alive()
    frames.add_depth(depth(2.0), 2.0)
    waiting.join(timeout=30)
    assert not waiting.is_alive()
    assert found[0].frame.depth is not None
    assert frames.newest_placed() is found[0]


@pytest.mark.parametrize('depths', [(), (2.0,), (1.9, 2.01), (-9.0,)])
def test_depth_that_is_there_or_does_not_come_is_not_waited_for(depths):
    frames = FrameBuffer(beginning=0.0)
    for stamp in depths:
        frames.add_depth(depth(stamp + 10), stamp)
    frames.add_colour(colour(12.0), 2.0)
    waiting = threading.Thread(target=frames.await_newest, args=(60.0,), daemon=True)
    waiting.start()
    waiting.join(timeout=30)
    assert not waiting.is_alive()
    assert frames.newest_placed() is frames.newest()
