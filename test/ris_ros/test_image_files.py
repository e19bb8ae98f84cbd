# SPDX-License-Identifier: Apache-2.0
"""Files in and out: pictures, depth and calibrations."""
from contextlib import ExitStack
import struct
import subprocess
import sys
import zlib

import cv2
import numpy as np
from PIL import Image
import pytest

from ris_ros.errors import FrameError
from ris_ros.image_files import (
    OpenCvSilence,
    file_slug,
    read_camera,
    read_depth,
    read_image,
    read_pixels,
    write_film,
    write_image,
)

CALIBRATION = """
image_width: 640
image_height: 480
camera_matrix: {rows: 3, cols: 3, data: [600., 0, 320., 0, 601., 240., 0, 0, 1]}
"""


def test_picture_round_trip_keeps_rgb(tmp_path):
    image = np.random.default_rng(0).integers(0, 256, (12, 16, 3), np.uint8)
    write_image(tmp_path / 'new' / 'a.png', image)
    np.testing.assert_array_equal(read_image(tmp_path / 'new' / 'a.png'), image)


def test_depth_in_millimetres_becomes_metres(tmp_path):
    write_image(tmp_path / 'd.png', np.array([[0, 1500], [2, 65535]], np.uint16))
    np.testing.assert_allclose(read_depth(tmp_path / 'd.png'), [[0, 1.5], [0.002, 65.535]])


def test_depth_in_metres(tmp_path):
    np.save(tmp_path / 'd.npy', np.array([[0.5]]))
    assert read_depth(tmp_path / 'd.npy').dtype == np.float32


def test_camera(tmp_path):
    (tmp_path / 'k.yaml').write_text(CALIBRATION)
    camera = read_camera(tmp_path / 'k.yaml')
    assert (camera.fx, camera.fy, camera.cx, camera.cy) == (600, 601, 320, 240)
    assert (camera.width, camera.height) == (640, 480)


P = """
projection_matrix: {rows: 3, cols: 4, data: [550., 0, 310., 0, 0, 551., 235., 0, 0, 0, 1, 0]}
"""
FISHEYE = 'distortion_model: equidistant\n'


def read_calibration(tmp_path, text):
    (tmp_path / 'k.yaml').write_text(text)
    return read_camera(tmp_path / 'k.yaml')


def test_the_projection_of_the_rectified_picture_is_taken_as_in_the_node(tmp_path, caplog):
    camera = read_calibration(tmp_path, CALIBRATION + P)
    assert (camera.fx, camera.fy, camera.cx, camera.cy) == (550, 551, 310, 235)
    empty = 'projection_matrix: {rows: 3, cols: 4, data: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]}'
    assert read_calibration(tmp_path, CALIBRATION + empty).fx == 600
    assert not caplog.records


def test_a_fisheye_without_projection_is_refused_and_with_it_named(tmp_path, caplog):
    with pytest.raises(FrameError, match=r"k\.yaml .*fisheye model 'equidistant'.*rectify"):
        read_calibration(tmp_path, CALIBRATION + FISHEYE)
    assert read_calibration(tmp_path, CALIBRATION + FISHEYE + P).fx == 550
    assert "fisheye model 'equidistant'" in caplog.text
    assert 'rectified picture only' in caplog.text


DISTORTION = """
distortion_coefficients: {rows: 1, cols: 5, data: [-.3, .1, 0, 0, 0]}
"""


def test_distortion_that_no_projection_takes_away_is_named(tmp_path, caplog):
    read_calibration(tmp_path, CALIBRATION + DISTORTION)
    assert 'without the distortion' in caplog.text


def test_distortion_beside_a_projection_is_named_once_as_the_picture_may_be_raw(tmp_path, caplog):
    read_calibration(tmp_path, CALIBRATION + DISTORTION.replace('-.3, .1', '0, 0') + P)
    assert not caplog.records
    read_calibration(tmp_path, CALIBRATION + DISTORTION + P)
    assert len(caplog.records) == 1
    assert 'its P is taken, so the picture must be rectified' in caplog.text
    assert 'rectify a raw one first, as image_proc does' in caplog.text
    caplog.clear()
    read_calibration(tmp_path, CALIBRATION + DISTORTION + FISHEYE + P)
    assert len(caplog.records) == 1


def test_a_principal_point_outside_the_picture_is_named(tmp_path, caplog):
    for wrong in ('700.', '-3'):
        caplog.clear()
        assert read_calibration(tmp_path, CALIBRATION.replace('320.', wrong)).cx == float(wrong)
        assert 'lies outside the picture of 640 x 480' in caplog.text


@pytest.mark.parametrize(('old', 'new'), [
    ('600.', '.nan'), ('240.', '.inf'), ('600.', '-600.'), ('640', '0'), ('640', '.inf'),
    ('640', '-4'), ('640', 'yes'), ('640', '640.5'), ('[600.,', '[600., 1,'), ('480', '[480]'),
    ('{rows: 3, cols: 3, data: [600., 0, 320., 0, 601., 240., 0, 0, 1]}', '{data: 600123456}'),
    ('{rows: 3, cols: 3, data: [600., 0, 320., 0, 601., 240., 0, 0, 1]}', '[' * 5000),
    ('601.', '!!python/object/apply:os.getcwd []')])
def test_calibrations_of_no_camera_are_a_sentence(tmp_path, old, new):
    with pytest.raises(FrameError, match=r'The camera file .*k\.yaml cannot be'):
        read_calibration(tmp_path, CALIBRATION.replace(old, new))


@pytest.mark.parametrize('content', [b'', b'no picture', b'\x89PNG broken'])
def test_broken_pictures_are_a_sentence(tmp_path, content):
    (tmp_path / 'x.png').write_bytes(content)
    with pytest.raises(FrameError, match='not a picture'):
        read_image(tmp_path / 'x.png')


def test_a_broken_picture_prints_nothing_beside_its_sentence(tmp_path, capfd):
    good = tmp_path / 'good.png'
    write_image(good, np.zeros((40, 40, 3), np.uint8))
    (tmp_path / 'x.png').write_bytes(good.read_bytes()[:40])
    with pytest.raises(FrameError, match='not a picture'):
        read_image(tmp_path / 'x.png')
    assert 'WARN' not in capfd.readouterr().err


def test_a_binary_file_in_place_of_a_calibration_is_a_short_sentence(tmp_path):
    (tmp_path / 'k.yaml').write_bytes(bytes(range(256)) * 4000)
    with pytest.raises(FrameError, match='expected a ROS calibration') as caught:
        read_camera(tmp_path / 'k.yaml')
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize('kind', [np.float32, np.float64])
def test_millimetres_in_floats_are_refused(tmp_path, kind):
    depth = np.full((4, 4), 940, kind)
    depth[0] = np.nan
    np.save(tmp_path / 'd.npy', depth)
    with pytest.raises(FrameError, match=r'beyond 940 m; expected metres.* divide them by 1000'):
        read_depth(tmp_path / 'd.npy')
    depth[2:] = np.nan
    depth[1] = [4, 4, 4, 900]  # one far pixel changes nothing
    np.save(tmp_path / 'd.npy', depth)
    assert read_depth(tmp_path / 'd.npy')[1, 0] == 4


def test_a_calibration_without_numbers_is_a_sentence(tmp_path):
    (tmp_path / 'k.yaml').write_text(CALIBRATION.replace('600.', 'wide'))
    with pytest.raises(FrameError, match='calibration'):
        read_camera(tmp_path / 'k.yaml')


def test_a_file_that_is_no_calibration_is_told_what_it_lacks(tmp_path):
    (tmp_path / 'k.yaml').write_text('ris_camera: {ros__parameters: {rate: 10.0}}')
    with pytest.raises(FrameError, match=r'cannot be read \(no camera_matrix\); expected a ROS'):
        read_camera(tmp_path / 'k.yaml')


def test_missing_file_is_a_sentence(tmp_path):
    for read in (read_image, read_depth):
        with pytest.raises(FrameError, match='cannot be opened'):
            read(tmp_path / 'none.png')
    with pytest.raises(FrameError, match='cannot be read'):
        read_camera(tmp_path / 'none.yaml')


def test_eight_bit_depth_is_refused(tmp_path):
    write_image(tmp_path / 'd.png', np.zeros((4, 4), np.uint8))
    with pytest.raises(FrameError, match='16-bit'):
        read_depth(tmp_path / 'd.png')


@pytest.mark.parametrize(('depth', 'sentence'), [
    (np.ones((4, 4), np.uint16), r'type uint16 .*metres. Convert millimetres .* / 1000'),
    (np.ones((4, 4), np.int64), '/ 1000'), (np.ones((4, 4), complex), 'one number'),
    (np.zeros((4, 4), [('x', 'f4'), ('y', 'i2')]), 'one number'),
    (np.ones((4, 4, 1), np.float32), r'shape \(4, 4, 1\)'), (np.float32(1), r'shape \(\)')])
def test_arrays_that_are_no_metres_are_refused(tmp_path, depth, sentence):
    np.save(tmp_path / 'd.npy', depth)
    with pytest.raises(FrameError, match=sentence):
        read_depth(tmp_path / 'd.npy')


def test_a_header_cannot_ask_for_more_than_the_file_holds(tmp_path):
    np.save(tmp_path / 'd.npy', np.ones((4, 4), np.float32))
    data = (tmp_path / 'd.npy').read_bytes()
    for shape in (b'(99999999, 99999999)', b'(44444, 44444)', b'(((((((', b'("a", 4)'):
        spare = len(shape) - len(b'(4, 4)')
        (tmp_path / 'd.npy').write_bytes(
            data.replace(b'(4, 4)' + b', }' + b' ' * spare, shape + b', }'))
        with pytest.raises(FrameError, match=r'cannot be read as \.npy'):
            read_depth(tmp_path / 'd.npy')


def png_header(width, height):
    """Return a PNG of the header alone, which says any size."""
    def chunk(kind, data):
        return (struct.pack('>I', len(data)) + kind + data
                + struct.pack('>I', zlib.crc32(kind + data)))
    return (b'\x89PNG\r\n\x1a\n'
            + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0))
            + chunk(b'IDAT', zlib.compress(bytes(30))) + chunk(b'IEND', b''))


@pytest.mark.parametrize('side', [12000, 30000, 100000, 2 ** 31 - 1])
def test_a_header_of_a_vast_picture_is_refused(tmp_path, side):
    (tmp_path / 'x.png').write_bytes(png_header(side, side))
    for read in (read_image, read_depth):
        with pytest.raises(FrameError, match=r'too large|not a picture'):
            read(tmp_path / 'x.png')


def test_no_message_and_no_file_of_any_format_takes_gigabytes(tmp_path):
    (tmp_path / 'x.png').write_bytes(png_header(12000, 12000))
    code = ('import ris_ros, cv2, sys, numpy\n'
            'cv2.imdecode(numpy.fromfile(sys.argv[1], numpy.uint8), 1)')
    done = subprocess.run([sys.executable, '-c', code, str(tmp_path / 'x.png')],
                          capture_output=True, text=True, check=False)
    assert 'CV_IO_MAX_IMAGE_PIXELS' in done.stderr


def test_opencv_logs_as_before_when_two_threads_have_read_at_once():
    logs = cv2.utils.logging
    before = logs.getLogLevel()
    silence = OpenCvSilence()
    first, second = ExitStack(), ExitStack()
    first.enter_context(silence)
    second.enter_context(silence)
    first.close()
    assert logs.getLogLevel() == logs.LOG_LEVEL_SILENT
    second.close()
    assert logs.getLogLevel() == before != logs.LOG_LEVEL_SILENT


@pytest.mark.parametrize('orientation', range(1, 9))
@pytest.mark.parametrize('suffix', ['jpg', 'png', 'webp'])
def test_no_orientation_turns_a_picture(tmp_path, caplog, suffix, orientation):
    pixels = np.zeros((16, 32, 3), np.uint8)
    pixels[:8, :8] = 255
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {'jpg': {'quality': 95}, 'png': {}, 'webp': {'lossless': True}}[suffix]
    path = tmp_path / f'x.{suffix}'
    Image.fromarray(pixels).save(path, exif=exif, **options)
    np.testing.assert_allclose(read_image(path), pixels, atol=30)
    assert read_pixels(path, cv2.IMREAD_UNCHANGED).shape == pixels.shape
    said = [record.getMessage() for record in caplog.records]
    assert all(f'orientation {orientation}' in text and 'not turned' in text for text in said)
    assert bool(said) == (orientation != 1)


def test_depth_with_an_orientation_stays_with_its_picture(tmp_path):
    depth = np.arange(12, dtype=np.uint16).reshape(3, 4)
    exif = Image.Exif()
    exif[0x0112] = 3
    Image.fromarray(depth).save(tmp_path / 'd.png', exif=exif)
    np.testing.assert_allclose(read_depth(tmp_path / 'd.png'), depth / 1000)


def test_a_turned_tiff_is_refused(tmp_path):
    # OpenCV turns it whatever it is asked for.
    picture = Image.fromarray(np.zeros((4, 6, 3), np.uint8))
    picture.save(tmp_path / 'a.tiff', tiffinfo={274: 6})
    with pytest.raises(FrameError, match='orientation 6'):
        read_image(tmp_path / 'a.tiff')
    picture.save(tmp_path / 'b.tiff')
    assert read_image(tmp_path / 'b.tiff').shape == (4, 6, 3)


def test_a_text_becomes_a_part_of_a_file_name():
    assert file_slug('Pick up the RED mug, please!') == 'pick_up_the_red_mug_please'
    assert len(file_slug('mug ' * 100)) <= 40
    assert file_slug('赤い') == 'empty'


def test_film_has_every_picture_at_its_rate(tmp_path):
    noise = np.random.default_rng(0).integers(0, 60, (12, 16, 3), np.uint8)
    images = [noise + np.uint8(level) for level in (0, 60, 120, 180)]
    write_film(tmp_path / 'new' / 'f.gif', images, 4.0)
    with Image.open(tmp_path / 'new' / 'f.gif') as film:
        assert film.n_frames == len(images)
        for number, image in enumerate(images):
            film.seek(number)
            assert film.info['duration'] == 250
            assert abs(np.array(film.convert('RGB')).mean() - image.mean()) < 20
