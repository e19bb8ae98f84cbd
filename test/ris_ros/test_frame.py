# SPDX-License-Identifier: Apache-2.0
"""Frames refuse what does not fit together."""
import numpy as np
import pytest

from ris_ros import CameraModel, Frame, Pipeline
from ris_ros.errors import FrameError

IMAGE = np.zeros((4, 6, 3), np.uint8)


def test_a_frame_knows_its_size():
    assert Frame(IMAGE).size == (4, 6)


@pytest.mark.parametrize('image', [
    np.zeros((4, 6), np.uint8), np.zeros((4, 6, 4), np.uint8), np.zeros((4, 6, 3), np.float32),
    np.zeros((0, 6, 3), np.uint8)])
def test_wrong_images_are_refused(image):
    with pytest.raises(FrameError, match='image'):
        Frame(image)


def test_what_is_no_array_is_refused():
    for image in (None, IMAGE.tolist(), 'image.png'):
        with pytest.raises(FrameError, match=r'The image is of type .*NumPy'):
            Frame(image)
    with pytest.raises(FrameError, match='The depth image is of type list'):
        Frame(IMAGE, [[1.0]])


def test_depth_and_camera_must_fit():
    with pytest.raises(FrameError, match='register'):
        Frame(IMAGE, depth=np.zeros((2, 3), np.float32))
    with pytest.raises(FrameError, match='CameraInfo'):
        Frame(IMAGE, camera=CameraModel(5, 5, 3, 2, 3, 2))


def test_a_camera_without_calibration_is_refused():
    with pytest.raises(FrameError, match='calibrated'):
        CameraModel(0, 0, 0, 0, 6, 4)


@pytest.mark.parametrize('bad', [float('nan'), float('inf'), -float('inf')])
@pytest.mark.parametrize('position', range(4))
def test_intrinsics_that_are_not_finite_are_refused(position, bad):
    values = [5.0, 5.0, 3.0, 2.0]
    values[position] = bad
    with pytest.raises(FrameError, match=f'{bad}.*finite'):
        CameraModel(*values, 6, 4)


@pytest.mark.parametrize(('dtype', 'conversion'), [
    (np.uint16, r'astype\(numpy.float32\) / 1000'), (np.int64, '/ 1000'), (np.uint8, '/ 1000'),
    (np.float64, r'Convert metres with depth.astype\(numpy.float32\)'),
    (np.float16, 'Convert metres'), (bool, 'one number'), (object, 'one number')])
def test_depth_of_another_type_is_not_taken_for_metres(dtype, conversion):
    with pytest.raises(FrameError, match=f'has type .*; expected float32 in metres.*{conversion}'):
        Frame(IMAGE, depth=np.ones((4, 6), dtype))


@pytest.mark.parametrize('size', [(1, 4000), (4000, 1), (2, 3000)])
def test_pictures_without_rows_at_the_size_of_the_models_are_refused(size):
    with pytest.raises(FrameError, match='at most 640 times the shorter'):
        Frame(np.zeros((*size, 3), np.uint8))


@pytest.mark.slow
def test_the_longest_picture_is_answered_and_so_is_the_smallest():
    embedded = Pipeline.load('embedded')
    for size in ((1, 640), (5, 3200), (1, 1)):
        image = np.random.default_rng(0).integers(0, 255, (*size, 3), np.uint8)
        assert embedded.ground(embedded.index(Frame(image)), 'the red mug').status.name


@pytest.mark.parametrize('values', [
    (4e-154, 300, 320, 240), (300, 1e300, 320, 240), (300, 300, -1e30, 240)])
def test_intrinsics_that_no_camera_has_are_refused(values):
    with pytest.raises(FrameError, match=r'expected focal lengths from 0\.01'):
        CameraModel(*values, 640, 480)
