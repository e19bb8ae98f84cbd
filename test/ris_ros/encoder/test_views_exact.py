# SPDX-License-Identifier: Apache-2.0
"""Crops, token masks and boxes are those of the straightforward way on whole pictures."""
import numpy as np
import pytest
from small_pictures import rectangle
import torch

from ris_lab.benchmark import plain_views
from ris_ros.encoder import EncoderSettings
from ris_ros.encoder.paper_views import masked_crops, paper_box, paper_views
from ris_ros.encoder.token_masks import peak_token_masks, sampled_token_masks
from ris_ros.geometry.masks import bounding_boxes, centroid

SIZE = (97, 131)


@pytest.fixture(scope='module')
def masks():
    """Return blobs, specks, parts, what touches the borders, one pixel, everything; some views."""
    rng = np.random.default_rng(0)
    noise = rng.random(SIZE) < 0.01
    every = [rectangle(3, 5, 40, 90, SIZE), rectangle(0, 0, 1, 1, SIZE),
             rectangle(130, 96, 131, 97, SIZE), rectangle(50, 40, 52, 44, SIZE), noise,
             rectangle(0, 0, 9, 97, SIZE) | rectangle(120, 50, 131, 60, SIZE),
             np.ones(SIZE, bool)]
    return np.stack(every)


@pytest.mark.parametrize('size', [8, 64, 224])
def test_paper_crops(masks, size):
    image = np.random.default_rng(1).integers(0, 256, (*SIZE, 3), np.uint8)
    source = torch.from_numpy(image).permute(2, 0, 1)[None].float() / 50 - 2
    torch.testing.assert_close(masked_crops(source, masks, size, antialias=False),
                               plain_views.paper_crops(source, masks, size), atol=1e-5, rtol=1e-5)
    assert [paper_box(mask) for mask in masks] == [plain_views.paper_box(mask) for mask in masks]
    whole, _ = paper_views(image, masks[:0], size, EncoderSettings(short_side=97))
    assert whole.shape == (1, 3, size, size)


@pytest.mark.parametrize('grid', [7, 8, 14, 16])
def test_token_masks(masks, grid):
    torch.testing.assert_close(sampled_token_masks(masks, grid, antialias=False),
                               plain_views.sampled_token_masks(masks, grid), atol=1e-6, rtol=0)
    found, expected = peak_token_masks(masks, grid), plain_views.peak_token_masks(masks, grid)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)
    assert torch.equal(found == 0, expected == 0)


def test_token_masks_of_a_picture_smaller_than_the_grid():
    masks = np.random.default_rng(2).random((3, 5, 9)) < 0.5
    torch.testing.assert_close(sampled_token_masks(masks, 14, antialias=False),
                               plain_views.sampled_token_masks(masks, 14), atol=1e-6, rtol=0)


def test_boxes_and_centroids(masks):
    for given in (masks, masks.transpose(0, 2, 1)):
        np.testing.assert_array_equal(bounding_boxes(given), plain_views.boxes(given))
        for mask in given:
            rows, columns = np.nonzero(mask)
            np.testing.assert_allclose(centroid(mask), (columns.mean(), rows.mean()), rtol=1e-12)
    np.testing.assert_allclose(peak_token_masks(masks.transpose(0, 2, 1), 7),
                               peak_token_masks(masks, 7).transpose(1, 2), atol=1e-6)
