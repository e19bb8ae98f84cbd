"""Visual features in chunks, made once only for crops that look as an earlier one did."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.inputs import VisualInputs
from ris_ros.pause import Pause

# Crops are compared in cells, this many along a side, by the root mean square of the difference
# of their normalised colours. The noise of a camera stays below this.
_CELLS = 14
_ALIKE = 0.02


@dataclass(frozen=True, eq=False)
class Encoded:
    """Masks as the encoder sees them, N rows each.

    token_masks: (N, G, G) float32.  looks: (N, 3 * cells * cells) float32, the crops made small.
    local: (N, D) float32 features of the crops.
    """

    token_masks: torch.Tensor
    looks: torch.Tensor
    local: torch.Tensor

    def __len__(self) -> int:
        return len(self.local)

    def at(self, rows: np.ndarray) -> Encoded:
        """Return some rows, given by their numbers."""
        rows = torch.from_numpy(rows)
        return Encoded(self.token_masks[rows], self.looks[rows], self.local[rows])


@dataclass(frozen=True, eq=False)
class Encoding:
    """What came of encoding N masks: features (N, D) float32, and how many crops were not new."""

    encoded: Encoded
    features: np.ndarray
    reused: int


def encode(encoder: Encoder, image: np.ndarray, masks: np.ndarray, kept: Encoded | None,
           known: Encoded | None, give_way: Pause) -> Encoding:
    """Return the mixed visual features of masks in an image.

    image: (H, W, 3) uint8 RGB.  masks: (N, H, W) bool, none of them empty.  kept: what is known
    of the first masks, which are not looked at again.  known: of earlier images; a crop that
    looks like one of them takes its local feature.  Global features are always of this image.
    Memory is bounded for any N: each chunk is of the encoder's batch size, with ``give_way``
    called after it.
    """
    size, count = encoder.settings.batch_size, 0 if kept is None else len(kept)
    parts, global_parts, reused = [] if kept is None else [kept], [], count
    for first in range(0, max(len(masks), 1), size):
        inputs = encoder.inputs(image, masks[max(first, count):max(first + size, count)])
        looks = functional.adaptive_avg_pool2d(inputs.local_inputs, _CELLS).flatten(1)
        partners = _partners(looks, known)
        new, old = (torch.nonzero(which)[:, 0] for which in (partners < 0, partners >= 0))
        tokens = inputs.token_masks
        if first < count:
            tokens = torch.cat([kept.token_masks[first:first + size], tokens])
        global_part, fresh = encoder.visual_parts(VisualInputs(
            inputs.global_input, inputs.local_inputs[new], tokens))
        global_parts.append(global_part)
        local = fresh.new_empty(len(looks), fresh.shape[1])
        local[new] = fresh
        if len(old):
            local[old] = known.local[partners[old]]
            # The crop that a feature was made of stays the measure, so that nothing drifts.
            looks[old] = known.looks[partners[old]]
        reused += len(old)
        parts.append(Encoded(inputs.token_masks, looks, local))
        give_way()
    encoded = Encoded(*(torch.cat([getattr(part, name) for part in parts])
                        for name in ('token_masks', 'looks', 'local')))
    mixed = encoder.mix_visual(torch.cat(global_parts), encoded.local)
    return Encoding(encoded, mixed.numpy(), reused)


def _partners(looks: torch.Tensor, known: Encoded | None) -> torch.Tensor:
    """Return for each crop the row of the known one that looks alike, or -1."""
    if known is None or not len(known) or not len(looks):
        return torch.full((len(looks),), -1)
    distance, row = (torch.cdist(looks, known.looks) / looks.shape[1] ** 0.5).min(1)
    return torch.where(distance < _ALIKE, row, -1)
