"""How good probabilities are: a reliability plot, AUROC, and risk over coverage."""
from __future__ import annotations

import cv2
import numpy as np

SIZE, MARGIN = (360, 300), 48
BINS = 10
INK, GRID, LINE = (60, 60, 60), (225, 225, 225), (30, 110, 200)


def auroc(confidences: np.ndarray, right: np.ndarray) -> float:
    """Return the chance that a right answer has more confidence than a wrong one."""
    order = np.argsort(confidences, kind='stable')
    ranks = np.empty(len(order))
    ranks[order] = np.arange(1, len(order) + 1)
    for value in np.unique(confidences):  # ties share their mean rank
        same = confidences == value
        ranks[same] = ranks[same].mean()
    positive, negative = right.sum(), (~right).sum()
    return float((ranks[right].sum() - positive * (positive + 1) / 2) / (positive * negative))


def reliability(confidences: np.ndarray, right: np.ndarray) -> list[tuple[float, float, int]]:
    """Return mean confidence, share of right answers and count of each tenth of confidence."""
    bins = np.minimum((confidences * BINS).astype(int), BINS - 1)
    return [(float(confidences[bins == number].mean()), float(right[bins == number].mean()),
             int((bins == number).sum())) for number in range(BINS) if (bins == number).any()]


def risk_coverage(confidences: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return coverage and the share of wrong answers among the surest, one point a case."""
    order = np.argsort(-confidences, kind='stable')
    counts = np.arange(1, len(order) + 1)
    return counts / len(order), np.cumsum(~right[order]) / counts


def draw_plot(confidences: np.ndarray, right: np.ndarray
              ) -> tuple[np.ndarray, dict[str, object]]:
    """Return a (H, W, 3) uint8 RGB picture and the figures in it.

    confidences: (M,) probabilities that the likeliest object is right.  right: (M,) bool.
    """
    bins = reliability(confidences, right)
    coverage, risk = risk_coverage(confidences, right)
    error = sum(count * abs(mean - share) for mean, share, count in bins) / len(right)
    figures = {'cases': len(right), 'auroc': auroc(confidences, right),
               'expected calibration error': error,
               'reliability': [tuple(round(value, 3) for value in row) for row in bins],
               'coverage at 3 % risk': float(coverage[risk <= .03].max(initial=0.0))}
    left = _axes('probability that it is right', 'share that is right', 1.0)
    places = [_place(mean, share) for mean, share, _ in bins]
    cv2.line(left, _place(0, 0), _place(1, 1), (150, 150, 150), 1, cv2.LINE_AA)
    cv2.polylines(left, [np.array(places)], False, LINE, 2, cv2.LINE_AA)
    for place, (_, _, count) in zip(places, bins, strict=True):
        cv2.circle(left, place, 3 + round(9 * np.sqrt(count / len(right))), LINE, -1, cv2.LINE_AA)
    _write(left, f'{len(right)} expressions, error {error:.3f}', (MARGIN + 8, 22))
    side = _axes('share that is answered', 'share of wrong answers', .5)
    curve = [_place(x, 2 * y) for x, y in zip(coverage, risk, strict=True) if y <= .5]
    cv2.polylines(side, [np.array(curve)], False, LINE, 2, cv2.LINE_AA)
    _write(side, f'AUROC {figures["auroc"]:.3f}', (MARGIN + 8, 22))
    return np.hstack([left, side]), figures


def _place(x: float, y: float) -> tuple[int, int]:
    width, height = SIZE
    return (round(MARGIN + (width - MARGIN - 16) * x),
            round(height - MARGIN - (height - MARGIN - 32) * y))


def _axes(across: str, up: str, top: float) -> np.ndarray:
    picture = np.full((SIZE[1], SIZE[0], 3), 255, np.uint8)
    for share in np.linspace(0, 1, 6):
        cv2.line(picture, _place(share, 0), _place(share, 1), GRID, 1)
        cv2.line(picture, _place(0, share), _place(1, share), GRID, 1)
        x, y = _place(share, 0)
        _write(picture, f'{share:.1f}', (x - 10, y + 16))
        _, y = _place(0, share)
        _write(picture, f'{top * share:.1f}', (MARGIN - 30, y + 4))
    _write(picture, across, (MARGIN + 60, SIZE[1] - 8))
    turned = np.full((16, 200, 3), 255, np.uint8)
    _write(turned, up, (4, 12))
    turned = cv2.rotate(turned, cv2.ROTATE_90_COUNTERCLOCKWISE)
    picture[50:250, 1:17] = turned
    return picture


def _write(picture: np.ndarray, text: str, place: tuple[int, int]) -> None:
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.4, INK, 1, cv2.LINE_AA)
