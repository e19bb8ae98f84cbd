# SPDX-License-Identifier: Apache-2.0
"""Photometric changes do what they say and keep to what they are given."""
import cv2
import numpy as np
import pytest

from ris_lab.training.light import (
    Shadow,
    ToneCurve,
    mirror_field,
    random_light,
    relight,
    saturated,
    shading_field,
    shadowed,
)

LEVELS = np.arange(256, dtype=np.uint8)


def test_the_default_curve_changes_nothing():
    assert (ToneCurve().table()[:, 0] == LEVELS[:, None]).all()


def test_exposure_acts_on_linear_light():
    halved = ToneCurve(exposure=(.5, 1, 1)).table()[:, 0]
    assert halved[255, 0] == round(255 * .5 ** (1 / 2.2))
    assert (halved[:, 1] == LEVELS).all()


def test_contrast_lifts_blacks_and_lowers_whites():
    table = ToneCurve(contrast=.5).table()[:, 0, 0]
    assert table[0] == 64
    assert table[255] == 191


def test_the_shoulder_keeps_white_and_compresses_below_it():
    table = ToneCurve(shoulder=.5).table()[:, 0, 0].astype(int)
    assert (table[0], table[255]) == (0, 255)
    assert table[255] - table[200] < 55 * .8
    assert (np.diff(table) >= 0).all()


def test_no_saturation_is_gray_of_the_same_brightness():
    image = np.array([[[200, 40, 90], [10, 10, 10]]], np.uint8)
    gray = saturated(image, 0.0)
    assert (gray == cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None]).all()
    assert (saturated(image, 1.0) == image).all()


def test_a_shadow_darkens_one_side_only():
    image = np.full((60, 80, 3), 200, np.uint8)
    dark = shadowed(image, Shadow(angle=0.0, place=.5, factor=.4, softness=.1))
    assert (dark[:, :30] == 200).all()
    assert (abs(dark[:, 50:].astype(int) - 80) <= 1).all()


@pytest.mark.parametrize('draw', [mirror_field, shading_field])
def test_fields_are_smooth_and_positive(draw):
    rng = np.random.default_rng(0)
    fields = [draw(rng, 60, 90) for _ in range(20)]
    assert all(field.shape == (60, 90, 3) and field.min() > 0 for field in fields)
    assert max(abs(np.diff(field, axis=0)).max() for field in fields) < .2
    assert max(np.ptp(field) for field in fields) > .4


def test_relighting_changes_the_mask_only():
    image = np.full((50, 70, 3), 120, np.uint8)
    mask = np.zeros((50, 70), bool)
    mask[10:40, 20:60] = True
    mask[20, 30] = False
    relight(image, mask, np.full((30, 40, 3), .5, np.float32))
    assert (image[~mask] == 120).all()
    assert (image[mask] == 60).all()


@pytest.mark.parametrize('seed', range(5))
def test_random_light_is_one_change_for_equal_pixels(seed):
    rng = np.random.default_rng(seed)
    light = random_light(rng)
    still = type(light)(light.table, light.saturation, None, 0.0, 0.0)
    image = np.random.default_rng(1).integers(0, 256, (8, 8, 3), np.uint8)
    whole = still(rng, image)
    assert whole.dtype == np.uint8
    assert (whole[2:5, 3:6] == still(rng, image[2:5, 3:6])).all()


def test_random_light_repeats_with_its_seed():
    image = np.random.default_rng(1).integers(0, 256, (20, 30, 3), np.uint8)
    pictures = [random_light(rng)(rng, image) for rng in map(np.random.default_rng, (4, 4, 5))]
    assert (pictures[0] == pictures[1]).all()
    assert (pictures[0] != pictures[2]).any()
