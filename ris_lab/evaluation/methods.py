"""Ways to answer that are measured side by side, all with one profile's models.

full: as the profile says.  clip: our language, but what looks most like the words is the answer.
paper: the published phrase rule, and the same.  oracle: full with a perfect eye, which knows what
the simulator put into the scene, so that language and space alone are measured.
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
    """A language that hears nothing of places, relations, numbers and what is denied."""

    language: Language

    def parse(self, text: str) -> Query:
        """Return the query of a text with its words for the eye alone."""
        query = self.language.parse(text)
        return Query(query.text, query.expression, query.target, query.head,
                     sentence=query.sentence, phrase=query.phrase)


def with_method(pipeline: Pipeline, method: str) -> Pipeline:
    """Return the pipeline that answers by one of METHODS."""
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
    """Return the pipeline with a perfect eye for the scene of a folder of `ris simulate`."""
    return replace(pipeline, appearance=TrueAppearance.read(folder))
