# SPDX-License-Identifier: Apache-2.0
"""Messages of a camera: good ones, and such as no driver should send."""
from __future__ import annotations

from collections.abc import Callable
from random import Random

from builtin_interfaces.msg import Time
import cv2
import numpy as np
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import Header

from ris_lab.fuzz.texts import hostile_text
from ris_ros.node.conversions import from_pixels
from ris_ros.node.image_encodings import COLOUR, DEPTH
from ris_sim.node.camera_messages import to_camera_info, to_depth_image
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene

FRAME = 'camera_optical'
_NUMBERS = (0.0, -0.0, -1.0, 320.0, 1e-300, 1e300, -1e300, float('nan'), float('inf'),
            float('-inf'))
_SIZES = (0, 1, 2, 3, 7, 31, 160, 161, 641, 65535, 2**31 - 1, 2**32 - 1)
_ENCODINGS = (*COLOUR, *DEPTH, 'rainbow', '', '64FC4', 'rgb8 ', 'RGB8')
_MODELS = ('plumb_bob', 'rational_polynomial', 'equidistant', 'fisheye', '', 'none')


class CameraTraffic:
    """Makes the messages of a camera in front of some simulated tables.

    Args:
        rng: Chooses.
        size: Width and height of the good images, pixels.
        worlds: Number of tables.
    """

    def __init__(self, rng: Random, size: tuple[int, int] = (160, 120), worlds: int = 3) -> None:
        self._rng = rng
        renderer = Renderer(*size)
        self._pictures = [
            renderer.render(sample_scene(np.random.default_rng(rng.randrange(2**32)), 'test'))
            for _ in range(worlds)]
        self._now = 0

    @property
    def worlds(self) -> int:
        """Number of tables."""
        return len(self._pictures)

    def good(self, now: Time, world: int = 0) -> dict[str, Image | CompressedImage | CameraInfo]:
        """Return the messages of a picture by topic, as a driver sends them."""
        picture = self._pictures[world]
        header = Header(stamp=now, frame_id=FRAME)
        jpeg = cv2.imencode('.jpg', picture.image[..., ::-1])[1]
        return {
            'camera_info': to_camera_info(picture.camera, header),
            'image': from_pixels(picture.image, 'rgb8', header),
            'image/compressed': CompressedImage(header=header, format='jpeg', data=jpeg.tobytes()),
            'depth': to_depth_image(picture.depth, '16UC1', header)}

    def hostile(self, topic: str, now: Time) -> Image | CompressedImage | CameraInfo:
        """Return a message for a topic with one to three of its fields changed."""
        message = self.good(now, self._rng.randrange(self.worlds))[topic]
        changes = {'camera_info': _INFO_CHANGES, 'image/compressed': _COMPRESSED_CHANGES}.get(
            topic, _IMAGE_CHANGES)
        for _ in range(self._rng.randint(1, 3)):
            self._rng.choice((_change_header, *changes))(message, self._rng)
        return message


def _change_header(message: Image | CompressedImage | CameraInfo, rng: Random) -> None:
    """Change the stamp or the frame."""
    stamp = message.header.stamp
    if rng.random() < .5:
        stamp.sec = rng.choice((0, 1, -1, -2**31, 2**31 - 1, stamp.sec - 60, stamp.sec + 60))
    if rng.random() < .5:
        stamp.nanosec = rng.choice((0, 999_999_999, 10**9, 2**32 - 1))
    if rng.random() < .3:
        message.header.frame_id = rng.choice(
            ('', '/', f'/{FRAME}', '//x', 'elsewhere', hostile_text(rng)[:2000]))


def _change_size(message: Image, rng: Random) -> None:
    message.width = rng.choice((*_SIZES, message.width))
    message.height = rng.choice((*_SIZES, message.height))


def _change_step(message: Image, rng: Random) -> None:
    message.step = rng.choice((*_SIZES, message.width, 2 * message.width))


def _change_encoding(message: Image, rng: Random) -> None:
    message.encoding = rng.choice((*_ENCODINGS, hostile_text(rng)[:2000]))
    message.is_bigendian = rng.choice((0, 1, 255))


def _change_layout(message: Image, rng: Random) -> None:
    """Make an image of another encoding and size whose fields fit together."""
    encoding = rng.choice((*COLOUR, *DEPTH))
    kind = {**COLOUR, **DEPTH}[encoding]
    width, height = rng.choice(((1, 1), (2, 2), (16, 12), (160, 120), (640, 1), (2, 1300), (64, 2)))
    message.encoding, message.width, message.height = encoding, width, height
    message.step = width * kind.bytes_per_pixel + rng.choice((0, 0, 0, 1, 8))
    message.data = rng.randbytes(message.step * kind.rows(height))


def _change_data(message: Image | CompressedImage, rng: Random) -> None:
    """Cut data off, put random bytes in, or fill all with one value."""
    data = bytes(message.data)
    place = rng.randrange(len(data) + 1)
    message.data = rng.choice((
        b'', data[:place], data + data[:place], rng.randbytes(len(data)),
        data[:place] + rng.randbytes(20) + data[place + 20:],
        bytes([rng.choice((0, 127, 128, 255))]) * len(data)))


def _change_format(message: CompressedImage, rng: Random) -> None:
    message.format = rng.choice(('png', 'rgb8; jpeg compressed rgb8', '', hostile_text(rng)[:2000]))


def _change_picture(message: CompressedImage, rng: Random) -> None:
    """Compress a picture of another size or depth of colour, in another format."""
    shape = rng.choice(((1, 1), (1, 1000), (1000, 1), (16, 16), (120, 160, 3), (7, 5, 4)))
    pixels = np.frombuffer(rng.randbytes(int(np.prod(shape))), np.uint8).reshape(shape)
    suffix = rng.choice(('.png', '.jpg', '.bmp', '.tiff', '.webp'))
    message.data = cv2.imencode(suffix, pixels)[1].tobytes()


def _change_matrix(message: CameraInfo, rng: Random) -> None:
    matrix = rng.choice((message.k, message.p))
    for _ in range(rng.randint(1, 4)):
        matrix[rng.randrange(len(matrix))] = rng.choice(_NUMBERS)


def _change_all_zero(message: CameraInfo, rng: Random) -> None:
    message.k, message.p = np.zeros(9), np.zeros(12)


def _change_region(message: CameraInfo, rng: Random) -> None:
    roi = message.roi
    roi.x_offset, roi.y_offset = rng.choice(_SIZES), rng.choice(_SIZES)
    roi.width, roi.height = rng.choice(_SIZES), rng.choice(_SIZES)
    message.binning_x, message.binning_y = rng.choice(_SIZES), rng.choice(_SIZES)


def _change_model(message: CameraInfo, rng: Random) -> None:
    message.distortion_model = rng.choice((*_MODELS, hostile_text(rng)[:2000]))
    message.d = [rng.choice(_NUMBERS) for _ in range(rng.choice((0, 1, 4, 5, 8, 100)))]


_Change = Callable[[object, Random], None]
_IMAGE_CHANGES: tuple[_Change, ...] = (
    _change_size, _change_step, _change_encoding, _change_layout, _change_layout, _change_data)
_COMPRESSED_CHANGES: tuple[_Change, ...] = (_change_data, _change_format, _change_picture)
_INFO_CHANGES: tuple[_Change, ...] = (
    _change_size, _change_matrix, _change_all_zero, _change_region, _change_model)
