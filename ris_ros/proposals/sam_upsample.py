"""SAM's small mask logits at the picture's size, only where they can matter."""
from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, eq=False)
class Region:
    """Logits of a part of the picture; beyond it all are at or below the level asked for.

    top, left: the part's first row and column.  logits: (h, w), at least 1 x 1.
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
        """Make the operator for masks of low x low logits.

        model_size: side of the model's square input.  input_size: (height, width) of the picture
        within it.  size: (height, width) of the picture.
        """
        self.size = size
        self._axes = [_Axis(low, model_size, cut, length, device)
                      for cut, length in zip(input_size, size, strict=True)]

    def regions(self, logits: Tensor, level: float) -> list[Region | None]:
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
                columns: tuple[int, int]) -> Region | None:
        """Return the logits in a range of rows and of columns."""
        if rows[0] == rows[1] or columns[0] == columns[1]:
            return None
        (down, used_rows), (across, used_columns) = (
            axis.part(span) for axis, span in zip(self._axes, (rows, columns), strict=True))
        return Region(rows[0], columns[0], down @ (mask[used_rows, used_columns] @ across.T))


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
