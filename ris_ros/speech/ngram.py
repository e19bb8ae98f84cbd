# SPDX-License-Identifier: Apache-2.0
"""A trigram model of words with absolute discounting, towards which recognisers are biased."""
from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
import math

_ORDER = 3
_DISCOUNT = .5
BEGIN, END = '<s>', '</s>'


class Trigrams:
    """Probabilities of words after the two before them, with back-off (natural logarithms)."""

    def __init__(self, sentences: Iterable[str]) -> None:
        counts: list[Counter[tuple[str, ...]]] = [Counter() for _ in range(_ORDER)]
        for sentence in sentences:
            words = (BEGIN, *sentence.split(), END)
            for n in range(_ORDER):
                counts[n].update(words[i:i + n + 1] for i in range(len(words) - n))
        total = sum(counts[0].values()) - counts[0][BEGIN,]
        self._log = [{gram: math.log(count / total) for gram, count in counts[0].items()}]
        self._log[0][BEGIN,] = -99.0
        self._backoff: list[dict[tuple[str, ...], float]] = []
        for n in range(1, _ORDER):
            self._add_order(counts[n])
        self.words = frozenset(gram[0] for gram in counts[0]) - {BEGIN, END}

    def log_probability(self, history: tuple[str, ...], word: str) -> float | None:
        """Return ln P(word | the last two words of history), or None for an unknown word."""
        if (word,) not in self._log[0]:
            return None
        return self._look_up((*history[-(_ORDER - 1):], word))

    def arpa(self) -> str:
        """Return the model as text in the ARPA format."""
        lines = ['\\data\\', *(f'ngram {n}={len(grams)}' for n, grams in enumerate(self._log, 1))]
        for n, grams in enumerate(self._log):
            lines += ['', f'\\{n + 1}-grams:']
            backoff = self._backoff[n] if n < len(self._backoff) else None
            for gram, value in sorted(grams.items()):
                weight = '' if backoff is None else f' {backoff.get(gram, 0) / math.log(10):.4f}'
                lines.append(f'{value / math.log(10):.4f} {" ".join(gram)}{weight}')
        return '\n'.join([*lines, '', '\\end\\', ''])

    def _add_order(self, counts: Counter[tuple[str, ...]]) -> None:
        """Discount the counts of the next order, and give the rest to the order below."""
        followers: defaultdict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
        for gram in counts:
            followers[gram[:-1]].append(gram)
        log: dict[tuple[str, ...], float] = {}
        backoff: dict[tuple[str, ...], float] = {}
        for history, grams in followers.items():
            total = sum(counts[gram] for gram in grams)
            log.update((gram, math.log((counts[gram] - _DISCOUNT) / total)) for gram in grams)
            unseen = 1 - sum(math.exp(self._look_up(gram[1:])) for gram in grams)
            backoff[history] = math.log(_DISCOUNT * len(grams) / total / max(unseen, 1e-6))
        self._backoff.append(backoff)
        self._log.append(log)

    def _look_up(self, gram: tuple[str, ...]) -> float:
        """Return the log probability of an n-gram's last word, backing off where it is unseen."""
        found = self._log[len(gram) - 1].get(gram)
        if found is not None:
            return found
        return self._backoff[len(gram) - 2].get(gram[:-1], 0.0) + self._look_up(gram[1:])
