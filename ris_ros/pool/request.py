# SPDX-License-Identifier: Apache-2.0
"""What a robot asks of the pool: the index of a frame that it sends, or of what has changed."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import re

import numpy as np

from ris_ros.errors import FrameError
from ris_ros.frame import CameraModel, Frame
from ris_ros.pool.container import MOST_BYTES, Header, PoolFormatError, pack, unpack
from ris_ros.pool.pictures import (
    ColourFormat,
    read_colour,
    read_depth_png,
    write_colour,
    write_depth,
)
from ris_ros.proposals import Window

MOST_PIXELS = 2 ** 22
MOST_WINDOWS = 64
_FEATURES = ('float32', 'float16')
# Of the robot's patience, seconds.
_LEAST_S, _MOST_S = 0.01, 60.0
_NAME = re.compile(r'[\w.-]{0,64}', re.ASCII)


@dataclass(frozen=True, eq=False)
class FramePart:
    """A window of a frame, as it travels.

    Attributes:
        window: Where it lies.
        colour: (B,) uint8, a JPEG or PNG; or (h, w, 3) uint8, raw pixels.
        depth: (B,) uint8, a 16-bit PNG in millimetres; or None.
    """

    window: Window
    colour: np.ndarray
    depth: np.ndarray | None


@dataclass(frozen=True, eq=False)
class PoolRequest:
    """A request for the index of a frame.  It tells no time of day: no two clocks are compared.

    Attributes:
        model: Fingerprint of the models that the index is to be made with.
        frame: Name of the frame, which the reply repeats.
        base: Name of the earlier frame that the parts are put into; '' where they are the whole.
        size: Height and width of the frame.
        camera: Its intrinsics, or None.
        parts: What is sent of it.
        features: 'float32' or 'float16'.
        patience: How long the robot waits from the sending on, seconds.
    """

    model: str
    frame: str
    base: str
    size: tuple[int, int]
    camera: CameraModel | None
    parts: tuple[FramePart, ...]
    features: str = 'float32'
    patience: float = 1.0

    @property
    def bytes(self) -> int:
        """The memory of its whole frame."""
        return self.size[0] * self.size[1] * (7 if self.has_depth else 3)

    @property
    def has_depth(self) -> bool:
        """Whether the parts have depth."""
        return self.parts[0].depth is not None


def parts_of(frame: Frame, windows: Sequence[Window], form: ColourFormat
             ) -> tuple[FramePart, ...]:
    """Encode windows of a frame; with another format than JPEG their colours arrive as they are."""
    return tuple(FramePart(window, write_colour(frame.image[window.slices], form),
                           None if frame.depth is None else write_depth(
                               frame.depth[window.slices]))
                 for window in windows)


def whole_window(size: tuple[int, int]) -> Window:
    """Return the window that holds a whole picture of a height and width."""
    return Window(0, 0, size[1], size[0])


def write_request(request: PoolRequest) -> bytes:
    """Encode a request."""
    camera = request.camera
    header = {
        'model': request.model, 'frame': request.frame, 'base': request.base,
        'size': list(request.size), 'depth': request.has_depth,
        'camera': camera and [camera.fx, camera.fy, camera.cx, camera.cy],
        'windows': [list(part.window) for part in request.parts],
        'features': request.features, 'patience': request.patience}
    arrays = {}
    for number, part in enumerate(request.parts):
        arrays[f'colour{number}'] = part.colour
        if part.depth is not None:
            arrays[f'depth{number}'] = part.depth
    return pack(header, arrays)


def read_request(data: bytes, most_bytes: int = MOST_BYTES,
                 most_pixels: int = MOST_PIXELS) -> PoolRequest:
    """Read a request; its pictures stay encoded until `put_together`.

    Args:
        data: What a robot sent.
        most_bytes: More than this is refused unread.
        most_pixels: Of a whole frame.

    Raises:
        PoolFormatError: It is no request of this version, or its values do not fit together.
    """
    header, arrays = unpack(data, most_bytes)
    size = header.size('size', most_pixels)
    windows = _windows(header, size)
    has_depth, base, frame = header.flag('depth'), header.text('base'), header.text('frame')
    for name in (base, frame):
        if not _NAME.fullmatch(name):
            raise PoolFormatError(f'A frame has the name {name!r}; expected at most 64 letters, '
                                  'digits, dots, dashes and underscores.')
    if not base and windows != [whole_window(size)]:
        raise PoolFormatError('The request names no base and sends other windows than the whole '
                              f'picture: {windows!r:.80}.')
    features = header.text('features')
    if features not in _FEATURES:
        raise PoolFormatError(f'The header has features {features!r}; expected '
                              f'{" or ".join(_FEATURES)}.')
    return PoolRequest(
        header.text('model'), frame, base, size, _camera(header, size),
        tuple(_part(arrays, number, window, has_depth) for number, window in enumerate(windows)),
        features, header.number('patience', _LEAST_S, _MOST_S))


def put_together(request: PoolRequest, base: Frame | None) -> Frame:
    """Decode the pictures of a request and return its frame.

    Args:
        request: The request.
        base: The frame that it names as its base; None where it names none.

    Raises:
        PoolFormatError: A picture is damaged or of another size than its window, the base is of
            another kind, or the frame can be of no camera.
    """
    try:
        if base is None:
            return Frame(*_decode(request.parts[0], 0), request.camera)
        if base.size != request.size or (base.depth is not None) != request.has_depth:
            raise PoolFormatError('The base has another size than the frame, or depth where the '
                                  'frame has none; send the whole frame.')
        image, depth = base.image.copy(), None if base.depth is None else base.depth.copy()
        for number, part in enumerate(request.parts):
            colours, metres = _decode(part, number)
            image[part.window.slices] = colours
            if depth is not None:
                depth[part.window.slices] = metres
        return Frame(image, depth, request.camera)
    except FrameError as error:
        raise PoolFormatError(str(error)) from error


def _windows(header: Header, size: tuple[int, int]) -> list[Window]:
    """Return the windows of a request."""
    windows = [Window(*row) for row in header.rows('windows', 4, MOST_WINDOWS)]
    if not windows:
        raise PoolFormatError('The request sends no window of the frame; expected at least one.')
    for x, y, width, height in windows:
        if not (width and height and x + width <= size[1] and y + height <= size[0]):
            raise PoolFormatError(f'The window {[x, y, width, height]} is not within the picture '
                                  f'of {size[1]} x {size[0]} pixels.')
    if sum(window.width * window.height for window in windows) > size[0] * size[1]:
        raise PoolFormatError('The windows hold more pixels than the picture.')
    return windows


def _camera(header: Header, size: tuple[int, int]) -> CameraModel | None:
    """Return the intrinsics of a request."""
    numbers = header.numbers('camera', 4)
    if numbers is None:
        return None
    fx, fy, cx, cy = numbers
    try:
        return CameraModel(fx, fy, cx, cy, size[1], size[0])
    except FrameError as error:
        raise PoolFormatError(str(error)) from error


def _part(arrays: dict[str, np.ndarray], number: int, window: Window,
          has_depth: bool) -> FramePart:
    """Return one part of a request."""
    names = [f'colour{number}', *([f'depth{number}'] if has_depth else [])]
    if missing := [name for name in names if name not in arrays]:
        raise PoolFormatError(f'The request has no array {missing[0]!r}.')
    return FramePart(window, arrays[names[0]], arrays[names[1]] if has_depth else None)


def _decode(part: FramePart, number: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the (h, w, 3) uint8 colours and the (h, w) float32 metres of a part."""
    size = part.window.height, part.window.width
    return (read_colour(part.colour, size, f'colour{number}'),
            None if part.depth is None else read_depth_png(part.depth, size, f'depth{number}'))
