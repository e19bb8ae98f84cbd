# SPDX-License-Identifier: Apache-2.0
"""Masks on the token grid: the paper's lose small objects, peak masks keep them."""
import numpy as np
from small_pictures import rectangle

from ris_ros.encoder.token_masks import peak_token_masks, sampled_token_masks


def test_sampled_token_masks_lose_a_small_object_and_peak_masks_keep_it():
    mask = rectangle(2, 2, 5, 5, (480, 640))[None]
    assert sampled_token_masks(mask, 7, antialias=False).max() == 0
    tokens = peak_token_masks(mask, 8)
    assert tokens[0, 0, 0] == 1
    assert tokens.sum() == 1


def test_a_mask_of_whole_tokens_is_the_same_in_every_way():
    mask = rectangle(20, 15, 60, 30)[None]  # tokens of 10 x 7.5 pixels
    expected = np.zeros((8, 8))
    expected[2:4, 2:6] = 1
    np.testing.assert_array_equal(sampled_token_masks(mask, 8, antialias=False)[0], expected)
    np.testing.assert_array_equal(peak_token_masks(mask, 8)[0], expected)


def test_peak_masks_weigh_tokens_by_their_share():
    mask = rectangle(10, 0, 25, 15)[None]  # tokens of 20 x 15 pixels: one half, one quarter
    np.testing.assert_allclose(peak_token_masks(mask, 4)[0, 0], [1, 0.5, 0, 0])


def test_no_masks_give_an_empty_grid():
    none = np.zeros((0, 60, 80), bool)
    assert sampled_token_masks(none, 7, antialias=False).shape == (0, 7, 7)
    assert peak_token_masks(none, 7).shape == (0, 7, 7)
