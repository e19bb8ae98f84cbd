"""The cases that a profile's probabilities are fitted on, from one's own labelled pictures."""
from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ris_lab.evaluation.datasets import read_samples
from ris_lab.evaluation.metrics import intersection_union, iou
from ris_lab.evaluation.sample import Sample, load_frame
from ris_lab.training.calibration_cases import RIGHT_IOU, CalibrationCase, Halves
from ris_ros.errors import RisError
from ris_ros.grounding.appearance import appearance_query
from ris_ros.index.scene_index import SceneIndex
from ris_ros.language.query import Quantity
from ris_ros.pipeline import Pipeline

# Five numbers are fitted. With fewer expressions than these they would be noise.
LEAST_TARGETS, LEAST_ABSENT = 30, 10


@dataclass(frozen=True, eq=False)
class PictureTruth:
    """What an expression about a picture means.

    Attributes:
        case: The expression and the box of its target.
        by_looks: Whether it names its target by its looks alone. Where it does not, other objects
            of the picture may look the same, and nobody has said so.
    """

    case: CalibrationCase
    by_looks: bool

    def fits(self, masks: np.ndarray, phrase: str) -> np.ndarray | None:
        """Return (N,) bool, whether each mask outlines the target; None if others may fit, too."""
        if not self.by_looks:
            return None
        if not self.case.targets:
            return np.zeros(len(masks), bool)
        box, target = self.case.box, self.case.targets[0]
        return np.array([iou(*intersection_union(box.covered_box(mask), target)) >= RIGHT_IOU
                         for mask in masks], bool)


def read_pictures(pipeline: Pipeline, folder: Path, limit: int | None) -> Halves:
    """Return the cases of labelled pictures; plurals are left out.

    Args:
        pipeline: Makes the indexes.
        folder: Of the file pictures.json; docs/evaluation.md describes it.
        limit: Number of pictures to use, None for all.

    Raises:
        RisError: The pictures cannot be read, or have too few expressions.
    """
    samples = read_samples('pictures', folder.resolve(), '', 'default', '')
    pictures = [list(group) for _, group in groupby(samples, key=_image_id)][:limit]
    halves: Halves = ([], [])
    for number, group in enumerate(tqdm(pictures, unit='picture')):
        scene = pipeline.index(load_frame(group[0]))
        cases = [case for sample in group if (case := _case(pipeline, scene, sample))]
        halves[number % 2].extend((case, PictureTruth(case, _is_by_looks(case))) for case in cases)
    _check_enough(halves)
    return halves


def _image_id(sample: Sample) -> str:
    return sample.image_id


def _case(pipeline: Pipeline, scene: SceneIndex, sample: Sample) -> CalibrationCase | None:
    """Return the case of a sample, None if nothing can be learnt from it."""
    query = pipeline.parse(sample.sentences[0])
    if query.expression is None or query.forbidden or query.quantity is not Quantity.ONE:
        return None
    targets = [sample.target()] if sample.target else []
    return CalibrationCase(scene, query, 'one' if targets else 'none', targets, sample.box)


def _is_by_looks(case: CalibrationCase) -> bool:
    return appearance_query(case.query) is case.query and not case.query.negated_attributes


def _check_enough(halves: Halves) -> None:
    """Raise RisError if there are too few cases to fit on."""
    cases = [case for half in halves for case, _ in half]
    absent = sum(case.truth == 'none' for case in cases)
    targets = len(cases) - absent
    if targets < LEAST_TARGETS or absent < LEAST_ABSENT:
        raise RisError(f'The pictures have {targets} usable expressions with a target and {absent} '
                       f'without; at least {LEAST_TARGETS} and {LEAST_ABSENT} are needed. Label '
                       'more, or fit on simulated scenes with --scenes.')
    for half in halves:
        if not any(truth.by_looks and case.targets for case, truth in half):
            raise RisError('Half of the pictures have no expression that names its target by its '
                           'looks alone, such as "the red mug"; label some.')
