"""The node's parameters: what they mean, what they may be, and when a change takes effect."""
from __future__ import annotations

from dataclasses import dataclass
import re

from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    ParameterDescriptor,
    SetParametersResult,
)
from rclpy.parameter import Parameter

from ris_ros.errors import RisError
from ris_ros.node.settings import changed
from ris_ros.precision import PRECISIONS


@dataclass(frozen=True)
class Settings:
    """The values of all parameters; the defaults are the node's."""

    profile: str = 'embedded'
    weights: str = ''
    device: str = 'cpu'
    precision: str = 'auto'
    threads: int = 0
    autostart: bool = True
    image_transport: str = 'raw'
    refresh_every: int = 150
    index_policy: str = 'on_change'
    index_rate: float = 10.0
    index_max_lag: float = 0.5
    max_image_age: float = 2.0
    depth_max_skew: float = 0.05
    target_frame: str = ''
    mode: str = 'answer'
    dialogue_timeout: float = 60.0


MODES = ('answer', 'track')
TRANSPORTS = ('raw', 'compressed')
POLICIES = ('continuous', 'on_change', 'on_command')
_DEVICE = re.compile(r'cpu|openvino|cuda(:\d+)?|mps')
_AT_CONFIGURE = 'Takes effect when the node is configured.'

DESCRIPTORS = {
    'profile': ParameterDescriptor(
        description='Packaged profile (embedded, paper, robot) or the path of a YAML file.',
        additional_constraints=_AT_CONFIGURE),
    'weights': ParameterDescriptor(
        description="CLIP weights file in place of the profile's own; empty: the profile's.",
        additional_constraints=_AT_CONFIGURE),
    'device': ParameterDescriptor(
        description='Where the models run: cpu, openvino, cuda, cuda:N or mps.',
        additional_constraints=_AT_CONFIGURE),
    'precision': ParameterDescriptor(
        description="With which numbers the image models compute: fp32, bf16, fp16, or auto: the "
                    "profile's.",
        additional_constraints=_AT_CONFIGURE),
    'threads': ParameterDescriptor(
        description="CPU threads of the models; 0: the library's choice.",
        additional_constraints=_AT_CONFIGURE,
        integer_range=[IntegerRange(from_value=0, to_value=256, step=1)]),
    'autostart': ParameterDescriptor(
        description='Configure and activate at start, without a lifecycle manager.',
        read_only=True),
    'image_transport': ParameterDescriptor(
        description='raw: subscribe to image; compressed: to image/compressed.',
        additional_constraints='Takes effect when the node is activated.'),
    'refresh_every': ParameterDescriptor(
        description='After so many frames in which only changes were indexed, all is.',
        additional_constraints=_AT_CONFIGURE,
        integer_range=[IntegerRange(from_value=1, to_value=1_000_000, step=1)]),
    'index_policy': ParameterDescriptor(
        description='When frames are indexed: continuous: always, the newest; on_change: the '
                    'newest too, but only what has changed in it; on_command: when a command '
                    'comes, what has changed since the last.'),
    'index_rate': ParameterDescriptor(
        description='At most so many frames a second are indexed without a command.',
        floating_point_range=[FloatingPointRange(from_value=0.01, to_value=1000.0)]),
    'index_max_lag': ParameterDescriptor(
        description='A command is answered from an index whose image is older than the command '
                    'by at most this, seconds; otherwise it waits for a newer one.',
        floating_point_range=[FloatingPointRange(from_value=0.0, to_value=3600.0)]),
    'max_image_age': ParameterDescriptor(
        description='An older image answers no command, seconds.',
        floating_point_range=[FloatingPointRange(from_value=0.01, to_value=3600.0)]),
    'depth_max_skew': ParameterDescriptor(
        description='Depth further from the image in time is not used, seconds.',
        floating_point_range=[FloatingPointRange(from_value=0.0, to_value=10.0)]),
    'target_frame': ParameterDescriptor(
        description="Frame of ~/pose, by TF at the image's stamp; empty: the optical frame."),
    'mode': ParameterDescriptor(
        description='answer: tell where an object was found; track: hold it from then on and tell '
                    'on ~/target, ~/mask and ~/pose where it is.'),
    'dialogue_timeout': ParameterDescriptor(
        description='"the second one" and "it" refer to an answer for so many seconds; '
                    '0: never, each command stands for itself.',
        floating_point_range=[FloatingPointRange(from_value=0.0, to_value=86400.0)]),
}


def check(settings: Settings) -> None:
    """Raise RisError for values that the descriptors' ranges cannot rule out."""
    if not settings.profile.strip():
        raise RisError('The parameter profile is empty; give the name of a profile.')
    if not _DEVICE.fullmatch(settings.device):
        raise RisError(f'The parameter device is {settings.device!r}; '
                       'expected cpu, openvino, cuda, cuda:N or mps.')
    for name, choices in (('image_transport', TRANSPORTS), ('index_policy', POLICIES),
                          ('precision', PRECISIONS)):
        if (value := getattr(settings, name)) not in choices:
            raise RisError(
                f'The parameter {name} is {value!r}; expected {" or ".join(choices)}.')


def verdict(settings: Settings, parameters: list[Parameter]) -> SetParametersResult:
    """Say whether these parameters can be set, and why not."""
    try:
        check(changed(settings, parameters))
    except RisError as error:
        return SetParametersResult(successful=False, reason=str(error))
    return SetParametersResult(successful=True)
