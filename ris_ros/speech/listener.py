# SPDX-License-Identifier: Apache-2.0
"""Listen to a source of sound and judge its utterances, in one thread that outlives failures."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
import threading
import time

import numpy as np

from ris_ros.errors import RisError
from ris_ros.speech.gate import STOP, Gate, GateDecision, GateSettings, orders_stop
from ris_ros.speech.recogniser import SAMPLE_RATE, Hypothesis, Recogniser, SpeechError
from ris_ros.speech.utterances import Utterance, UtteranceSegmenter, load_silero

_RETRY_SECONDS = 3.0
# After this pause "stop" is looked for, before the utterance has ended.
PREVIEW_SECONDS = 0.19


@dataclass(frozen=True)
class ListenerResult:
    """The result for one utterance.

    Attributes:
        hypothesis: What the recogniser understood.
        decision: Whether it is a command.
        age: Seconds since the utterance began.
    """

    hypothesis: Hypothesis
    decision: GateDecision
    age: float


class Button:
    """A push-to-talk button that remembers when it was released last."""

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


@dataclass(frozen=True)
class ListenerCallbacks:
    """The functions that a listener calls, all of them from its own thread.

    Attributes:
        load: Loads the recogniser.
        open_source: Opens the source of sound, which yields (N,) int16 samples of 16 kHz; it is
            called again after a failure.
        settings: Returns the present settings of the gate.
        report: Takes the result for each utterance.
        report_trouble: Takes a sentence when nothing can be heard, and '' when it can again.
    """

    load: Callable[[], Recogniser]
    open_source: Callable[[], Iterator[np.ndarray]]
    settings: Callable[[], GateSettings]
    report: Callable[[ListenerResult], None]
    report_trouble: Callable[[str], None]


class Listener:
    """Listens in a thread of its own until it is stopped."""

    def __init__(self, callbacks: ListenerCallbacks, button: Button,
                 stopped: threading.Event) -> None:
        self._callbacks, self._button, self._stopped = callbacks, button, stopped
        self._gate = Gate()
        self._stopped_in: int | None = None  # beginning of the utterance that "stop" was heard in
        # A daemon, because a model call that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name='ris_listener', daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """End the thread after its present utterance, waiting at most timeout seconds."""
        self._stopped.set()
        self._thread.join(timeout)

    def _run(self) -> None:
        """Listen until stopped, and open the source again after each failure."""
        report_trouble = self._callbacks.report_trouble
        try:
            recogniser, detector = self._callbacks.load(), load_silero()
        except RisError as error:
            report_trouble(str(error))
            return
        while not self._stopped.is_set():
            try:
                self._listen(recogniser, UtteranceSegmenter(
                    detector, preview=PREVIEW_SECONDS, forget=detector.reset))
                if not self._stopped.is_set():
                    report_trouble('The sound has ended; nothing more will be heard.')
                return
            except SpeechError as error:
                report_trouble(str(error))
            except Exception as error:
                # Models raise exceptions of any type, and the next utterance must still be heard.
                report_trouble(f'Listening failed: {type(error).__name__}: {error}')
            self._stopped.wait(_RETRY_SECONDS)

    def _listen(self, recogniser: Recogniser, segmenter: UtteranceSegmenter) -> None:
        """Listen to the source until it ends."""
        received, self._stopped_in = 0, None
        for samples in self._callbacks.open_source():
            if not received:
                self._callbacks.report_trouble('')
            received += len(samples)
            for utterance in segmenter.push(samples):
                self._judge(recogniser, utterance, received)
        for utterance in segmenter.flush():
            self._judge(recogniser, utterance, received)

    def _judge(self, recogniser: Recogniser, utterance: Utterance, received: int) -> None:
        """Recognise one utterance, decide whether it is a command, and report both.

        "stop" is obeyed in the first pause; when its utterance ends, it is not reported again.
        """
        began = time.monotonic() - (received - utterance.begin) / SAMPLE_RATE
        if not utterance.has_ended:
            hypothesis = recogniser.glance(utterance.samples)
            if orders_stop(hypothesis, has_ended=False):
                self._stopped_in = utterance.begin
                self._callbacks.report(ListenerResult(
                    hypothesis, GateDecision(True, STOP, ''), time.monotonic() - began))
            return
        hypothesis = recogniser.recognise(utterance.samples)
        now = time.monotonic()
        held = self._button.was_held_since(began)
        decision = self._gate.judge(hypothesis, self._callbacks.settings(), held, now)
        if decision.command == STOP and utterance.begin == self._stopped_in:
            return
        self._callbacks.report(ListenerResult(hypothesis, decision, now - began))
