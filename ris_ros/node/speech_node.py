# SPDX-License-Identifier: Apache-2.0
"""The speech node: sound in, commands out."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
import threading
from typing import NoReturn, Protocol

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
import numpy as np
import rclpy
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.qos import QoSProfile
from std_msgs.msg import Bool, Header, String

from ris_ros.msg import Heard, SpokenCommand
from ris_ros.node.command_line import take_no_arguments
from ris_ros.node.parameter_service import NodeParameterService
from ris_ros.node.parameters import LiveSettings
from ris_ros.node.speech_parameters import DESCRIPTORS, SpeechSettings, audio_message
from ris_ros.node.spinning import run_node
from ris_ros.node.spoken_topic import spoken_topic, to_spoken
from ris_ros.speech.gate import GateSettings
from ris_ros.speech.listener import Button, Listener, ListenerCallbacks, ListenerResult
from ris_ros.speech.recogniser import Recogniser, SpeechError, make_recogniser
from ris_ros.speech.sources import AudioQueue, microphone, play_file


class AudioMessage(Protocol):
    """A message of the topic audio, whatever its type.

    Attributes:
        data: The sound, byte by byte.
    """

    data: Iterable[int]


class SpeechNode(Node):
    """Publishes what it hears on ~/heard, and on ``command`` what is a command.

    A node that listens on ``command/spoken`` gets the texts that the command may be there instead.

    Callbacks only store; a thread listens and recognises.
    """

    def __init__(self, name: str = 'ris_speech') -> None:
        self._listener: Listener | None = None
        super().__init__(name, start_parameter_services=False)
        NodeParameterService(self)
        self._settings = LiveSettings.declare(self, SpeechSettings, DESCRIPTORS)
        self._trouble = 'The recogniser is being loaded.'
        self._utterances = self._commands = 0
        self._command = self.create_publisher(String, 'command', 10)
        self._spoken = self.create_publisher(SpokenCommand, spoken_topic(self), 10)
        self._heard = self.create_publisher(Heard, '~/heard', 10)
        self._diagnostics = self.create_publisher(DiagnosticArray, '/diagnostics', 10)
        self._button = Button()
        self.create_subscription(Bool, 'push_to_talk', self._press_button, 10)
        self.add_post_set_parameters_callback(self._apply)
        self.create_timer(1.0, self._diagnose)
        self._stopped = threading.Event()
        self._audio = AudioQueue(self._stopped)
        settings = self._settings.value
        if settings.source == 'topic':
            self.create_subscription(audio_message(settings.audio_type), 'audio', self._keep_audio,
                                     QoSProfile(depth=100))
        callbacks = ListenerCallbacks(
            load=self._load_recogniser, open_source=self._open_source,
            settings=self._gate_settings, report=self._publish,
            report_trouble=self._note_trouble)
        self._listener = Listener(callbacks, self._button, self._stopped)
        self._listener.start()

    def destroy_node(self) -> None:
        """Stop listening, so that nothing more is published, and leave the graph."""
        if self._listener is not None:
            self._listener.stop()
        super().destroy_node()

    def _press_button(self, message: Bool) -> None:
        """Take the state of the push-to-talk button."""
        self._button.press(message.data)

    def _keep_audio(self, message: AudioMessage) -> None:
        """Queue the sound of a message of the topic audio."""
        try:
            self._audio.push(bytes(message.data))
        except SpeechError as error:
            self.get_logger().warning(str(error), throttle_duration_sec=5.0)

    def _load_recogniser(self) -> Recogniser:
        """Load the recogniser that the parameters name."""
        settings = self._settings.value
        return make_recogniser(settings.engine, settings.weights, settings.bias, settings.words)

    def _open_source(self) -> Iterator[np.ndarray]:
        """Open the source of sound that the parameters name."""
        settings = self._settings.value
        if settings.source == 'microphone':
            return microphone(settings.device, self._stopped)
        if settings.source == 'topic':
            return self._audio.chunks()
        return play_file(Path(settings.source), self._stopped)

    def _gate_settings(self) -> GateSettings:
        """Return the present settings of the gate."""
        return self._settings.value.gate

    def _publish(self, result: ListenerResult) -> None:
        """Publish what was heard, and the command in it."""
        began = self.get_clock().now() - Duration(seconds=result.age)
        hypothesis, decision = result.hypothesis, result.decision
        self._utterances += 1
        self._commands += decision.accepted
        header = Header(stamp=began.to_msg())
        self._heard.publish(Heard(
            header=header, text=hypothesis.text,
            confidence=hypothesis.confidence, accepted=decision.accepted,
            reason=decision.reason, alternatives=[one.text for one in hypothesis.alternatives],
            chances=[one.chance for one in hypothesis.alternatives]))
        if decision.alternatives and self._spoken.get_subscription_count():
            self._spoken.publish(to_spoken(decision.alternatives, header))
        elif decision.accepted:
            self._command.publish(String(data=decision.command))
        self.get_logger().info(f'{hypothesis.text!r} ({hypothesis.confidence:.2f}) '
                               f'{decision.reason or "is a command."}')

    def _note_trouble(self, sentence: str) -> None:
        """Remember and log why nothing is heard."""
        if sentence and sentence != self._trouble:
            self.get_logger().warning(sentence)
        self._trouble = sentence

    def _diagnose(self) -> None:
        """Publish the node's health."""
        status = DiagnosticStatus(
            level=DiagnosticStatus.ERROR if self._trouble else DiagnosticStatus.OK,
            name=f'{self.get_name()}: speech', message=self._trouble or 'Listening.',
            values=[KeyValue(key=key, value=value) for key, value in (
                ('engine', self._settings.value.engine), ('source', self._settings.value.source),
                ('utterances', str(self._utterances)), ('commands', str(self._commands)))])
        self._diagnostics.publish(DiagnosticArray(
            header=Header(stamp=self.get_clock().now().to_msg()), status=[status]))

    def _apply(self, changes: list[rclpy.parameter.Parameter]) -> None:
        """Take over changed parameters."""
        self._settings.change(changes)


_USAGE = """
Usage: ris_speech [--ros-args ...]

Turns speech into commands for ris_node (docs/voice.md).
"""


def main(args: list[str] | None = None) -> NoReturn:
    """Run the node until it is interrupted."""
    take_no_arguments(args, 'ris_speech', _USAGE)
    run_node(SpeechNode, 'ris_speech', args, advice='See config/voice.yaml.')


if __name__ == '__main__':
    main()
