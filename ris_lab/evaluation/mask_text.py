"""Masks as COCO's compressed run lengths, for lines of JSON."""
from __future__ import annotations

import numpy as np


def encode(mask: np.ndarray) -> dict[str, object]:
    """Return a (H, W) bool mask as {'size': [H, W], 'counts': string}, as COCO writes it."""
    flat = np.concatenate([[False], mask.T.ravel()])
    changes = np.flatnonzero(flat[1:] != flat[:-1])
    runs = np.diff(np.concatenate([[0], changes, [mask.size]])).tolist()
    # From the fourth run on, the difference from the run two before is written.
    values = runs[:3] + [run - before for run, before in zip(runs[3:], runs[1:], strict=False)]
    return {'size': list(mask.shape), 'counts': ''.join(map(_number, values))}


def _number(value: int) -> str:
    """Write a number in groups of five bits, lowest first; the sixth says that more follow."""
    text = ''
    while not -16 <= value < 16:
        text += chr(48 + (value & 0x1F | 0x20))
        value >>= 5
    return text + chr(48 + (value & 0x1F))
