# SPDX-License-Identifier: Apache-2.0
"""The newest frame of the camera: the last messages are kept until somebody asks for it."""
from __future__ import annotations

from collections import deque
from collections.abc import Callable
import logging
import threading
import time
from typing import TYPE_CHECKING

from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from ris_ros.errors import FrameError
from ris_ros.node.conversions import check_colour, check_depth
from ris_ros.node.depth_views import Alternation
from ris_ros.node.frame_matching import (
    ArrivedImage,
    ImagePair,
    Intrinsics,
    MatchedFrame,
    make_frame,
    newest_pair,
    seconds,
)
from ris_ros.node.image_converter import ImageConverter
from ris_ros.node.image_encodings import ImageEncoding
from ris_ros.node.parameters import LiveSettings, Settings
from ris_ros.node.registration import RegistrationWatch

if TYPE_CHECKING:
    from ris_ros.node.camera_inputs import CameraSubscriptions

_LOGGER = logging.getLogger(__name__)
# At 30 Hz, images and depth of the last 0.4 s.
_KEPT = 12
# Depth that is this far behind its image does not come any more.
_DEPTH_GONE_S = 5.0
# A camera that has just begun may still send its first depth and camera info.
_BEGINNING_S = 0.25
# Nothing arrives to tell a waiting thread that depth does not come any more.
_POLL_S = 0.02


class FrameBuffer:
    """Keeps the newest good messages of a camera and gives out the newest frame.

    Callbacks store messages.  A message that cannot be converted is turned away on arrival, so
    that one broken image does not hide the good one before it.  All methods may be called from any
    thread.

    Attributes:
        received: Number of colour images that have been stored.
        rejection: Why the last colour image was turned away; '' if it was not.
        converter: Converts the raw images; one that uses cv_bridge may take its place.
        source: The subscriptions that fill the buffer, which know why it is empty; or None.
    """

    def __init__(self, settings: LiveSettings[Settings] | None = None,
                 beginning: float = _BEGINNING_S) -> None:
        """Make an empty buffer.

        Args:
            settings: The node's settings, of which depth_max_skew is read; None: the defaults.
            beginning: For this long after a camera's first image, its first depth and camera info
                are waited for, seconds.
        """
        self.received = 0
        self.rejection = ''
        self.converter = ImageConverter()
        self.source: CameraSubscriptions | None = None
        self._settings = settings or LiveSettings(Settings())
        self._beginning = beginning
        self._colours: deque[ArrivedImage] = deque(maxlen=_KEPT)
        self._depths: deque[ArrivedImage] = deque(maxlen=_KEPT)
        self._depth_rejection = ''
        self._registration = RegistrationWatch()
        self._intrinsics = Intrinsics()
        self._all_intrinsics: Alternation[Intrinsics] = Alternation()
        self._intrinsics_number = 0
        self._begun = 0.0
        self._arrivals = 0
        self._matched: MatchedFrame | None = None
        self._listeners: list[Callable[[], None]] = []
        self._lock = threading.Condition()

    def listen(self, listener: Callable[[], None]) -> None:
        """Have a function called after every message that was stored.

        It is called in the thread that stores, so it must return at once.
        """
        self._listeners.append(listener)

    def add_colour(self, message: Image | CompressedImage, now: float) -> None:
        """Store a colour image that arrived at ``now`` (seconds), or note why it is unusable."""
        with self._lock:
            try:
                encoding = check_colour(message) if isinstance(message, Image) else None
            except FrameError as error:
                self.rejection = str(error)
                return
            self.rejection = ''
            self.received += 1
            if not self._colours:
                self._begun = time.monotonic()
            self._colours.append(self._arrived(message, encoding, now))
            self._lock.notify_all()
        self._call_listeners()

    def add_depth(self, message: Image, now: float) -> None:
        """Store a depth image that arrived at ``now`` (seconds), or note why it is unusable."""
        with self._lock:
            try:
                encoding = check_depth(message)
            except FrameError as error:
                self._depth_rejection = str(error)
                return
            self._depth_rejection = ''
            depth = self._arrived(message, encoding, now)
            self._depths.append(depth)
            self._registration.add(depth)
            self._lock.notify_all()
        self._call_listeners()

    def add_camera(self, message: CameraInfo) -> None:
        """Store the camera info, or note why it is unusable."""
        intrinsics = Intrinsics.read(message)
        with self._lock:
            self._all_intrinsics.add(intrinsics)
            if intrinsics == self._intrinsics:
                return
            self._intrinsics = intrinsics
            self._intrinsics_number += 1
            self._lock.notify_all()
        if intrinsics.doubt:  # told once, as camera infos repeat
            _LOGGER.warning('The camera info is doubtful. %s', intrinsics.doubt)
        self._call_listeners()

    def clear(self) -> None:
        """Forget all messages."""
        with self._lock:
            self._colours.clear()
            self._depths.clear()
            self._registration.clear()
            self._all_intrinsics.clear()
            self._intrinsics = Intrinsics()
            self._matched = None
            self.rejection = self._depth_rejection = ''

    @property
    def has_camera_info(self) -> bool:
        """Whether a camera info has come, usable or not."""
        return self._intrinsics != Intrinsics()

    @property
    def position_fault(self) -> str:
        """Why no object gets a position, as far as camera info and depth tell; '' if it may."""
        with self._lock:
            if self.has_camera_info and self._intrinsics.camera is None:
                return self._intrinsics.rejection
            return self._depth_rejection or self._alternation()

    def newest_stamp(self) -> float | None:
        """Return the time of the newest colour image in seconds, or None without one."""
        with self._lock:
            return self._colours[-1].stamp if self._colours else None

    def await_first(self, deadline: float, is_ended: Callable[[], bool]) -> None:
        """Wait for a first image, whether it can be used or not.

        Args:
            deadline: Longest wait, a time of `time.monotonic`.
            is_ended: Tells whether the wait is not wanted any more.
        """
        with self._lock:
            while (not self._colours and not self.rejection and not is_ended()
                   and (left := deadline - time.monotonic()) > 0):
                self._lock.wait(min(left, _POLL_S))

    def await_newest(self, patience: float) -> MatchedFrame:
        """Return the newest frame, and wait for its depth if that is still to come.

        Depth is sent after its image: a command between the two would lose its position.

        Args:
            patience: Longest wait, seconds.

        Raises:
            FrameError: As `newest` does.
        """
        deadline = time.monotonic() + patience
        with self._lock:
            while self._depth_is_due() and (left := deadline - time.monotonic()) > 0:
                self._lock.wait(min(left, _POLL_S))
            return self.newest()

    def newest_placed(self) -> MatchedFrame | None:
        """Return the newest frame, or None while its depth is still to come.

        It is still to come where depth came for recent images, and where the camera has just begun
        and has sent no depth or no camera info yet.

        Raises:
            FrameError: As `newest` does.
        """
        with self._lock:
            return None if self._depth_is_due() else self.newest()

    def newest(self) -> MatchedFrame:
        """Return the newest colour image with the depth and intrinsics that belong to it.

        An image that has depth is preferred to slightly newer ones that have none yet.

        Raises:
            FrameError: No colour image can be used.
        """
        with self._lock:
            while self._colours:
                pair = self._newest_pair()
                key = (pair.colour.number, pair.depth.number if pair.depth else 0,
                       self._intrinsics_number)
                if self._matched is not None and self._matched.key == key:
                    return self._matched
                try:
                    self._matched = make_frame(pair, self._intrinsics, key, self.converter)
                except FrameError as error:
                    self.rejection = str(error)
                    self._colours.remove(pair.colour)
                else:
                    return self._matched
            raise FrameError(self.rejection or self._explain_silence())

    def _explain_silence(self) -> str:
        """Say why there is no image."""
        if self.source is None:
            return 'No image has been received yet.'
        return self.source.explain_silence()

    def _call_listeners(self) -> None:
        """Tell the listeners that something was stored."""
        for listener in self._listeners:
            listener()

    def _arrived(self, message: Image | CompressedImage, encoding: ImageEncoding | None,
                 now: float) -> ArrivedImage:
        """Give a message its number, and the time if its driver left it without a stamp."""
        self._arrivals += 1
        return ArrivedImage(message, encoding, self._arrivals,
                            seconds(message.header.stamp) or now)

    def _newest_pair(self) -> ImagePair:
        """Return the images of the newest frame; the last depth image's fault goes before."""
        pair = newest_pair(self._colours, self._depths, self._settings.value.depth_max_skew)
        if pair.depth is None and self._depth_rejection:
            return ImagePair(pair.colour, None, self._depth_rejection)
        if pair.depth is not None and (fault := self._alternation()):
            # One of the two is wrong, and nothing tells which.
            return ImagePair(pair.colour, None, fault)
        return pair

    def _alternation(self) -> str:
        """Return what goes to and fro in depth or camera info; '' where nothing does."""
        if (pair := self._all_intrinsics.pair) is not None:
            one, other = sorted(str(intrinsics) for intrinsics in pair)
            return (f'The camera info alternates between {one} and {other}. Does more than one '
                    'node publish on the topic camera_info?')
        return self._registration.fault(self._colours, self.converter)

    def _depth_is_due(self) -> bool:
        """Return whether depth is still to come for the newest image; the lock is held."""
        if not self._colours:
            return False
        if not self._depths or not self._intrinsics_number:
            return time.monotonic() - self._begun < self._beginning
        behind = self._colours[-1].stamp - self._depths[-1].stamp
        if not 0 < behind < _DEPTH_GONE_S:
            return False
        skew = self._settings.value.depth_max_skew
        return newest_pair(self._colours, self._depths, skew).depth is None
