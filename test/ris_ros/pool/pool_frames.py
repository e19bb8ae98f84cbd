# SPDX-License-Identifier: Apache-2.0
"""Frames and masks for the tests of the pool."""
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np

from ris_ros.frame import CameraModel, Frame
from ris_ros.pool.container import PoolFormatError

# A loaded machine takes long for one example, and each says much.
some = settings(max_examples=30, deadline=None)


def result_or_refusal(read, *values):
    """Return what is read, or the sentence that refuses it."""
    try:
        return read(*values)
    except PoolFormatError as error:
        return str(error)


def frame_of(seed, size=(48, 64), has_depth=True):
    """Return a frame of noise whose depth is in whole millimetres."""
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 256, (*size, 3), np.uint8)
    depth = rng.integers(0, 2 ** 16, size).astype(np.uint16).astype(np.float32) / np.float32(1000)
    camera = CameraModel(60.0, 61.5, size[1] / 2, size[0] / 2, size[1], size[0])
    return Frame(image, depth if has_depth else None, camera)


def same_frame(one, other):
    """Tell whether two frames have the same pixels, depth and intrinsics."""
    return (np.array_equal(one.image, other.image) and one.camera == other.camera
            and (one.depth is None) == (other.depth is None)
            and (one.depth is None or np.array_equal(one.depth, other.depth)))


@st.composite
def mask_stacks(draw):
    """Draw (N, H, W) bool masks, none of them empty."""
    height, width = draw(st.integers(1, 24)), draw(st.integers(1, 24))
    count, seed = draw(st.integers(0, 5)), draw(st.integers(0, 2 ** 32 - 1))
    rng = np.random.default_rng(seed)
    masks = rng.random((count, height, width)) < draw(st.floats(0, 1))
    for mask in masks:
        mask[rng.integers(height), rng.integers(width)] = True
    return masks
