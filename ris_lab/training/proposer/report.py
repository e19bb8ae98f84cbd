"""Draw the learning curve: python -m ris_lab.training.proposer.report --checkpoint C --curve F."""
from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch

_WIDTH, _HEIGHT, _MARGIN = 640, 400, 50
_LINES = {'at .5': (180, 90, 20), 'at .75': (30, 90, 220)}


def draw_curve(history: list[dict]) -> np.ndarray:
    """Return a (H, W, 3) uint8 BGR picture of recall over the pictures seen."""
    picture = np.full((_HEIGHT, _WIDTH, 3), 255, np.uint8)
    last = max(row['pictures'] for row in history)
    for share in np.arange(0, 1.01, 0.2):
        y = _place(0, share)[1]
        cv2.line(picture, (_MARGIN, y), (_WIDTH - _MARGIN, y), (225, 225, 225), 1)
        _write(picture, f'{share:.1f}', (12, y + 5))
    for (name, colour), above in zip(_LINES.items(), (10, -20), strict=True):
        points = [_place(row['pictures'] / last, row[name]) for row in history]
        cv2.polylines(picture, [np.array(points)], False, colour, 2, cv2.LINE_AA)
        for point in points:
            cv2.circle(picture, point, 3, colour, -1, cv2.LINE_AA)
        _write(picture, name, (points[-1][0] - 30, points[-1][1] - above))
    _write(picture, f'recall of the segmenter alone over {last} pictures seen', (_MARGIN, 20))
    return picture


def _place(across: float, up: float) -> tuple[int, int]:
    return (round(_MARGIN + across * (_WIDTH - 2 * _MARGIN)),
            round(_HEIGHT - _MARGIN - up * (_HEIGHT - 2 * _MARGIN)))


def _write(picture: np.ndarray, text: str, place: tuple[int, int]) -> None:
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, (60, 60, 60), 1, cv2.LINE_AA)


def main() -> None:
    """Print the history of a checkpoint and draw its curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--checkpoint', type=Path, required=True)
    parser.add_argument('--curve', type=Path, required=True, help='the PNG to write')
    arguments = parser.parse_args()
    history = torch.load(arguments.checkpoint, weights_only=True)['history']
    for row in history:
        print(row['step'], row['cpu minutes'], f'{row["at .5"]:.3f} {row["at .75"]:.3f}')
    cv2.imwrite(str(arguments.curve), draw_curve(history))


if __name__ == '__main__':
    main()
