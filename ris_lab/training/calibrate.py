"""Fit a profile's probabilities on simulated scenes, and show how good they are.

Each scene is indexed twice, with the profile's own proposals and with the true masks, and kept
beside it until weights or settings change. What is stored is fitted on all scenes; the figures and
the plot are of each half with what was fitted on the other one.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
import hashlib
import json
from pathlib import Path
import re

import cv2
import numpy as np
from scipy.optimize import minimize
import torch
from tqdm import tqdm
import yaml

from ris_lab.evaluation.metrics import intersection_union, iou
from ris_lab.evaluation.oracle import TrueAppearance
from ris_lab.training.calibration_plot import calibration_figures, draw_calibration
from ris_ros.frame import Frame
from ris_ros.grounding.appearance import appearance_query, fits_every_object
from ris_ros.grounding.confidence import Beliefs, Calibration
from ris_ros.grounding.scoring import MOST_OBJECTS, Scorer, as_query
from ris_ros.image_files import read_camera, read_depth, read_image
from ris_ros.index.outlines import rank
from ris_ros.index.scene_index import SceneIndex
from ris_ros.language.query import Quantity, Query
from ris_ros.models.hashes import sha256_of
from ris_ros.models.registry import find_model_file
from ris_ros.pipeline import Pipeline
from ris_ros.profile import PROFILES

RIGHT_IOU = 0.5
PROPOSALS = ('own', 'true')


@dataclass(frozen=True, eq=False)
class CalibrationCase:
    """One expression on one scene.

    Attributes:
        truth: 'one', 'none' or 'several': the number of objects that are meant.
        targets: (H, W) bool masks of these objects.
    """

    scene: SceneIndex
    query: Query
    truth: str
    targets: Sequence[np.ndarray]

    def right(self, beliefs: Beliefs) -> bool:
        """Tell whether the likeliest object is the one that is meant."""
        if self.truth != 'one' or not len(beliefs.masks):
            return False
        mask = self.scene.masks[beliefs.masks[int(beliefs.alone.argmax())]]
        return iou(*intersection_union(mask, self.targets[0])) >= RIGHT_IOU


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


def fit(looks: Looks, cases: Sequence[CalibrationCase], truths: Sequence[TrueAppearance]
        ) -> Calibration:
    """Return the calibration of a profile; truths: of each case's scene."""
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


def _examples(looks: Looks, case: CalibrationCase, truth: TrueAppearance
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
        yield np.array([score for _, score in found]), truth.fits(masks, seen.phrase)


def _phrases(query: Query) -> Iterator[Query]:
    """Yield a query and those of its anchors."""
    yield query
    for relation in query.relations:
        for anchor in relation.anchors:
            yield from _phrases(as_query(anchor))


def read_cases(folder: Path, scene: SceneIndex, pipeline: Pipeline) -> list[CalibrationCase]:
    """Return the cases of a scene's folder; plurals and what follows another command left out."""
    labels = cv2.imread(str(folder / 'labels.png'), cv2.IMREAD_UNCHANGED)
    cases = []
    for line in (folder / 'expressions.jsonl').read_text().splitlines():
        record = json.loads(line)
        if record['kind'] in ('plural', 'dialogue'):
            continue
        truth = {'absent': 'none', 'ambiguous': 'several'}.get(record['kind'], 'one')
        query = pipeline.parse(record['text'])
        if query.expression is not None and query.quantity is Quantity.ONE:
            target = record['target_label']
            cases.append(CalibrationCase(scene, query, truth, [labels == target] if target else []))
    return cases


def index(pipeline: Pipeline, folder: Path, proposals: str, digest: str) -> SceneIndex:
    """Return the index of a scene's folder, kept there from the last time."""
    kept = folder / f'index_{proposals}_{digest}.npz'
    frame = Frame(read_image(folder / 'image.png'), read_depth(folder / 'depth.png'),
                  read_camera(folder / 'camera_info.yaml'))
    if not kept.exists():
        labels = cv2.imread(str(folder / 'labels.png'), cv2.IMREAD_UNCHANGED)
        true = np.array([labels == label for label in np.unique(labels[labels > 0])])
        scene = pipeline.index(frame, true.reshape(-1, *labels.shape)
                               if proposals == 'true' else None)
        np.savez_compressed(kept, masks=np.packbits(scene.masks, axis=2), features=scene.features)
    with np.load(kept) as found:
        masks = np.unpackbits(found['masks'], axis=2, count=frame.size[1]).astype(bool)
        return SceneIndex.of(frame, masks, found['features'])


def digest_of(pipeline: Pipeline) -> str:
    """Return what must be the same for an index to be used again."""
    profile = pipeline.profile
    files = [profile.weights, *(value for value in profile.proposals.values()
                                if str(value).endswith('.safetensors'))]
    hashes = [sha256_of(find_model_file(str(file))) for file in files]
    settings = repr((profile.proposals, profile.encoder, hashes))
    return hashlib.sha256(settings.encode()).hexdigest()[:12]


def store(path: Path, calibration: Calibration) -> None:
    """Write a calibration into a profile's file and leave all else as it is."""
    values = {name: value if isinstance(value, str) else round(value, 4)
              for name, value in vars(calibration).items() if name != 'doubt'}
    block = '  calibration:\n' + ''.join(f'    {line}\n' for line in yaml.safe_dump(
        values, sort_keys=False).splitlines())
    text = path.read_text()
    text, count = re.subn(r'  calibration:\n(?:    .*\n)*', block, text)
    if not count:
        text = re.sub(r'(?m)^decision:.*\n', lambda found: found.group() + block, text)
    path.write_text(text)


def calibrate(profile: str, folder: Path, limit: int | None, write: bool, plot: Path | None
              ) -> None:
    """Fit a profile's probabilities, print figures, and store the fit where asked for.

    Args:
        profile: Name or YAML file.
        folder: Scenes of `ris simulate`.
        limit: Number of scenes to use, None for all.
        write: Whether to store the calibration with the profile.
        plot: PNG to write.
    """
    torch.set_num_threads(1)
    pipeline = Pipeline.load(profile)
    digest, looks = digest_of(pipeline), Looks(pipeline)
    halves: tuple[list, list] = ([], [])
    folders = sorted(folder.glob('scene_*'))[:limit]
    for number, scene_folder in enumerate(tqdm(folders, unit='scene')):
        truth = TrueAppearance.read(scene_folder)
        for proposals in PROPOSALS:
            scene = index(pipeline, scene_folder, proposals, digest)
            halves[number % 2].extend(
                (case, truth) for case in read_cases(scene_folder, scene, pipeline))
    outcomes = []
    for fitted_on, tested_on in ((0, 1), (1, 0)):
        calibration = fit(looks, *zip(*halves[fitted_on], strict=True))
        cases = [case for case, _ in halves[tested_on]]
        outcomes += [(float(found.alone.max(initial=0.0)), case.right(found))
                     for case, found in zip(cases, judge(looks, cases, calibration),
                                            strict=True)]
    confidences, right = (np.array(column) for column in zip(*outcomes, strict=True))
    figures = calibration_figures(confidences, right)
    calibration = replace(fit(looks, *zip(*(halves[0] + halves[1]), strict=True)),
                          fitted_on='simulation')
    print(json.dumps({'calibration': vars(calibration), **figures}, indent=1))
    if plot:
        draw_calibration(confidences, right, plot)
    if write:
        path = Path(profile)
        store(path if path.suffix else PROFILES / f'{profile}.yaml', calibration)
