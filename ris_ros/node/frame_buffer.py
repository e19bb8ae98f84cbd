# SPDX-License-Identifier: Apache-2.0
"""The newest frame of the camera: the last messages are kept until somebody asks for it."""
from __future__ import annotations

from collections.abc import Callable
import threading
import time
from typing import TYPE_CHECKING

from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from ris_ros.errors import FrameError
from ris_ros.node.conversions import check_colour, check_depth
from ris_ros.node.frame_matching import MatchedFrame, make_frame, seconds
from ris_ros.node.image_converter import ImageConverter
from ris_ros.node.intrinsics import Intrinsics
from ris_ros.node.parameters import ImageGeometry, LiveSettings, Settings
from ris_ros.node.recent_messages import GONE_S, RecentMessages

if TYPE_CHECKING:
    from ris_ros.node.camera_inputs import CameraSubscriptions

# A camera that has just begun may still send its first depth and camera info.
_BEGINNING_S = 0.25
# Nothing arrives to tell a waiting thread that depth or camera info does not come any more.
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
        geometry: Whether the images are rectified; AUTO where nothing tells.
        source: The subscriptions that fill the buffer, which know why it is empty; or None.
    """

    def __init__(self, settings: LiveSettings[Settings] | None = None,
                 warn: Callable[[str], None] | None = None,
                 beginning: float = _BEGINNING_S) -> None:
        """Make an empty buffer.

        Args:
            settings: The node's settings, of which depth_max_skew is read; None: the defaults.
            warn: Is told once of what is doubtful about the camera; None for nobody.
            beginning: For this long after a camera's first image, its first depth and camera info
                are waited for, seconds.
        """
        self.received = 0
        self.rejection = ''
        self.converter = ImageConverter()
        self.geometry = ImageGeometry.RECTIFIED
        self.source: CameraSubscriptions | None = None
        self._settings = settings or LiveSettings(Settings())
        self._warn = warn
        self._beginning = beginning
        self._recent = RecentMessages()
        self._begun = self._arrived = 0.0
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
            if not self._recent.colours:
                self._begun = time.monotonic()
            self._arrived = time.monotonic()
            self._recent.add_colour(message, encoding, now)
            self._lock.notify_all()
        self._call_listeners()

    def add_depth(self, message: Image, now: float) -> None:
        """Store a depth image that arrived at ``now`` (seconds), or note why it is unusable."""
        with self._lock:
            try:
                encoding = check_depth(message)
            except FrameError as error:
                self._recent.depth_rejection = str(error)
                return
            self._recent.add_depth(message, encoding, now)
            self._lock.notify_all()
        self._call_listeners()

    def add_camera(self, message: CameraInfo, now: float) -> None:
        """Store a camera info that arrived at ``now`` (seconds), or note why it is unusable."""
        intrinsics = Intrinsics.read(message, self.geometry)
        with self._lock:
            stamp = seconds(message.header.stamp) or now
            is_new = self._recent.infos.add(intrinsics, stamp)
            # An image may have waited for it.
            if not is_new and all(colour.stamp != stamp for colour in self._recent.colours):
                return
            self._lock.notify_all()
        # Told once, as camera infos repeat.
        if is_new and intrinsics.doubt and self._warn is not None:
            self._warn(f'The camera info is doubtful. {intrinsics.doubt}')
        self._call_listeners()

    def clear(self) -> None:
        """Forget all messages."""
        with self._lock:
            self._recent.clear()
            self._matched = None
            self.rejection = ''

    @property
    def has_camera_info(self) -> bool:
        """Whether a camera info has come, usable or not."""
        return self._recent.infos.newest is not None

    @property
    def position_fault(self) -> str:
        """Why no object gets a position, as far as camera and publishers tell; '' if it may."""
        with self._lock:
            newest = self._recent.infos.newest
            if newest is not None and newest.camera is None:
                return newest.rejection
            return (self._mixture() or self._recent.depth_rejection
                    or self._recent.alternation(self.converter))

    @property
    def position_doubt(self) -> str:
        """What is doubtful about positions, in sentences; '' where nothing is."""
        newest = self._recent.infos.newest
        return '' if newest is None else newest.doubt

    def newest_stamp(self) -> float | None:
        """Return the time of the newest colour image in seconds, or None without one."""
        with self._lock:
            colours = self._recent.colours
            return colours[-1].stamp if colours else None

    def await_first(self, deadline: float, is_ended: Callable[[], bool]) -> None:
        """Wait for a first image, whether it can be used or not.

        Args:
            deadline: Longest wait, a time of `time.monotonic`.
            is_ended: Tells whether the wait is not wanted any more.
        """
        with self._lock:
            while (not self._recent.colours and not self.rejection and not is_ended()
                   and (left := deadline - time.monotonic()) > 0):
                self._lock.wait(min(left, _POLL_S))

    def await_newest(self, patience: float) -> MatchedFrame:
        """Return the newest frame, and wait for its depth and camera info if they are to come.

        They may come after their image: a command between the two would lose its position.

        Args:
            patience: Longest wait, seconds.

        Raises:
            FrameError: As `newest` does.
        """
        deadline = time.monotonic() + patience
        with self._lock:
            while self._is_due() and (left := deadline - time.monotonic()) > 0:
                self._lock.wait(min(left, _POLL_S))
            return self.newest()

    def newest_placed(self) -> MatchedFrame | None:
        """Return the newest frame, or None while its depth or camera info is still to come.

        They are still to come where they came for recent images, and where the camera has just
        begun and has sent no depth or no camera info yet.

        Raises:
            FrameError: As `newest` does.
        """
        with self._lock:
            return None if self._is_due() else self.newest()

    def newest(self) -> MatchedFrame:
        """Return the newest colour image with the depth and intrinsics that belong to it.

        An image that has both is preferred to slightly newer ones that have them not, or not yet.

        Raises:
            FrameError: No colour image can be used.
        """
        with self._lock:
            recent = self._recent
            while recent.colours:
                pair = recent.pair(self._settings.value.depth_max_skew, self._mixture(),
                                   self.converter)
                info = recent.info_of(pair)
                key = (pair.colour.number, pair.depth.number if pair.depth else 0, info.number)
                if self._matched is not None and self._matched.key == key:
                    return self._matched
                try:
                    self._matched = make_frame(pair, info.intrinsics, key, self.converter)
                except FrameError as error:
                    self.rejection = str(error)
                    recent.colours.remove(pair.colour)
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

    def _mixture(self) -> str:
        """Return what is wrong where several publishers send images or depth; '' where not."""
        return '' if self.source is None else self.source.mixture

    def _is_due(self) -> bool:
        """Return whether depth or camera info of the newest image is due; the lock is held."""
        if not self._recent.colours:
            return False
        if not self._recent.is_complete:
            return time.monotonic() - self._begun < self._beginning
        return (time.monotonic() - self._arrived < GONE_S
                and self._recent.awaits_more(self._settings.value.depth_max_skew))
