"""Which of SAM's masks are kept: as `SamAutomaticMaskGenerator` does, on a part of the pixels."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ris_ros.proposals.sam_upsample import Region, Upsampler, first_and_last


@dataclass(frozen=True, eq=False)
class Found:
    """Masks that were found so far, N of them.

    logits: (N, low, low).  iou: (N,) predicted.  boxes: (N, 4) x, y of the first and last pixel.
    """

    logits: Tensor
    iou: Tensor
    boxes: Tensor

    def take(self, which: Tensor) -> Found:
        """Return those of these indices."""
        return Found(self.logits[which], self.iou[which], self.boxes[which])


def join(parts: Sequence[Found]) -> Found:
    """Return all masks of at least one part."""
    return Found(torch.cat([part.logits for part in parts]),
                 torch.cat([part.iou for part in parts]),
                 torch.cat([part.boxes for part in parts]))


def stable_masks(logits: Tensor, iou: Tensor, upsampler: Upsampler, level: float, offset: float,
                 min_stability: float) -> Found:
    """Return those of (N, low, low) masks that are not empty and stable enough.

    level: from it on a logit is inside.  The stability is the IoU of the masks at ``level +
    offset`` and ``level - offset``, at the picture's size.
    """
    measure = measure_at_once if logits.device.type == 'cuda' else measure_one_by_one
    kept, boxes = measure(logits, upsampler, level, offset, min_stability)
    return Found(logits[kept], iou[kept], boxes)


def measure_one_by_one(logits: Tensor, upsampler: Upsampler, level: float, offset: float,
                       min_stability: float) -> tuple[Tensor, Tensor]:
    """Return the numbers of the stable masks and their (K, 4) boxes; least work, for a CPU."""
    kept, boxes = [], []
    for number, region in enumerate(upsampler.regions(logits, level - offset)):
        if region is None:
            continue
        inside = region.logits > level
        if not inside.any() or _stability(region, level, offset) < min_stability:
            continue
        kept.append(number)
        boxes.append(_box(region, inside))
    return (torch.tensor(kept, dtype=torch.long, device=logits.device),
            torch.tensor(boxes, dtype=torch.float32, device=logits.device).view(-1, 4))


def measure_at_once(logits: Tensor, upsampler: Upsampler, level: float, offset: float,
                    min_stability: float) -> tuple[Tensor, Tensor]:
    """Return the same from whole pictures of logits: a GPU is not to wait for each mask."""
    whole = upsampler.whole(logits)
    inside = whole > level
    inner, outer = ((whole > limit).sum((1, 2)) for limit in (level + offset, level - offset))
    # Nothing at the outer level makes nan, which is not stable.
    kept = (inside.any(2).any(1) & (inner / outer >= min_stability)).nonzero()[:, 0]
    (top, bottom), (left, right) = (first_and_last(inside[kept].any(axis)) for axis in (2, 1))
    return kept, torch.stack([left, top, right, bottom], 1).float()


def drop_overlapping(found: Found, max_iou: float) -> Found:
    """Return the masks that stand out, highest predicted IoU first (non-maximum suppression)."""
    return found.take(suppress(found.boxes, found.iou, max_iou))


def suppress(boxes: Tensor, scores: Tensor, max_iou: float) -> Tensor:
    """Return the indices of (N, 4) boxes that no better one overlaps by more, best first."""
    from torchvision.ops import nms  # takes a second, which other profiles need not wait
    return nms(boxes, scores, max_iou)


def _stability(region: Region, level: float, offset: float) -> float:
    """Return the IoU of the masks at two levels; the outer one is not empty."""
    inner, outer = ((region.logits > limit).sum() for limit in (level + offset, level - offset))
    return float(inner / outer)


def _box(region: Region, inside: Tensor) -> tuple[int, int, int, int]:
    """Return x, y of the first and of the last pixel of a (h, w) mask that is not empty."""
    rows, columns = (inside.any(dim=other).nonzero() for other in (1, 0))
    return (region.left + int(columns[0]), region.top + int(rows[0]),
            region.left + int(columns[-1]), region.top + int(rows[-1]))
