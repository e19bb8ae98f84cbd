# SPDX-License-Identifier: Apache-2.0
"""Images in every encoding, with padding and in either byte order, against known pixels."""
from array import array
import tracemalloc

import cv2
import numpy as np
import pytest
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import Header

from ris_ros.errors import FrameError
from ris_ros.node.conversions import (
    compressed_to_rgb,
    from_mask,
    from_pixels,
    to_camera_model,
    to_depth,
    to_rgb,
)
from ris_ros.node.image_encodings import COLOUR, DEPTH

RGB = np.random.default_rng(7).integers(0, 256, (6, 8, 3), np.uint8)
GRAY = RGB[..., 0]
ALPHA = np.full((6, 8, 1), 9, np.uint8)


def image_message(pixels, encoding, padding=0, big_endian=False):
    """Return pixels as an Image, each row followed by padding bytes."""
    pixels = pixels.astype(pixels.dtype.newbyteorder('>' if big_endian else '<'))
    rows = np.frombuffer(pixels.tobytes(), np.uint8).reshape(len(pixels), -1)
    rows = np.pad(rows, ((0, 0), (0, padding)), constant_values=0xAB)
    return Image(height=pixels.shape[0], width=pixels.shape[1], encoding=encoding,
                 step=rows.shape[1], is_bigendian=int(big_endian), data=array('B', rows.tobytes()))


def mosaic(pattern, rgb):
    """Sample an image as a sensor with this Bayer pattern does."""
    channel = {'r': 0, 'g': 1, 'b': 2}
    raw = np.empty(rgb.shape[:2], np.uint8)
    for index, letter in enumerate(pattern):
        row, column = divmod(index, 2)
        raw[row::2, column::2] = rgb[row::2, column::2, channel[letter]]
    return raw


@pytest.mark.parametrize('padding', [0, 5])
@pytest.mark.parametrize(('encoding', 'pixels', 'expected'), [
    ('rgb8', RGB, RGB),
    ('bgr8', RGB[..., ::-1], RGB),
    ('rgba8', np.dstack([RGB, ALPHA]), RGB),
    ('bgra8', np.dstack([RGB[..., ::-1], ALPHA]), RGB),
    ('mono8', GRAY, np.dstack([GRAY] * 3)),
    ('8UC1', GRAY, np.dstack([GRAY] * 3)),
    ('8UC3', RGB[..., ::-1], RGB),
])
def test_eight_bit_encodings_give_the_same_rgb(encoding, pixels, expected, padding):
    np.testing.assert_array_equal(to_rgb(image_message(pixels, encoding, padding)), expected)


@pytest.mark.parametrize('big_endian', [False, True])
@pytest.mark.parametrize(('encoding', 'pixels', 'expected'), [
    ('rgb16', RGB, RGB),
    ('bgr16', RGB[..., ::-1], RGB),
    ('mono16', GRAY, np.dstack([GRAY] * 3)),
])
def test_sixteen_bits_are_scaled_to_eight(encoding, pixels, expected, big_endian):
    message = image_message(pixels.astype(np.uint16) * 257, encoding, 4, big_endian)
    np.testing.assert_array_equal(to_rgb(message), expected)


@pytest.mark.parametrize('bits', [8, 16])
@pytest.mark.parametrize('pattern', ['rggb', 'bggr', 'gbrg', 'grbg'])
def test_bayer_patterns_give_back_the_colours_of_the_scene(pattern, bits):
    flat = np.broadcast_to(np.uint8([200, 100, 40]), (8, 10, 3))
    raw = mosaic(pattern, flat)
    raw = raw if bits == 8 else raw.astype(np.uint16) * 257
    rgb = to_rgb(image_message(raw, f'bayer_{pattern}{bits}', 3 * (bits // 8)))
    # The border is extrapolated; inside, a flat colour is what it was.
    np.testing.assert_array_equal(rgb[2:-2, 2:-2], flat[2:-2, 2:-2])


@pytest.mark.parametrize(('encoding', 'order'), [
    ('yuv422', 'uyvy'), ('uyvy', 'uyvy'), ('yuv422_yuy2', 'yuyv'), ('yuyv', 'yuyv')])
def test_yuv422_gives_back_the_colours_of_the_scene(encoding, order):
    colours = {(255, 0, 0): (81, 90, 240), (0, 255, 0): (145, 54, 34), (0, 0, 255): (41, 240, 110)}
    for colour, (y, u, v) in colours.items():
        pair = [{'y': y, 'u': u, 'v': v}[letter] for letter in order]
        raw = np.tile(np.uint8(pair).reshape(1, 2, 2), (4, 3, 1))
        rgb = to_rgb(image_message(raw, encoding, 6)).astype(int)
        assert rgb.shape == (4, 6, 3)
        assert np.abs(rgb - colour).max() <= 3


def semi_planar_message(encoding, colours, padding=0):
    """Return an image of blocks of 2 x 2 pixels; colours: (y, u, v) of each, (rows, columns, 3)."""
    luma = colours[..., 0].repeat(2, axis=0).repeat(2, axis=1)
    chroma = colours[..., 1:] if encoding == 'nv12' else colours[..., :0:-1]
    rows = np.vstack([luma, chroma.reshape(len(colours), -1)]).astype(np.uint8)
    message = image_message(rows, encoding, padding)
    message.height = len(luma)
    return message


@pytest.mark.parametrize('padding', [0, 6])
@pytest.mark.parametrize('encoding', ['nv12', 'nv21'])
def test_yuv420_gives_back_the_colours_of_the_scene(encoding, padding):
    # BT.601 with 16 to 235 of luma: red, green, blue and white in blocks of two by two pixels.
    yuv = np.array([[(81, 90, 240), (145, 54, 34)], [(41, 240, 110), (235, 128, 128)]])
    rgb = np.array([[(255, 0, 0), (0, 255, 0)], [(0, 0, 255), (255, 255, 255)]])
    found = to_rgb(semi_planar_message(encoding, yuv, padding)).astype(int)
    assert found.shape == (4, 4, 3)
    assert np.abs(found - rgb.repeat(2, axis=0).repeat(2, axis=1)).max() <= 3


@pytest.mark.parametrize('step', [0, 6, 8])
def test_step_of_packed_yuv420_may_count_the_chroma(step):
    message = semi_planar_message('nv12', np.random.default_rng(3).integers(50, 200, (2, 2, 3)))
    expected = to_rgb(message)
    message.step = step
    np.testing.assert_array_equal(to_rgb(message), expected)


@pytest.mark.parametrize(('height', 'width'), [(4, 5), (3, 4)])
@pytest.mark.parametrize('encoding', ['nv12', 'nv21'])
def test_yuv420_of_odd_size_is_refused(encoding, height, width):
    message = Image(height=height, width=width, encoding=encoding, step=width,
                    data=array('B', bytes(height * width * 2)))
    with pytest.raises(FrameError, match=f'has {width} x {height} pixels.* even width and height'):
        to_rgb(message)


def test_yuv420_without_its_chroma_is_refused():
    message = image_message(GRAY, 'nv12')
    with pytest.raises(FrameError, match='48 bytes of data, but 9 rows with step 8 take 72'):
        to_rgb(message)


def test_yuv422_of_odd_width_is_refused():
    with pytest.raises(FrameError, match='even width'):
        to_rgb(image_message(np.zeros((4, 5, 2), np.uint8), 'yuv422'))


@pytest.mark.parametrize(('kind', 'format_', 'tolerance'), [
    ('.png', 'bgr8; png compressed bgr8', 0),
    ('.png', 'png', 0),
    ('.jpg', 'rgb8; jpeg compressed bgr8', 6),
    ('.jpg', 'jpeg', 6),
])
def test_compressed_images(kind, format_, tolerance):
    smooth = cv2.resize(np.uint8([[[250, 40, 10], [200, 90, 30]]]), (64, 48))
    stored = cv2.imencode(kind, smooth[..., ::-1])[1]
    rgb = compressed_to_rgb(CompressedImage(format=format_, data=array('B', stored.tobytes())))
    assert np.abs(rgb.astype(int) - smooth).max() <= tolerance


def test_compressed_image_that_was_stored_in_rgb_order():
    stored = cv2.imencode('.png', RGB)[1]
    message = CompressedImage(format='rgb8; png compressed rgb8',
                              data=array('B', stored.tobytes()))
    np.testing.assert_array_equal(compressed_to_rgb(message), RGB)


@pytest.mark.parametrize('data', [b'', b'not a picture', b'\xff\xd8\xff\xe0 cut off'])
def test_damaged_compressed_image_is_refused(data):
    with pytest.raises(FrameError, match='cannot be decoded'):
        compressed_to_rgb(CompressedImage(format='jpeg', data=array('B', data)))


@pytest.mark.parametrize('padding', [0, 6])
@pytest.mark.parametrize('big_endian', [False, True])
@pytest.mark.parametrize(('encoding', 'kind'), [
    ('16UC1', np.uint16), ('mono16', np.uint16), ('32FC1', np.float32)])
def test_depth_becomes_metres(encoding, kind, big_endian, padding):
    metres = np.float32([[0, .5, 1.234], [2.001, 65.535, 3]])
    stored = (metres * 1000).round().astype(kind) if kind is np.uint16 else metres.copy()
    if kind is np.float32:
        stored[0, 0] = np.nan
    depth = to_depth(image_message(stored, encoding, padding, big_endian))
    assert depth.dtype == np.float32
    np.testing.assert_allclose(np.nan_to_num(depth), metres, rtol=1e-6)
    assert np.isnan(depth[0, 0]) == (kind is np.float32)


@pytest.mark.parametrize(('change', 'sentence'), [
    ({'width': 0}, 'is empty: it has 0 x 6 pixels'),
    ({'height': 0}, 'is empty: it has 8 x 0 pixels'),
    ({'encoding': 'nonsense'}, "unknown encoding 'nonsense'; expected one of rgb8, bgr8"),
    ({'step': 23}, 'step 23, but a row of 8 pixels in rgb8 takes 24 bytes'),
    ({'step': 1000}, '144 bytes of data, but 6 rows with step 1000 take 5024'),
    ({'data': array('B', bytes(143))}, '143 bytes of data'),
    ({'data': array('B')}, '0 bytes of data'),
])
def test_broken_images_are_refused_with_a_sentence(change, sentence):
    message = image_message(RGB, 'rgb8')
    for name, value in change.items():
        setattr(message, name, value)
    with pytest.raises(FrameError, match=sentence):
        to_rgb(message)


def test_last_row_may_come_without_padding():
    message = image_message(RGB, 'rgb8', 7)
    message.data = message.data[:-7]
    np.testing.assert_array_equal(to_rgb(message), RGB)


def test_depth_in_a_colour_encoding_is_refused():
    with pytest.raises(FrameError, match=f'expected one of {", ".join(DEPTH)}'):
        to_depth(image_message(RGB, 'rgb8'))


@pytest.mark.parametrize('encoding', list(COLOUR))
def test_every_encoding_gives_contiguous_rgb(encoding):
    known = COLOUR[encoding]
    message = image_message(
        np.zeros((known.rows(4), 6, known.channels), f'<{known.kind}'), encoding)
    message.height = 4
    rgb = to_rgb(message)
    assert rgb.shape == (4, 6, 3)
    assert rgb.dtype == np.uint8
    assert rgb.flags.c_contiguous


def test_mask_becomes_mono8():
    mask = np.zeros((4, 5), bool)
    mask[1, 2] = True
    message = from_mask(mask, Header(frame_id='camera'))
    assert (message.encoding, message.step, message.header.frame_id) == ('mono8', 5, 'camera')
    np.testing.assert_array_equal(to_rgb(message)[..., 0], mask * 255)


@pytest.mark.parametrize(('pixels', 'encoding'), [(RGB, 'rgb8'), (RGB[::-1, ::2], 'rgb8')])
def test_pixels_survive_the_way_there_and_back(pixels, encoding):
    np.testing.assert_array_equal(to_rgb(from_pixels(pixels, encoding, Header())), pixels)


@pytest.mark.parametrize(('make', 'pixels'), [
    (lambda pixels: from_pixels(pixels, 'rgb8', Header()), np.ones((480, 640, 3), np.uint8)),
    (lambda mask: from_mask(mask, Header()), np.ones((480, 640), bool))])
def test_a_message_takes_no_memory_but_its_own(make, pixels):
    make(pixels)  # what is made once and kept does not count
    tracemalloc.start()
    message = make(pixels)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(message.data, array)
    assert peak < 1.1 * pixels.nbytes


@pytest.mark.parametrize(('read', 'encoding', 'pixels'), [
    (to_rgb, 'rgb8', np.ones((480, 640, 3), np.uint8)),
    (to_depth, '32FC1', np.ones((480, 640), np.float32))])
def test_what_needs_no_conversion_is_not_copied(read, encoding, pixels):
    message = image_message(pixels, encoding)
    assert np.shares_memory(read(message), np.frombuffer(message.data, np.uint8))


def test_an_empty_mask_is_an_empty_message():
    message = from_mask(np.zeros((0, 0), bool), Header())
    assert (message.height, message.width, len(message.data)) == (0, 0, 0)


def camera_info(**fields):
    """Return a CameraInfo of 640 x 480 with fx 500, fy 510, cx 320, cy 240 in K and P."""
    return CameraInfo(**{
        'width': 640, 'height': 480, 'k': [500.0, 0, 320, 0, 510, 240, 0, 0, 1],
        'p': [500.0, 0, 320, 0, 0, 510, 240, 0, 0, 0, 1, 0], **fields})


def test_camera_info_is_read_from_p_and_else_from_k():
    rectified = camera_info(p=[400.0, 0, 310, 0, 0, 410, 230, 0, 0, 0, 1, 0])
    assert to_camera_model(rectified).fx == 400
    bare = to_camera_model(camera_info(p=[0.0] * 12))
    assert (bare.fx, bare.fy, bare.cx, bare.cy) == (500, 510, 320, 240)


@pytest.mark.parametrize('d', [[], [0.0] * 5, [-.1, .01, 0.0, 0.0, 0.0]])
def test_a_raw_image_has_the_intrinsics_of_k_and_its_lens_only_where_it_distorts(d):
    info = camera_info(d=d, p=[400.0, 0, 310, 0, 0, 410, 230, 0, 0, 0, 1, 0])
    camera = to_camera_model(info, is_raw=True)
    assert (camera.fx, camera.fy, camera.cx, camera.cy) == (500, 510, 320, 240)
    assert camera.distortion == (tuple(d) if any(d) else ())
    assert to_camera_model(info).fx == 400


def test_a_raw_image_has_the_intrinsics_of_p_where_there_is_no_k_or_the_lens_is_a_fisheye():
    p = [400.0, 0, 310, 0, 0, 410, 230, 0, 0, 0, 1, 0]
    assert to_camera_model(camera_info(k=[0.0] * 9, p=p), is_raw=True).fx == 400
    fisheye = camera_info(distortion_model='equidistant', d=[.1, 0.0, 0.0, 0.0], p=p)
    assert to_camera_model(fisheye, is_raw=True).fx == 400
    with pytest.raises(FrameError, match='calibrated'):
        to_camera_model(camera_info(k=[0.0] * 9, d=[-.1, 0.0, 0.0, 0.0], p=p), is_raw=True)


def test_a_fisheye_camera_needs_the_projection_of_the_rectified_image():
    assert to_camera_model(camera_info(distortion_model='equidistant')).fx == 500
    with pytest.raises(FrameError, match=r"fisheye model 'equidistant' and no P.*rectify"):
        to_camera_model(camera_info(distortion_model='equidistant', p=[0.0] * 12))


def test_binning_and_region_of_interest_change_the_intrinsics():
    info = camera_info(binning_x=2, binning_y=2)
    info.roi.x_offset, info.roi.y_offset, info.roi.width, info.roi.height = 100, 40, 320, 240
    camera = to_camera_model(info)
    assert (camera.width, camera.height) == (160, 120)
    assert (camera.fx, camera.fy, camera.cx, camera.cy) == (250, 255, 110, 100)


@pytest.mark.parametrize('bad', [float('nan'), float('inf'), -float('inf')])
@pytest.mark.parametrize(('matrix', 'index'), [
    ('k', 0), ('k', 4), ('p', 0), ('p', 5), ('k', 2), ('k', 5), ('p', 2), ('p', 6)])
def test_intrinsics_that_are_no_numbers_are_refused_wherever_they_stand(matrix, index, bad):
    info = camera_info(**({'p': [0.0] * 12} if matrix == 'k' else {}))
    getattr(info, matrix)[index] = bad
    with pytest.raises(FrameError, match='finite'):
        to_camera_model(info)


def test_uncalibrated_camera_is_refused():
    with pytest.raises(FrameError, match='calibrated'):
        to_camera_model(camera_info(p=[-500.0, 0, 320, 0, 0, 510, 240, 0, 0, 0, 1, 0]))
    with pytest.raises(FrameError, match='calibrated'):
        to_camera_model(CameraInfo(width=640, height=480))
