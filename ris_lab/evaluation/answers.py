# SPDX-License-Identifier: Apache-2.0
"""The pipeline's answers to samples; each picture is indexed once for all its sentences."""
from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING

from ris_lab.evaluation.methods import seeing_truth, with_method
from ris_lab.evaluation.prediction import Prediction
from ris_lab.evaluation.sample import Sample, load_frame
from ris_ros.status import Status

if TYPE_CHECKING:
    from ris_lab.evaluation.given_masks import GivenMasks
    from ris_ros.grounding.result import Grounding
    from ris_ros.index.scene_index import SceneIndex
    from ris_ros.pipeline import Pipeline


class Scenes:
    """Keeps the index of the last picture, so that several methods can share it."""

    def __init__(self, pipeline: Pipeline, masks: GivenMasks | None = None) -> None:
        """Make no index yet.

        Args:
            pipeline: Makes the indexes.
            masks: Proposals in place of those of the profile; None for those.
        """
        self._pipeline = pipeline
        self._masks = masks
        self._image_id: str | None = None
        self._scene: SceneIndex | None = None

    def index(self, sample: Sample) -> SceneIndex | None:
        """Return the index of the sample's picture, or None where it has no proposals."""
        if sample.image_id != self._image_id:
            self._scene = self._make(sample)
            self._image_id = sample.image_id
        return self._scene

    def _make(self, sample: Sample) -> SceneIndex | None:
        frame = load_frame(sample)
        if self._masks is None:
            scene = self._pipeline.index(frame)
        else:
            masks = self._masks.read(sample.image_id, frame)
            scene = self._pipeline.index(frame, masks) if len(masks) else None
        return scene if scene is not None and len(scene.masks) else None


class PipelineAnswers:
    """Answers sentence by sentence with one of the methods."""

    def __init__(self, pipeline: Pipeline, masks: GivenMasks | None = None) -> None:
        """Make no index yet.

        Args:
            pipeline: Makes the indexes.
            masks: Proposals in place of those of the profile; None for those.
        """
        self.pipeline = pipeline
        self._scenes = Scenes(pipeline, masks)
        self._sees_truth = False

    def by(self, method: str) -> PipelineAnswers:
        """Return a copy that uses another of METHODS and shares the proposals and their index."""
        other = copy(self)
        other.pipeline = with_method(self.pipeline, method)
        other._sees_truth = method == 'oracle'
        return other

    def index(self, sample: Sample) -> SceneIndex | None:
        """Return the index of the sample's picture, or None where it has no proposals."""
        return self._scenes.index(sample)

    def answer(self, scene: SceneIndex, sentence: str, sample: Sample) -> Prediction:
        """Answer a sentence of a sample, after the sentences that come before it.

        Args:
            scene: The index of the sample's picture.
            sentence: One of the sample's sentences.
            sample: The sample.
        """
        pipeline = self.pipeline
        if self._sees_truth:
            pipeline = seeing_truth(pipeline, sample.image.parent)
            scene = replace(scene, features=pipeline.appearance.visual(scene.masks).numpy())
        if sample.before:
            from ris_ros.conversation import Conversation

            conversation = Conversation(pipeline)
            for number, text in enumerate((*sample.before, sentence)):
                grounding = conversation.answer(scene, text, now=float(number))
        else:
            grounding = pipeline.refer(scene, sentence)
        first = grounding.candidates[0].mask if grounding.candidates else None
        return Prediction(grounding.mask, grounding.status.name, grounding.count,
                          round(grounding.confidence, 4), first, _boxes(grounding))


def _boxes(grounding: Grounding) -> tuple[tuple[int, int, int, int], ...]:
    """Return x0, y0, x1, y1 of the objects in an answer's mask."""
    objects = grounding.objects if grounding.status is Status.FOUND else grounding.objects[:1]
    corners = (thing.box for thing in objects)
    return tuple((x, y, x + width, y + height) for x, y, width, height in corners)
