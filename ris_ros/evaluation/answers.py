"""The pipeline's answers to samples; a picture is encoded once for all that is said of it."""
from __future__ import annotations

from dataclasses import replace
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ris_ros.errors import RisError
from ris_ros.evaluation.sample import Sample, load_frame
from ris_ros.frame import Frame
from ris_ros.proposals.precomputed import PrecomputedProposer

if TYPE_CHECKING:
    from ris_ros.grounding.scene_index import SceneIndex
    from ris_ros.pipeline import Pipeline

# The published weight of the global feature for RefCOCOg; the profile has that of the others.
_PAPER_WEIGHT_REFCOCOG = 0.85


class PipelineAnswers:
    """Answers sentence by sentence, remembering the index of the last picture."""

    def __init__(self, pipeline: Pipeline, masks_dir: Path | None = None,
                 forced: bool = False) -> None:
        """Take proposals from masks_dir in place of the profile's where it is given.

        forced: the best candidate is the answer even where the pipeline would refuse one.
        """
        self._pipeline = pipeline
        self._masks_dir = masks_dir
        self._forced = forced
        self._image_id: str | None = None
        self._scene: SceneIndex | None = None

    def index(self, sample: Sample) -> SceneIndex | None:
        """Return the index of the sample's picture, or None where it has no proposals."""
        if sample.image_id != self._image_id:
            self._scene = self._make_index(sample)
            self._image_id = sample.image_id
        return self._scene

    def answer(self, scene: SceneIndex, sentence: str) -> np.ndarray | None:
        """Return the (H, W) bool mask that is meant, or None where no answer is given."""
        grounding = self._pipeline.ground(scene, sentence)
        if self._forced and grounding.candidates:
            return grounding.candidates[0].mask
        return grounding.mask

    def _make_index(self, sample: Sample) -> SceneIndex | None:
        frame = load_frame(sample)
        if self._masks_dir is None:
            scene = self._pipeline.index(frame)
        else:
            masks = read_image_masks(self._masks_dir, sample.image_id, frame)
            scene = self._pipeline.index(frame, masks) if len(masks) else None
        return scene if scene is not None and len(scene.masks) else None


def read_image_masks(folder: Path, image_id: str, frame: Frame) -> np.ndarray:
    """Return the (N, H, W) bool proposals in <image id>.npz or .json; none without a file.

    Raises FrameError where the file cannot be read or its masks are not of the frame's size.
    """
    empty = np.zeros((0, *frame.size), bool)
    for path in (folder / f'{image_id}.npz', folder / f'{image_id}.json'):
        if path.is_file() and not _is_empty_list(path):
            return PrecomputedProposer(path).propose(frame)
    return empty


def _is_empty_list(path: Path) -> bool:
    """Return whether a file of COCO RLE says that there is no mask."""
    if path.suffix != '.json':
        return False
    try:
        return json.loads(path.read_text(encoding='utf-8')) == []
    except ValueError:
        return False


def check_masks_dir(folder: Path, samples: tuple[Sample, ...]) -> None:
    """Raise RisError where a folder of precomputed masks is not of these pictures at all."""
    if not any((folder / f'{sample.image_id}{suffix}').is_file()
               for sample in samples for suffix in ('.npz', '.json')):
        raise RisError(f'The folder {folder} has masks of none of the pictures; expected files '
                       f'such as {samples[0].image_id}.npz or {samples[0].image_id}.json.')


def for_dataset(pipeline: Pipeline, dataset: str) -> Pipeline:
    """Return the pipeline with the published weight of the data set, in the paper's profile."""
    if pipeline.profile.name != 'paper' or dataset != 'refcocog':
        return pipeline
    settings = replace(pipeline.encoder.settings, global_weight=_PAPER_WEIGHT_REFCOCOG)
    return replace(pipeline, profile=replace(pipeline.profile, encoder=settings),
                   encoder=replace(pipeline.encoder, settings=settings))
