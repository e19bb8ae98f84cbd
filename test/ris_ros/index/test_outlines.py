# SPDX-License-Identifier: Apache-2.0
"""Outlines of one object stand for it once."""
import numpy as np

from ris_ros.geometry.masks import bounding_boxes, overlaps
from ris_ros.index.outlines import find_parts, rank, same_object


def boxes(*spans):
    masks = np.zeros((len(spans), 10, 40), bool)
    for mask, (start, stop) in zip(masks, spans, strict=True):
        mask[:, start:stop] = True
    return masks


def shares(masks):
    return overlaps(masks, bounding_boxes(masks), np.empty((0, 0), np.float32))


def ranked(scores, masks, margin=0.0, limit=10):
    return rank(np.array(scores), shares(masks), margin, limit)


def test_rank_is_by_score():
    masks = boxes((0, 5), (10, 15), (20, 25))
    assert ranked([1., 3., 2.], masks) == [(1, 3.0), (2, 2.0), (0, 1.0)]


def test_rank_lets_the_best_outline_stand_for_its_object():
    masks = boxes((1, 10), (0, 10), (20, 30))
    assert ranked([2.9, 3., 1.], masks) == [(1, 3.0), (2, 1.0)]


def test_rank_lets_the_first_of_outlines_that_fit_alike_stand_for_the_object():
    masks = boxes((0, 20), (0, 8), (12, 20), (30, 35))
    assert ranked([7., 9., 5., 8.], masks, margin=3.) == [(0, 9.0), (3, 8.0)]
    # Where the whole fits worse, its parts are things of their own.
    assert ranked([5., 9., 5., 8.], masks, margin=3.) == [(1, 9.0), (3, 8.0), (2, 5.0)]


def test_what_a_whole_holds_is_no_rival_unless_it_was_proposed_before_it():
    masks = boxes((0, 8), (0, 20), (12, 20), (30, 35))
    # The halves of a pan and the pan: the first half is the best, the second one not another pan.
    assert ranked([9., 7., 8., 5.], masks, margin=3.) == [(0, 9.0), (3, 5.0)]
    # Two mugs, and then both as one.
    assert ranked([9., 8., 7., 5.], masks[[0, 2, 1, 3]], margin=3.) == [
        (0, 9.0), (1, 8.0), (3, 5.0)]


def test_parts_lie_in_what_was_proposed_before_them():
    masks = boxes((0, 20), (0, 8), (0, 7), (12, 24), (30, 35), (28, 36))
    areas = masks.sum((1, 2))
    # Not the outline that is like the one before, what leans out, nor what a later one holds.
    assert find_parts(shares(masks), areas).tolist() == [False, True, False, True, False, False]
    assert find_parts(shares(masks[:0]), areas[:0]).shape == (0,)


def test_rank_keeps_neighbours_that_touch():
    assert ranked([1., 2.], boxes((0, 10), (9, 20))) == [(1, 2.0), (0, 1.0)]


def test_rank_is_limited():
    masks = boxes(*((i, i + 1) for i in range(8)))
    assert len(ranked(np.arange(8.), masks, limit=5)) == 5


def test_no_proposals_have_no_rank():
    assert ranked([], boxes()) == []


def test_the_smaller_of_two_masks_decides_whether_they_show_one_object():
    whole, part, beside = boxes((0, 20), (0, 5), (18, 25))
    assert same_object(whole, part)
    assert not same_object(whole, beside)
