# SPDX-License-Identifier: Apache-2.0
"""One picture of the camera, with the outlines and numbers of an answer."""
from __future__ import annotations

from dataclasses import dataclass

from builtin_interfaces.msg import Time
import cv2
import numpy as np
from rclpy.qos import QoSProfile
from sensor_msgs.msg import Image

from ris_ros.client import GroundingClient, WaitTimeoutError
from ris_ros.client.marks import Mark, marks_of
from ris_ros.errors import RisError
from ris_ros.msg import Grounding
from ris_ros.node.conversions import to_rgb
from ris_ros.status import Status

_QUALITY = 85  # of the JPEG
_WIDEST = 1024  # pixels; a model sees no more in a wider picture
_COLOURS = {Status.FOUND: (40, 220, 80), Status.AMBIGUOUS: (255, 190, 30)}  # RGB
_OTHER, _DARK = (90, 170, 255), (0, 0, 0)
_SHIFT = 4  # OpenCV draws in sixteenths of a pixel


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A picture that was shown to a model.

    Attributes:
        image: (H, W, 3) uint8 RGB, at most as wide as a model needs.
        size: Width and height of the camera's image, pixels.
        stamp: Of the camera's image.
    """

    image: np.ndarray
    size: tuple[int, int]
    stamp: Time

    @property
    def scale(self) -> float:
        """How many pixels of the camera's image are one of the picture."""
        return self.size[0] / self.image.shape[1]

    def camera_pixel(self, u: int, v: int) -> tuple[int, int]:
        """Return the pixel of the camera's image that a pixel of the picture shows.

        Raises:
            RisError: It is outside the picture.
        """
        height, width = self.image.shape[:2]
        if not (0 <= u < width and 0 <= v < height):
            raise RisError(f'The pixel ({u}, {v}) is outside the picture, which is {width} pixels '
                           f'wide and {height} high.')
        return int((u + .5) * self.scale), int((v + .5) * self.scale)

    def jpeg(self) -> bytes:
        """Return the picture as a JPEG."""
        _, data = cv2.imencode('.jpg', cv2.cvtColor(self.image, cv2.COLOR_RGB2BGR),
                               [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        return np.asarray(data).tobytes()


def take_snapshot(client: GroundingClient, ris_node: str, timeout: float) -> Snapshot:
    """Wait for the next image of ``~/view``.

    It is listened to only meanwhile, because an image that nobody looks at is not even sent.

    Args:
        client: In the graph.
        ris_node: Name of ris_node.
        timeout: Seconds.

    Raises:
        RisError: No image has come in time, or it cannot be read.
    """
    images: list[Image] = []
    subscription = client.node.create_subscription(
        Image, f'{ris_node}/view', images.append, QoSProfile(depth=1))
    try:
        client.wait(lambda: images, timeout, 'an image')
    except WaitTimeoutError:
        raise RisError(f'No image came on {subscription.topic_name} within {timeout:.3g} s. Does '
                       'the camera run, and is ris_node active?') from None
    finally:
        client.node.destroy_subscription(subscription)
    message = images[-1]
    pixels = to_rgb(message)
    height, width = pixels.shape[:2]
    if width > _WIDEST:
        pixels = cv2.resize(pixels, (_WIDEST, round(height * _WIDEST / width)),
                            interpolation=cv2.INTER_AREA)
    return Snapshot(pixels, (width, height), message.header.stamp)


def outline(snapshot: Snapshot, answer: Grounding) -> Snapshot:
    """Return a picture with an answer's outlines, or the same where these are of another size."""
    # The answer to a question has no mask of its own, but its candidates have.
    if answer.mask.width and (answer.mask.width, answer.mask.height) != snapshot.size:
        return snapshot
    objects = [mark for mark in marks_of(answer) if mark.number]
    colour = _COLOURS.get(Status(answer.status), _OTHER)
    image = snapshot.image.copy()
    thin = max(1, round(min(image.shape[:2]) / 360))
    for mark in objects:
        loops = [np.round((loop + .5) / snapshot.scale * 2**_SHIFT).astype(np.int32)
                 for loop in mark.loops]
        for shade, width in ((_DARK, 3 * thin), (colour, 2 * thin)):
            cv2.polylines(image, loops, True, shade, width, cv2.LINE_AA, _SHIFT)
    if len(objects) > 1:
        for mark in objects:
            _number(image, mark, snapshot.scale, colour)
    return Snapshot(image, snapshot.size, snapshot.stamp)


def _number(image: np.ndarray, mark: Mark, scale: float, colour: tuple[int, int, int]) -> None:
    """Write an object's number above it, in a disc."""
    x, y, width, _ = (value / scale for value in mark.box)
    size = image.shape[1] / 1000
    (w, h), _ = cv2.getTextSize(str(mark.number), cv2.FONT_HERSHEY_SIMPLEX, size, 2)
    radius = round(.5 * np.hypot(w, h)) + 3
    u, v = round(x + width / 2), round(max(radius, y - .8 * radius))
    cv2.circle(image, (u, v), radius + 2, _DARK, -1, cv2.LINE_AA)
    cv2.circle(image, (u, v), radius, colour, -1, cv2.LINE_AA)
    cv2.putText(image, str(mark.number), (u - w // 2, v + h // 2), cv2.FONT_HERSHEY_SIMPLEX, size,
                _DARK, 2, cv2.LINE_AA)
