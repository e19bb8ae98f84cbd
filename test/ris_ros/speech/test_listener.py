# SPDX-License-Identifier: Apache-2.0
"""Listening: "stop" is heard soon and once, and commands whole."""
import threading

import numpy as np

from ris_ros.speech.gate import GateSettings
from ris_ros.speech.listener import Button, Listener, ListenerCallbacks
from ris_ros.speech.recogniser import SAMPLE_RATE

OPEN = GateSettings(.35, wake_phrase='', push_to_talk=False)
BLOCK = SAMPLE_RATE // 100


def listen(moonshine, samples):
    """Let a listener hear samples; return its results, each with the seconds heard by then."""
    heard, results, stopped = [0], [], threading.Event()

    def blocks():
        for i in range(0, len(samples), BLOCK):
            heard[0] = i + BLOCK
            yield samples[i:i + BLOCK]

    def keep(result):
        results.append((heard[0] / SAMPLE_RATE, result))

    def report_trouble(sentence):
        if 'ended' in sentence:
            stopped.set()

    listener = Listener(ListenerCallbacks(
        load=lambda: moonshine, open_source=blocks, settings=lambda: OPEN, report=keep,
        report_trouble=report_trouble), Button(), threading.Event())
    listener.start()
    assert stopped.wait(600)
    listener.stop()
    return results


def test_stop_is_heard_in_the_first_pause_and_reported_once(moonshine, sound):
    said = sound('stop')
    end = np.flatnonzero(np.abs(said) > 300)[-1] / SAMPLE_RATE
    results = listen(moonshine, said)
    assert [result.decision.command for _, result in results] == ['stop']
    # Of the sound, not of the clock: recognising takes as long as the computer is slow.
    assert results[0][0] - end < .3


def test_a_command_is_recognised_whole_with_its_alternatives(moonshine, sound):
    results = listen(moonshine, np.concatenate([sound('red_mug'), sound('stop')]))
    assert [result.decision.command for _, result in results] == ['give me the red mug', 'stop']
    alternatives = results[0][1].decision.alternatives
    assert alternatives[0].text == 'give me the red mug'
    assert alternatives[0].chance == max(one.chance for one in alternatives)
