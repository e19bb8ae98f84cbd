# SPDX-License-Identifier: Apache-2.0
"""Segment Anything's masks at the picture's size, and which of them are kept.

They are those of `SamAutomaticMaskGenerator`, computed on a part of the pixels: small logits are
resized only where they can matter.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, eq=False)
class LogitRegion:
    """A part of the picture beyond which no logit is above the level that was asked for.

    Attributes:
        top: The part's first row.
        left: The part's first column.
        logits: (h, w), at least 1 x 1.
    """

    top: int
    left: int
    logits: Tensor


class Upsampler:
    """The two resizes of `Sam.postprocess_masks` and the crop between, as one operator.

    Each is linear and separable, so together they are one matrix for the rows and one for the
    columns, whose rows are weights that sum to 1.
    """

    def __init__(self, low: int, model_size: int, input_size: tuple[int, int],
                 size: tuple[int, int], device: torch.device) -> None:
        """Make the operator for one size of picture.

        Args:
            low: Side of the small logits.
            model_size: Side of the model's square input, pixels.
            input_size: (height, width) of the picture within that input.
            size: (height, width) of the picture.
            device: Where the logits are.
        """
        self.size = size
        self._axes = [_Axis(low, model_size, cut, length, device)
                      for cut, length in zip(input_size, size, strict=True)]

    def regions(self, logits: Tensor, level: float) -> list[LogitRegion | None]:
        """Return the region of each of (N, low, low) masks that holds all logits above ``level``.

        None where there are none.
        """
        above = logits > level
        spans = [axis.reach(above.any(dim=other)) for axis, other in zip(
            self._axes, (2, 1), strict=True)]
        return [self._region(mask, *span) for mask, *span in zip(logits, *spans, strict=True)]

    def whole(self, logits: Tensor) -> Tensor:
        """Return the (N, H, W) logits of (N, low, low) ones."""
        rows, columns = (axis.weights for axis in self._axes)
        return rows @ (logits @ columns.T)

    def masks(self, logits: Tensor, level: float) -> Tensor:
        """Return the (N, H, W) bool masks of (N, low, low) logits above ``level``."""
        masks = torch.zeros(len(logits), *self.size, dtype=torch.bool, device=logits.device)
        for mask, region in zip(masks, self.regions(logits, level), strict=True):
            if region is not None:
                height, width = region.logits.shape
                torch.gt(region.logits, level, out=mask[region.top:region.top + height,
                                                        region.left:region.left + width])
        return masks

    def _region(self, mask: Tensor, rows: tuple[int, int],
                columns: tuple[int, int]) -> LogitRegion | None:
        """Return the logits in a range of rows and of columns."""
        if rows[0] == rows[1] or columns[0] == columns[1]:
            return None
        (down, used_rows), (across, used_columns) = (
            axis.part(span) for axis, span in zip(self._axes, (rows, columns), strict=True))
        return LogitRegion(rows[0], columns[0], down @ (mask[used_rows, used_columns] @ across.T))


class _Axis:
    """One direction; weights: (length, low) float32."""

    def __init__(self, low: int, model_size: int, cut: int, length: int,
                 device: torch.device) -> None:
        weights = _resize(torch.eye(low, dtype=torch.float64), model_size)[:cut]
        weights = _resize(weights, length)
        used = weights > 0
        # Of each output the first and last input that it is made of, and the other way round.
        self._inputs = first_and_last(used)
        self._outputs = first_and_last(used.T)
        self._seen = used.any(0)
        self.weights = weights.float().to(device)

    def reach(self, occupied: Tensor) -> list[tuple[int, int]]:
        """Return for (N, low) bool the range of outputs that an occupied input can reach."""
        occupied = occupied.cpu() & self._seen
        first = torch.where(occupied, self._outputs[0], len(self.weights)).amin(1)
        last = torch.where(occupied, self._outputs[1], -1).amax(1)
        return [(low, max(high + 1, low)) for low, high in zip(
            first.tolist(), last.tolist(), strict=True)]

    def part(self, span: tuple[int, int]) -> tuple[Tensor, slice]:
        """Return the weights of a range of outputs, and the inputs they are of."""
        first, end = span
        inputs = slice(int(self._inputs[0][first]), int(self._inputs[1][end - 1]) + 1)
        return self.weights[first:end, inputs], inputs


def _resize(weights: Tensor, length: int) -> Tensor:
    """Resize (n, low) to (length, low) as the model does."""
    return functional.interpolate(weights[None, None], (length, weights.shape[1]),
                                  mode='bilinear', align_corners=False)[0, 0]


def first_and_last(used: Tensor) -> tuple[Tensor, Tensor]:
    """Return the (n,) indices of the first and the last set entry of (n, m) rows."""
    flags = used.byte()
    return flags.argmax(1), used.shape[1] - 1 - flags.flip(1).argmax(1)


@dataclass(frozen=True, eq=False)
class SamMasks:
    """N masks that passed the thresholds.

    Attributes:
        logits: (N, low, low) float32.
        iou: (N,) float32, predicted.
        boxes: (N, 4) float32, x and y of the first pixel, then of the last one.
    """

    logits: Tensor
    iou: Tensor
    boxes: Tensor

    def take(self, which: Tensor) -> SamMasks:
        """Return the masks of these indices."""
        return SamMasks(self.logits[which], self.iou[which], self.boxes[which])


def join(parts: Sequence[SamMasks]) -> SamMasks:
    """Return all masks of at least one part."""
    return SamMasks(torch.cat([part.logits for part in parts]),
                 torch.cat([part.iou for part in parts]),
                 torch.cat([part.boxes for part in parts]))


def stable_masks(logits: Tensor, iou: Tensor, upsampler: Upsampler, level: float, offset: float,
                 min_stability: float) -> SamMasks:
    """Choose the masks that are stable and not empty.

    Args:
        logits: (N, low, low) float32.
        iou: (N,) float32, predicted.
        upsampler: Of the picture's size.
        level: A pixel whose logit is above this is inside.
        offset: The stability of a mask is the IoU, at the picture's size, of the masks at
            ``level + offset`` and at ``level - offset``.
        min_stability: Least stability of a mask that is kept.
    """
    measure = measure_at_once if logits.device.type == 'cuda' else measure_one_by_one
    kept, boxes = measure(logits, upsampler, level, offset, min_stability)
    return SamMasks(logits[kept], iou[kept], boxes)


def measure_one_by_one(logits: Tensor, upsampler: Upsampler, level: float, offset: float,
                       min_stability: float) -> tuple[Tensor, Tensor]:
    """Return the numbers of the stable masks and their (K, 4) boxes; the least work, for a CPU."""
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
    """Return the same from whole pictures of logits: a GPU must not wait for each mask."""
    whole = upsampler.whole(logits)
    inside = whole > level
    inner, outer = ((whole > limit).sum((1, 2)) for limit in (level + offset, level - offset))
    # Nothing at the outer level makes nan, which is not stable.
    kept = (inside.any(2).any(1) & (inner / outer >= min_stability)).nonzero()[:, 0]
    (top, bottom), (left, right) = (first_and_last(inside[kept].any(axis)) for axis in (2, 1))
    return kept, torch.stack([left, top, right, bottom], 1).float()


def drop_overlapping(found: SamMasks, max_iou: float) -> SamMasks:
    """Return the masks that stand out, highest predicted IoU first (non-maximum suppression)."""
    return found.take(suppress(found.boxes, found.iou, max_iou))


def suppress(boxes: Tensor, scores: Tensor, max_iou: float) -> Tensor:
    """Return the indices of (N, 4) boxes that no better one overlaps by more, best first."""
    from torchvision.ops import nms  # importing it takes a second, which other profiles save
    return nms(boxes, scores, max_iou)


def _stability(region: LogitRegion, level: float, offset: float) -> float:
    """Return the IoU of the masks at two levels; the outer one is not empty."""
    inner, outer = ((region.logits > limit).sum() for limit in (level + offset, level - offset))
    return float(inner / outer)


def _box(region: LogitRegion, inside: Tensor) -> tuple[int, int, int, int]:
    """Return x, y of the first and of the last pixel of a (h, w) mask that is not empty."""
    rows, columns = (inside.any(dim=other).nonzero() for other in (1, 0))
    return (region.left + int(columns[0]), region.top + int(rows[0]),
            region.left + int(columns[-1]), region.top + int(rows[-1]))
