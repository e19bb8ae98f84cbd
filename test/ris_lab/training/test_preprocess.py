# SPDX-License-Identifier: Apache-2.0
"""Disturbed masks lose pieces, but enough is left to tell what they are."""
import cv2
import numpy as np
import pytest

from ris_lab.training.preprocess import LEAST_LEFT, convex_piece, cut_mask, disturbed_mask


@pytest.fixture
def mask():
    disc = np.zeros((240, 320), np.uint8)
    cv2.circle(disc, (150, 110), 50, 1, -1)
    return disc.astype(bool)


def test_a_cut_keeps_the_share_on_one_side(mask):
    part = cut_mask(np.random.default_rng(0), mask, .6)
    assert part.sum() == pytest.approx(.6 * mask.sum(), rel=.02)
    assert not (part & ~mask).any()
    assert cv2.connectedComponents(part.astype(np.uint8))[0] == 2


def test_pieces_are_convex_and_of_both_forms(mask):
    rng = np.random.default_rng(0)
    for _ in range(20):
        piece = convex_piece(rng, mask).astype(np.uint8)
        if not piece.any():
            continue
        outline = max(cv2.findContours(piece, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0],
                      key=len)
        assert cv2.contourArea(outline) >= .93 * cv2.contourArea(cv2.convexHull(outline)) - 5


def test_disturbed_masks_keep_the_least_that_must_be_left(mask):
    rng = np.random.default_rng(0)
    shares = np.array([(disturbed_mask(rng, mask) & mask).sum() / mask.sum()
                       for _ in range(300)])
    assert shares.min() >= LEAST_LEFT
    assert (shares < .6).mean() > .05
    assert (shares == 1).mean() > .3


def test_some_disturbed_masks_have_holes_and_some_grow(mask):
    rng = np.random.default_rng(1)
    changed = [disturbed_mask(rng, mask) for _ in range(200)]
    holes = [cv2.connectedComponents((~one).astype(np.uint8))[0] > 2 for one in changed]
    assert any(holes)
    assert any((one & ~mask).any() for one in changed)
