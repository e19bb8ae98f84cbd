"""Depth and image noise: the right size, in the right places, the same for the same seed."""
import numpy as np
import pytest

from ris_ros.simulation.camera_effects import add_depth_noise, depth_sigma, photograph


@pytest.mark.parametrize('distance', [.5, 1.0, 2.0])
def test_depth_noise_has_the_published_spread(distance):
    depth = np.full((200, 300), distance, np.float32)
    noisy = add_depth_noise(depth, np.random.default_rng(0))
    valid = noisy[noisy > 0]
    expected = .0012 + .0019 * (distance - .4) ** 2
    assert depth_sigma(np.array(distance)) == pytest.approx(expected)
    assert valid.std() == pytest.approx(expected, rel=.03)
    assert valid.mean() == pytest.approx(distance, abs=1e-4)
    assert 0 < (noisy == 0).mean() < .01


def test_depth_is_lost_at_steps_and_where_there_was_none():
    depth = np.full((100, 100), .8, np.float32)
    depth[:, 50:] = 1.2
    depth[:10] = 0
    noisy = add_depth_noise(depth, np.random.default_rng(1))
    assert (noisy[:10] == 0).all()
    assert .4 < (noisy[20:, 49:51] == 0).mean() < .8
    assert (noisy[20:, 60:] == 0).mean() < .02


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
