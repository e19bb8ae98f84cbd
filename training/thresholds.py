"""Choose the thresholds of a profile's decision from trials with wrong masks among the true."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.evaluate import DEFAULT_WEIGHT, GLOBAL_WEIGHTS, Report, Trial

# The share of wrong answers among the confident ones that is allowed.
MOST_WRONG = 0.03
SCORES = np.arange(0, 50, 0.5)
MARGINS = np.arange(0, 20, 0.5)
MATCH_MARGINS = np.arange(2, 40, 0.5)


@dataclass(frozen=True)
class Thresholds:
    """As in ris_ros.grounding.decision, on the 100-cosine scale."""

    min_score: float
    min_margin: float
    match_margin: float


@dataclass(frozen=True)
class Rates:
    """What thresholds do to expressions of all kinds, as shares.

    right: of those that fit one object, answered rightly.  refused: of those that fit nothing.
    ambiguous: of those that fit several, not answered with one.  wrong: of all confident
    answers to those that fit one object or nothing.
    """

    right: float
    refused: float
    ambiguous: float
    wrong: float


def scores_of(trial: Trial) -> np.ndarray:
    """Return the (N,) scores with the default weight of the global part."""
    return trial.scores[GLOBAL_WEIGHTS.index(DEFAULT_WEIGHT)]


def tops(trials: list[Trial]) -> tuple[np.ndarray, np.ndarray]:
    """Return each trial's best score and its lead over the second."""
    ordered = [np.sort(scores_of(trial))[::-1] for trial in trials]
    return (np.array([scores[0] for scores in ordered]),
            np.array([scores[0] - scores[1] for scores in ordered]))


def rates(report: Report, min_score: float, min_margin: float) -> Rates:
    """Return what two thresholds do; an answer is confident when it passes both."""
    confident = {}
    groups = {size: [trial for trial in report.trials if min(2, len(trial.matching)) == size]
              for size in range(3)}
    for size, trials in groups.items():
        best, lead = tops(trials)
        confident[size] = (best >= min_score) & (lead >= min_margin)
    right = np.array([trial.right(DEFAULT_WEIGHT) for trial in groups[1]]) & confident[1]
    answered = confident[0].sum() + confident[1].sum()
    return Rates(float(right.mean()), float(1 - confident[0].mean()),
                 float(1 - confident[2].mean()), float(1 - right.sum() / max(1, answered)))


def fit(report: Report) -> Thresholds:
    """Return the thresholds with the best mean of right, refused and ambiguous.

    Only those count that keep wrong answers within MOST_WRONG; raises ValueError without any.
    """
    best, chosen = -1.0, None
    for score in SCORES:
        for margin in MARGINS:
            got = rates(report, score, margin)
            total = got.right + got.refused + got.ambiguous
            if got.wrong <= MOST_WRONG and total > best:
                best, chosen = total, (float(score), float(margin))
    if chosen is None:
        raise ValueError(f'No thresholds keep wrong answers within {MOST_WRONG}.')
    return Thresholds(*chosen, match_margin(report, chosen[0]))


def match_margin(report: Report, min_score: float) -> float:
    """Return the gap to the best score that best parts what also fits from what does not."""
    fits, others = [], []
    for trial in report.trials:
        scores = scores_of(trial)[:len(trial.things)]
        gaps = scores_of(trial).max() - scores
        for index, gap in enumerate(gaps):
            if trial.matching and scores[index] >= min_score:
                (fits if index in trial.matching else others).append(gap)
    balance = [(np.array(fits) < margin).mean() + (np.array(others) >= margin).mean()
               for margin in MATCH_MARGINS]
    return float(MATCH_MARGINS[int(np.argmax(balance))])
