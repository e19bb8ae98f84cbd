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
    answers to those that fit one object or nothing.  kept, dropped: of the objects that do and
    do not fit an expression and score enough, how many the match margin keeps and drops.
    """

    right: float
    refused: float
    ambiguous: float
    wrong: float
    kept: float
    dropped: float


def scores_of(trial: Trial) -> np.ndarray:
    """Return the (N,) scores with the default weight of the global part."""
    return trial.scores[GLOBAL_WEIGHTS.index(DEFAULT_WEIGHT)]


def tops(trials: list[Trial]) -> tuple[np.ndarray, np.ndarray]:
    """Return each trial's best score and its lead over the second."""
    ordered = [np.sort(scores_of(trial))[::-1] for trial in trials]
    return (np.array([scores[0] for scores in ordered]),
            np.array([scores[0] - scores[1] for scores in ordered]))


def rates(report: Report, thresholds: Thresholds) -> Rates:
    """Return what thresholds do; an answer is confident when it passes the first two."""
    table = _table(report)
    confident = (table.best >= thresholds.min_score) & (table.lead >= thresholds.min_margin)
    right, answered = confident & table.right, confident & (table.matches < 2)
    fits, others = _gaps(report, thresholds.min_score)
    return Rates(_mean(right[table.matches == 1]), _mean(~confident[table.matches == 0]),
                 _mean(~confident[table.matches == 2]),
                 1 - float(right.sum()) / max(1, int(answered.sum())),
                 _mean(fits < thresholds.match_margin), _mean(others >= thresholds.match_margin))


def fit(report: Report) -> Thresholds:
    """Return the thresholds that best answer what fits one object and nothing else.

    Expressions that fit one object weigh as much as all others together. Only thresholds count
    that keep wrong answers within MOST_WRONG; raises ValueError without any.
    """
    table, found = _table(report), []
    for score in SCORES:
        for margin in MARGINS:
            confident = (table.best >= score) & (table.lead >= margin)
            right, answered = confident & table.right, confident & (table.matches < 2)
            if right.sum() >= (1 - MOST_WRONG) * answered.sum() > 0:
                unanswered = (_mean(~confident[table.matches == 0])
                              + _mean(~confident[table.matches == 2]))
                total = _mean(right[table.matches == 1]) + unanswered / 2
                found.append((total, float(score), float(margin)))
    if not found:
        raise ValueError(f'No thresholds keep wrong answers within {MOST_WRONG}.')
    _, score, margin = max(found, key=lambda row: row[0])
    return Thresholds(score, margin, match_margin(report, score))


def match_margin(report: Report, min_score: float) -> float:
    """Return the gap to the best score that best parts what also fits from what does not."""
    fits, others = _gaps(report, min_score)
    balance = [_mean(fits < margin) + _mean(others >= margin) for margin in MATCH_MARGINS]
    return float(MATCH_MARGINS[int(np.argmax(balance))])


@dataclass(frozen=True, eq=False)
class _Table:
    """Best score, lead, number of matches (2 for more) and right answer of each trial."""

    best: np.ndarray
    lead: np.ndarray
    matches: np.ndarray
    right: np.ndarray


def _table(report: Report) -> _Table:
    best, lead = tops(report.trials)
    return _Table(best, lead,
                  np.array([min(2, len(trial.matching)) for trial in report.trials]),
                  np.array([trial.right(DEFAULT_WEIGHT) for trial in report.trials]))


def _gaps(report: Report, min_score: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the gaps to the best score of objects that fit and that do not, if they score."""
    fits, others = [], []
    for trial in report.trials:
        scores = scores_of(trial)
        for index in range(len(trial.things)):
            if trial.matching and scores[index] >= min_score:
                side = fits if index in trial.matching else others
                side.append(scores.max() - scores[index])
    return np.array(fits), np.array(others)


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else 1.0
