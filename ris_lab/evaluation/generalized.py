# SPDX-License-Identifier: Apache-2.0
"""gIoU, cIoU, N-acc and T-acc: the figures of expressions that mean none, one or many objects.

Source: Liu, Ding and Jiang, "GRES: Generalized Referring Expression Segmentation" (CVPR 2023). An
answer without a mask says that nothing is meant.
"""
from __future__ import annotations

from collections.abc import Sequence
import math

from pycocotools import mask as coco

from ris_lab.evaluation.metrics import iou, overall_iou, precision_at
from ris_lab.evaluation.results import Record
from ris_lab.evaluation.sample import Sample

# In tenths: the thresholds of its paper.
_THRESHOLDS = (7, 8, 9)


def generalized_figures(samples: Sequence[Sample], records: Sequence[Record]
                        ) -> dict[str, float | int | None]:
    """Return the figures of a run.

    Of an expression that means nothing, an answer without a mask has an IoU of 1, any other of 0,
    and the pixels of that mask enlarge the union of cIoU.

    Args:
        samples: All samples of the run.
        records: Its results, one for each sentence.

    Returns:
        Shares from 0 to 1, and the number of expressions with and without a target. N-acc is the
        share of the latter for which nothing is found, T-acc the share of the former for which
        something is. A share of nothing is None.
    """
    meant = {key: sample.target is not None for sample in samples for key in sample.keys}
    counted = [record for record in records if record['key'] in meant and 'mask' in record]
    targeted = [record for record in counted if meant[record['key']]]
    absent = [record for record in counted if not meant[record['key']]]
    refused = sum(record['mask'] is None for record in absent)
    counts = [(record['i'], record['u']) for record in targeted]
    spurious = [(0, _area(record['mask'])) for record in absent if record['mask'] is not None]
    total = math.fsum(iou(*pair) for pair in counts) + refused
    return {'targeted': len(targeted), 'untargeted': len(absent),
            'gIoU': total / max(len(counted), 1), 'cIoU': overall_iou(counts + spurious),
            'N-acc': refused / len(absent) if absent else None,
            'T-acc': (sum(record['mask'] is not None for record in targeted) / len(targeted)
                      if targeted else None),
            **{f'Pr@.{tenths}': precision_at(counts, tenths) for tenths in _THRESHOLDS}}


def _area(run_lengths: dict) -> int:
    """Count the pixels of a mask that `encode` wrote."""
    return int(coco.area({**run_lengths, 'counts': run_lengths['counts'].encode('ascii')}))
