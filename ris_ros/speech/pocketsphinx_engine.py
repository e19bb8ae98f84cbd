# SPDX-License-Identifier: Apache-2.0
"""PocketSphinx, a small and fast recogniser whose US English model is in its wheel."""
from __future__ import annotations

from pathlib import Path
import tempfile

import numpy as np

from ris_ros.speech.ngram import Trigrams
from ris_ros.speech.recogniser import SAMPLE_RATE, Hypothesis, SpeechError

# Our words that the CMU dictionary lacks.
_PRONUNCIATIONS = {
    'leftmost': 'L EH F T M OW S T', 'rightmost': 'R AY T M OW S T', 'topmost': 'T AA P M OW S T',
    'hoodie': 'HH UH D IY', 'tshirt': 'T IY SH ER T'}


class PocketSphinx:
    """Recognises with PocketSphinx; with a trigram model it knows only that model's words."""

    def __init__(self, trigrams: Trigrams | None) -> None:
        """Load the decoder.

        Args:
            trigrams: Model of the expected sentences; None for PocketSphinx's own.

        Raises:
            SpeechError: PocketSphinx is not installed.
        """
        try:
            import pocketsphinx
        except ImportError:
            raise SpeechError('The engine pocketsphinx is not installed; run pip install '
                              'pocketsphinx.') from None
        if trigrams is None:
            self._decoder = pocketsphinx.Decoder(samprate=SAMPLE_RATE, loglevel='FATAL')
            return
        self._decoder = decoder = pocketsphinx.Decoder(
            samprate=SAMPLE_RATE, lm=None, loglevel='FATAL')
        for word in trigrams.words & _PRONUNCIATIONS.keys():
            if not decoder.lookup_word(word):
                decoder.add_word(word, _PRONUNCIATIONS[word], True)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / 'commands.lm'
            path.write_text(trigrams.arpa())
            model = pocketsphinx.NGramModel(decoder.config, decoder.logmath, str(path))
        decoder.add_lm('commands', model)
        decoder.activate_search('commands')

    def recognise(self, samples: np.ndarray) -> Hypothesis:
        """Recognise the speech in (N,) int16 samples of 16 kHz.

        The confidence is the posterior of the best path, per word.
        """
        self._decoder.start_utt()
        self._decoder.process_raw(samples.tobytes(), full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        if found is None or not found.hypstr:
            return Hypothesis('', 0.0)
        return Hypothesis(found.hypstr, min(1.0, found.prob ** (1 / len(found.hypstr.split()))))

    def glance(self, samples: np.ndarray) -> Hypothesis:
        """Recognise as ever, because it is quick."""
        return self.recognise(samples)
