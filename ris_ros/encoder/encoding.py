# SPDX-License-Identifier: Apache-2.0
"""Visual features in chunks; a crop that looks like an earlier one keeps its feature."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from ris_ros.chunks import Pause
from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.inputs import VisualInputs

# Crops are compared in this many cells along a side. They look alike if the root mean square of the
# difference of their normalised colours is below the limit; the noise of a camera is.
_CELLS = 14
_ALIKE = 0.02


@dataclass(frozen=True, eq=False)
class MaskFeatures:
    """What the encoder keeps of N masks for the next frame.

    Attributes:
        token_masks: (N, G, G) float32 in 0..1, on the token grid.
        thumbnails: (N, 3 * 14 * 14) float32, the normalised crops made small.
        local: (N, D) float32 features of the crops.
    """

    token_masks: torch.Tensor
    thumbnails: torch.Tensor
    local: torch.Tensor

    def __len__(self) -> int:
        return len(self.local)

    def at(self, rows: np.ndarray) -> MaskFeatures:
        """Return some rows, given by their numbers."""
        rows = torch.from_numpy(rows)
        return MaskFeatures(self.token_masks[rows], self.thumbnails[rows], self.local[rows])


@dataclass(frozen=True, eq=False)
class Encoding:
    """The result of encoding N masks.

    Attributes:
        mask_features: To be kept for the next frame.
        features: (N, D) float32, the mixed visual features.
        reused: Number of crops whose local feature was kept from an earlier frame.
    """

    mask_features: MaskFeatures
    features: np.ndarray
    reused: int


def encode(encoder: Encoder, image: np.ndarray, masks: np.ndarray, kept: MaskFeatures | None,
           known: MaskFeatures | None, give_way: Pause) -> Encoding:
    """Encode masks of an image.

    Global features are always those of this image. Memory is bounded for any N, because each chunk
    has the encoder's batch size.

    Args:
        encoder: Makes the features.
        image: (H, W, 3) uint8 RGB.
        masks: (N, H, W) bool, none of them empty.
        kept: Of the first masks, which are not looked at again; None if there are no such masks.
        known: Of an earlier image. A crop that looks like one of its crops takes its local feature.
        give_way: Called after each chunk.
    """
    size, count = encoder.settings.batch_size, 0 if kept is None else len(kept)
    parts, global_parts, reused = [] if kept is None else [kept], [], count
    for first in range(0, max(len(masks), 1), size):
        inputs = encoder.inputs(image, masks[max(first, count):max(first + size, count)])
        thumbnails = functional.adaptive_avg_pool2d(inputs.local_inputs, _CELLS).flatten(1)
        partners = _partners(thumbnails, known)
        new, old = (torch.nonzero(which)[:, 0] for which in (partners < 0, partners >= 0))
        tokens = inputs.token_masks
        if kept is not None and first < count:
            tokens = torch.cat([kept.token_masks[first:first + size], tokens])
        global_part, fresh = encoder.visual_parts(VisualInputs(
            inputs.global_input, inputs.local_inputs[new], tokens))
        global_parts.append(global_part)
        local = fresh.new_empty(len(thumbnails), fresh.shape[1])
        local[new] = fresh
        if known is not None and len(old):
            local[old] = known.local[partners[old]]
            # The crop that a feature was made of stays the measure, so that nothing drifts.
            thumbnails[old] = known.thumbnails[partners[old]]
        reused += len(old)
        parts.append(MaskFeatures(inputs.token_masks, thumbnails, local))
        give_way()
    mask_features = MaskFeatures(*(torch.cat([getattr(part, name) for part in parts])
                        for name in ('token_masks', 'thumbnails', 'local')))
    mixed = encoder.mix_visual(torch.cat(global_parts), mask_features.local)
    mixed = encoder.with_heat(mixed, inputs.global_input, mask_features.token_masks)
    return Encoding(mask_features, mixed.numpy(), reused)


def _partners(thumbnails: torch.Tensor, known: MaskFeatures | None) -> torch.Tensor:
    """Return for each crop the row of the known one that looks like it, or -1."""
    if known is None or not len(known) or not len(thumbnails):
        return torch.full((len(thumbnails),), -1)
    distance, row = (torch.cdist(thumbnails, known.thumbnails) / thumbnails.shape[1] ** 0.5).min(1)
    return torch.where(distance < _ALIKE, row, -1)
