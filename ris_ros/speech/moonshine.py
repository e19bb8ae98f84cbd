# SPDX-License-Identifier: Apache-2.0
"""Moonshine (Jeffries et al. 2024), a small encoder-decoder whose English model is on PyPI.

The wheel of moonshine-voice holds the model's files. They are run with ONNX Runtime, because the
biased search and the confidence need probabilities, which Moonshine's own library does not give.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from ris_ros.speech.ngram import Trigrams
from ris_ros.speech.recogniser import SAMPLE_RATE, Hypothesis, SpeechError
from ris_ros.speech.token_search import (
    NARROW,
    WIDE,
    SearchBreadth,
    TokenSearch,
    WordBias,
    likelihoods,
    tokenise,
)

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

FILES = ('encoder_model.ort', 'decoder_model_merged.ort', 'tokenizer.bin')
_START, _END = 1, 2
_TOKENS_A_SECOND = 8  # commands have at most 5
# In each utterance that is no longer than this, pauses included, these are looked for.
_STOPS = ('Stop.', 'Stop!', 'Stop it.', 'Robot, stop.', 'Robot stop.', 'Please stop.', 'Cancel.')
_STOP_SECONDS = 2.2
# "Cancel" is said seldom, and "can" and "cyan" sound like it: ten times less probable.
_CANCEL_PENALTY = math.log(10)
# What it writes for noise, which sounds more like these than like "stop".
_NOISES = ('You.', 'Thank you.', "We'll see.")
# More words than this in that time come from noise, and then "stop" is not looked for.
_STOP_WORDS = 5


def packaged_folder() -> Path | None:
    """Return the folder of the model in the installed package moonshine-voice, or None."""
    spec = find_spec('moonshine_voice')
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / 'assets' / 'tiny-en'
    return folder if all((folder / name).is_file() for name in FILES) else None


class Moonshine:
    """Recognises with a Moonshine model, biased to the words of a trigram model where given."""

    def __init__(self, folder: Path, trigrams: Trigrams | None) -> None:
        """Load the model.

        Args:
            folder: Folder that holds FILES.
            trigrams: Model of the expected sentences; None for no bias.

        Raises:
            SpeechError: A file or ONNX Runtime is missing, or the model cannot be loaded.
        """
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            raise SpeechError(f'The folder {folder} is no Moonshine model: {missing[0]} is '
                              'missing.')
        try:
            import onnxruntime
        except ImportError:
            raise SpeechError('The engine moonshine needs onnxruntime; run pip install -r '
                              "requirements/voice.txt in ris_ros's folder.") from None
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._encoder, decoder = (
                onnxruntime.InferenceSession(str(folder / name), options) for name in FILES[:2])
        except Exception as error:
            # onnxruntime's exceptions have no common base below Exception.
            raise SpeechError(f'The model in {folder} cannot be loaded: {error}') from None
        self._tokens = read_tokens(folder / FILES[2])
        self._search = TokenSearch(self._tokens, _END,
                                   None if trigrams is None else WordBias(trigrams))
        self._short = [(*tokenise(text, self._tokens), _END) for text in (*_STOPS, *_NOISES)]
        self._decoder = _Decoder(decoder)

    def recognise(self, samples: np.ndarray) -> Hypothesis:
        """Recognise the speech in (N,) int16 samples of 16 kHz."""
        return self._recognise(samples, WIDE)

    def glance(self, samples: np.ndarray) -> Hypothesis:
        """Recognise quickly and without alternatives, so that "stop" is heard soon."""
        return replace(self._recognise(samples, NARROW), alternatives=())

    def _recognise(self, samples: np.ndarray, breadth: SearchBreadth) -> Hypothesis:
        """Search, and estimate the probability of "stop" in a short utterance."""
        sound = samples.astype(np.float32)[None] / 32768
        mask = np.ones(sound.shape, np.int64)
        states = self._encoder.run(None, {'input_values': sound, 'attention_mask': mask})[0]
        limit = math.ceil(_TOKENS_A_SECOND * len(samples) / SAMPLE_RATE) + 4
        hypothesis, likelihood = self._search.run_with_likelihood(
            self._decoder.begin(states, mask).step, limit, breadth)
        if (len(samples) > _STOP_SECONDS * SAMPLE_RATE
                or len(hypothesis.text.split()) > _STOP_WORDS):
            return hypothesis
        found = likelihoods(self._decoder.begin(states, mask).step, self._short)
        found[_STOPS.index('Cancel.')] -= _CANCEL_PENALTY
        stop, noise = found[:len(_STOPS)].max(), found[len(_STOPS):].max()
        return replace(hypothesis, stop=float(expit(stop - max(likelihood, noise))))


class _Decoder:
    """The decoder's session, and the shapes of its cache."""

    def __init__(self, session: InferenceSession) -> None:
        inputs = session.get_inputs()
        self.session = session
        self.takes_mask = any(item.name == 'encoder_attention_mask' for item in inputs)
        self._shapes = [(item.name, item.shape[1], item.shape[3]) for item in inputs
                       if item.name.startswith('past_key_values')]

    def begin(self, states: np.ndarray, mask: np.ndarray) -> _DecoderState:
        """Begin to decode an utterance, given the encoder's states and mask."""
        cache = {name: np.zeros((0, heads, 1, size), np.float32)
                 for name, heads, size in self._shapes}
        return _DecoderState(self, states, mask, cache)


class _DecoderState:
    """The decoder's cache while one utterance is searched."""

    def __init__(self, decoder: _Decoder, states: np.ndarray, mask: np.ndarray,
                 cache: dict[str, np.ndarray]) -> None:
        self._decoder = decoder
        self._states, self._mask = states, mask
        self._cache = cache
        self._is_first = True

    def step(self, parents: Sequence[int], tokens: Sequence[int]) -> np.ndarray:
        """Return (B, vocabulary) log probabilities after B tokens that extend parent beams."""
        beams = len(tokens)
        inputs = {'input_ids': np.array(tokens, np.int64)[:, None] if not self._is_first
                  else np.full((1, 1), _START, np.int64),
                  'encoder_hidden_states': np.repeat(self._states, beams, 0),
                  'use_cache_branch': np.array([not self._is_first])}
        if self._decoder.takes_mask:
            inputs['encoder_attention_mask'] = np.repeat(self._mask, beams, 0)
        if not self._is_first:
            self._cache = {name: value[np.asarray(parents)] for name, value in self._cache.items()}
        logits, *present = self._decoder.session.run(None, inputs | self._cache)
        for name, value in zip(self._cache, present, strict=True):
            if self._is_first or '.decoder.' in name:
                self._cache[name] = value
        self._is_first = False
        logits = logits[:, -1].astype(np.float64)
        logits -= logits.max(1, keepdims=True)
        return logits - np.log(np.exp(logits).sum(1, keepdims=True))


def read_tokens(path: Path) -> list[str]:
    """Return the tokens of a tokenizer.bin, which holds a length (7 bits a byte) before each."""
    data, tokens, i = path.read_bytes(), [], 0
    while i < len(data):
        length = data[i]
        i += 1
        if length >= 128:
            length += 128 * data[i] - 128
            i += 1
        tokens.append(data[i:i + length].decode('utf-8', 'replace'))
        i += length
    return tokens
