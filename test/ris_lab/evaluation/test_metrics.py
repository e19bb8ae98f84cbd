# SPDX-License-Identifier: Apache-2.0
"""Figures of merit by hand."""
import numpy as np
import pytest

from ris_lab.evaluation.metrics import intersection_union, measure

COUNTS = [(1, 2), (3, 5), (9, 10), (0, 7), (0, 0)]


def test_figures_by_hand():
    figures = measure(COUNTS)
    assert figures['sentences'] == 5
    assert figures['oIoU'] == pytest.approx(13 / 24)
    assert figures['mIoU'] == pytest.approx((0.5 + 0.6 + 0.9) / 5)
    # Exactly on a threshold counts as reached; an empty union never does.
    assert [figures[f'P@.{t}'] for t in range(5, 10)] == [0.6, 0.4, 0.2, 0.2, 0.2]


def test_the_order_of_sentences_does_not_show():
    rng = np.random.default_rng(5)
    counts = [(int(i), int(i + u)) for i, u in rng.integers(0, 10_000, (500, 2))]
    shuffled = [counts[n] for n in rng.permutation(500)]
    assert measure(counts) == measure(shuffled)


def test_no_sentences_give_zeros():
    assert set(measure([]).values()) == {0}


def test_pixels_are_counted():
    truth = np.array([[True, True, False], [False, False, False]])
    answer = np.array([[False, True, True], [False, True, False]])
    assert intersection_union(answer, truth) == (1, 4)
    assert intersection_union(None, truth) == (0, 2)
    assert intersection_union(np.zeros_like(truth), np.zeros_like(truth)) == (0, 0)
