# SPDX-License-Identifier: Apache-2.0
"""Effects of the colour camera: moderate, and the same for the same seed."""
import numpy as np
import pytest

from ris_sim.rendering.camera_effects import jpeg, motion_kernel, photograph, vignette


def test_effects_repeat_with_the_seed_and_leave_the_input_alone():
    image = np.random.default_rng(2).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    before = image.copy()
    one, same, other = (photograph(image, np.random.default_rng(s)) for s in (4, 4, 5))
    np.testing.assert_array_equal(one, same)
    np.testing.assert_array_equal(image, before)
    assert (one != other).any()
    assert one.dtype == np.uint8


def test_photograph_keeps_the_picture_recognisable():
    ramp = np.tile(np.linspace(0, 255, 256).astype(np.uint8)[:, None, None], (1, 64, 3))
    for seed in range(5):
        photo = photograph(ramp, np.random.default_rng(seed))
        assert np.corrcoef(ramp.ravel(), photo.ravel())[0, 1] > .97


def test_motion_blurs_along_one_line_and_keeps_brightness():
    for seed in range(5):
        kernel = motion_kernel(np.random.default_rng(seed))
        assert kernel.sum() == pytest.approx(1)
        rows, columns = np.nonzero(kernel > .02)
        assert 2 <= max(np.ptp(rows), np.ptp(columns)) <= 6


def test_corners_darken_and_the_middle_does_not():
    factors = vignette((101, 201, 3), .2)
    assert factors[50, 100] == pytest.approx(1)
    assert factors[0, 0] == pytest.approx(.8)


def test_jpeg_keeps_colours_and_leaves_traces():
    image = np.zeros((64, 64, 3), np.uint8)
    image[:, 32:] = 200, 30, 30
    small = jpeg(image, 40)
    assert (small != image).any()
    np.testing.assert_allclose(small[20:40, 45:60].mean(axis=(0, 1)), (200, 30, 30), atol=8)
