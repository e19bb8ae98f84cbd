"""What all speech recognisers have in common."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ris_ros.errors import RisError

SAMPLE_RATE = 16000  # Hz, of all sound inside ris_ros.speech


class SpeechError(RisError):
    """A recogniser cannot be used, or a source of sound is missing."""


@dataclass(frozen=True)
class Hypothesis:
    """What a recogniser understood: the text ('' for nothing) and how sure it is, 0 to 1.

    stop: the probability that "stop" was said where that or the text was, 0 to 1; 0 of engines
    that do not tell.
    """

    text: str
    confidence: float
    stop: float = 0.0


class Recogniser(Protocol):
    """Turns one utterance into text."""

    def recognise(self, samples: np.ndarray) -> Hypothesis:
        """Return what is said in (N,) int16 samples of 16 kHz."""
