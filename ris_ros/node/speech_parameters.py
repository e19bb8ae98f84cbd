# SPDX-License-Identifier: Apache-2.0
"""The parameters of the speech node."""
from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from rcl_interfaces.msg import FloatingPointRange, ParameterDescriptor

from ris_ros.errors import RisError
from ris_ros.speech.gate import GateSettings
from ris_ros.speech.recogniser import ENGINES

# Type of the topic audio -> its class's module and name.
AUDIO_TYPES = {
    'std_msgs/UInt8MultiArray': ('std_msgs.msg', 'UInt8MultiArray'),
    'audio_common_msgs/AudioData': ('audio_common_msgs.msg', 'AudioData'),
}


@dataclass(frozen=True)
class SpeechSettings:
    """The values of all parameters; the defaults are the node's."""

    engine: str = 'moonshine'
    weights: str = ''
    bias: bool = True
    words: str = ''
    source: str = 'microphone'
    device: str = ''
    audio_type: str = 'std_msgs/UInt8MultiArray'
    min_confidence: float = 0.35
    push_to_talk: bool = False
    wake_phrase: str = ''

    @property
    def gate(self) -> GateSettings:
        """The settings that tell commands from other speech."""
        return GateSettings(self.min_confidence, self.wake_phrase, self.push_to_talk)


DESCRIPTORS = {
    'engine': ParameterDescriptor(
        description=f'Recogniser: {" or ".join(ENGINES)}.', read_only=True),
    'weights': ParameterDescriptor(
        description="Folder of the engine's model files; empty: those installed with it.",
        read_only=True),
    'bias': ParameterDescriptor(
        description='Whether to expect the sentences that robots are commanded with.',
        read_only=True),
    'words': ParameterDescriptor(
        description='Text file with more nouns to expect, one on a line.', read_only=True),
    'source': ParameterDescriptor(
        description='microphone, topic, or the path of a WAV file.', read_only=True),
    'device': ParameterDescriptor(
        description="The microphone's name or number, as python -m sounddevice lists it; empty: "
                    'the default one.', read_only=True),
    'audio_type': ParameterDescriptor(
        description=f'Type of the topic audio: {" or ".join(AUDIO_TYPES)}.', read_only=True),
    'min_confidence': ParameterDescriptor(
        description='An utterance with a lower confidence is no command, unless it is "stop".',
        floating_point_range=[FloatingPointRange(from_value=0.0, to_value=1.0)]),
    'push_to_talk': ParameterDescriptor(
        description='Take commands, except "stop", only while push_to_talk is true.'),
    'wake_phrase': ParameterDescriptor(
        description='Words that every command, except "stop", must begin with; empty: none.'),
}


def audio_message(name: str) -> type:
    """Return the message class of the topic audio.

    Raises:
        RisError: The parameter audio_type is wrong, or its messages are not installed.
    """
    if name not in AUDIO_TYPES:
        raise RisError(f'The parameter audio_type is {name!r}; '
                       f'expected {" or ".join(AUDIO_TYPES)}.')
    module, kind = AUDIO_TYPES[name]
    try:
        return getattr(import_module(module), kind)
    except ImportError:
        raise RisError(f'The messages {name} are not installed: sudo apt-get install '
                       'ros-$ROS_DISTRO-audio-common-msgs.') from None
