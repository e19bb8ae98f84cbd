# SPDX-License-Identifier: Apache-2.0
"""Which colour image, depth and intrinsics belong together, and their conversion to one frame."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from builtin_interfaces.msg import Time
import numpy as np
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

from ris_ros.errors import FrameError
from ris_ros.frame import Frame
from ris_ros.node.conversions import compressed_to_rgb, frames_differ
from ris_ros.node.image_converter import ImageConverter
from ris_ros.node.image_encodings import ImageEncoding
from ris_ros.node.intrinsics import Intrinsics

# Depth usually arrives after its image.  An image this much older that has its depth is preferred.
LOOK_BACK_S = 0.3


def seconds(stamp: Time) -> float:
    """Return a message's stamp in seconds."""
    return stamp.sec + stamp.nanosec * 1e-9


def to_time(seconds: float) -> Time:
    """Return the time of a stamp in seconds."""
    whole = int(np.floor(seconds))
    nanoseconds = min(round((seconds - whole) * 1e9), 10**9 - 1)
    return Time(sec=int(np.clip(whole, -2**31, 2**31 - 1)), nanosec=nanoseconds)


@dataclass(frozen=True, eq=False)
class MatchedFrame:
    """A frame for the pipeline with what the node needs of its messages.

    Attributes:
        header: Header of the colour image.
        frame: Image, depth and intrinsics.
        key: Equal for two frames that are made of the same messages.
    """

    header: Header
    frame: Frame
    key: tuple[int, int, int]

    @property
    def number(self) -> int:
        """The image's place in the order of arrival."""
        return self.key[0]


@dataclass(frozen=True, eq=False)
class ArrivedImage:
    """A colour or depth image that can be converted.

    Attributes:
        message: The image.
        encoding: Its encoding, found when its layout was checked; None for a compressed image.
        number: Its place in the order of arrival.
        stamp: Its time in seconds.
    """

    message: Image | CompressedImage
    encoding: ImageEncoding | None
    number: int
    stamp: float


@dataclass(frozen=True, eq=False)
class ArrivedDepth(ArrivedImage):
    """A depth image that can be converted, which is never compressed."""

    message: Image
    encoding: ImageEncoding


class Stamped(Protocol):
    """What came at a time."""

    @property
    def stamp(self) -> float:
        """Its time in seconds."""


AnyStamped = TypeVar('AnyStamped', bound=Stamped)


@dataclass(frozen=True, eq=False)
class ImagePair:
    """A colour image and its depth.

    Attributes:
        colour: The colour image.
        depth: The depth image, or None.
        depth_note: Why there is no depth; '' where there is.
    """

    colour: ArrivedImage
    depth: ArrivedDepth | None
    depth_note: str = ''


def newest_pair(colours: Sequence[ArrivedImage], depths: Sequence[ArrivedDepth], max_skew: float,
                own: Sequence[Sequence[Stamped]] = ()) -> ImagePair:
    """Choose the image of a frame and its depth: of images that have depth, the newest.

    Where each image has messages of its own stamp, one whose messages have come goes before a newer
    one: between the two the camera may have zoomed, or something moved.  Without depth, the newest
    image is taken alone.

    Args:
        colours: The last colour images, at least one, the newest last.
        depths: The last depth images.
        max_skew: Largest difference between the stamps of an image and its depth, seconds.
        own: The last messages of the kinds of which each image has one of its own stamp, those that
            matter most first.
    """
    newest = colours[-1]
    if not depths:
        return ImagePair(newest, None, 'No depth image has been received.')
    own_stamps = [{one.stamp for one in kind} for kind in own if kind]
    best: ImagePair | None = None
    best_has: list[bool] = []
    for colour in reversed(colours):
        if abs(newest.stamp - colour.stamp) > LOOK_BACK_S:
            continue
        depth = nearest(depths, colour.stamp)
        if abs(depth.stamp - colour.stamp) > max_skew:
            continue
        has = [colour.stamp in stamps for stamps in own_stamps]
        if best is None or has > best_has:
            best, best_has = ImagePair(colour, depth), has
        if all(has):
            break
    if best is not None:
        return best
    skew = abs(nearest(depths, newest.stamp).stamp - newest.stamp)
    return ImagePair(newest, None, (
        f'The nearest depth image is {skew:.3f} s from the image; at most {max_skew:.3f} s '
        '(parameter depth_max_skew) are allowed.'))


def colour_to_rgb(colour: ArrivedImage, converter: ImageConverter) -> np.ndarray:
    """Convert a colour image to (H, W, 3) uint8 RGB; raise FrameError where it is broken."""
    if colour.encoding is None:
        return compressed_to_rgb(colour.message)
    return converter.to_rgb(colour.message, colour.encoding)


def make_frame(pair: ImagePair, intrinsics: Intrinsics, key: tuple[int, int, int],
               converter: ImageConverter) -> MatchedFrame:
    """Convert the messages of a frame.

    Args:
        pair: The images.
        intrinsics: Those of the camera; they are left out where they are not the image's.
        key: The frame's key.
        converter: Converts raw images.

    Raises:
        FrameError: The colour image is broken.
    """
    header = pair.colour.message.header
    image = colour_to_rgb(pair.colour, converter)
    height, width = image.shape[:2]
    depth, camera, note = None, None, pair.depth_note
    if pair.depth is not None:
        depth, note = _fitting_depth(pair.depth, header, height, width, converter)
    if not note:
        note = intrinsics.misfit(header, height, width)
        if not note:
            camera, note = intrinsics.camera, intrinsics.doubt
    return MatchedFrame(header, Frame(image, depth, camera, pair.colour.stamp, note), key)


def nearest(arrived: Sequence[AnyStamped], stamp: float) -> AnyStamped:
    """Return what is nearest to a time in seconds, the newer of two that are equally near."""
    return min(reversed(arrived), key=lambda one: abs(one.stamp - stamp))


def _fitting_depth(depth: ArrivedDepth, header: Header, height: int, width: int,
                   converter: ImageConverter) -> tuple[np.ndarray | None, str]:
    """Return depth that lies on the image pixel by pixel, or None and why it does not."""
    message = depth.message
    if (message.height, message.width) != (height, width):
        return None, (f'The depth image has {message.width} x {message.height} pixels but the '
                      f'image has {width} x {height}; register the depth to the colour camera.')
    if frames_differ(message.header.frame_id, header.frame_id):
        return None, (f'The depth image is in the frame {message.header.frame_id!r} but the image '
                      f'is in {header.frame_id!r}; register the depth to the colour camera.')
    try:
        return converter.to_depth(message, depth.encoding), ''
    except FrameError as error:
        return None, str(error)
