"""From a source of sound to verdicts, in one thread that outlives every failure."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
import threading
import time

import numpy as np

from ris_ros.errors import RisError
from ris_ros.speech.gate import Gate, Rules, Verdict
from ris_ros.speech.recogniser import SAMPLE_RATE, Hypothesis, Recogniser, SpeechError
from ris_ros.speech.segmentation import Segmenter, Utterance, silero

_RETRY_SECONDS = 3.0


@dataclass(frozen=True)
class Report:
    """Something heard: what was understood, the verdict, and for how many seconds ago it began."""

    heard: Hypothesis
    verdict: Verdict
    age: float


class Button:
    """A push-to-talk button that remembers when it was held last."""

    def __init__(self) -> None:
        self._held = False
        self._released = float('-inf')

    def press(self, held: bool) -> None:
        """Take the button's state."""
        if self._held and not held:
            self._released = time.monotonic()
        self._held = held

    def was_held_since(self, moment: float) -> bool:
        """Tell whether it is held, or was at a moment of time.monotonic() or later."""
        return self._held or self._released >= moment


class Listener:
    """Listens in a thread of its own until it is stopped.

    load: makes the recogniser. listen: opens the source; it is opened again when it fails.
    tell: is called for each utterance. trouble: is called with a sentence when nothing can be
    heard, and with '' when it can again.
    """

    def __init__(self, load: Callable[[], Recogniser], listen: Callable[[], Iterator[np.ndarray]],
                 rules: Callable[[], Rules], button: Button, tell: Callable[[Report], None],
                 trouble: Callable[[str], None], stopped: threading.Event) -> None:
        self._load, self._listen, self._rules = load, listen, rules
        self._button, self._tell, self._trouble = button, tell, trouble
        self._stopped = stopped
        self._gate = Gate()
        # A daemon, because a model call that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name='ris_listener', daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """End the thread, after the utterance in hand."""
        self._stopped.set()
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            recogniser, detector = self._load(), silero()
        except RisError as error:
            self._trouble(str(error))
            return
        while not self._stopped.is_set():
            try:
                self._hear(recogniser, Segmenter(detector))
                if not self._stopped.is_set():
                    self._trouble('The sound has ended; nothing more will be heard.')
                return
            except SpeechError as error:
                self._trouble(str(error))
            except Exception as error:
                # Models raise what they like; the next utterance is to be heard all the same.
                self._trouble(f'Listening failed: {type(error).__name__}: {error}')
            self._stopped.wait(_RETRY_SECONDS)

    def _hear(self, recogniser: Recogniser, segmenter: Segmenter) -> None:
        """Listen to the source until it ends."""
        received = 0
        for samples in self._listen():
            if not received:
                self._trouble('')
            received += len(samples)
            for utterance in segmenter.push(samples):
                self._judge(recogniser, utterance, received)
        for utterance in segmenter.flush():
            self._judge(recogniser, utterance, received)

    def _judge(self, recogniser: Recogniser, utterance: Utterance, received: int) -> None:
        """Recognise one utterance and tell what came of it."""
        begun = time.monotonic() - (received - utterance.begin) / SAMPLE_RATE
        heard = recogniser.recognise(utterance.samples)
        now = time.monotonic()
        held = self._button.was_held_since(begun)
        verdict = self._gate.judge(heard, self._rules(), held, now)
        self._tell(Report(heard, verdict, now - begun))
