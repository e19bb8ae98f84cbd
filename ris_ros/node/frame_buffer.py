"""The newest picture of the scene: colour, depth and intrinsics that belong together."""
from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
import threading
import time

from builtin_interfaces.msg import Time
import numpy as np
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import Header

from ris_ros.errors import FrameError
from ris_ros.frame import CameraModel, Frame
from ris_ros.node.conversions import (
    check_colour,
    check_depth,
    compressed_to_rgb,
    to_camera_model,
    to_depth,
    to_rgb,
)
from ris_ros.node.parameters import LiveSettings, Settings

# Depth usually arrives after its colour image; a few older ones bridge the gap, at 30 Hz this one.
_KEPT = 12
_LOOK_BACK_S = 0.3
# Depth that far behind its image does not come any more.
_DEPTH_GONE_S = 5.0
# A camera that has just begun may still send its first depth and camera info.
_BEGINNING_S = 0.25
# It is not told when time alone ends the wait for depth.
_POLL_S = 0.02


def seconds(stamp: Time) -> float:
    """Return a message's stamp in seconds."""
    return stamp.sec + stamp.nanosec * 1e-9


@dataclass(frozen=True, eq=False)
class MatchedFrame:
    """A frame ready for the pipeline, and what its messages said of it.

    header: of the colour image.  key: equal for two frames that are the same.
    position_note: why there can be no position; '' where depth and intrinsics are there.
    """

    header: Header
    frame: Frame
    key: tuple[int, int, int]
    position_note: str


@dataclass(frozen=True, eq=False)
class _Arrival:
    """A message with its number in the order of arrival and its time in seconds."""

    message: Image | CompressedImage
    number: int
    stamp: float


@dataclass
class FrameBuffer:
    """Keeps the newest good messages; callbacks store, one reader asks for the newest frame.

    settings: the node's; depth_max_skew is of use here.  beginning: so long after a camera's first
    image, its first depth is waited for.

    What cannot be converted is turned away on arrival, so that one broken image does not hide
    the good one before it.  All methods may be called from any thread.
    """

    settings: LiveSettings[Settings] = field(default_factory=lambda: LiveSettings(Settings()))
    beginning: float = _BEGINNING_S
    received: int = 0
    rejection: str = ''
    _colours: deque[_Arrival] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _depths: deque[_Arrival] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _depth_rejection: str = ''
    _camera: CameraModel | None = None
    _camera_frame: str = ''
    _camera_rejection: str = 'No camera info has been received.'
    _cameras: int = 0
    _begun: float = 0.0
    _arrivals: int = 0
    _matched: MatchedFrame | None = None
    _listeners: list[Callable[[], None]] = field(default_factory=list)
    _lock: threading.Condition = field(default_factory=threading.Condition)

    def listen(self, listener: Callable[[], None]) -> None:
        """Have a function called after every image and depth image that was stored.

        It is called in the thread that stores, so it must return at once.
        """
        self._listeners.append(listener)

    def add_colour(self, message: Image | CompressedImage, now: float) -> None:
        """Store a colour image that arrived at ``now`` (seconds), or note why it is unusable."""
        with self._lock:
            try:
                if isinstance(message, Image):
                    check_colour(message)
            except FrameError as error:
                self.rejection = str(error)
                return
            self.rejection = ''
            self.received += 1
            if not self._colours:
                self._begun = time.monotonic()
            self._colours.append(self._arrival(message, now))
        self._tell()

    def add_depth(self, message: Image, now: float) -> None:
        """Store a depth image that arrived at ``now`` (seconds), or note why it is unusable."""
        with self._lock:
            try:
                check_depth(message)
            except FrameError as error:
                self._depth_rejection = str(error)
                return
            self._depth_rejection = ''
            self._depths.append(self._arrival(message, now))
            self._lock.notify_all()
        self._tell()

    def add_camera(self, message: CameraInfo) -> None:
        """Store the camera info, or note why it is unusable."""
        try:
            camera, rejection = to_camera_model(message), ''
        except FrameError as error:
            camera, rejection = None, str(error)
        with self._lock:
            news = (camera, message.header.frame_id, rejection)
            if news == (self._camera, self._camera_frame, self._camera_rejection):
                return
            self._camera, self._camera_frame, self._camera_rejection = news
            self._cameras += 1
            self._lock.notify_all()
        self._tell()

    def clear(self) -> None:
        """Forget all messages."""
        with self._lock:
            self._colours.clear()
            self._depths.clear()
            self._camera = self._matched = None
            self._camera_rejection = FrameBuffer._camera_rejection
            self.rejection = self._depth_rejection = ''

    def newest_stamp(self) -> float | None:
        """Return the time of the newest colour image in seconds, or None without one."""
        with self._lock:
            return self._colours[-1].stamp if self._colours else None

    def await_newest(self, patience: float) -> MatchedFrame:
        """Return `newest`, up to ``patience`` seconds later where what places it is still to come.

        Depth is sent after its image: a command between the two would lose its position.
        Raises FrameError as `newest` does.
        """
        deadline = time.monotonic() + patience
        with self._lock:
            while self._depth_is_due() and (left := deadline - time.monotonic()) > 0:
                self._lock.wait(min(left, _POLL_S))
            return self.newest()

    def newest_placed(self) -> MatchedFrame | None:
        """Return `newest`, or None while the depth that would place it is still to come.

        It is still to come where depth came for recent images, and where the camera has just begun
        and sent no depth or no camera info yet.  Raises FrameError as `newest` does.
        """
        with self._lock:
            return None if self._depth_is_due() else self.newest()

    def newest(self) -> MatchedFrame:
        """Return the newest colour image with what belongs to it.

        One that has a depth image is preferred to slightly newer ones that have none yet.
        Raises FrameError where no colour image can be used.
        """
        with self._lock:
            while self._colours:
                colour, depth, note = self._pair()
                key = (colour.number, depth.number if depth else 0, self._cameras)
                if self._matched is None or self._matched.key != key:
                    try:
                        self._matched = self._match(colour, depth, note, key)
                    except FrameError as error:
                        self.rejection = str(error)
                        self._colours.remove(colour)
                        continue
                return self._matched
            raise FrameError(self.rejection or 'No image has been received yet.')

    def _tell(self) -> None:
        """Call the listeners."""
        for listener in self._listeners:
            listener()

    def _arrival(self, message: Image | CompressedImage, now: float) -> _Arrival:
        """Give a message its number, and a stamp of 0 (a careless driver) the time of arrival."""
        self._arrivals += 1
        return _Arrival(message, self._arrivals, seconds(message.header.stamp) or now)

    def _depth_is_due(self) -> bool:
        """Return whether depth is still to come for the newest image; the lock is held."""
        if not self._colours:
            return False
        if not self._depths or (self._camera is None and not self._cameras):
            return time.monotonic() - self._begun < self.beginning
        behind = self._colours[-1].stamp - self._depths[-1].stamp
        return 0 < behind < _DEPTH_GONE_S and self._pair()[1] is None

    def _pair(self) -> tuple[_Arrival, _Arrival | None, str]:
        """Return the newest colour image that has depth, else the newest, and why it has none."""
        newest = self._colours[-1]
        if not self._depths:
            return newest, None, self._depth_rejection or 'No depth image has been received.'
        for colour in reversed(self._colours):
            if abs(newest.stamp - colour.stamp) > _LOOK_BACK_S:
                continue
            depth = self._nearest_depth(colour)
            if abs(depth.stamp - colour.stamp) <= self.settings.value.depth_max_skew:
                return colour, depth, ''
        skew = abs(self._nearest_depth(newest).stamp - newest.stamp)
        return newest, None, self._depth_rejection or (
            f'The nearest depth image is {skew:.3f} s from the image; at most '
            f'{self.settings.value.depth_max_skew:.3f} s (parameter depth_max_skew) are allowed.')

    def _nearest_depth(self, colour: _Arrival) -> _Arrival:
        """Return the depth image nearest in time, the newer of two equally near ones."""
        return min(reversed(self._depths), key=lambda depth: abs(depth.stamp - colour.stamp))

    def _match(self, colour: _Arrival, depth: _Arrival | None, note: str,
               key: tuple[int, int, int]) -> MatchedFrame:
        """Convert a pair of messages; raise FrameError if the colour image is broken."""
        image = _image(colour.message)
        height, width = image.shape[:2]
        pixels, camera = None, None
        if depth is not None:
            pixels, note = _fitting_depth(depth.message, colour.message.header, height, width)
        if not note:
            note = self._camera_rejection or _misfit(
                self._camera, self._camera_frame, colour.message.header, height, width)
            camera = None if note else self._camera
        frame = Frame(image, pixels, camera, colour.stamp)
        return MatchedFrame(colour.message.header, frame, key, note)


def _image(message: Image | CompressedImage) -> np.ndarray:
    """Convert a colour image of either kind to (H, W, 3) uint8 RGB."""
    return to_rgb(message) if isinstance(message, Image) else compressed_to_rgb(message)


def _fitting_depth(message: Image, header: Header, height: int,
                   width: int) -> tuple[np.ndarray | None, str]:
    """Return depth that lies on the image pixel by pixel, or None and why it does not."""
    if (message.height, message.width) != (height, width):
        return None, (f'The depth image has {message.width} x {message.height} pixels but the '
                      f'image has {width} x {height}; register the depth to the colour camera.')
    if _differ(message.header.frame_id, header.frame_id):
        return None, (f'The depth image is in the frame {message.header.frame_id!r} but the image '
                      f'is in {header.frame_id!r}; register the depth to the colour camera.')
    return to_depth(message), ''


def _misfit(camera: CameraModel, frame_id: str, header: Header, height: int, width: int) -> str:
    """Return a sentence if the intrinsics are not those of the image."""
    if (camera.height, camera.width) != (height, width):
        return (f'The camera info is for {camera.width} x {camera.height} pixels but the image '
                f'has {width} x {height}; use the camera info of this image.')
    if _differ(frame_id, header.frame_id):
        return (f'The camera info is of the frame {frame_id!r} but the image is in '
                f'{header.frame_id!r}; use the camera info of this image.')
    return ''


def _differ(one: str, other: str) -> bool:
    """Return whether two frames are known to differ; careless drivers leave them empty."""
    return bool(one and other and one != other)
