# SPDX-License-Identifier: Apache-2.0
"""Doubt without a fit: a phrase fits a mask if it says more about it than other words do.

The scores of a model that nobody calibrated have no known scale, and each phrase and each mask has
its own level (Zhao et al., Calibrate Before Use, ICML 2021, take such a level off as well). So
scores are only compared with others of the same picture. On one mask, a phrase must be above the
mean of a vocabulary of household nouns; its noun must beat every other noun, and its colour,
material and pattern every other one with the noun as it is. The unit of all leads is the spread
that the scores of the picture's masks for the vocabulary have, less the means of each mask and each
word. A model whose scores are scaled or shifted gives the same chances.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import torch
from torch.nn import functional

from ris_ros.grounding.confidence import Calibration
from ris_ros.grounding.contrast_phrases import exchanges_of, noun_of
from ris_ros.language.household import (
    COLOURS,
    NOUNS,
    are_rivals,
    rival_attributes,
    rival_nouns,
)
from ris_ros.language.query import Query

# The log-odds that a phrase fits: at the mean of the vocabulary, for each spread above it, and the
# weights of the chances that its noun and its attributes beat their rivals. They were chosen on
# simulated scenes with four models and with copies of them whose texts had levels of their own
# (docs/profiles.md).
_OFFSET, _SLOPE = -0.75, 0.8
_NOUN_WEIGHT, _ATTRIBUTE_WEIGHT, _LEAD_SLOPE = 1.0, 1.4, 1.5
# The part of a phrase's own level, the lower quartile of the masks, that is taken off; it counts as
# much as this many further masks of an average level.
_LEVEL_SHARE, _LEVEL_DOUBT = 0.5, 4.0
# Taken off for a part of an object, in spreads, as in the profile `embedded`.
_PART_PENALTY = 0.7
# Words that a model does not know get one feature; it counts once.
_SAME_FEATURE = 0.999
# Log-odds beyond which nothing is surer.
_MOST_LOG_ODDS = 50.0
# (C, C) bool, which colours exclude each other.
_RIVAL_COLOURS = np.array([[other in rival_attributes(colour) for other in COLOURS]
                           for colour in COLOURS])
# Priors of none and of several objects against exactly one.
PRIORS = Calibration(none=-0.8, several=-0.2)


class TextComparison(Protocol):
    """Turns texts into features and compares them with masks; CLIP's `Encoder` is one."""

    def texts(self, sentences: Sequence[str], phrases: Sequence[str]) -> torch.Tensor:
        """Return the (T, D) features of T sentences, each mixed with its noun phrase."""
        ...

    def vocabulary(self, phrases: Sequence[str]) -> torch.Tensor:
        """Return the (T, D) features of T phrases, as `texts` does, that it may keep for good."""
        ...

    def compare(self, visual: torch.Tensor, texts: torch.Tensor) -> torch.Tensor:
        """Return the (N, T) scores of (N, D) visual and (T, D) text features."""
        ...


@dataclass(frozen=True, eq=False)
class ContrastScores:
    """How a phrase stands against other words on N masks.

    Attributes:
        log_odds: (N,) log-odds that it fits each.
        spread: The unit of the picture's scores, as `spread_of` measures it.
    """

    log_odds: np.ndarray
    spread: float

    def at(self, masks: np.ndarray, parts: np.ndarray | bool = False,
           part_penalty: float = 0.0) -> np.ndarray:
        """Return the (K,) log-odds of some masks.

        Args:
            masks: (K,) their numbers.
            parts: (K,) bool, which of them are mostly parts of objects.
            part_penalty: On the scale of the scores; at least a share of the spread is taken off.
        """
        penalty = max(part_penalty / self.spread, _PART_PENALTY)
        return self.log_odds[masks] - _SLOPE * penalty * parts


@dataclass(frozen=True, eq=False)
class _Vocabulary:
    """How the vocabulary scores on N masks.

    Attributes:
        scores: (N, T) of its words.
        level: (N,) mean of each mask.
        spread: The unit of all leads.
    """

    scores: np.ndarray
    level: np.ndarray
    spread: float

    def odds(self, scores: np.ndarray) -> np.ndarray:
        """Return the (N, P) log-odds of P phrases by their (N, P) scores, without any rival."""
        above = (scores - self.level[:, None]) / self.spread
        count = len(scores)
        own = np.quantile(above, 0.25, axis=0) * count / (count + _LEVEL_DOUBT)
        return _OFFSET + _SLOPE * (above - _LEVEL_SHARE * own)


@dataclass(frozen=True, eq=False)
class Contrast:
    """Contrasts phrases with a vocabulary whose features are computed once for a model.

    Attributes:
        comparison: The model.
        words: T words of the vocabulary that it tells apart.
        features: (T, D) features of these words.
        names: M nouns by which things are named.
        of_names: (M, D) features of these nouns.
        of_colours: (C, D) features of things that have each of the `COLOURS`.
    """

    comparison: TextComparison
    words: tuple[str, ...]
    features: torch.Tensor
    names: tuple[str, ...]
    of_names: torch.Tensor
    of_colours: torch.Tensor

    @classmethod
    def of(cls, comparison: TextComparison, names: Sequence[str] = ()) -> Contrast:
        """Encode the vocabulary with a model.

        Args:
            comparison: The model.
            names: Nouns by which things are named, in the vocabulary or not.
        """
        nouns = [*dict.fromkeys((*NOUNS, *names))]
        features = comparison.vocabulary(
            [f'the {noun}' for noun in (*nouns, *(f'{colour} thing' for colour in COLOURS))])
        rows = [nouns.index(name) for name in names]
        own = features[:len(NOUNS)]
        unit = functional.normalize(own, dim=-1)
        is_again = torch.triu(unit @ unit.T > _SAME_FEATURE, diagonal=1).any(dim=0)
        kept = torch.nonzero(~is_again)[:, 0]
        return cls(comparison, tuple(NOUNS[i] for i in kept.tolist()), own[kept],
                   tuple(names), features[rows], features[len(nouns):])

    def judge(self, visual: np.ndarray, query: Query) -> ContrastScores:
        """Contrast the phrase of a query on the masks of a picture.

        Args:
            visual: (N, D) float32 features of N >= 1 masks.
            query: What is said of the looks, as from `appearance_query`.
        """
        seen = torch.from_numpy(visual)
        picture = self._measure(seen)
        log_odds = picture.odds(self._scores(seen, [query.sentence], [query.phrase]))[:, 0]
        noun = noun_of(query)
        if noun:
            text = f'the {noun}'
            own = self._scores(seen, [text], [text])[:, 0]
            log_odds = log_odds + self._noun_part(picture, noun, own)
        leads = []
        for exchange in exchanges_of(query):
            texts = [exchange.text, *exchange.others]
            scores = self._scores(seen, texts, texts)
            leads.append((scores[:, 0] - scores[:, 1:].max(axis=1)) / picture.spread)
        if leads:
            log_odds = log_odds + _ATTRIBUTE_WEIGHT * _beaten(np.min(leads, axis=0))
        return ContrastScores(log_odds, picture.spread)

    def name_chances(self, visual: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Tell how probably each noun names the thing on each mask, and no other noun does.

        The log-odds are those of `judge` for "the mug", "the red thing" and so on. A softmax over
        a noun, its rivals and none of them gives the chance that it is the one; so two nouns that
        fit alike are both in doubt.

        Args:
            visual: (N, D) float32 features of N >= 1 masks.

        Returns:
            (N, M) chances of the names, and (N, C) of the `COLOURS`.
        """
        seen = torch.from_numpy(visual)
        picture = self._measure(seen)
        own = self.comparison.compare(seen, self.of_names).numpy()
        names = picture.odds(own) + np.stack(
            [self._noun_part(picture, name, own[:, column])
             for column, name in enumerate(self.names)], axis=1)
        own = self.comparison.compare(seen, self.of_colours).numpy()
        leads = np.stack([own[:, column] - own[:, rivals].max(axis=1)
                          for column, rivals in enumerate(_RIVAL_COLOURS)], axis=1)
        colours = picture.odds(own) + _ATTRIBUTE_WEIGHT * _beaten(leads / picture.spread)
        return _chances(names, self._rival_names), _chances(colours, _RIVAL_COLOURS)

    @cached_property
    def _rival_names(self) -> np.ndarray:
        """(M, M) bool, which names exclude each other."""
        return np.array([[are_rivals(one, other) for other in self.names] for one in self.names])

    def _measure(self, visual: torch.Tensor) -> _Vocabulary:
        """Compare (N, D) features with the vocabulary."""
        scores = self.comparison.compare(visual, self.features).numpy()
        return _Vocabulary(scores, scores.mean(axis=1), spread_of(scores))

    def _noun_part(self, picture: _Vocabulary, noun: str, scores: np.ndarray) -> np.ndarray:
        """Return what the lead over the best other noun adds to the log-odds.

        Args:
            picture: The scores of the vocabulary.
            noun: One or more words.
            scores: (N,) of this noun.
        """
        rivals = np.isin(self.words, list(rival_nouns(noun)))
        if not rivals.any():
            return np.zeros(len(scores))
        lead = scores - picture.scores[:, rivals].max(axis=1)
        return _NOUN_WEIGHT * _beaten(lead / picture.spread)

    def _scores(self, visual: torch.Tensor, sentences: Sequence[str],
                phrases: Sequence[str]) -> np.ndarray:
        """Return the (N, T) scores of texts."""
        return self.comparison.compare(visual, self.comparison.texts(sentences, phrases)).numpy()


def spread_of(scores: np.ndarray) -> float:
    """Return the spread of the (N, T) scores of N masks for a vocabulary of T words.

    It is the standard deviation that is left when the mean of each mask and of each word is taken
    off. Few masks tell little about it; one mask more is taken to be there, for which half of the
    variance between the words is of that kind.
    """
    count, words = scores.shape
    of_masks = scores - scores.mean(axis=1, keepdims=True)
    left = of_masks - of_masks.mean(axis=0)
    total = np.square(left).sum() + np.square(of_masks).sum() / count / 2
    return max(float(np.sqrt(total / count / max(words - 1, 1))), 1e-6)


def _chances(log_odds: np.ndarray, rivals: np.ndarray) -> np.ndarray:
    """Return the (N, P) chances that each of P words fits and none of its rivals does.

    Args:
        log_odds: (N, P) that each fits.
        rivals: (P, P) bool.
    """
    odds = np.exp(np.minimum(log_odds, _MOST_LOG_ODDS))
    return odds / (1 + odds + odds @ rivals.T)


def _beaten(leads: np.ndarray) -> np.ndarray:
    """Return the logarithm of the chance that a lead over the best rival is real.

    Source: Bradley and Terry, Rank Analysis of Incomplete Block Designs, Biometrika 1952.
    """
    return -np.logaddexp(0, -_LEAD_SLOPE * leads)
