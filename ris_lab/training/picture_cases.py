# SPDX-License-Identifier: Apache-2.0
"""The cases that a profile's probabilities are fitted on, from labelled pictures.

These are one's own, or those of a published data set. Where such a set names nothing that is
absent, each picture gets expressions of others, for things of a category that it has none of.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ris_lab.evaluation.datasets import read_samples
from ris_lab.evaluation.sample import Sample, load_frame
from ris_lab.training.calibration_cases import CalibrationCase, Halves
from ris_ros.errors import RisError
from ris_ros.grounding.appearance import appearance_query
from ris_ros.index.scene_index import SceneIndex
from ris_ros.language.query import Quantity
from ris_ros.pipeline import Pipeline

# Five numbers are fitted. With fewer expressions than these they would be noise.
LEAST_TARGETS, LEAST_ABSENT = 30, 10
# Pictures of a published data set, if the user does not say how many; each takes some 10 MB.
USUAL_PICTURES = 200
# Expressions with a target for each one without, where these are made.
_TARGETS_PER_ABSENT = 3


@dataclass(frozen=True, eq=False)
class PictureTruth:
    """What an expression about a picture means.

    Attributes:
        case: The expression and the box or mask of its target.
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
        return np.array([self.case.is_target(mask) for mask in masks], bool)


def read_pictures(pipeline: Pipeline, folder: Path, limit: int | None) -> Halves:
    """Return the cases of one's own labelled pictures; plurals are left out.

    Args:
        pipeline: Makes the indexes.
        folder: Of the file pictures.json; docs/evaluation.md describes it.
        limit: Number of pictures to use, None for all.

    Raises:
        RisError: The pictures cannot be read.
    """
    samples = read_samples('pictures', folder.resolve(), '', 'default', '')
    return _index(pipeline, _pictures(samples)[:limit])


def read_published(pipeline: Pipeline, dataset: str, root: Path, split: str, split_by: str,
                   limit: int | None) -> Halves:
    """Return the cases of a published data set; plurals are left out.

    Args:
        pipeline: Makes the indexes.
        dataset: Name as for `read_samples`.
        root: Folder of the data set.
        split: Name of the split.
        split_by: Who divided RefCOCOg.
        limit: Number of pictures to use, None for USUAL_PICTURES.

    Raises:
        RisError: The data set cannot be read.
    """
    samples = read_samples(dataset, root.resolve(), split, 'default', split_by)
    pictures = _pictures(samples)[:limit or USUAL_PICTURES]
    if all(sample.target for group in pictures for sample in group):
        pictures = with_absent(pictures)
    return _index(pipeline, pictures)


def check_enough(halves: Halves) -> None:
    """Check that there are enough cases to fit on.

    Raises:
        RisError: There are too few.
    """
    cases = [case for half in halves for case, _ in half]
    absent = sum(case.truth == 'none' for case in cases)
    targets = sum(case.truth == 'one' for case in cases)
    if targets < LEAST_TARGETS or absent < LEAST_ABSENT:
        raise RisError(f'There are {targets} usable expressions with a target and {absent} '
                       f'without; at least {LEAST_TARGETS} and {LEAST_ABSENT} are needed. Label '
                       'more pictures with `ris label`, or make more scenes with `ris simulate '
                       '--absent`.')
    for half in halves:
        if not any(case.targets and (not isinstance(truth, PictureTruth) or truth.by_looks)
                   for case, truth in half):
            raise RisError('Half of the pictures have no expression that names its target by its '
                           'looks alone, such as "the red mug"; label some.')


def _pictures(samples: Sequence[Sample]) -> list[list[Sample]]:
    """Return the samples of each picture."""
    return [list(group) for _, group in groupby(samples, key=_image_id)]


def _image_id(sample: Sample) -> str:
    return sample.image_id


def _index(pipeline: Pipeline, pictures: Sequence[Sequence[Sample]]) -> Halves:
    """Return the cases of pictures, every other one in the other half."""
    halves: Halves = ([], [])
    for number, group in enumerate(tqdm(pictures, unit='picture')):
        scene = pipeline.index(load_frame(group[0]))
        cases = [case for sample in group for sentence in sample.sentences
                 if (case := _case(pipeline, scene, sentence, sample))]
        halves[number % 2].extend((case, PictureTruth(case, _is_by_looks(case))) for case in cases)
    return halves


def _case(pipeline: Pipeline, scene: SceneIndex, sentence: str, sample: Sample
          ) -> CalibrationCase | None:
    """Return the case of a sentence, None if nothing can be learnt from it."""
    query = pipeline.parse(sentence)
    if query.expression is None or query.forbidden or query.quantity is not Quantity.ONE \
            or sample.count > 1:
        return None
    targets = [sample.target()] if sample.target else []
    return CalibrationCase(scene, query, 'one' if targets else 'none', targets, sample.box)


def _is_by_looks(case: CalibrationCase) -> bool:
    return appearance_query(case.query) is case.query and not case.query.negated_attributes


def with_absent(pictures: Sequence[Sequence[Sample]]) -> list[list[Sample]]:
    """Give each picture expressions of others, for things of a category that it has none of.

    Args:
        pictures: The samples of each picture, all with a target.

    Returns:
        The same, each with one such expression for every three of its own, where there are some.
    """
    rng = np.random.default_rng(0)
    known = [sample for group in pictures for sample in group if sample.category]
    extended = []
    for group in pictures:
        here = group[0].categories
        others = [sample for sample in known if here and sample.category not in here]
        count = -(-sum(len(sample.sentences) for sample in group) // _TARGETS_PER_ABSENT)
        chosen = rng.permutation(len(others))[:count]
        extended.append([*group, *(_absent(others[place], group[0]) for place in chosen)])
    return extended


def _absent(other: Sample, here: Sample) -> Sample:
    """Return the first sentence of another picture's sample as one that means nothing here."""
    return Sample(image=here.image, sentences=other.sentences[:1], target=None,
                  image_id=here.image_id, ref_id=f'{here.image_id}-{other.ref_id}-absent',
                  kind='absent', expected='NOT_FOUND', depth=here.depth,
                  depth_scale=here.depth_scale, camera=here.camera)
