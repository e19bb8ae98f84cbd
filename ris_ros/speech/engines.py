"""Choose a recogniser by name."""
from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ris_ros.speech.moonshine import Moonshine, packaged_folder
from ris_ros.speech.ngram import Trigrams
from ris_ros.speech.pocketsphinx_engine import PocketSphinx
from ris_ros.speech.recogniser import Recogniser, SpeechError
from ris_ros.speech.vocabulary import read_nouns, sentences
from ris_ros.speech.whisper import Whisper

ENGINES = ('moonshine', 'pocketsphinx', 'whisper')
_SENTENCES = 20_000  # to count trigrams in: the probabilities of common ones no longer move
_EXAMPLES = 15  # Whisper reads at most 224 tokens of what came before


def make_recogniser(engine: str, weights: str = '', bias: bool = True,
                    words: str = '') -> Recogniser:
    """Load a recogniser, which takes a few seconds.

    weights: folder of model files; '' for the model that is installed with the engine.
    bias: expect the sentences that robots are commanded with.
    words: text file with more nouns to expect, one on a line, or ''.
    Raises SpeechError where the engine is unknown or not installed, or its model is missing, and
    RisError where the words cannot be read.
    """
    if engine not in ENGINES:
        raise SpeechError(f'There is no engine {engine!r}; expected one of {", ".join(ENGINES)}.')
    more = read_nouns(Path(words)) if words else ()
    if engine == 'whisper':
        return Whisper(Path(weights), sentences(_EXAMPLES, more) if bias else ())
    trigrams = _trigrams(more) if bias else None
    if engine == 'pocketsphinx':
        return PocketSphinx(trigrams)
    folder = Path(weights) if weights else packaged_folder()
    if folder is None:
        raise SpeechError('No Moonshine model is installed; pip install "ris_ros[voice]" brings '
                          'one, or give a folder with the parameter weights.')
    return Moonshine(folder, trigrams)


@lru_cache(maxsize=1)
def _trigrams(more: tuple[str, ...]) -> Trigrams:
    """Return the model of commands; drawing its sentences takes longer than loading an engine."""
    return Trigrams(sentences(_SENTENCES, more))
