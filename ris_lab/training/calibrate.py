# SPDX-License-Identifier: Apache-2.0
"""Fit a profile's probabilities, and show how good they are.

What is stored is fitted on all cases; the figures and the plot are of each half with what was
fitted on the other one.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
import json
from pathlib import Path
import re

import numpy as np
from scipy.optimize import minimize
import torch
import yaml

from ris_lab.training.calibration_cases import CalibrationCase, Halves, Truth, read_scenes
from ris_lab.training.calibration_plot import calibration_figures, draw_calibration
from ris_lab.training.picture_cases import check_enough, read_pictures, read_published
from ris_ros.files import write_whole
from ris_ros.grounding.appearance import appearance_query, fits_every_object
from ris_ros.grounding.confidence import Beliefs, Calibration
from ris_ros.grounding.scoring import MOST_OBJECTS, Scorer, as_query
from ris_ros.index.outlines import rank
from ris_ros.language.query import Query
from ris_ros.pipeline import Pipeline
from ris_ros.profile import PROFILES


class CaseKind(Enum):
    """What a profile's probabilities are fitted on; the value is told with the answers."""

    SCENES = 'simulation'
    PICTURES = 'pictures'
    PUBLISHED = 'published'


@dataclass(frozen=True)
class CaseSource:
    """Where the cases are read from.

    Attributes:
        kind: What lies in the folder.
        folder: Of scenes, of pictures, or of a published data set.
        limit: Number of scenes or pictures to use; None for all, and for the usual number of a
            published data set.
        dataset: Name of a published data set.
        split: Of that data set.
        split_by: Who divided RefCOCOg.
    """

    kind: CaseKind
    folder: Path
    limit: int | None = None
    dataset: str = ''
    split: str = ''
    split_by: str = ''

    @property
    def title(self) -> str:
        """What the fit says that it was fitted on."""
        return (f'{self.dataset} {self.split}' if self.kind is CaseKind.PUBLISHED
                else self.kind.value)

    def read(self, pipeline: Pipeline) -> Halves:
        """Return the cases.

        Args:
            pipeline: Makes the indexes.

        Raises:
            RisError: They cannot be read, or are too few to fit on.
        """
        if self.kind is CaseKind.PUBLISHED:
            halves = read_published(pipeline, self.dataset, self.folder, self.split,
                                    self.split_by, self.limit)
        elif self.kind is CaseKind.PICTURES:
            halves = read_pictures(pipeline, self.folder, self.limit)
        else:
            halves = read_scenes(pipeline, self.folder, self.limit)
        check_enough(halves)
        return halves


class Looks:
    """The scores of a profile's appearance, each computed once: fits ask for them again."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.settings = pipeline.profile.decision
        self._pipeline = pipeline
        self._kept: dict[tuple[int, str, str], torch.Tensor] = {}

    def rate(self, visual: torch.Tensor, sentence: str, phrase: str,
             anchors: Sequence[str]) -> torch.Tensor:
        """Return the (N,) scores of a scene's proposals for a sentence and its noun phrase."""
        # The features of a scene always lie in the same memory.
        key = visual.data_ptr(), sentence, phrase
        if key not in self._kept:
            self._kept[key] = self._pipeline.appearance.rate(visual, sentence, phrase, anchors)
        return self._kept[key]


def fit_scores(scores: np.ndarray, fits: np.ndarray) -> Calibration:
    """Fit the logistic function that gives the probability of a fit from a score.

    Args:
        scores: (M,) scores of objects.
        fits: (M,) bool, whether each object fits; both answers must occur.

    Returns:
        A calibration with midpoint and slope.

    Source: Platt scaling (Platt, 1999).
    """
    def loss(parameters: np.ndarray) -> float:
        midpoint, slope = parameters
        signed = np.where(fits, 1, -1) * np.exp(slope) * (scores - midpoint)
        return float(np.logaddexp(0, -signed).mean())
    start = [float(np.mean([scores[fits].mean(), scores[~fits].mean()])), np.log(0.3)]
    midpoint, slope = minimize(loss, start, method='Nelder-Mead').x
    return Calibration(midpoint=float(midpoint), slope=float(np.exp(slope)))


def fit_priors(calibration: Calibration, cases: Sequence[CalibrationCase],
               beliefs: Sequence[Beliefs]) -> Calibration:
    """Return the calibration with the temperature and priors that best predict the outcomes.

    beliefs: of each case, with a temperature of 1 and no priors.
    """
    outcomes = [case.truth if case.truth != 'one' else 'one' if case.right(found) else 'other'
                for case, found in zip(cases, beliefs, strict=True)]

    def loss(parameters: np.ndarray) -> float:
        weighed = replace(calibration, temperature=float(np.exp(parameters[0])),
                          none=float(parameters[1]), several=float(parameters[2]))
        total = 0.0
        for outcome, found in zip(outcomes, beliefs, strict=True):
            none, alone, _ = weighed.weigh(found.none, found.alone, found.several)
            best = float(alone.max()) if len(alone) else 0.0
            chance = {'none': none, 'one': best}.get(outcome, 1 - none - best)
            total -= np.log(max(chance, 1e-4))
        # Weakly held to no change, so that a few scenes cannot run away.
        return total / len(beliefs) + 0.002 * float(np.square(parameters).sum())
    temperature, none, several = minimize(loss, np.zeros(3), method='Nelder-Mead',
                                          options={'maxiter': 120}).x
    return replace(calibration, temperature=float(np.exp(temperature)), none=float(none),
                   several=float(several))


def fit(looks: Looks, cases: Sequence[CalibrationCase], truths: Sequence[Truth]) -> Calibration:
    """Return the calibration of a profile; truths: of each case."""
    scores, fits = (np.concatenate(parts) for parts in zip(*(
        pair for case, truth in zip(cases, truths, strict=True)
        for pair in _examples(looks, case, truth)), strict=True))
    calibration = fit_scores(scores, fits)
    return fit_priors(calibration, cases, judge(looks, cases, calibration))


def judge(looks: Looks, cases: Sequence[CalibrationCase], calibration: Calibration
          ) -> list[Beliefs]:
    """Return what a calibration makes the profile believe in each case."""
    settings = replace(looks.settings, calibration=calibration)
    return [Scorer(case.scene, looks, settings).score(case.query) for case in cases]


def _examples(looks: Looks, case: CalibrationCase, truth: Truth
              ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the scores of objects for each phrase of a case, and whether they fit it."""
    for query in _phrases(case.query):
        if fits_every_object(query):
            continue
        seen = appearance_query(query)
        scores = Scorer(case.scene, looks, looks.settings).appearance_scores(seen)
        found = rank(scores, case.scene.overlaps,
                     looks.settings.outline_margin, MOST_OBJECTS)
        masks = case.scene.masks[[mask for mask, _ in found]]
        if (fits := truth.fits(masks, seen.phrase)) is not None:
            yield np.array([score for _, score in found]), fits


def _phrases(query: Query) -> Iterator[Query]:
    """Yield a query and those of its anchors."""
    yield query
    for relation in query.relations:
        for anchor in relation.anchors:
            yield from _phrases(as_query(anchor))


def store(source: Path, path: Path, calibration: Calibration) -> None:
    """Write a profile with another calibration, and leave all else as it is.

    Args:
        source: File of the profile.
        path: File to write; it may be the same.
        calibration: To write.
    """
    values = {name: value if isinstance(value, str) else round(value, 4)
              for name, value in vars(calibration).items() if name != 'doubt'}
    text = source.read_text('utf-8')
    wanted = yaml.safe_load(text)
    wanted['decision'] = {**(wanted.get('decision') or {}), 'calibration': values}
    edited = _with_calibration(text, values)
    if _read(edited) != wanted:  # it is laid out in another way than ours; comments are lost
        edited = yaml.safe_dump(wanted, sort_keys=False, allow_unicode=True)
    write_whole(path, edited)


def _with_calibration(text: str, values: dict[str, object]) -> str:
    """Return the text of a profile, laid out as the packaged ones, with another calibration."""
    block = '  calibration:\n' + ''.join(f'    {line}\n' for line in yaml.safe_dump(
        values, sort_keys=False).splitlines())
    text, count = re.subn(r'  calibration:\n(?:    .*\n)*', block, text)
    if not count:
        text, count = re.subn(r'(?m)^decision:.*\n', lambda found: found.group() + block, text)
    return text if count else f'{text.rstrip()}\ndecision:\n{block}'


def _read(text: str) -> object:
    """Return what a YAML text holds; None if it is none."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None


def fit_halves(pipeline: Pipeline, halves: Halves) -> tuple[Calibration, list[tuple[float, bool]]]:
    """Fit on all cases, and judge each half by what was fitted on the other one.

    Args:
        pipeline: Whose looks and settings are used.
        halves: Cases with their truths.

    Returns:
        The calibration, and for each case the confidence in its likeliest object and whether this
        is the right one.
    """
    looks, outcomes = Looks(pipeline), []
    for fitted_on, tested_on in ((0, 1), (1, 0)):
        calibration = fit(looks, *zip(*halves[fitted_on], strict=True))
        cases = [case for case, _ in halves[tested_on]]
        outcomes += [(float(found.alone.max(initial=0.0)), case.right(found))
                     for case, found in zip(cases, judge(looks, cases, calibration),
                                            strict=True)]
    return fit(looks, *zip(*(halves[0] + halves[1]), strict=True)), outcomes


def calibrate(profile: str, source: CaseSource, out: Path | None, plot: Path | None) -> None:
    """Fit a profile's probabilities, print figures, and store the fit where asked for.

    Args:
        profile: Name or YAML file.
        source: Of the cases.
        out: YAML file of the profile to write, None for none.
        plot: PNG to write, None for none.

    Raises:
        RisError: The cases cannot be read, or are too few to fit on.
    """
    torch.set_num_threads(1)
    pipeline = Pipeline.load(profile)
    calibration, outcomes = fit_halves(pipeline, source.read(pipeline))
    calibration = replace(calibration, fitted_on=source.title)
    confidences, right = (np.array(column) for column in zip(*outcomes, strict=True))
    if plot:
        draw_calibration(confidences, right, plot)
    if out:
        store(profile_path(profile), out, calibration)
    print(json.dumps({'calibration': vars(calibration),
                      **calibration_figures(confidences, right)}, indent=1))


def profile_path(profile: str) -> Path:
    """Return the file of a profile."""
    path = Path(profile)
    return path if path.suffix else PROFILES / f'{profile}.yaml'
