# SPDX-License-Identifier: Apache-2.0
"""What the pool answers: the masks of a frame, their features, and how long it took."""
from __future__ import annotations

from dataclasses import asdict, dataclass, fields

import numpy as np

from ris_ros.geometry.masks import bounding_boxes
from ris_ros.pool.container import MOST_BYTES, PoolFormatError, pack, take, unpack
from ris_ros.pool.mask_runs import mask_arrays, read_masks

_LONGEST_S = 3600.0


@dataclass(frozen=True)
class PoolTimes:
    """Where the time of a request went in the pool, seconds by its own clock.

    Attributes:
        reading: Until the request was read and its pictures were decoded.
        waiting: Until the models were free.
        proposing: The masks of this frame.
        encoding: The features, of all frames that were encoded together.
        together: Number of frames that were encoded together.
    """

    reading: float = 0.0
    waiting: float = 0.0
    proposing: float = 0.0
    encoding: float = 0.0
    together: float = 1.0


@dataclass(frozen=True, eq=False)
class PoolReply:
    """The masks and features of a frame.

    Attributes:
        frame: Name of the frame, as in the request.
        masks: (N, H, W) bool, none of them empty.
        features: (N, D) float32.
        times: Where the time went.
    """

    frame: str
    masks: np.ndarray
    features: np.ndarray
    times: PoolTimes


def write_reply(reply: PoolReply, features: str = 'float32') -> bytes:
    """Encode a reply with features of a type, 'float32' or 'float16'."""
    header = {'frame': reply.frame, 'size': list(reply.masks.shape[1:]),
              'times': [getattr(reply.times, item.name) for item in fields(PoolTimes)]}
    # Features beyond half precision stay finite.
    most = np.finfo(features).max
    values = np.clip(reply.features, -most, most).astype(features)
    return pack(header, {**mask_arrays(reply.masks, bounding_boxes(reply.masks)),
                         'features': values})


def read_reply(data: bytes, frame: str, size: tuple[int, int], width: int) -> PoolReply:
    """Decode a reply.

    Args:
        data: What the pool sent.
        frame: Name of the frame that was asked for.
        size: Its height and width.
        width: D, the length of a feature.

    Raises:
        PoolFormatError: It is no reply of this version, or none to that request.
    """
    header, arrays = unpack(data, MOST_BYTES)
    if header.text('frame') != frame:
        raise PoolFormatError(f'The reply is to the frame {header.text("frame")!r}; expected one '
                              f'to {frame!r}.')
    found = header.size('size', size[0] * size[1])
    if found != size:
        raise PoolFormatError(f'The reply is of a picture of {found[1]} x {found[0]} pixels; '
                              f'expected {size[1]} x {size[0]}.')
    masks = read_masks(arrays, size)
    features = take(arrays, 'features', (np.float32, np.float16), (len(masks), width))
    features = features.astype(np.float32)
    if not np.isfinite(features).all():
        raise PoolFormatError('The features of the reply are not all finite.')
    numbers = header.numbers('times', len(fields(PoolTimes))) or ()
    if not all(0 <= number <= _LONGEST_S for number in numbers):
        raise PoolFormatError(f'The reply has the times {numbers}; expected seconds.')
    return PoolReply(frame, masks, features, PoolTimes(*numbers))


def as_milliseconds(times: PoolTimes) -> dict[str, float]:
    """Return times for people."""
    return {name: value if name == 'together' else 1e3 * value
            for name, value in asdict(times).items()}
