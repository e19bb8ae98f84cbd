"""The loop over a split: sentence by sentence, what is already known is not done again."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from tqdm import tqdm

from ris_ros.errors import RisError
from ris_ros.evaluation.mask_text import encode
from ris_ros.evaluation.metrics import intersection_union
from ris_ros.evaluation.results import Record, ResultsFile
from ris_ros.evaluation.sample import Sample


class Answers(Protocol):
    """What is evaluated (see `PipelineAnswers`)."""

    def index(self, sample: Sample) -> object | None:
        """Return what is known of the picture, or None where it has no proposals."""
        ...

    def answer(self, scene: object, sentence: str) -> np.ndarray | None:
        """Return the (H, W) bool mask that is meant, or None."""
        ...


def run(samples: Sequence[Sample], answers: Answers, results: ResultsFile, protocol: str) -> None:
    """Add the results of all sentences that have none yet.

    protocol: with 'paper', references of pictures without proposals are skipped; with 'default'
    they are misses, which have an intersection of 0.
    """
    known = {record['key'] for record in results.records}
    total = sum(len(sample.sentences) for sample in samples)
    with tqdm(total=total, initial=len(known), unit='sentence') as progress:
        for sample in samples:
            missing = [(key, sentence) for key, sentence in
                       zip(sample.keys, sample.sentences, strict=True) if key not in known]
            if not missing:
                continue
            scene = answers.index(sample)
            skipped = scene is None and protocol == 'paper'
            truth = None if skipped else sample.target()
            for key, sentence in missing:
                answer = None if scene is None else answers.answer(scene, sentence)
                results.append({'key': key, 'skipped': True} if skipped
                               else _result(key, answer, truth, sample))
                progress.update()


def _result(key: str, answer: np.ndarray | None, truth: np.ndarray, sample: Sample) -> Record:
    """Compare an answer with the truth."""
    if answer is not None and answer.shape != truth.shape:
        raise RisError(f'The picture {sample.image} is {answer.shape[1]} x {answer.shape[0]} '
                       f'pixels but its annotation is for {truth.shape[1]} x {truth.shape[0]}.')
    intersection, union = intersection_union(answer, truth)
    return {'key': key, 'i': intersection, 'u': union,
            'mask': None if answer is None else encode(answer)}
