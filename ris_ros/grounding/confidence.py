"""Scores become probabilities: a profile's calibration, and what follows from it.

Platt scaling (Platt, 1999) makes a score the probability that an object is what a phrase says.
Objects fit or do not fit a description independently of each other, so that none, exactly one or
several fit with probabilities that follow. A temperature and two priors, fitted on answers (as in
Guo et al., ICML 2017), make these what is seen: errors of the same words are not independent, and
who says "the mug" mostly sees one.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

_LEAST = 1e-6


@dataclass(frozen=True)
class Calibration:
    """How a profile's scores become probabilities.

    midpoint: the score at which an object is as likely as not what a phrase says; None where
        nothing was fitted: then the best object of the picture is taken to fit, and others within
        ``doubt`` of it as likely as not.
    slope: of the logistic function.  doubt: on the scale of scores, only without a midpoint.
    temperature: above 1, the probabilities of none, one and several are drawn together.
    none, several: prior log-odds of these against exactly one.
    """

    midpoint: float | None = None
    slope: float = 1.0
    doubt: float = 2.0
    temperature: float = 1.0
    none: float = 0.0
    several: float = 0.0

    @property
    def fitted(self) -> bool:
        """Whether the probabilities were fitted on data."""
        return self.midpoint is not None

    def fits(self, scores: np.ndarray, best: float) -> np.ndarray:
        """Return the probabilities that objects with these scores are what a phrase says.

        best: the best score of the picture.
        """
        midpoint = best - self.doubt if self.midpoint is None else self.midpoint
        return np.clip(expit(self.slope * (scores - midpoint)), _LEAST, 1 - _LEAST)

    def weigh(self, none: float, alone: np.ndarray, several: float
              ) -> tuple[float, np.ndarray, float]:
        """Return calibrated probabilities of none, of each object alone, and of several."""
        logs = np.log(np.maximum([none, several, *alone], _LEAST ** 2)) / self.temperature
        logs += [self.none, self.several, *np.zeros(len(alone))]
        weights = np.exp(logs - logs.max())
        weights /= weights.sum()
        return float(weights[0]), weights[2:], float(weights[1])


def count_chances(likely: np.ndarray) -> tuple[float, np.ndarray, float]:
    """Return the chances that none, that each alone, and that several of (K,) chances come true."""
    likely = np.clip(likely, 0, 1 - _LEAST)
    none = float(np.prod(1 - likely))
    alone = none * likely / (1 - likely)
    return none, alone, max(0.0, 1 - none - float(alone.sum()))
