"""Files in and out: pictures, depth and calibrations."""
import numpy as np
from PIL import Image
import pytest

from ris_ros.errors import FrameError
from ris_ros.image_files import (
    file_slug,
    read_camera,
    read_depth,
    read_image,
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


@pytest.mark.parametrize('content', [b'', b'no picture', b'\x89PNG broken'])
def test_broken_pictures_are_a_sentence(tmp_path, content):
    (tmp_path / 'x.png').write_bytes(content)
    with pytest.raises(FrameError, match='not a picture'):
        read_image(tmp_path / 'x.png')


def test_a_calibration_without_numbers_is_a_sentence(tmp_path):
    (tmp_path / 'k.yaml').write_text(CALIBRATION.replace('600.', 'wide'))
    with pytest.raises(FrameError, match='calibration'):
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
