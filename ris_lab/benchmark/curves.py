# SPDX-License-Identifier: Apache-2.0
"""How the cost of the embedded profile grows with masks, picture and commands."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
import time
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch

from ris_lab.benchmark import plain_clip, plain_views
from ris_lab.benchmark.scene import draw_masks
from ris_ros.encoder.settings import EncoderSettings
from ris_ros.frame import CameraModel, Frame

if TYPE_CHECKING:
    from ris_ros.pipeline import Pipeline

MASKS = (5, 10, 25, 50, 100)
SIZES = ((240, 320), (480, 640), (720, 1280), (1080, 1920))
COMMANDS = (1, 3, 10, 30, 100)


@dataclass(frozen=True)
class Curve:
    """CPU seconds against a number.

    Attributes:
        title: What is done.
        axis: Name of the number.
        numbers: Its values.
        ours: CPU seconds of ours at each.
        plain: CPU seconds of the straightforward way; empty where there is none.
    """

    title: str
    axis: str
    numbers: tuple[float, ...]
    ours: tuple[float, ...]
    plain: tuple[float, ...] = ()


CURVES = 3


def measure_curves(pipeline: Pipeline, frame: Frame, texts: Iterator[str]) -> Iterator[Curve]:
    """Measure the curves.

    Args:
        pipeline: Of the embedded profile.
        frame: 640 x 480, with depth.
        texts: Commands that are new to the pipeline.

    Yields:
        ``CURVES`` curves.
    """
    scene = pipeline.index(frame)
    command = _seconds(lambda: [pipeline.ground(scene, next(texts)) for _ in range(10)]) / 10
    index = _seconds(lambda: pipeline.index(replace(frame)))
    masks = draw_masks(max(MASKS), *frame.size)
    yield Curve('Encoding masks', 'masks', MASKS,
                tuple(_seconds(lambda n=n: pipeline.encoder.visual(frame.image, masks[:n]))
                      for n in MASKS),
                tuple(_seconds(lambda n=n: _encode_plainly(pipeline, frame.image, masks[:n]))
                      for n in MASKS))
    yield Curve('A full index', 'megapixels',
                tuple(height * width / 1e6 for height, width in SIZES),
                tuple(_seconds(lambda size=size: pipeline.index(_scaled(frame, *size)))
                      for size in SIZES))
    yield Curve('Commands on one frame', 'commands', COMMANDS,
                tuple(index + n * command for n in COMMANDS),
                tuple(n * (index + command) for n in COMMANDS))


def _encode_plainly(pipeline: Pipeline, image: np.ndarray, masks: np.ndarray) -> torch.Tensor:
    """Encode with one whole pass for each mask and each crop."""
    encoder = pipeline.encoder
    settings: EncoderSettings = encoder.settings
    inputs = encoder.inputs(image, masks[:1])
    tokens = plain_views.peak_token_masks(masks, encoder.backbone.grid)
    crops = [encoder.inputs(image, mask[None]).local_inputs[0] for mask in masks]
    return encoder.mix_visual(
        plain_clip.global_features(encoder.backbone, inputs.global_input, tokens,
                                   settings.masked_blocks),
        plain_clip.local_features(encoder.backbone, crops))


def _scaled(frame: Frame, height: int, width: int) -> Frame:
    """Return the frame at another size, mirrored at its right edge where that is wider."""
    scale = height / frame.size[0]
    side = (round(frame.size[1] * scale), height)
    image = cv2.resize(frame.image, side, interpolation=cv2.INTER_LINEAR)
    depth = cv2.resize(frame.depth, side, interpolation=cv2.INTER_NEAREST)
    room = max(width - side[0], 0)
    image = cv2.copyMakeBorder(image, 0, 0, 0, room, cv2.BORDER_REFLECT)[:, :width]
    depth = cv2.copyMakeBorder(depth, 0, 0, 0, room, cv2.BORDER_REFLECT)[:, :width]
    camera = frame.camera
    return replace(frame, image=image, depth=depth, camera=CameraModel(
        camera.fx * scale, camera.fy * scale, camera.cx * scale, camera.cy * scale, width, height))


def _seconds(run: Callable[[], object]) -> float:
    """Return the CPU seconds of the cheaper of two runs."""
    found = []
    for _ in range(2):
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return min(found)
