# SPDX-License-Identifier: Apache-2.0
"""F1 of boxes and the negative success rate, for expressions that mean none, one or many objects.

Source: the evaluation scripts of OpenRef (github.com/zongjianwu/OpenRef-Benchmark). Its N3R is left
out: it needs a confidence for each box, and an answer has one for all of its objects.
"""
from __future__ import annotations

from collections.abc import Sequence
import math

import numpy as np
from scipy.optimize import linear_sum_assignment

from ris_lab.evaluation.results import Record
from ris_lab.evaluation.sample import Sample

MATCH_IOU = 0.5


def match(boxes: Sequence[Sequence[int]], truth: Sequence[Sequence[int]]) -> int:
    """Count the boxes that are right: each is matched with at most one true box.

    Args:
        boxes: x0, y0, x1, y1 of each answered object.
        truth: Likewise, of each object that is meant.

    Returns:
        The number of matched pairs with an IoU of at least .5, where the matching has the largest
        sum of IoU.
    """
    if not len(boxes) or not len(truth):
        return 0
    a, b = np.asarray(boxes, float)[:, None], np.asarray(truth, float)[None]
    overlap = np.prod((np.minimum(a[..., 2:], b[..., 2:])
                       - np.maximum(a[..., :2], b[..., :2])).clip(min=0), axis=-1)
    areas = [np.prod(side[..., 2:] - side[..., :2], axis=-1) for side in (a, b)]
    shares = overlap / (areas[0] + areas[1] - overlap)
    return int((shares[linear_sum_assignment(-shares)] >= MATCH_IOU).sum())


def box_figures(samples: Sequence[Sample], records: Sequence[Record]
                ) -> dict[str, float | int | None]:
    """Return the figures of a run.

    Args:
        samples: All samples of the run; those with a target have `meant`.
        records: Its results, one for each sentence.

    Returns:
        The numbers of expressions with and without a target, precision and recall over all boxes,
        the mean F1 of the expressions with a target, and NSR, the share of those without for which
        nothing is found. A share of nothing is None.
    """
    known = {key: sample for sample in samples for key in sample.keys}
    targeted = [record for record in records if 'boxes' in record]
    absent = [record for record in records
              if record['key'] in known and known[record['key']].target is None]
    rows = []
    for record in targeted:
        truth = [(box.x0, box.y0, box.x1, box.y1) for box in known[record['key']].meant]
        rows.append((match(record['boxes'], truth), len(record['boxes']), len(truth)))
    right, answered, meant = (sum(column) for column in zip(*rows, strict=True)) if rows else (
        0, 0, 0)
    rejected = sum(record['mask'] is None for record in absent)
    return {'targeted': len(targeted), 'untargeted': len(absent),
            'F1': (math.fsum(2 * hit / (found + true) for hit, found, true in rows) / len(rows)
                   if rows else None),
            'precision': right / answered if answered else None,
            'recall': right / meant if meant else None,
            'NSR': rejected / len(absent) if absent else None}
