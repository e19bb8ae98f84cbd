# SPDX-License-Identifier: Apache-2.0
"""How many bytes a frame takes on the wire, packed as robot and pool pack them."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ris_lab.fleet.loads import PATIENCE_S
from ris_lab.fleet.measures import WindowBytes
from ris_ros.frame import Frame
from ris_ros.pipeline import Pipeline
from ris_ros.pool.pictures import ColourFormat
from ris_ros.pool.reply import PoolReply, PoolTimes, write_reply
from ris_ros.pool.request import PoolRequest, parts_of, whole_window, write_request
from ris_ros.proposals import Window

_SHARE = 0.1
_WINDOWS = 24
# Of a window: width over height.
_SHAPES = (0.5, 2.0)
_SEED = 19
_MODEL, _NAME = 'f' * 16, 'f' * 10


def run_window_bytes(pipeline: Pipeline, streams: Sequence[Sequence[Frame]]) -> list[WindowBytes]:
    """Measure what windows of a tenth of the picture take on the wire, with their replies."""
    rng = np.random.default_rng(_SEED)
    frames = [stream[0] for stream in streams]
    replies = [len(_reply_of(pipeline, frame)) for frame in frames]
    places = [(number % len(frames), _draw_window(rng, frames[0].size))
              for number in range(_WINDOWS)]
    found = []
    for colour in ColourFormat:
        sizes = [request_bytes(frames[number], window, colour) + replies[number]
                 for number, window in places]
        found.append(WindowBytes(colour.value, float(np.mean(sizes)), float(max(sizes)),
                                 float(np.mean(replies)), _WINDOWS))
    return found


def request_bytes(frame: Frame, window: Window | None, colour: ColourFormat) -> int:
    """Return the length of a request that sends a window of a frame; None sends all of it."""
    parts = parts_of(frame, [window or whole_window(frame.size)], colour)
    return len(write_request(PoolRequest(_MODEL, _NAME, _NAME, frame.size, frame.camera, parts,
                                         'float32', PATIENCE_S)))


def reply_bytes(masks: np.ndarray, width: int) -> int:
    """Return the length of a reply.

    Args:
        masks: (N, H, W) bool.
        width: Length of a feature.
    """
    features = np.random.default_rng(_SEED).standard_normal((len(masks), width), np.float32)
    return len(write_reply(PoolReply(_NAME, masks, features, PoolTimes())))


def many_masks(pipeline: Pipeline, streams: Sequence[Sequence[Frame]], count: int) -> np.ndarray:
    """Return (count, H, W) bool masks: those of some frames, over and over."""
    masks = np.concatenate([pipeline.proposer.propose(stream[0]) for stream in streams])
    return np.resize(masks, (count, *masks.shape[1:]))


def _reply_of(pipeline: Pipeline, frame: Frame) -> bytes:
    """Return the reply of a pool to a frame."""
    scene = pipeline.index(frame)
    return write_reply(PoolReply(_NAME, scene.masks, scene.features, PoolTimes()))


def _draw_window(rng: np.random.Generator, size: tuple[int, int]) -> Window:
    """Return a window of a tenth of a picture, of some shape, somewhere in it."""
    height, width = size
    shape = float(np.exp(rng.uniform(*np.log(_SHAPES))))
    across = round((_SHARE * height * width * shape) ** 0.5)
    down = round(_SHARE * height * width / across)
    return Window(int(rng.integers(width - across + 1)), int(rng.integers(height - down + 1)),
                  across, down)
