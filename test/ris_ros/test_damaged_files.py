# SPDX-License-Identifier: Apache-2.0
"""Whatever is in a file: a reader gives a right value or a RisError, never another exception."""
from contextlib import suppress
import io
import json
import struct
import warnings

import cv2
from damage import FEW, NUMBERS, VALUES, damaged
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
import numpy as np
import pytest
from safetensors.torch import save
import torch
import yaml

from ris_ros.errors import FrameError, ModelError, RisError
from ris_ros.frame import CameraModel, Frame
from ris_ros.image_files import read_camera, read_depth, read_image
from ris_ros.models.weights_file import read_weights
from ris_ros.proposals.precomputed import read_masks
from ris_ros.proposals.rle import decode
from ris_ros.speech.recogniser import SpeechError
from ris_ros.speech.wav_file import read_wav

RNG = np.random.default_rng(0)
IMAGE = RNG.integers(0, 256, (12, 16, 3), np.uint8)
# A file whose depth is mostly beyond this is taken for one in millimetres, metres.
FARTHEST_M = 50
MASKS = RNG.random((2, 12, 16)) < .3
DTYPES = arrays.scalar_dtypes() | arrays.array_dtypes(max_size=2) | st.just(np.dtype(np.float32))
ANY_ARRAYS = DTYPES.flatmap(
    lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_dims=0, min_side=0, max_side=4)))


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp('damaged')


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    return path


def encoded(suffix, pixels):
    return cv2.imencode(suffix, pixels)[1].tobytes()


def saved(save, *args, **kwargs):
    file = io.BytesIO()
    save(file, *args, **kwargs)
    return file.getvalue()


PICTURES = [encoded(suffix, IMAGE) for suffix in ('.png', '.jpg', '.bmp', '.tiff', '.webp', '.ppm')]
DEPTHS = [encoded(suffix, IMAGE[..., 0].astype(np.uint16)) for suffix in ('.png', '.tiff')]
NPY = [saved(np.save, array) for array in (np.ones((4, 6), np.float32), MASKS, np.ones((2, 2)))]
NPZ = [saved(np.savez, masks=MASKS), saved(np.savez_compressed, masks=MASKS)]
STATE = {'a.weight': torch.ones(2, 3), 'b': torch.zeros(2, dtype=torch.int64)}
CALIBRATION = {'image_width': 640, 'image_height': 480, 'distortion_model': 'plumb_bob',
               'camera_matrix': {'data': [600., 0, 320, 0, 600, 240, 0, 0, 1]},
               'distortion_coefficients': {'data': [0.1, 0, 0, 0, 0]},
               'projection_matrix': {'data': [550., 0, 310, 0, 0, 550, 230, 0, 0, 0, 1, 0]}}


@FEW
@given(damaged([*PICTURES, *DEPTHS]))
def test_pictures(folder, content):
    with suppress(FrameError):
        image = read_image(write(folder, 'a.png', content))
        assert image.dtype == np.uint8
        assert image.ndim == 3
        assert image.shape[2] == 3
    with suppress(FrameError):
        depth = read_depth(folder / 'a.png')
        assert depth.dtype == np.float32
        assert depth.ndim == 2
    with suppress(FrameError):
        assert read_masks(folder / 'a.png').dtype == bool


@FEW
@given(damaged(NPY))
def test_arrays_in_damaged_files(folder, content):
    path = write(folder, 'a.npy', content)
    for read in (read_depth, read_masks):
        with suppress(FrameError):
            assert read(path).dtype in (np.float32, bool)


@FEW
@given(damaged(NPZ))
def test_archives(folder, content):
    with suppress(FrameError):
        masks = read_masks(write(folder, 'a.npz', content))
        assert masks.ndim == 3
        assert masks.any((1, 2)).all()


def is_too_far(array):
    """Tell whether depth is mostly farther than a depth camera sees, as millimetres are."""
    with np.errstate(over='ignore'):
        metres = array.astype(np.float32)
    seen = metres[np.isfinite(metres) & (metres > 0)]
    return seen.size > 0 and np.median(seen) > FARTHEST_M


@pytest.mark.slow
@FEW
@given(ANY_ARRAYS)
def test_arrays_of_every_type_and_shape(folder, array):
    path = write(folder, 'a.npy', saved(np.save, array))
    if array.ndim == 2 and array.dtype.kind == 'f' and not is_too_far(array):
        with np.errstate(over='ignore'):
            np.testing.assert_array_equal(read_depth(path), array.astype(np.float32))
    else:
        with pytest.raises(FrameError):
            read_depth(path)
    with suppress(FrameError):
        masks = read_masks(path)
        assert array.dtype.kind in 'biuf'
        assert masks.sum() == np.count_nonzero(np.nan_to_num(array, posinf=1, neginf=1))
    image = np.zeros((*array.shape[:2], 3), np.uint8)
    with suppress(FrameError):
        Frame(image, array)
        assert array.dtype == np.float32
        assert array.shape == image.shape[:2]
    with suppress(FrameError):
        Frame(array)
        assert array.dtype == np.uint8


@pytest.mark.slow
@FEW
@given(st.sampled_from(sorted(CALIBRATION)), VALUES | st.dictionaries(
    st.just('data'), st.lists(NUMBERS, min_size=9, max_size=12)))
def test_calibrations_with_another_value(folder, key, value):
    text = yaml.safe_dump({**CALIBRATION, key: value})
    with suppress(FrameError):
        check_camera(read_camera(write(folder, 'a.yaml', text.encode())))


@FEW
@given(damaged([yaml.safe_dump(CALIBRATION).encode()]) | st.binary(max_size=40))
def test_damaged_calibrations(folder, content):
    with suppress(FrameError):
        check_camera(read_camera(write(folder, 'a.yaml', content)))


def check_camera(camera):
    assert isinstance(camera, CameraModel)
    assert np.isfinite([camera.fx, camera.fy, camera.cx, camera.cy]).all()
    assert min(camera.fx, camera.fy, camera.width, camera.height) > 0


@FEW
@given(VALUES | st.fixed_dictionaries({
    'size': st.lists(st.integers(-1, 9), min_size=2, max_size=2) | VALUES,
    'counts': st.lists(st.integers(-2, 20), max_size=5) | st.binary(max_size=9)
    | st.text('012`PQo0ab~', max_size=12) | VALUES}))
def test_run_lengths(folder, segmentation):
    with suppress(FrameError):
        mask = decode(segmentation)
        assert mask.shape == tuple(segmentation['size'])
        if isinstance(segmentation['counts'], list):
            assert mask.sum() == sum(segmentation['counts'][1::2])
    if not contains_bytes(segmentation):
        content = json.dumps([{'segmentation': segmentation}]).encode()
        with suppress(FrameError):
            assert read_masks(write(folder, 'a.json', content)).dtype == bool


def contains_bytes(segmentation):
    return isinstance(segmentation, dict) and isinstance(segmentation.get('counts'), bytes)


@FEW
@given(damaged([save(STATE), saved(lambda file: torch.save(STATE, file)),
                saved(lambda file: torch.save({'model': STATE, 'epoch': 1}, file,
                                              _use_new_zipfile_serialization=False))]))
def test_weights(folder, content):
    for name in ('a.pt', 'a.safetensors'):
        with suppress(ModelError), warnings.catch_warnings():
            warnings.simplefilter('ignore')
            state = read_weights(write(folder, name, content))
            assert all(isinstance(key, str) for key in state)
            assert all(torch.isfinite(value).all() for value in state.values())


@FEW
@given(st.dictionaries(
    st.text(max_size=6) | st.sampled_from(['state_dict', 'model', 'module.a', '_orig_mod.a', 3]),
    VALUES | st.just(STATE) | st.just(STATE['b']), max_size=4))
def test_state_dicts_with_anything_around(folder, state):
    with suppress(ModelError):
        read = read_weights(write(folder, 'a.pt', saved(lambda file: torch.save(state, file))))
        assert all(isinstance(key, str) and torch.is_tensor(read[key]) for key in read)


WAV = struct.pack('<4sI4s4sIHHIIHH4sI', b'RIFF', 236, b'WAVE', b'fmt ', 16, 1, 1, 16000, 32000, 2,
                  16, b'data', 200) + bytes(range(200))


@FEW
@given(damaged([WAV]))
def test_sound(folder, content):
    with suppress(SpeechError):
        samples = read_wav(write(folder, 'a.wav', content))
        assert samples.dtype == np.int16
        assert samples.ndim == 1


@FEW
@given(st.tuples(*[st.integers(0, 2 ** 16 - 1) | st.integers(0, 9)] * 2),
       st.tuples(*[st.integers(0, 2 ** 32 - 1) | st.sampled_from([0, 8000, 16000, 44100])] * 2),
       st.tuples(*[st.integers(0, 2 ** 16 - 1) | st.sampled_from([1, 2, 3, 4, 8, 16, 24, 32])] * 2),
       st.integers(0, 2 ** 32 - 1) | st.integers(0, 300))
def test_sound_of_every_header(folder, kind, rates, sizes, length):
    header = struct.pack('<4sI4s4sIHHIIHH4sI', b'RIFF', 236, b'WAVE', b'fmt ', 16, *kind, *rates,
                         *sizes, b'data', length)
    with suppress(SpeechError):
        assert read_wav(write(folder, 'a.wav', header + bytes(range(200)))).dtype == np.int16


def test_every_error_is_a_ris_error():
    assert issubclass(SpeechError, RisError)
    assert issubclass(FrameError, RisError)
    assert issubclass(ModelError, RisError)
