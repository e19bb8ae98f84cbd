# SPDX-License-Identifier: Apache-2.0
"""A frame reaches the pool as it was, and a message that is none is refused with a sentence."""
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
from pool_frames import frame_of, result_or_refusal, same_frame, some
import pytest

from ris_ros.pool.container import VERSION, PoolFormatError, pack, unpack
from ris_ros.pool.pictures import ColourFormat
from ris_ros.pool.request import (
    PoolRequest,
    parts_of,
    put_together,
    read_request,
    whole_window,
    write_request,
)
from ris_ros.proposals import Window


def message_for(frame, form, windows=None, base=''):
    """Return the bytes of the request for a frame."""
    parts = parts_of(frame, windows or [whole_window(frame.size)], form)
    return write_request(PoolRequest('model', 'frame', base, frame.size, frame.camera, parts))


def frame_in(data):
    """Return the frame of a message that sends all of it."""
    return put_together(read_request(data), None)


def header_of(data):
    """Return the values and arrays of a message, to be changed."""
    header, arrays = unpack(data)
    return dict(header._values), arrays


@some
@given(st.integers(0, 2 ** 32 - 1), st.integers(1, 40), st.integers(1, 40), st.booleans(),
       st.sampled_from([ColourFormat.PNG, ColourFormat.RAW]))
def test_a_lossless_frame_arrives_as_it_was(seed, height, width, has_depth, form):
    frame = frame_of(seed, (height, width), has_depth)
    request = read_request(message_for(frame, form))
    assert same_frame(put_together(request, None), frame)
    assert request.has_depth == has_depth


@some
@given(st.integers(0, 2 ** 32 - 1), st.data())
def test_what_has_changed_is_put_into_the_earlier_frame(seed, data):
    before, frame = frame_of(seed), frame_of(seed + 1)
    x, y = data.draw(st.integers(0, 63)), data.draw(st.integers(0, 47))
    window = Window(x, y, data.draw(st.integers(1, 64 - x)), data.draw(st.integers(1, 48 - y)))
    request = read_request(message_for(frame, ColourFormat.PNG, [window], 'old'))
    found = put_together(request, before)
    inside = np.zeros(frame.size, bool)
    inside[window.slices] = True
    assert np.array_equal(found.image, np.where(inside[..., None], frame.image, before.image))
    assert np.array_equal(found.depth, np.where(inside, frame.depth, before.depth))


def test_jpeg_changes_the_colours_of_a_smooth_picture_by_little():
    ramp = np.linspace(0, 255, 64).astype(np.uint8)
    frame = replace(frame_of(0), image=np.ascontiguousarray(
        np.broadcast_to(ramp[:, None], (48, 64, 3))))
    found = frame_in(message_for(frame, ColourFormat.JPEG))
    assert np.abs(found.image.astype(int) - frame.image).max() <= 3
    assert np.array_equal(found.depth, frame.depth)


def test_depth_without_a_number_arrives_as_invalid():
    frame = frame_of(0)
    depth = frame.depth.copy()
    depth[0, :5] = np.nan, np.inf, -1, 70, 0
    found = frame_in(message_for(replace(frame, depth=depth), ColourFormat.RAW))
    assert not found.depth[0, :5].any()


@some
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_a_sentence(data):
    with pytest.raises(PoolFormatError, match=r'\.$'):
        read_request(data)


@some
@given(st.data())
def test_a_damaged_message_is_refused_or_is_still_a_frame(data):
    message = bytearray(message_for(frame_of(1, (6, 8)), ColourFormat.PNG))
    for _ in range(data.draw(st.integers(1, 4))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    found = result_or_refusal(frame_in, bytes(message))
    if isinstance(found, str):
        assert found.endswith('.')
    else:
        assert found.image.dtype == np.uint8


@some
@given(st.sampled_from(['model', 'frame', 'base', 'size', 'depth', 'camera', 'windows', 'features',
                        'patience']),
       st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
                    lambda inner: st.lists(inner, max_size=5), max_leaves=9))
def test_a_header_of_other_values_is_refused_or_read(name, value):
    values, arrays = header_of(message_for(frame_of(1, (6, 8)), ColourFormat.RAW))
    try:
        message = pack({**values, name: value}, arrays)
    except ValueError:  # not a number of JSON
        return
    found = result_or_refusal(read_request, message)
    assert isinstance(found, PoolRequest) or found.endswith('.')


@pytest.mark.parametrize(('change', 'sentence'), [
    ({'version': VERSION + 1}, 'Install the same version'),
    ({'windows': []}, 'no window'),
    ({'windows': [[0, 0, 7, 6]]}, 'names no base'),
    ({'base': 'old', 'windows': [[0, 0, 9, 6]]}, 'not within the picture'),
    ({'base': 'old', 'windows': [[0, 0, 8, 6]] * 2}, 'more pixels than the picture'),
    ({'base': 'old', 'windows': [[0, 0, 1, 1]] * 65}, 'at most 64 rows'),
    ({'size': [100_000, 100_000]}, 'at most 4194304 pixels'),
    ({'patience': 0}, 'from 0.01 to 60'),
    ({'patience': True}, 'from 0.01 to 60'),
    ({'camera': [0, 1, 1, 1]}, 'must be positive'),
    ({'features': 'float64'}, 'float32 or float16'),
    ({'frame': 'a b'}, 'letters'),
])
def test_what_is_wrong_is_said(change, sentence):
    values, arrays = header_of(message_for(frame_of(1, (6, 8)), ColourFormat.PNG))
    with pytest.raises(PoolFormatError, match=sentence):
        read_request(pack({**values, **change}, arrays))


def test_a_picture_of_another_size_than_its_window_is_refused():
    values, arrays = header_of(message_for(frame_of(1, (6, 8)), ColourFormat.PNG))
    _, others = header_of(message_for(frame_of(1, (600, 8)), ColourFormat.PNG))
    for name in ('colour0', 'depth0'):
        with pytest.raises(PoolFormatError, match='its window has'):
            frame_in(pack(values, {**arrays, name: others[name]}))


def test_a_missing_picture_is_named():
    values, arrays = header_of(message_for(frame_of(1, (6, 8)), ColourFormat.PNG))
    del arrays['depth0']
    with pytest.raises(PoolFormatError, match="no array 'depth0'"):
        read_request(pack(values, arrays))


def test_a_message_above_the_limit_is_not_read():
    data = message_for(frame_of(1), ColourFormat.RAW)
    with pytest.raises(PoolFormatError, match='at most 1000'):
        read_request(data, 1000)


def test_a_base_of_another_size_or_without_depth_is_refused():
    request = read_request(message_for(frame_of(1), ColourFormat.PNG, [Window(0, 0, 4, 4)], 'old'))
    for base in (frame_of(1, (8, 8)), frame_of(1, has_depth=False)):
        with pytest.raises(PoolFormatError, match='send the whole frame'):
            put_together(request, base)
