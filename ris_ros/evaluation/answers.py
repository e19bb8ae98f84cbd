"""The pipeline's answers to samples; a picture is encoded once for all that is said of it."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ris_ros.evaluation.sample import Sample, load_frame

if TYPE_CHECKING:
    from ris_ros.evaluation.given_masks import GivenMasks
    from ris_ros.grounding.scene_index import SceneIndex
    from ris_ros.pipeline import Pipeline


@dataclass(frozen=True, eq=False)
class Answer:
    """What is counted of an answer: its (H, W) bool mask or None, and the name of its status."""

    mask: np.ndarray | None
    status: str


class PipelineAnswers:
    """Answers sentence by sentence, remembering the index of the last picture."""

    def __init__(self, pipeline: Pipeline, masks: GivenMasks | None = None,
                 forced: bool = False) -> None:
        """Take proposals from ``masks`` in place of the profile's where they are given.

        forced: the best candidate is the answer even where the pipeline would refuse one.
        """
        self.pipeline = pipeline
        self._masks = masks
        self._forced = forced
        self._image_id: str | None = None
        self._scene: SceneIndex | None = None

    def index(self, sample: Sample) -> SceneIndex | None:
        """Return the index of the sample's picture, or None where it has no proposals."""
        if sample.image_id != self._image_id:
            self._scene = self._make_index(sample)
            self._image_id = sample.image_id
        return self._scene

    def answer(self, scene: SceneIndex, sentence: str) -> Answer:
        """Return the mask that is meant, None where no answer is given, and the status."""
        grounding = self.pipeline.ground(scene, sentence)
        mask = grounding.mask
        if self._forced and grounding.candidates:
            mask = grounding.candidates[0].mask
        return Answer(mask, grounding.status.name)

    def _make_index(self, sample: Sample) -> SceneIndex | None:
        frame = load_frame(sample)
        if self._masks is None:
            scene = self.pipeline.index(frame)
        else:
            masks = self._masks.read(sample.image_id, frame)
            scene = self.pipeline.index(frame, masks) if len(masks) else None
        return scene if scene is not None and len(scene.masks) else None
