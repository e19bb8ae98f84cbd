# SPDX-License-Identifier: Apache-2.0
"""Square crops on pictures small enough to check by hand."""
from dataclasses import replace

import numpy as np
import pytest
from small_pictures import rectangle

from ris_ros.encoder.settings import CLIP_MEAN, EncoderSettings
from ris_ros.encoder.square_views import DIM, square_crop

SETTINGS = EncoderSettings(preprocessing='square', mean=CLIP_MEAN)
BLUR = replace(SETTINGS, background='blur')


@pytest.mark.parametrize('size', [40, 64, 200])
def test_square_crop_holds_the_object_in_its_middle(size):
    image = np.full((60, 80, 3), 255, np.uint8)
    crop = square_crop(image, rectangle(20, 10, 60, 50), size, SETTINGS)
    white = (crop > 188).all(axis=2)  # half-way between the object and the fill
    rows, columns = np.flatnonzero(white.any(axis=1)), np.flatnonzero(white.any(axis=0))
    for line in (rows, columns):
        assert abs((line[0] + line[-1]) / 2 - (size - 1) / 2) <= 1
        assert abs(len(line) - size / SETTINGS.crop_margin) <= 2
    np.testing.assert_allclose(crop[0, 0], np.array(CLIP_MEAN) * 255, atol=0.01)


def test_square_crop_keeps_proportions():
    image = np.full((60, 80, 3), 255, np.uint8)
    white = (square_crop(image, rectangle(10, 20, 50, 30), 100, SETTINGS) > 188).all(axis=2)
    assert white.any(axis=0).sum() == pytest.approx(4 * white.any(axis=1).sum(), rel=0.15)


@pytest.mark.parametrize('size', [40, 64, 200])
def test_a_blurred_background_leaves_the_object_where_it_is(size):
    rng = np.random.default_rng(1)
    image = rng.integers(0, 256, (60, 80, 3), np.uint8)
    mask = rectangle(25, 15, 55, 45)
    plain, blurred = (square_crop(image, mask, size, settings) for settings in (SETTINGS, BLUR))
    # The object's edge mixes with what is around it, so the comparison stays inside.
    edge = size // 5
    inside = slice(edge, size - edge)
    np.testing.assert_allclose(blurred[inside, inside], plain[inside, inside], atol=0.01)


def test_a_blurred_background_shows_what_is_around_without_its_detail():
    image = np.zeros((60, 80, 3), np.uint8)
    image[:, ::2] = 200  # stripes that a blur turns into gray
    crop = square_crop(image, rectangle(30, 20, 50, 40), 100, BLUR)
    margin = crop[1:4, 20:80]
    np.testing.assert_allclose(margin, 100, atol=15)


def test_a_blurred_background_ends_with_the_picture():
    image = np.full((60, 80, 3), 255, np.uint8)
    crop = square_crop(image, rectangle(0, 0, 80, 60), 100, BLUR)
    np.testing.assert_allclose(crop[0, 0], np.array(CLIP_MEAN) * 255, atol=0.01)
    assert (crop[50, 50] == 255).all()


def test_a_dim_background_shows_its_surroundings_with_little_contrast_and_the_object_as_it_is():
    image = np.full((60, 80, 3), 255, np.uint8)
    image[10:50, 20:60] = (200, 0, 0)
    crop = square_crop(image, rectangle(20, 10, 60, 50), 100, replace(SETTINGS, background='dim'))
    np.testing.assert_allclose(crop[50, 50], (200, 0, 0), atol=0.5)
    fill = np.array(CLIP_MEAN) * 255
    np.testing.assert_allclose(crop[1, 50], fill + DIM * (255 - fill), atol=0.5)
