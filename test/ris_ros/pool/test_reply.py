# SPDX-License-Identifier: Apache-2.0
"""Masks and features come back as they were, and only those of the frame that was asked for."""
from hypothesis import given
from hypothesis import strategies as st
import numpy as np
from pool_frames import mask_stacks, result_or_refusal, some
import pytest

from ris_ros.pool.container import PoolFormatError, pack, unpack
from ris_ros.pool.reply import PoolReply, PoolTimes, read_reply, write_reply

WIDTH = 8


def reply_of(masks, seed=0):
    """Return a reply with features of noise."""
    features = np.random.default_rng(seed).normal(size=(len(masks), WIDTH)).astype(np.float32)
    return PoolReply('frame', masks, features, PoolTimes(.001, .002, .003, .004, 2))


@some
@given(mask_stacks(), st.integers(0, 2 ** 32 - 1))
def test_a_reply_comes_back_bit_for_bit(masks, seed):
    reply = reply_of(masks, seed)
    found = read_reply(write_reply(reply), 'frame', masks.shape[1:], WIDTH)
    assert np.array_equal(found.masks, masks)
    assert np.array_equal(found.features, reply.features)
    assert found.times == reply.times


def test_half_precision_is_half_as_long_and_within_its_rounding():
    masks = np.ones((40, 4, 4), bool)
    reply = reply_of(masks)
    short, long = (write_reply(reply, kind) for kind in ('float16', 'float32'))
    assert len(long) - len(short) >= 40 * WIDTH * 2
    found = read_reply(short, 'frame', (4, 4), WIDTH)
    assert np.abs(found.features - reply.features).max() <= 2e-3
    assert np.isfinite(read_reply(write_reply(PoolReply(
        'frame', masks, reply.features * np.float32(1e6), reply.times), 'float16'),
        'frame', (4, 4), WIDTH).features).all()


@some
@given(st.data())
def test_a_damaged_reply_is_refused_or_has_the_right_shape(data):
    message = bytearray(write_reply(reply_of(np.ones((3, 5, 4), bool))))
    for _ in range(data.draw(st.integers(1, 4))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    found = result_or_refusal(read_reply, bytes(message), 'frame', (5, 4), WIDTH)
    if isinstance(found, str):
        assert found.endswith('.')
    else:
        assert found.features.shape == (len(found.masks), WIDTH)
        assert found.masks.shape[1:] == (5, 4)


@pytest.mark.parametrize(('frame', 'size', 'width', 'sentence'), [
    ('other', (5, 4), WIDTH, "expected one to 'other'"),
    ('frame', (4, 5), WIDTH, 'expected 5 x 4'),
    ('frame', (5, 4), WIDTH + 1, r"array 'features' has"),
])
def test_a_reply_to_something_else_is_refused(frame, size, width, sentence):
    data = write_reply(reply_of(np.ones((3, 5, 4), bool)))
    with pytest.raises(PoolFormatError, match=sentence):
        read_reply(data, frame, size, width)


def test_features_that_are_no_numbers_are_refused():
    header, arrays = unpack(write_reply(reply_of(np.ones((1, 5, 4), bool))))
    arrays['features'] = np.full((1, WIDTH), np.nan, np.float32)
    with pytest.raises(PoolFormatError, match='finite'):
        read_reply(pack(header._values, arrays), 'frame', (5, 4), WIDTH)
