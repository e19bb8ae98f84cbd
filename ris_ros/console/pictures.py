# SPDX-License-Identifier: Apache-2.0
"""The newest camera image as a JPEG, made once for all browsers and only while one asks."""
from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
import time

import cv2
import numpy as np
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import Image

from ris_ros.errors import FrameError
from ris_ros.node.conversions import to_rgb

_QUALITY = 75
_WIDEST = 1280  # pixels; wider images are scaled down


@dataclass(frozen=True)
class JpegPicture:
    """A picture for the page.

    Attributes:
        number: Grows from picture to picture.
        data: JPEG.
        width: Of the camera's image, pixels; the JPEG may be smaller.
        height: Of the camera's image, pixels.
        stamp: Of the camera's image, seconds and nanoseconds.
    """

    number: int
    data: bytes
    width: int
    height: int
    stamp: tuple[int, int]


class PictureFeed:
    """Keeps the newest image, undecoded, and encodes it when a browser waits for it.

    A browser asks for the next picture when it has shown the last one. So there is never a queue,
    and a slow browser gets fewer pictures, not older ones.
    """

    def __init__(self, rate: float) -> None:
        """Make a feed.

        Args:
            rate: The most pictures a second.
        """
        self._period = 1 / rate
        self._raw, self._number = b'', 0
        self._arrived_at: float | None = None
        self._picture: JpegPicture | None = None
        self._trouble = ''
        self._encoded_at = 0.0
        self._encoding = asyncio.Lock()
        self._arrival = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix='ris_jpeg')

    @property
    def age(self) -> float | None:
        """Seconds since the last image came; None before the first."""
        return None if self._arrived_at is None else time.monotonic() - self._arrived_at

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height of the last image that was shown, pixels; None before the first."""
        picture = self._picture
        return None if picture is None else (picture.width, picture.height)

    @property
    def trouble(self) -> str:
        """Why the last image cannot be shown; '' where it can."""
        return self._trouble

    def keep(self, raw: bytes) -> None:
        """Keep a serialized image; any thread may call this."""
        self._raw, self._arrived_at = raw, time.monotonic()
        self._number += 1
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._arrival.set)

    async def next(self, after: int, timeout: float) -> JpegPicture | None:
        """Wait for a picture that is newer than one that was shown.

        Args:
            after: Number of that picture; 0 for any.
            timeout: Seconds.

        Returns:
            The newest picture, or None where none has come in time.
        """
        self._loop = asyncio.get_running_loop()
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            if self._number == after or not self._number:
                await self._await_arrival(left)
                continue
            async with self._encoding:
                picture = await self._newest()
            if picture is not None and picture.number != after:
                return picture
        return None

    async def _await_arrival(self, timeout: float) -> None:
        """Wait for an image."""
        self._arrival.clear()
        try:
            await asyncio.wait_for(self._arrival.wait(), timeout)
        except asyncio.TimeoutError:
            pass

    async def _newest(self) -> JpegPicture | None:
        """Return the newest picture; it is not encoded anew before its time."""
        if self._picture is not None and self._picture.number == self._number:
            return self._picture
        await asyncio.sleep(max(0, self._encoded_at + self._period - time.monotonic()))
        self._encoded_at = time.monotonic()
        number, raw = self._number, self._raw
        loop = asyncio.get_running_loop()
        try:
            self._picture = await loop.run_in_executor(self._thread, encode, number, raw)
            self._trouble = ''
        except FrameError as error:
            self._picture, self._trouble = None, str(error)
            await asyncio.sleep(self._period)
        return self._picture


def encode(number: int, raw: bytes) -> JpegPicture:
    """Make a JPEG of a serialized sensor_msgs/Image.

    Raises:
        FrameError: The image cannot be read.
    """
    message = deserialize_message(raw, Image)
    pixels = to_rgb(message)
    height, width = pixels.shape[:2]
    if width > _WIDEST:
        pixels = cv2.resize(pixels, (_WIDEST, round(height * _WIDEST / width)),
                            interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode('.jpg', cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR),
                           [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    stamp = message.header.stamp
    return JpegPicture(number, np.asarray(data).tobytes(), width, height,
                       (stamp.sec, stamp.nanosec))
