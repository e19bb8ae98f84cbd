# SPDX-License-Identifier: Apache-2.0
"""How good probabilities are: a reliability plot, AUROC, and risk over coverage."""
from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.stats import mannwhitneyu

from ris_lab.plots import new_figure, save_figure

BINS = 10
# The share of wrong answers at which coverage is told.
RISK = 0.03


def auroc(confidences: np.ndarray, right: np.ndarray) -> float | None:
    """Return the probability that a right answer has more confidence than a wrong one.

    Args:
        confidences: (M,) probabilities.
        right: (M,) bool.

    Returns:
        The area under the ROC curve; answers of equal confidence count one half. None if all
        answers are right, or all wrong: there is nothing to tell apart.
    """
    positive, negative = confidences[right], confidences[~right]
    if not len(positive) or not len(negative):
        return None
    statistic = mannwhitneyu(positive, negative).statistic
    return float(statistic / (len(positive) * len(negative)))


def reliability(confidences: np.ndarray, right: np.ndarray) -> list[tuple[float, float, int]]:
    """Return mean confidence, share of right answers and count of each tenth of confidence."""
    bins = np.minimum((confidences * BINS).astype(int), BINS - 1)
    return [(float(confidences[bins == number].mean()), float(right[bins == number].mean()),
             int((bins == number).sum())) for number in range(BINS) if (bins == number).any()]


def risk_coverage(confidences: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (M,) coverage and (M,) share of wrong answers among the surest, for each case."""
    order = np.argsort(-confidences, kind='stable')
    counts = np.arange(1, len(order) + 1)
    return counts / len(order), np.cumsum(~right[order]) / counts


def calibration_figures(confidences: np.ndarray, right: np.ndarray) -> dict[str, object]:
    """Return the figures that tell how good probabilities are, as plain JSON values.

    Args:
        confidences: (M,) probabilities that the likeliest object is the right one.
        right: (M,) bool, whether it is.
    """
    bins = reliability(confidences, right)
    coverage, risk = risk_coverage(confidences, right)
    error = sum(count * abs(mean - share) for mean, share, count in bins) / len(right)
    return {'cases': len(right), 'auroc': auroc(confidences, right),
            'expected calibration error': error,
            'reliability': [tuple(round(value, 3) for value in row) for row in bins],
            'coverage at 3 % risk': float(coverage[risk <= RISK].max(initial=0.0))}


def draw_calibration(confidences: np.ndarray, right: np.ndarray, path: Path) -> None:
    """Draw reliability beside risk over coverage.

    Args:
        confidences: (M,) probabilities that the likeliest object is the right one.
        right: (M,) bool, whether it is.
        path: PNG to write.
    """
    figures = calibration_figures(confidences, right)
    means, shares, counts = (np.array(column) for column in
                             zip(*reliability(confidences, right), strict=True))
    figure, (left, side) = new_figure(800, 340, columns=2)
    left.plot([0, 1], [0, 1], color='0.6', linewidth=1)
    left.plot(means, shares, color='tab:blue')
    left.scatter(means, shares, 20 + 400 * counts / len(right), color='tab:blue')
    left.set(xlabel='probability that it is right', ylabel='share that is right',
             xlim=(-.02, 1.02), ylim=(-.02, 1.05), title=f'{len(right)} expressions, '
             f'error {figures["expected calibration error"]:.3f}')
    side.plot(*risk_coverage(confidences, right), color='tab:blue')
    area = figures['auroc']
    side.set(xlabel='share that is answered', ylabel='share of wrong answers', xlim=(0, 1),
             ylim=(0, .5), title='AUROC ' + ('-' if area is None else f'{area:.3f}'))
    for axes in (left, side):
        axes.title.set_fontsize('medium')
    save_figure(figure, path)
