# SPDX-License-Identifier: Apache-2.0
"""What Segment Anything is asked about: points of a grid, or objects that something else has seen.

An outline prompts with its box, a point well inside and itself as a mask, which together mean one
object; a point alone is ambiguous.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from ris_ros.geometry.masks import bounding_boxes, grasp_pixel

# Logit of a mask prompt inside an outline, and below 0 outside. The model's own logits, which are
# what it was trained to take, are about as large.
_MASK_LOGIT = 8.0
_FOREGROUND = 1


@dataclass(frozen=True, eq=False)
class SamPrompts:
    """N prompts of one form, in pixels of the model's input.

    Attributes:
        points: (N, 2) float, x and y of a pixel on the object.
        boxes: (N, 4) float, x and y of the first and the last corner; None if there are none.
        masks: (N, 1, L, L) float32, logits of the object at a quarter of the input's size; None if
            there are none.
    """

    points: Tensor
    boxes: Tensor | None = None
    masks: Tensor | None = None

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, which: slice) -> SamPrompts:
        """Return some of the prompts."""
        return SamPrompts(self.points[which], *(
            None if values is None else values[which] for values in (self.boxes, self.masks)))

    def to(self, device: torch.device) -> SamPrompts:
        """Return the prompts on a device."""
        return SamPrompts(self.points.to(device), *(
            None if values is None else values.to(device) for values in (self.boxes, self.masks)))

    def labelled_points(self) -> tuple[Tensor, Tensor]:
        """Return the (N, 1, 2) points and their (N, 1) labels, as the prompt encoder takes them."""
        labels = torch.full((len(self), 1), _FOREGROUND, dtype=torch.int,
                            device=self.points.device)
        return self.points[:, None], labels


@dataclass(frozen=True)
class InputGeometry:
    """How a picture lies in the model's square input.

    Attributes:
        size: (H, W) of the picture.
        input_size: (h, w) of the picture within the input.
        side: Side of the input.
        mask_side: Side of a mask prompt.
    """

    size: tuple[int, int]
    input_size: tuple[int, int]
    side: int
    mask_side: int

    def points(self, points: np.ndarray | Tensor) -> Tensor:
        """Return (N, 2) points x, y of the picture as points of the input, float64."""
        scale = torch.tensor([self.input_size[1] / self.size[1], self.input_size[0] / self.size[0]],
                             dtype=torch.float64)
        return torch.as_tensor(points, dtype=torch.float64) * scale


def grid_points(points_per_side: int, size: tuple[int, int]) -> np.ndarray:
    """Return (N * N, 2) points x, y in the middle of N x N equal parts of a picture of (H, W)."""
    along = (np.arange(points_per_side) + 0.5) / points_per_side
    y, x = np.meshgrid(along, along, indexing='ij')
    return np.stack([x, y], -1).reshape(-1, 2) * [size[1], size[0]]


def points_outside(points: np.ndarray, outlines: np.ndarray, most: int) -> np.ndarray:
    """Return the points of a grid that lie in no outline, those nearest the middle first.

    Args:
        points: (P, 2) x, y.
        outlines: (N, H, W) bool.
        most: Number of points to return at most.
    """
    size = outlines.shape[1:]
    columns, rows = np.minimum(points.astype(int), [size[1] - 1, size[0] - 1]).T
    outside = points[~outlines[:, rows, columns].any(0)]
    distance = np.abs(outside / [size[1], size[0]] - 0.5).max(1)
    return outside[np.argsort(distance, kind='stable')[:most]]


def outline_prompts(outlines: np.ndarray, geometry: InputGeometry) -> SamPrompts:
    """Return one prompt for each of (N, H, W) bool outlines, N > 0, none of them empty."""
    boxes = bounding_boxes(outlines).astype(np.float64)
    boxes[:, 2:] += boxes[:, :2]
    corners = geometry.points(boxes.reshape(-1, 2)).view(-1, 4)
    inside = np.array([grasp_pixel(outline) for outline in outlines])
    masks = np.stack([_mask_prompt(outline, geometry) for outline in outlines])
    return SamPrompts(geometry.points(inside), corners, torch.from_numpy(masks[:, None]))


def _mask_prompt(outline: np.ndarray, geometry: InputGeometry) -> np.ndarray:
    """Return the (L, L) float32 logits of an outline; the input's padding is outside of it."""
    share = geometry.mask_side / geometry.side
    height, width = (max(1, round(length * share)) for length in geometry.input_size)
    small = cv2.resize(outline.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    logits = np.full((geometry.mask_side, geometry.mask_side), -_MASK_LOGIT, np.float32)
    logits[:height, :width] = (2 * small - 1) * _MASK_LOGIT
    return logits


def frame_prompts(outlines: np.ndarray, points_per_side: int, most: int,
               geometry: InputGeometry) -> Sequence[SamPrompts]:
    """Return the prompts of a frame: outlines first, then points of a grid outside of them.

    Args:
        outlines: (N, H, W) bool, the likeliest object first.
        points_per_side: Points along each side of the grid; 0 for none.
        most: Number of prompts at most.
        geometry: Of the frame.
    """
    outlines = outlines[:most]
    grid = grid_points(points_per_side, geometry.size)
    points = points_outside(grid, outlines, most - len(outlines))
    prompts = [outline_prompts(outlines, geometry)] if len(outlines) else []
    return [*prompts, SamPrompts(geometry.points(points))] if len(points) else prompts
