# SPDX-License-Identifier: Apache-2.0
"""The loop over a split, picture by picture; it skips results that are already known."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

import numpy as np
from tqdm import tqdm

from ris_lab.evaluation.coco_masks import encode
from ris_lab.evaluation.labelled_box import LabelledBox, filled
from ris_lab.evaluation.metrics import intersection_union, iou
from ris_lab.evaluation.prediction import Prediction
from ris_lab.evaluation.results import Record, ResultsFile
from ris_lab.evaluation.sample import Sample, keys_of
from ris_ros.errors import RisError


class Answers(Protocol):
    """What is evaluated (see `PipelineAnswers`)."""

    def index(self, sample: Sample) -> object | None:
        """Return what is known of the picture, None where it has no proposals.

        Its ``masks`` are the (N, H, W) bool proposals, where the picture's objects are known.
        """
        ...

    def answer(self, scene: object, sentence: str, sample: Sample) -> Prediction:
        """Answer a sentence of a sample.

        Args:
            scene: What `index` returned for the sample.
            sentence: One of the sample's sentences.
            sample: The sample.
        """
        ...


@dataclass(frozen=True)
class Work:
    """The work left on one picture.

    Attributes:
        samples: All samples of the picture.
        missing: Keys that have no result yet.
    """

    samples: tuple[Sample, ...]
    missing: frozenset[str]


def missing_work(samples: Sequence[Sample], results: ResultsFile) -> list[Work]:
    """Return the pictures on which something is missing, in order.

    Args:
        samples: All samples; those of one picture follow each other.
        results: The results so far.
    """
    known = {record['key'] for record in results.records}
    works = []
    for _, group in groupby(samples, key=lambda sample: sample.image_id):
        group = tuple(group)
        missing = frozenset(keys_of(group)) - known
        if missing:
            works.append(Work(group, missing))
    return works


def do(work: Work, answers: Answers, protocol: str) -> Iterator[Record]:
    """Yield the missing results of a picture, in order.

    Args:
        work: The picture's samples and missing keys.
        answers: Answers the sentences.
        protocol: 'paper' skips the references of pictures without proposals; 'default' counts
            them as misses, with an intersection of 0.
    """
    if work.samples[0].image_id in work.missing:
        yield _covered(work.samples[0], answers)
    for sample in work.samples:
        missing = [(key, sentence) for key, sentence in
                   zip(sample.keys, sample.sentences, strict=True) if key in work.missing]
        if not missing:
            continue
        scene = answers.index(sample)
        if scene is None and protocol == 'paper':
            yield from ({'key': key, 'skipped': True} for key, _ in missing)
            continue
        truth = None if sample.target is None else sample.target()
        for key, sentence in missing:
            answer = (Prediction(None, 'NO_PROPOSALS') if scene is None
                      else answers.answer(scene, sentence, sample))
            yield _result(key, answer, truth, sample)


def run(samples: Sequence[Sample], answers: Answers, results: ResultsFile, protocol: str) -> None:
    """Add the results of all sentences that have none yet.

    Args:
        samples: All samples.
        answers: Answers the sentences.
        results: Where the results are, and are added.
        protocol: As in `do`.
    """
    run_together(samples, [(answers, results)], protocol)


def run_together(samples: Sequence[Sample], runs: Sequence[tuple[Answers, ResultsFile]],
                 protocol: str) -> None:
    """Add what is missing in several runs, picture by picture, so that they can share its index.

    Args:
        samples: All samples of each run.
        runs: What answers in each run, and where its results are added.
        protocol: As in `do`.
    """
    missing = [{work.samples[0].image_id: work for work in missing_work(samples, results)}
               for _, results in runs]
    with progress_bar(samples, *(results for _, results in runs)) as progress:
        for image_id in dict.fromkeys(sample.image_id for sample in samples):
            for (answers, results), works in zip(runs, missing, strict=True):
                if image_id in works:
                    for record in do(works[image_id], answers, protocol):
                        results.append(record)
                        progress.update()


def progress_bar(samples: Sequence[Sample], *results: ResultsFile) -> tqdm:
    """Return a progress bar for some runs that starts at the number of known results."""
    return tqdm(total=len(results) * len(keys_of(samples)),
                initial=sum(len(one.records) for one in results), unit='result')


def _covered(sample: Sample, answers: Answers) -> Record:
    """Tell how well each object of a picture is covered by the proposal that does it best."""
    scene = answers.index(sample)
    masks = [] if scene is None else scene.masks
    truths = sample.objects()
    boxes = sample.boxes or (None,) * len(truths)
    best = [max((_overlap(mask, truth, box) for mask in masks), key=lambda pair: iou(*pair),
                default=(0, int(np.count_nonzero(truth))))
            for truth, box in zip(truths, boxes, strict=True)]
    return {'key': sample.image_id, 'proposals': len(masks), 'objects': best}


def _overlap(mask: np.ndarray | None, truth: np.ndarray, box: LabelledBox | None
             ) -> tuple[int, int]:
    """Return the pixels of intersection and union, of the boxes where only a box is known."""
    return intersection_union(mask if box is None or mask is None else box.covered_box(mask),
                              truth)


def _result(key: str, answer: Prediction, truth: np.ndarray | None, sample: Sample) -> Record:
    """Compare an answer with the truth, which is None for an object that is not there."""
    mask = answer.mask
    told = {'status': answer.status, 'count': answer.count, 'confidence': answer.confidence,
            'mask': None if mask is None else encode(mask)}
    if sample.meant:
        told['boxes'] = answer.boxes
    if truth is None:
        return {'key': key, **told}
    if mask is not None and mask.shape != truth.shape:
        raise RisError(f'The picture {sample.image} is {mask.shape[1]} x {mask.shape[0]} '
                       f'pixels but its annotation is for {truth.shape[1]} x {truth.shape[0]}.')
    if sample.meant:
        mask = filled((LabelledBox(*box) for box in answer.boxes), truth.shape)
    intersection, union = _overlap(mask, truth, sample.box)
    first = {} if sample.box is None else {'first': _overlap(answer.first, truth, sample.box)}
    return {'key': key, 'i': intersection, 'u': union, **first, **told}
