"""Paper boxes, square crops and token masks on pictures small enough to check by hand."""
import numpy as np
import pytest
import torch

from ris_ros.encoder.preprocess import masked_crops, paper_box, token_masks
from ris_ros.encoder.settings import CLIP_MEAN, EncoderSettings
from ris_ros.encoder.square_crops import peak_token_mask, square_crop, square_inputs

SETTINGS = EncoderSettings(preprocessing='square', mean=CLIP_MEAN)


def rectangle(x1, y1, x2, y2, shape=(60, 80)):
    mask = np.zeros(shape, bool)
    mask[y1:y2, x1:x2] = True
    return mask


def test_paper_box_of_one_part_starts_one_pixel_early():
    assert paper_box(rectangle(10, 20, 30, 50)) == (9, 19, 29, 49)


def test_paper_box_of_two_parts_is_smaller_than_their_extent():
    mask = rectangle(0, 0, 10, 10) | rectangle(60, 0, 80, 10)
    x1, _, x2, _ = paper_box(mask)
    assert x2 - x1 <= 30 < 80


def test_paper_box_of_a_column_at_the_border_is_not_empty():
    x1, y1, x2, y2 = paper_box(rectangle(0, 5, 1, 9))
    assert x2 > x1
    assert y2 > y1
    source = torch.zeros(1, 3, 60, 80)
    assert masked_crops(source, rectangle(0, 5, 1, 9)[None], 8, False).shape == (1, 3, 8, 8)


def test_sampled_token_masks_lose_a_small_object_and_peak_masks_keep_it():
    mask = rectangle(2, 2, 5, 5, (480, 640))
    assert token_masks(mask[None], 7, False).max() == 0
    tokens = peak_token_mask(mask, 8)
    assert tokens[0, 0] == 1
    assert tokens.sum() == 1


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


def test_no_masks_give_empty_inputs():
    inputs = square_inputs(np.zeros((60, 80, 3), np.uint8), np.zeros((0, 60, 80), bool), 32, 4,
                           SETTINGS)
    assert inputs.local_inputs.shape == (0, 3, 32, 32)
    assert inputs.token_masks.shape == (0, 4, 4)
