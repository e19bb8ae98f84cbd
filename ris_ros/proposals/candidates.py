# SPDX-License-Identifier: Apache-2.0
"""From candidate masks to proposals: by size and objectness, each once and with exact edges."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ris_ros.proposals import Window
from ris_ros.proposals.filtering import drop_duplicates, is_object_sized
from ris_ros.proposals.learned import Maps
from ris_ros.proposals.ranking import best_masks, objectness
from ris_ros.proposals.refining import colour_space, refine
from ris_ros.proposals.relief import Relief
from ris_ros.proposals.resizing import resized_mask
from ris_ros.proposals.windows import enlarged_blocks, inner_sides, touches


@dataclass(frozen=True, eq=False)
class Candidates:
    """Masks that may be objects, in a picture or in a part of it.

    Attributes:
        masks: (H, W) bool each, at the working size or at that of the maps.
        small: The same masks at the size of the maps.
        maps: What the network sees there.
        relief: What depth shows; None without it.
    """

    masks: list[np.ndarray]
    small: list[np.ndarray]
    maps: Maps
    relief: Relief | None = None

    @classmethod
    def of(cls, masks: list[np.ndarray], maps: Maps,
           relief: Relief | None = None) -> Candidates:
        """Make candidates of masks at the working size or at that of the maps."""
        return cls(masks, [resized_mask(mask, maps.object.shape) for mask in masks], maps,
                   relief)

    def objectness(self, number: int) -> float:
        """Return how much one of the masks looks like an object."""
        return objectness(self.small[number], self.maps, self.relief)


@dataclass(frozen=True)
class SelectionRules:
    """What makes a candidate a proposal.

    Attributes:
        count: Number of proposals at most.
        least: Objectness that a candidate must exceed.
        borders: Number of the picture's sides that a large mask may touch.
        pixels: Pixels of the whole picture at the working size.
    """

    count: int
    least: float
    borders: int
    pixels: int


def choose(candidates: Candidates, rules: SelectionRules, size: tuple[int, int],
           allowed: Sequence[bool] | None = None) -> list[int]:
    """Choose the candidates to propose.

    Args:
        candidates: To choose from.
        rules: For the choice.
        size: (H, W) at the working size of the picture, or of the part that was looked at.
        allowed: Whether each candidate may be chosen; None allows all.

    Returns:
        Numbers of candidates, the likeliest object first.
    """
    pixels = rules.pixels * candidates.maps.object.size // (size[0] * size[1])
    usable = [number for number, mask in enumerate(candidates.small)
              if is_object_sized(mask, rules.borders, pixels)]
    best = best_masks([candidates.small[number] for number in usable], candidates.maps,
                      rules.count, rules.least, candidates.relief)
    # What may not be chosen tells which of the others are parts of it.
    return [usable[place] for place in best if allowed is None or allowed[usable[place]]]


def reach_changes(candidates: Candidates, changed: np.ndarray, window: Window,
                  size: tuple[int, int]) -> list[bool]:
    """Tell which candidates of a window reach into a change and are not cut by the window.

    Args:
        candidates: Of the window.
        changed: (h, w) bool, blocks of the whole picture.
        window: Of the picture.
        size: (H, W) of the picture.
    """
    blocks = resized_mask(enlarged_blocks(changed, size, window), candidates.maps.object.shape)
    inner = inner_sides(window, size)
    return [bool((mask & blocks).any()) and not touches(mask, inner)
            for mask in candidates.small]


def refined(candidates: Candidates, chosen: Sequence[int], rules: SelectionRules,
            image: np.ndarray) -> list[np.ndarray]:
    """Move the edges of chosen candidates to colour edges, and drop duplicates.

    Args:
        candidates: As given to `choose`.
        chosen: As returned by `choose`.
        rules: As given to `choose`.
        image: (H, W, 3) uint8 RGB, the picture or its part at the working size.

    Returns:
        (H, W) bool masks in the order of ``chosen``.
    """
    colours = colour_space(image)
    masks = [refine(_whole(candidates, number, image.shape[:2]), colours) for number in chosen]
    return drop_duplicates(
        mask for mask in masks if is_object_sized(mask, rules.borders, rules.pixels))


def _whole(candidates: Candidates, number: int, size: tuple[int, int]) -> np.ndarray:
    """Return a candidate at a (H, W), without the holes that depth shows to be level with it."""
    mask, small = resized_mask(candidates.masks[number], size), candidates.small[number]
    if candidates.relief is None:
        return mask
    filled = candidates.relief.filled(small)
    return mask | resized_mask(filled, size) if (filled & ~small).any() else mask
