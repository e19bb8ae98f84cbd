# SPDX-License-Identifier: Apache-2.0
"""How good probabilities are, by hand."""
import cv2
import numpy as np
import pytest

from ris_lab.training.calibration_plot import (
    auroc,
    calibration_figures,
    draw_calibration,
    risk_coverage,
)

CONFIDENCES = np.array([.9, .8, .8, .6, .2])
RIGHT = np.array([True, True, False, True, False])


def test_auroc_is_the_share_of_pairs_in_order_and_ties_count_half():
    # Of 3 x 2 pairs of a right and a wrong answer one is tied and one the wrong way round.
    assert auroc(CONFIDENCES, RIGHT) == pytest.approx(4.5 / 6)


def test_risk_is_the_share_of_wrong_answers_among_the_surest():
    coverage, risk = risk_coverage(CONFIDENCES, RIGHT)
    assert coverage == pytest.approx([.2, .4, .6, .8, 1])
    assert risk == pytest.approx([0, 0, 1 / 3, 1 / 4, 2 / 5])


def test_figures_are_those_of_each_tenth_of_confidence():
    figures = calibration_figures(CONFIDENCES, RIGHT)
    assert figures['reliability'] == [(.2, 0, 1), (.6, 1, 1), (.8, .5, 2), (.9, 1, 1)]
    assert figures['expected calibration error'] == pytest.approx((.2 + .4 + 2 * .3 + .1) / 5)
    assert figures['coverage at 3 % risk'] == pytest.approx(.4)
    assert figures['cases'] == 5


def test_both_plots_are_drawn_side_by_side(tmp_path):
    draw_calibration(CONFIDENCES, RIGHT, tmp_path / 'plot.png')
    picture = cv2.imread(str(tmp_path / 'plot.png')).astype(int)
    blue = picture[..., 0] - picture[..., 2] > 60
    assert blue[:, :400].sum() > 100
    assert blue[:, 400:].sum() > 100


def test_answers_that_are_all_right_are_told_and_drawn(tmp_path):
    figures = calibration_figures(CONFIDENCES, np.ones(5, bool))
    assert figures['auroc'] is None
    assert figures['coverage at 3 % risk'] == 1
    draw_calibration(CONFIDENCES, np.ones(5, bool), tmp_path / 'plot.png')
    assert (tmp_path / 'plot.png').stat().st_size > 1000
