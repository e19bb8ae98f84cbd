# SPDX-License-Identifier: Apache-2.0
"""The models that look at pictures: all that indexing takes, without those that read commands."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_ros.chunks import Pause, no_pause
from ris_ros.encoder.backbone import load_backbone
from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.encoding import encode
from ris_ros.encoder.timm_clip import with_published_colours
from ris_ros.errors import FrameError
from ris_ros.frame import Frame
from ris_ros.index.scene_index import SceneIndex
from ris_ros.models.registry import find_model_file
from ris_ros.profile import Profile
from ris_ros.proposals import Proposer
from ris_ros.proposals.precomputed import is_on
from ris_ros.proposals.sources import make_proposer


@dataclass(frozen=True, eq=False)
class ImageModels:
    """What finds the masks of a frame, and what makes their features.

    Attributes:
        proposer: Finds the masks of a frame.
        encoder: Makes the visual features of the masks.
    """

    proposer: Proposer
    encoder: Encoder

    @classmethod
    def of(cls, profile: Profile, device: str = 'cpu', precision: str = 'auto') -> ImageModels:
        """Load the models of a profile that has been read.

        Args:
            profile: The profile.
            device: A device of torch.
            precision: 'fp32', 'bf16', 'fp16', or 'auto' for the profile's.

        Raises:
            ModelError: Weights are missing or damaged.
            FrameError: Mask files that the profile names cannot be read.
        """
        architecture = profile.architecture
        if architecture.endswith('.json'):
            architecture = str(find_model_file(architecture))
        precision = profile.precision if precision == 'auto' else precision
        backbone = load_backbone(architecture, find_model_file(profile.weights), device,
                                 precision)
        settings = profile.encoder
        if backbone.is_of_timm:
            settings = with_published_colours(settings, architecture)
        return cls(make_proposer(profile.proposals, device, precision),
                   Encoder(backbone, settings))

    def index(self, frame: Frame, masks: np.ndarray | None = None,
              give_way: Pause = no_pause) -> SceneIndex:
        """Find and encode the proposals of a frame; see `Pipeline.index`."""
        if not isinstance(frame, Frame):
            raise FrameError(f'index() takes a Frame, not a {type(frame).__name__}; make one of '
                             'the picture: pipeline.index(Frame(image)).')
        masks = self.proposer.propose(frame, give_way) if masks is None else _checked(masks, frame)
        give_way()
        encoding = encode(self.encoder, frame.image, masks, None, None, give_way)
        return SceneIndex.of(frame, masks, encoding.features)


def _checked(masks: np.ndarray, frame: Frame) -> np.ndarray:
    """Return given masks as (N, H, W) bool without empty ones."""
    masks = np.asarray(masks)
    if masks.shape[:1] == (0,):  # an empty list tells no size
        return np.zeros((0, *frame.size), bool)
    if masks.ndim != 3 or masks.shape[1:] != frame.size:
        raise FrameError(f'The masks have shape {masks.shape}; expected (N, H, W) with '
                         f'H, W = {frame.size} of the image.')
    if masks.dtype.kind not in 'biuf':
        raise FrameError(f'The masks have type {masks.dtype}; expected bool.')
    masks = is_on(masks)
    return masks[masks.any(axis=(1, 2))]
