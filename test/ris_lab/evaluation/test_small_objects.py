# SPDX-License-Identifier: Apache-2.0
"""Small discs vanish from the paper's token grid where they miss its points, not from ours."""
import numpy as np
import pytest
import torch

from ris_lab.evaluation.small_objects import draw_discs, median_distance, share_seen
from ris_ros.encoder.token_masks import peak_token_masks, sampled_token_masks


@pytest.mark.parametrize(('grid', 'diameter'), [(7, 20), (7, 40), (14, 20), (14, 30)])
def test_a_sampled_disc_is_seen_where_it_covers_one_of_the_points(grid, diameter):
    masks = draw_discs(diameter, 500, np.random.default_rng(0))
    sampled = sampled_token_masks(masks, grid, antialias=False)
    # A point reads the four pixels around it, which adds half a pixel to the disc's radius; the
    # centres of whole discs keep their radius from the border.
    near_a_point = grid ** 2 * np.pi * (diameter / 2 + 0.5) ** 2
    expected = near_a_point / ((640 - diameter) * (480 - diameter))
    assert share_seen(sampled) == pytest.approx(expected, abs=0.06)
    assert share_seen(peak_token_masks(masks, grid)) == 1


def test_discs_have_their_diameter():
    masks = draw_discs(40, 3, np.random.default_rng(1))
    assert masks.sum(axis=(1, 2)) == pytest.approx(np.pi * 20 ** 2, rel=0.02)


def test_masks_that_are_not_seen_are_not_counted():
    tokens = torch.zeros(4, 7, 7)
    tokens[1, 3, 3] = 0.01
    assert share_seen(tokens) == 0.25


def test_distance_is_one_between_orthogonal_features_and_none_between_like_ones():
    assert median_distance(np.array([[2.0, 0], [0, 3.0]])) == 1
    assert median_distance(np.array([[1.0, 1], [2.0, 2]])) == pytest.approx(0)
