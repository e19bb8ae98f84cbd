"""Frames refuse what does not fit together."""
import numpy as np
import pytest

from ris_ros import CameraModel, Frame
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
