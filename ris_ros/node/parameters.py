# SPDX-License-Identifier: Apache-2.0
"""The node's parameters: what they mean, which values they take, and when a change takes effect."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum
import re
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import urlsplit

from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    ParameterDescriptor,
    SetParametersResult,
)
from rclpy.node import Node
from rclpy.parameter import Parameter

from ris_ros.errors import RisError
from ris_ros.precision import PRECISIONS

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SettingsType = TypeVar('SettingsType', bound='DataclassInstance')


class IndexPolicy(str, Enum):
    """When frames are indexed, and what is kept of the last index."""

    CONTINUOUS = 'continuous'
    ON_CHANGE = 'on_change'
    ON_COMMAND = 'on_command'

    @property
    def indexes_unasked(self) -> bool:
        """Whether frames are indexed while no command waits."""
        return self is not IndexPolicy.ON_COMMAND

    @property
    def answers_from_unchanged(self) -> bool:
        """Whether the last index answers for a newer frame that shows the same, without a build."""
        return self is IndexPolicy.ON_CHANGE

    def indexes_whole_frame(self, refresh_is_due: bool, command_waits: bool) -> bool:
        """Return whether a build starts from nothing, instead of from the last index.

        A command does not wait for a refresh unless the policy leaves no other time for it.
        """
        if self is IndexPolicy.CONTINUOUS:
            return True
        return refresh_is_due and not (command_waits and self.indexes_unasked)


class Mode(str, Enum):
    """What the node does with an object that it has found."""

    ANSWER = 'answer'
    TRACK = 'track'


class PoolColour(str, Enum):
    """How colour travels to the pool; the values are those of `ColourFormat`."""

    JPEG = 'jpeg'
    PNG = 'png'
    RAW = 'raw'


class PoolFeatures(str, Enum):
    """How features come back from the pool."""

    FLOAT32 = 'float32'
    FLOAT16 = 'float16'


class ImageTransport(str, Enum):
    """How the colour images come in."""

    RAW = 'raw'
    COMPRESSED = 'compressed'


class ImageGeometry(str, Enum):
    """Whether the image is as the lens has made it."""

    AUTO = 'auto'
    RECTIFIED = 'rectified'
    RAW = 'raw'


@dataclass(frozen=True)
class Settings:
    """The values of all parameters; the defaults are the node's.

    The enumerated ones are Enums where the value is one of the choices. Any other text stays as it
    is, so that a node with a wrong value in its YAML file can start and tell what is wrong
    (`check`).
    """

    profile: str = 'embedded'
    weights: str = ''
    device: str = 'cpu'
    precision: str = 'auto'
    threads: int = 0
    autostart: bool = True
    image_transport: ImageTransport = ImageTransport.RAW
    image_geometry: ImageGeometry = ImageGeometry.AUTO
    refresh_every: int = 150
    index_policy: IndexPolicy = IndexPolicy.ON_CHANGE
    index_rate: float = 10.0
    index_max_lag: float = 0.5
    max_image_age: float = 2.0
    max_image_lead: float = 0.5
    depth_max_skew: float = 0.05
    target_frame: str = ''
    mode: Mode = Mode.ANSWER
    max_targets: int = 4
    dialogue_timeout: float = 60.0
    least_confidence: float = 0.0
    answer_timeout: float = 600.0
    pool: str = ''
    pool_fallback: str = 'embedded'
    pool_patience: float = 0.5
    pool_colour: PoolColour = PoolColour.JPEG
    pool_features: PoolFeatures = PoolFeatures.FLOAT32
    scene_timeout: float = 600.0
    scene_limit: int = 64

    def __post_init__(self) -> None:
        """Put Enums in place of their values."""
        for name, choices in CHOICES.items():
            for choice in choices:
                if choice == getattr(self, name):
                    object.__setattr__(self, name, choice)


class LiveSettings(Generic[SettingsType]):
    """The settings in force, shared by all that read them.

    Attributes:
        value: The frozen settings of this moment. A change puts a new object in its place, so that
            whoever keeps one for a while sees values that belong together. Any thread may read it.
    """

    def __init__(self, value: SettingsType) -> None:
        self.value = value

    @classmethod
    def declare(cls, node: Node, kind: type[SettingsType],
                descriptors: Mapping[str, ParameterDescriptor]) -> LiveSettings[SettingsType]:
        """Declare all parameters of a node and read their values, overrides included.

        Args:
            node: The node whose parameters they are.
            kind: The dataclass of the settings; its fields are the parameters' names and defaults.
            descriptors: A descriptor for each field.
        """
        return cls(kind(**{
            item.name: node.declare_parameter(
                item.name, _plain(item.default), descriptors[item.name]).value
            for item in fields(kind)}))

    def change(self, parameters: Iterable[Parameter]) -> None:
        """Put changed parameters in force."""
        self.value = changed(self.value, parameters)


# The enumerated parameters: every choice with what it means.
CHOICES: dict[str, dict[str, str]] = {
    'precision': dict(zip(PRECISIONS, (
        "the profile's", 'single', 'bfloat16', 'half'), strict=True)),
    'image_transport': {
        ImageTransport.RAW: 'the topic image',
        ImageTransport.COMPRESSED: 'the topic image/compressed'},
    'image_geometry': {
        ImageGeometry.AUTO: 'told by the name of the topic, which holds "rect" or "raw"',
        ImageGeometry.RECTIFIED: 'without distortion',
        ImageGeometry.RAW: 'as the lens has made it, so that K and D are used'},
    'pool_colour': {
        PoolColour.JPEG: 'a tenth of the bytes, and colours that differ by some levels',
        PoolColour.PNG: 'the very pixels, for 20 ms of CPU time a whole frame',
        PoolColour.RAW: 'the very pixels as they are'},
    'pool_features': {
        PoolFeatures.FLOAT32: 'as they are computed',
        PoolFeatures.FLOAT16: 'half the bytes'},
    'index_policy': {
        IndexPolicy.CONTINUOUS: 'the newest frame, all the time and as a whole',
        IndexPolicy.ON_CHANGE: 'the newest frame, but only what has changed in it',
        IndexPolicy.ON_COMMAND: 'nothing until a command comes, then what has changed since the '
                                'last one'},
    'mode': {
        Mode.ANSWER: 'tell where the object was found',
        Mode.TRACK: 'also follow it from then on, and tell on ~/target, ~/mask and ~/pose where '
                    'it is'},
}
_DEVICE = re.compile(r'cpu|cuda(:\d+)?|mps')
_AT_CONFIGURE = 'Takes effect when the node is configured.'


def _enumerated(name: str, introduction: str, takes_effect: str = '') -> ParameterDescriptor:
    """Describe an enumerated parameter by its choices."""
    choices = '; '.join(f'{_plain(value)}: {text}' for value, text in CHOICES[name].items())
    return ParameterDescriptor(
        description=f'{introduction} {choices}.', additional_constraints=takes_effect)


def _bounded(description: str, least: float, most: float) -> ParameterDescriptor:
    """Describe a parameter that is a live number within a range."""
    return ParameterDescriptor(
        description=description,
        floating_point_range=[FloatingPointRange(from_value=least, to_value=most)])


def _plain(value: object) -> object:
    """Return the value of an Enum, and anything else as it is."""
    return value.value if isinstance(value, Enum) else value


DESCRIPTORS = {
    'profile': ParameterDescriptor(
        description='Packaged profile (embedded, home, hybridgl, open, robot, robot_edgetam, '
                    'tabletop, tabletop_b32) or the path of a YAML file.',
        additional_constraints=_AT_CONFIGURE),
    'weights': ParameterDescriptor(
        description="CLIP weights file in place of the profile's own; empty: the profile's.",
        additional_constraints=_AT_CONFIGURE),
    'device': ParameterDescriptor(
        description='Where the models run: cpu, cuda, cuda:N or mps.',
        additional_constraints=_AT_CONFIGURE),
    'precision': _enumerated(
        'precision', 'Floating-point numbers that the image models compute with.', _AT_CONFIGURE),
    'threads': ParameterDescriptor(
        description="CPU threads of the models; 0: the library's choice.",
        additional_constraints=_AT_CONFIGURE,
        integer_range=[IntegerRange(from_value=0, to_value=256, step=1)]),
    'autostart': ParameterDescriptor(
        description='Configure and activate at start, without a lifecycle manager.',
        read_only=True),
    'image_transport': _enumerated(
        'image_transport', 'What to subscribe to for colour images.',
        'Takes effect when the node is activated.'),
    'image_geometry': _enumerated(
        'image_geometry', 'Whether the colour image is rectified.',
        'Takes effect when the node is activated.'),
    'refresh_every': ParameterDescriptor(
        description='The whole frame is indexed anew after this many frames in which only changes '
                    'were indexed.',
        additional_constraints=_AT_CONFIGURE,
        integer_range=[IntegerRange(from_value=1, to_value=1_000_000, step=1)]),
    'index_policy': _enumerated('index_policy', 'What is indexed, and when.'),
    'index_rate': _bounded(
        'Frames per second that are indexed without a command, at most.', 0.01, 1000.0),
    'index_max_lag': _bounded(
        'A command is answered from an index whose image is older than the command by at most '
        'this, seconds; otherwise it waits for a newer one.', 0.0, 3600.0),
    'max_image_age': _bounded('An older image answers no command, seconds.', 0.01, 3600.0),
    'max_image_lead': _bounded(
        "An image whose stamp is further ahead of the node's clock answers no command, seconds.",
        0.0, 3600.0),
    'depth_max_skew': _bounded(
        'Depth further from the image in time is not used, seconds.', 0.0, 10.0),
    'target_frame': ParameterDescriptor(
        description="Frame of ~/pose, by TF at the image's stamp; empty: the optical frame."),
    'mode': _enumerated('mode', 'What to do with an object that was found.'),
    'max_targets': ParameterDescriptor(
        description='Objects that mode track follows at a time, at most; one more takes the place '
                    'of one that is lost, or of the one that is held for the longest.',
        integer_range=[IntegerRange(from_value=1, to_value=100, step=1)]),
    'dialogue_timeout': _bounded(
        'For this long after an answer, "the second one" and "it" refer to it, seconds; 0: each '
        'command stands for itself.', 0.0, 86400.0),
    'least_confidence': _bounded(
        'An answer that is less probable than this is AMBIGUOUS in place of FOUND; 0: as the '
        'profile says.', 0.0, 1.0),
    'pool': ParameterDescriptor(
        description='URL of the pool that indexes frames, such as https://pool:8130; empty: the '
                    'robot indexes them itself. Its token is in the variable RIS_POOL_TOKEN.',
        additional_constraints=_AT_CONFIGURE),
    'pool_fallback': ParameterDescriptor(
        description='Profile by which the robot goes on while the pool does not answer.',
        additional_constraints=_AT_CONFIGURE),
    'pool_patience': ParameterDescriptor(
        description='After this time without a reply the robot goes on without the pool, seconds.',
        additional_constraints=_AT_CONFIGURE,
        floating_point_range=[FloatingPointRange(from_value=0.1, to_value=60.0)]),
    'pool_colour': _enumerated('pool_colour', 'How colour travels to the pool.', _AT_CONFIGURE),
    'pool_features': _enumerated('pool_features', 'How features come back from the pool.',
                                 _AT_CONFIGURE),
    'answer_timeout': _bounded(
        'A command that is not answered within this time, because a model hangs or is too slow, '
        'gets the answer MODEL_ERROR, seconds; 0: it waits for ever.', 0.0, 86400.0),
    'scene_timeout': _bounded(
        'A thing that is not seen any more is remembered for this long on ~/scene, seconds; 0: '
        'nothing is remembered.', 0.0, 31_536_000.0),
    'scene_limit': ParameterDescriptor(
        description='Things that are remembered, at most; those that were not seen for the '
                    'longest are forgotten first.',
        integer_range=[IntegerRange(from_value=1, to_value=10_000, step=1)]),
}


def changed(settings: SettingsType, parameters: Iterable[Parameter]) -> SettingsType:
    """Return settings with the given parameters put in; those of other owners are left out."""
    names = {item.name for item in fields(settings)}
    return replace(settings, **{
        parameter.name: parameter.value for parameter in parameters if parameter.name in names})


def check(settings: Settings) -> None:
    """Check the values that the ranges of the descriptors cannot rule out.

    Raises:
        RisError: A value is not allowed; the sentence names the parameter and what it may be.
    """
    if not settings.profile.strip():
        raise RisError('The parameter profile is empty; give the name of a profile.')
    if settings.pool and not _is_address(settings.pool):
        raise RisError(f'The parameter pool is {settings.pool!r:.200}; expected an address such as '
                       'https://pool:8130, or nothing.')
    if not settings.pool_fallback.strip():
        raise RisError('The parameter pool_fallback is empty; give the name of a profile.')
    if not _DEVICE.fullmatch(settings.device):
        raise RisError(f'The parameter device is {settings.device!r}; '
                       'expected cpu, cuda, cuda:N or mps.')
    for name, choices in CHOICES.items():
        if (value := getattr(settings, name)) not in choices:
            expected = ' or '.join(str(_plain(choice)) for choice in choices)
            raise RisError(f'The parameter {name} is {value!r}; expected {expected}.')


def _is_address(url: str) -> bool:
    """Tell whether a text is the address of a server of HTTP or HTTPS."""
    try:
        parts = urlsplit(url)
        return (parts.scheme in ('http', 'https') and bool(parts.hostname) and parts.port != 0
                and parts.path in ('', '/') and not (parts.query or parts.fragment)
                and url.isprintable() and ' ' not in url)
    except ValueError:
        return False


def verdict(settings: Settings, parameters: list[Parameter]) -> SetParametersResult:
    """Return whether parameters can be set, and why not."""
    try:
        check(changed(settings, parameters))
    except RisError as error:
        return SetParametersResult(successful=False, reason=str(error))
    return SetParametersResult(successful=True)
