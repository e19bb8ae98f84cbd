# SPDX-License-Identifier: Apache-2.0
"""Ways to answer that are measured side by side, all with one profile's models.

- full: answers as the profile says.
- clip: uses our language, but answers with the proposal that looks most like the words.
- paper: uses the published phrase rule, and also answers with the most similar proposal.
- oracle: is full with a perfect eye. The eye knows what the simulator put into the scene, so this
  method measures language and space alone.
"""
from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ris_lab.evaluation.oracle import CALIBRATION, TrueAppearance
from ris_ros.language.command import Language
from ris_ros.language.query import Query
from ris_ros.pipeline import Pipeline

METHODS = ('full', 'clip', 'paper', 'oracle')


@dataclass(frozen=True)
class LooksOnly:
    """A language that ignores places, relations, numbers and negations.

    Attributes:
        language: Reads the texts.
    """

    language: Language

    def parse(self, text: str) -> Query:
        """Return the query of a text with its words for the eye alone."""
        query = self.language.parse(text)
        return Query(query.text, query.expression, query.target, query.head,
                     sentence=query.sentence, phrase=query.phrase)


def with_method(pipeline: Pipeline, method: str) -> Pipeline:
    """Return the pipeline that answers by a method, with the same models.

    Args:
        pipeline: Of the profile.
        method: One of METHODS; 'oracle' also needs `seeing_truth` for each picture.
    """
    if method == 'full':
        return pipeline
    decision = pipeline.profile.decision
    if method == 'oracle':
        return replace(pipeline, profile=replace(
            pipeline.profile, decision=replace(decision, calibration=CALIBRATION)))
    language = Language.load('paper') if method == 'paper' else LooksOnly(pipeline.language)
    forced = replace(pipeline.profile, decision=replace(decision, forced=True))
    return replace(pipeline, profile=forced, language=language)


def seeing_truth(pipeline: Pipeline, folder: Path) -> Pipeline:
    """Return the pipeline with a perfect eye for one scene.

    Args:
        pipeline: Of the method 'oracle'.
        folder: The scene's folder, as `ris simulate` writes it.
    """
    return replace(pipeline, appearance=TrueAppearance.read(folder))
