# SPDX-License-Identifier: Apache-2.0
"""Beam search over the tokens of a decoder, with a bias towards expected words."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
import math

import numpy as np
from scipy.special import expit, logit

from ris_ros.language.alternatives import Alternative
from ris_ros.speech.ngram import BEGIN, END, Trigrams
from ris_ros.speech.recogniser import Hypothesis
from ris_ros.speech.vocabulary import spoken_words

# Takes (B,) numbers of the beams that are extended and (B,) tokens that extend them; returns the
# (B, vocabulary) log probabilities of the next token.
Step = Callable[[Sequence[int], Sequence[int]], np.ndarray]

_TOKENS = 24  # tried for each beam
_MOST_ALTERNATIVES = 12
_LOOP, _LOOP_TIMES = 4, 4  # tokens, and how often they come
# Scores times this are log probabilities; a decoder is too sure of its best sentence.
_SHARPNESS = 0.6
# From the log-odds of the confidence to those that one of the alternatives was said.
_HEARD_OFFSET, _HEARD_SLOPE = 2.0, 1.0
_WORD_START = '▁'


@dataclass(frozen=True)
class _Beam:
    """The beginning of a sentence.

    Attributes:
        tokens: Its tokens.
        acoustic: Their log probability by the decoder.
        bias: Bias of its complete words by the trigram model.
        guess: Upper bound on the bias of the word that is not complete yet.
        words: Its complete words.
        partial: The letters of the word that is not complete yet.
    """

    tokens: tuple[int, ...] = ()
    acoustic: float = 0.0
    bias: float = 0.0
    guess: float = 0.0
    words: tuple[str, ...] = (BEGIN,)
    partial: str = ''

    @property
    def score(self) -> float:
        """The beam's rank in the search."""
        return self.acoustic + self.bias + self.guess


@dataclass(frozen=True)
class SearchBreadth:
    """How much a search looks at.

    Attributes:
        beams: That go on at a time.
        margin: How far a beam may lie behind the best one that has ended.
        ended: The search ends with this number of beams that have ended.
    """

    beams: int
    margin: float
    ended: int


# To find alternatives, and to hear "stop" soon.
WIDE, NARROW = SearchBreadth(12, 6.0, 24), SearchBreadth(4, 3.0, 4)


@dataclass(frozen=True)
class _Reading:
    """A text, its best beam, and the score of all its beams."""

    text: str
    beam: _Beam
    score: float


class WordBias:
    """Shallow fusion (Gulcehre et al. 2015) of word probabilities into a search over tokens.

    A word gets weight * (ln P(word | history) - floor): a word that the trigram model expects
    gains, and each unknown word loses the same, so that it can still be recognised.
    """

    def __init__(self, trigrams: Trigrams, weight: float = .35, unknown: float = -16.0,
                 floor: float = -5.0) -> None:
        self._trigrams, self._weight = trigrams, weight
        self._unknown, self._floor = unknown, floor
        self._best: dict[str, float] = {}
        for word in trigrams.words:
            value = trigrams.log_probability((), word)
            assert value is not None, f'{word} is a word of the model'
            for i in range(1, len(word) + 1):
                self._best[word[:i]] = max(value, self._best.get(word[:i], -math.inf))

    def word(self, history: tuple[str, ...], word: str) -> float:
        """Return the bias of a complete word."""
        value = self._trigrams.log_probability(history, word)
        return self._weight * ((self._unknown if value is None else value) - self._floor)

    def beginning(self, letters: str) -> float:
        """Return the bias of the commonest word that begins with these letters."""
        return self._weight * (self._best.get(letters, self._unknown) - self._floor)

    def end(self, history: tuple[str, ...]) -> float:
        """Return the bias of ending the sentence here."""
        return self._weight * (self._trigrams.log_probability(history, END) or 0.0)


class TokenSearch:
    """Finds the best sentences of a decoder whose tokens are SentencePiece's."""

    def __init__(self, tokens: Sequence[str], end: int, bias: WordBias | None) -> None:
        self._tokens = tokens
        self._end = end
        self._bias = bias

    def run(self, step: Step, limit: int) -> Hypothesis:
        """Return the best sentence of at most limit tokens, and the alternatives to it.

        Its confidence is the geometric mean of the decoder's probabilities of its tokens, without
        the bias.
        """
        return self.run_with_likelihood(step, limit)[0]

    def run_with_likelihood(self, step: Step, limit: int, breadth: SearchBreadth = WIDE
                            ) -> tuple[Hypothesis, float]:
        """Search for the best sentence of at most limit tokens.

        Returns:
            It, and the decoder's log likelihood of the sentence that sounds best without the bias.
        """
        beams = self._search(step, limit, breadth)
        readings, likelihood = self._read(beams), max(beam.acoustic for beam in beams)
        best = readings[0].beam
        mean = math.exp(best.acoustic / len(best.tokens))
        if not readings[0].text:
            return Hypothesis('', 0.0), likelihood
        return Hypothesis(readings[0].text, mean,
                          alternatives=_alternatives(readings, mean)), likelihood

    def _search(self, step: Step, limit: int, breadth: SearchBreadth) -> list[_Beam]:
        """Return the beams that have ended, or all of them where none has within the limit."""
        beams, finished = [_Beam()], []
        logs = step([0], [-1])
        for _ in range(limit):
            grown = [(i, self._extend(beam, token, float(logs[i, token])))
                     for i, beam in enumerate(beams) for token in _best_tokens(logs[i])]
            grown.sort(key=lambda item: -item[1].score)
            kept = grown[:breadth.beams]
            finished += [beam for _, beam in kept if beam.tokens[-1] == self._end]
            going = [item for item in kept if item[1].tokens[-1] != self._end]
            best = max((beam.score for beam in finished), default=-math.inf)
            going = [item for item in going if item[1].score > best - breadth.margin]
            if not going or len(finished) >= breadth.ended:
                break
            beams = [beam for _, beam in going]
            if _is_loop(beams[0].tokens):
                finished += beams
                break
            logs = step([i for i, _ in going], [beam.tokens[-1] for beam in beams])
        else:
            finished += beams
        return finished

    def _read(self, beams: Sequence[_Beam]) -> list[_Reading]:
        """Return the texts of beams, best first; beams that differ in punctuation are one text."""
        found: dict[str, list[_Beam]] = {}
        for beam in sorted(beams, key=lambda beam: -beam.score):
            said = ''.join(self._tokens[token] for token in beam.tokens if token != self._end)
            text = ' '.join(spoken_words(said.replace(_WORD_START, ' ')))
            found.setdefault(text, []).append(beam)
        readings = [_Reading(text, same[0], float(np.logaddexp.reduce(
            [beam.score for beam in same]))) for text, same in found.items()]
        return sorted(readings, key=lambda reading: -reading.score)

    def _extend(self, beam: _Beam, token: int, log: float) -> _Beam:
        """Add a token to a beam."""
        tokens, acoustic = (*beam.tokens, token), beam.acoustic + log
        if self._bias is None:
            return _Beam(tokens, acoustic)
        piece = self._tokens[token]
        bias, words, partial = beam.bias, beam.words, beam.partial
        if token == self._end or piece.startswith(_WORD_START):
            for word in spoken_words(partial):
                bias += self._bias.word(words, word)
                words = (*words, word)
            partial = ''
        if token == self._end:
            return _Beam(tokens, acoustic, bias + self._bias.end(words), 0.0, words)
        partial += piece.replace(_WORD_START, '')
        letters = ''.join(spoken_words(partial))
        guess = self._bias.beginning(letters) if letters else 0.0
        return _Beam(tokens, acoustic, bias, guess, words, partial)


def _is_loop(tokens: tuple[int, ...]) -> bool:
    """Tell whether the last tokens have come several times, as decoders repeat them in noise."""
    last = tokens[-_LOOP:]
    return len(last) == _LOOP and sum(
        tokens[i:i + _LOOP] == last for i in range(len(tokens) - _LOOP + 1)) >= _LOOP_TIMES


def _alternatives(readings: Sequence[_Reading], confidence: float) -> tuple[Alternative, ...]:
    """Return the likeliest texts with their chances.

    Args:
        readings: All texts that were found, best first.
        confidence: That of the best one, which tells whether the right one is among them.
    """
    kept = [reading for reading in readings if reading.text][:_MOST_ALTERNATIVES]
    scores = _SHARPNESS * np.array([reading.score for reading in kept])
    shares = np.exp(scores - np.logaddexp.reduce(scores))
    heard = expit(_HEARD_OFFSET + _HEARD_SLOPE * logit(np.clip(confidence, 1e-6, 1 - 1e-6)))
    return tuple(Alternative(reading.text, float(heard * share))
                 for reading, share in zip(kept, shares, strict=True))


def likelihoods(step: Step, sentences: Sequence[Sequence[int]]) -> np.ndarray:
    """Return the (N,) log likelihoods of N sentences, given as tokens, by the decoder."""
    found = np.zeros(len(sentences))
    logs = step([0], [-1]).repeat(len(sentences), 0)
    for place in range(longest := max(map(len, sentences))):
        for number, tokens in enumerate(sentences):
            if place < len(tokens):
                found[number] += logs[number, tokens[place]]
        if place + 1 < longest:
            # All go on together; the tokens after the end of the shorter ones do not count.
            parents = range(len(sentences)) if place else [0] * len(sentences)
            logs = step(parents, [tokens[min(place, len(tokens) - 1)] for tokens in sentences])
    return found


def tokenise(text: str, tokens: Sequence[str]) -> tuple[int, ...]:
    """Return a text as numbers of tokens, each the longest that fits."""
    numbers = {token: number for number, token in enumerate(tokens)}
    rest, found = _WORD_START + text.replace(' ', _WORD_START), []
    while rest:
        length = next(n for n in range(len(rest), 0, -1) if rest[:n] in numbers)
        found.append(numbers[rest[:length]])
        rest = rest[length:]
    return tuple(found)


def _best_tokens(logs: np.ndarray) -> np.ndarray:
    """Return the numbers of the most probable tokens."""
    return np.argpartition(-logs, _TOKENS)[:_TOKENS]
