# SPDX-License-Identifier: Apache-2.0
"""The models of a replica, and the indexes of several frames at once."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
import time

import numpy as np
import torch

from ris_ros.chunks import no_pause
from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.encoding import encode
from ris_ros.encoder.inputs import VisualInputs
from ris_ros.errors import ModelError
from ris_ros.frame import Frame, square_frame
from ris_ros.image_models import ImageModels
from ris_ros.pool.fingerprint import fingerprint
from ris_ros.pool_server.settings import PoolSettings
from ris_ros.profile import load_profile, with_clip

# Sources of masks that need more than a frame: masks of a file, or the nouns of a command.
_UNFIT = ('given', 'sam3')


@dataclass(frozen=True, eq=False)
class PoolModels:
    """The models of a replica.

    Attributes:
        image_models: Find and encode proposals. A pool has no others: it reads no commands.
        fingerprint: Tells them from other models.
    """

    image_models: ImageModels
    fingerprint: str

    def index(self, frames: Sequence[Frame], separate: bool) -> Sequence[FrameIndex | Exception]:
        """Index frames of several robots; see `index_together`."""
        return index_together(self.image_models, frames, separate)


@dataclass(frozen=True, eq=False)
class FrameIndex:
    """The index of one of several frames.

    Attributes:
        masks: (N, H, W) bool.
        features: (N, D) float32.
        proposing: Seconds that its masks took.
        encoding: Seconds that the features of all frames took.
    """

    masks: np.ndarray
    features: np.ndarray
    proposing: float
    encoding: float = 0.0


def load_pool_models(settings: PoolSettings) -> PoolModels:
    """Load the models of a profile.

    Raises:
        ModelError: Weights are missing, or the profile needs more than frames.
    """
    profile = with_clip(load_profile(settings.profile), '', settings.weights)
    if profile.proposals['source'] in _UNFIT:
        raise ModelError(f'The profile {settings.profile!r} cannot be served: it needs more than a '
                         'frame. Choose another one, e.g. robot.')
    models = ImageModels.of(profile, settings.device, settings.precision)
    models.index(square_frame())  # the first index takes longer, and no robot waits for it
    return PoolModels(models, fingerprint(profile))


def index_together(models: ImageModels, frames: Sequence[Frame],
                   separate: bool) -> Sequence[FrameIndex | Exception]:
    """Index frames of several robots.

    Where one of them makes the models fail, each is indexed by itself, and it alone fails.

    Args:
        models: What finds and encodes proposals.
        frames: The frames.
        separate: Give the crops of each frame passes of their own. They take longer; without it
            a feature can differ in its last bits with what happens to be in the same pass.
    """
    try:
        return _index_all(models, frames, separate)
    except Exception as error:  # models raise exceptions of every kind
        if len(frames) == 1:
            return [error]
        return [index for frame in frames for index in index_together(models, [frame], separate)]


def _index_all(models: ImageModels, frames: Sequence[Frame], separate: bool) -> list[FrameIndex]:
    """Index frames of several robots; raise what any of them makes the models raise."""
    found = [_propose(models, frame) for frame in frames]
    start = time.perf_counter()
    if separate or len(frames) == 1:
        features = [encode(models.encoder, frame.image, index.masks, None, None,
                           no_pause).features for frame, index in zip(frames, found, strict=True)]
    else:
        features = _encode_together(models.encoder, frames, [index.masks for index in found])
    seconds = time.perf_counter() - start
    return [replace(index, features=each, encoding=seconds)
            for index, each in zip(found, features, strict=True)]


def _propose(models: ImageModels, frame: Frame) -> FrameIndex:
    """Find the masks of a frame."""
    start = time.perf_counter()
    masks = models.proposer.propose(frame)
    return FrameIndex(masks, np.empty((0, 0), np.float32), time.perf_counter() - start)


def _encode_together(encoder: Encoder, frames: Sequence[Frame],
                     masks: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the (N, D) features of each frame; all their crops share forward passes."""
    inputs = [encoder.inputs(frame.image, each) for frame, each in zip(frames, masks, strict=True)]
    crops = torch.cat([each.local_inputs for each in inputs])
    _, local = encoder.visual_parts(
        VisualInputs(inputs[0].global_input, crops, inputs[0].token_masks[:0]))
    features = []
    for each, part in zip(inputs, local.split([len(each) for each in masks]), strict=True):
        of_image, _ = encoder.visual_parts(VisualInputs(
            each.global_input, each.local_inputs[:0], each.token_masks))
        mixed = encoder.mix_visual(of_image, part)
        features.append(encoder.with_heat(mixed, each.global_input, each.token_masks).numpy())
    return features
