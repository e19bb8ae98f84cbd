# SPDX-License-Identifier: Apache-2.0
"""Scores become probabilities, by the calibration of a profile.

Platt scaling (Platt, 1999) turns a score into the probability that an object fits a phrase. Whether
one object fits is taken to be independent of the others, which gives the probabilities that none,
exactly one or several fit. These are then corrected by a temperature and two priors that were
fitted on answers (as in Guo et al., ICML 2017), because the errors for one phrase are not
independent and because people who say "the mug" mostly see exactly one.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

_LEAST = 1e-6


@dataclass(frozen=True)
class Calibration:
    """How the scores of a profile become probabilities.

    Attributes:
        midpoint: The score at which an object fits a phrase with a probability of one half. None
            if nothing was fitted; then it is the best score of the picture less ``doubt``.
        slope: Slope of the logistic function.
        doubt: On the scale of the scores; used only without a midpoint.
        temperature: Above 1 it draws the probabilities of none, one and several together.
        none: Prior log-odds of none against exactly one.
        several: Prior log-odds of several against exactly one.
        fitted_on: The data that all of this was fitted on, such as 'simulation'. On other data,
            such as those of a real camera, the probabilities are a guess; '' where it is unknown.
    """

    midpoint: float | None = None
    slope: float = 1.0
    doubt: float = 2.0
    temperature: float = 1.0
    none: float = 0.0
    several: float = 0.0
    fitted_on: str = ''

    @property
    def fitted(self) -> bool:
        """Whether the probabilities were fitted on data."""
        return self.midpoint is not None

    def fits(self, scores: np.ndarray, best: float) -> np.ndarray:
        """Return the probabilities that objects fit a phrase.

        Args:
            scores: (K,) scores of the objects for the phrase.
            best: The best score of the picture.
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


@dataclass(frozen=True, eq=False)
class Beliefs:
    """How probable it is that a phrase means each of K objects, which are sorted by their looks.

    Attributes:
        masks: (K,) numbers of their proposals in the scene index.
        scores: (K,) scores of their appearance.
        looks: (K,) probability that each looks like the noun phrase.
        likely: (K,) probability that each fits the whole phrase.
        alone: (K,) probability that each is the only one that fits.
        none: Probability that no object fits.
        several: Probability that more than one fits; with ``none`` and ``alone`` it sums to 1.
        by_contrast: Whether the probabilities come from a contrast with other words.
        unseen_anchor: The anchor that nothing in the picture looks like, where no object fits; ''
            where each anchor is seen.
    """

    masks: np.ndarray
    scores: np.ndarray
    looks: np.ndarray
    likely: np.ndarray
    alone: np.ndarray
    none: float
    several: float
    by_contrast: bool = False
    unseen_anchor: str = ''

    @classmethod
    def certain(cls, mask: int) -> Beliefs:
        """Return the belief that one proposal alone is meant, as when somebody points at it."""
        one = np.ones(1)
        return cls(np.array([mask]), one, one, one, one, 0.0, 0.0)

    @property
    def meant(self) -> np.ndarray:
        """(K,) probability that each is meant; with ``none`` they sum to 1."""
        return self.alone + self.several * self.likely / max(float(self.likely.sum()), 1e-9)

    @property
    def has_lookalike(self) -> bool:
        """Whether an object probably looks like the phrase, wherever it is."""
        return bool(np.prod(1 - self.looks) < 0.5)


def count_chances(likely: np.ndarray) -> tuple[float, np.ndarray, float]:
    """Count how many of independent events come true.

    Args:
        likely: (K,) probabilities of the events.

    Returns:
        The probability that none comes true, (K,) that each comes true alone, and that several do.
    """
    likely = np.clip(likely, 0, 1 - _LEAST)
    none = float(np.prod(1 - likely))
    alone = none * likely / (1 - likely)
    return none, alone, max(0.0, 1 - none - float(alone.sum()))
