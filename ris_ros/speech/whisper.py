# SPDX-License-Identifier: Apache-2.0
"""Whisper (Radford et al. 2022) through faster-whisper, with weights that the user has."""
from __future__ import annotations

from collections.abc import Sequence
import math
from pathlib import Path

import numpy as np

from ris_ros.speech.recogniser import SAMPLE_RATE, Hypothesis, SpeechError
from ris_ros.speech.vocabulary import spoken_words

_PADDING = np.zeros(SAMPLE_RATE // 4, np.float32)


class Whisper:
    """Recognises English with weights in CTranslate2's format, and downloads nothing."""

    def __init__(self, folder: Path, expected: Sequence[str]) -> None:
        """Load the weights.

        Args:
            folder: Folder with model.bin.
            expected: Sentences like those to come; Whisper takes them for its earlier output.

        Raises:
            SpeechError: The weights or faster-whisper are missing, or cannot be loaded.
        """
        if not (folder / 'model.bin').is_file():
            raise SpeechError(
                f'The folder {str(folder)!r} has no Whisper weights (model.bin as CTranslate2 '
                'writes it); give such a folder with the parameter weights.')
        try:
            from faster_whisper import WhisperModel
        except ImportError:
            raise SpeechError('The engine whisper needs faster-whisper; run pip install '
                              'faster-whisper.') from None
        try:
            self._model = WhisperModel(str(folder), device='auto', local_files_only=True)
        except (RuntimeError, ValueError, OSError) as error:
            raise SpeechError(f'The weights in {folder} cannot be loaded: {error}') from None
        self._prompt = '. '.join(expected) or None

    def recognise(self, samples: np.ndarray) -> Hypothesis:
        """Recognise the speech in (N,) int16 samples of 16 kHz.

        The confidence is the geometric mean of the tokens' probabilities, times the probability
        of speech.
        """
        sound = np.concatenate([_PADDING, samples.astype(np.float32) / 32768, _PADDING])
        found, _ = self._model.transcribe(
            sound, language='en', without_timestamps=True, initial_prompt=self._prompt,
            condition_on_previous_text=False)
        segments = list(found)
        text = ' '.join(word for segment in segments for word in spoken_words(segment.text))
        if not text:
            return Hypothesis('', 0.0)
        confidence = np.mean([math.exp(segment.avg_logprob) * (1 - segment.no_speech_prob)
                              for segment in segments])
        return Hypothesis(text, float(np.clip(confidence, 0, 1)))

    def glance(self, samples: np.ndarray) -> Hypothesis:
        """Understand nothing, because Whisper takes as long for a word as for a sentence."""
        return Hypothesis('', 0.0)
