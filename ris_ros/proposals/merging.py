# SPDX-License-Identifier: Apache-2.0
"""Pieces between boundaries, merged step by step into the things that they may be parts of."""
from __future__ import annotations

import heapq

import cv2
import numpy as np

from ris_ros.geometry.masks import window_around
from ris_ros.proposals.filtering import placed
from ris_ros.proposals.parting import partition

# Pieces are what lies between boundaries of this likelihood, closed over this many pixels.
_LEAST, _WIDTH = 0.15, 1

# Pieces that a boundary of at least this likelihood separates are never merged.
_SURE = 0.85

# What is merged on by a boundary that is no more likely than its own inner ones is no unit.
_CLEARLY = 0.1

# Least size of a piece in pixels.
_PIECE = 20


def merged(fine: np.ndarray, boundary: np.ndarray, inside: np.ndarray,
           min_pixels: int) -> list[np.ndarray]:
    """Cut a mask into pieces, and merge first those with the least boundary between them.

    Source: Arbelaez et al., Contour detection and hierarchical image segmentation, TPAMI 2011.

    Args:
        fine: (H, W) float32, likelihood of a boundary, along which pieces are cut.
        boundary: (H, W) float32, likelihood of a boundary between things.
        inside: (H, W) bool, the mask.
        min_pixels: Smaller unions are left out.

    Returns:
        (H, W) bool, the unions of pieces.
    """
    window = window_around(inside, 2)
    pieces = partition(
        np.ascontiguousarray(fine[window]), np.ascontiguousarray(inside[window]), _LEAST, _WIDTH,
        _PIECE)
    groups = _groups(pieces, np.ascontiguousarray(boundary[window]))
    found = []
    for group in groups:
        table = np.zeros(int(pieces.max()) + 1, bool)
        table[group] = True
        mask = table[pieces]
        if np.count_nonzero(mask) >= min_pixels:
            found.append(placed(mask, window, inside.shape))
    return found


def _groups(pieces: np.ndarray, boundary: np.ndarray) -> list[list[int]]:
    """Return the numbers of the pieces that belong together, two at least."""
    members = {number: [number] for number in np.unique(pieces).tolist() if number}
    contacts: dict[int, dict[int, tuple[float, int]]] = {number: {} for number in members}
    queue: list[tuple[float, int, int]] = []
    for (one, other), contact in _contacts(pieces, boundary).items():
        contacts[one][other] = contacts[other][one] = contact
        queue.append((contact[0] / contact[1], one, other))
    heapq.heapify(queue)
    born, groups = dict.fromkeys(members, 0.0), []
    last = max(members, default=0)
    while queue:
        strength, one, other = heapq.heappop(queue)
        if strength > _SURE:
            break
        if one not in members or other not in members:
            continue
        last += 1
        groups += [members[part] for part in (one, other)
                   if len(members[part]) > 1 and strength - born[part] > _CLEARLY]
        members[last] = members.pop(one) + members.pop(other)
        born[last] = max(strength, born[one], born[other])
        around: dict[int, tuple[float, int]] = {}
        for part in (one, other):
            for neighbour, (total, count) in contacts.pop(part).items():
                if neighbour in members:
                    before = around.get(neighbour, (0.0, 0))
                    around[neighbour] = before[0] + total, before[1] + count
        contacts[last] = around
        for neighbour, contact in around.items():
            contacts[neighbour][last] = contact
            heapq.heappush(queue, (contact[0] / contact[1], neighbour, last))
    return groups + [group for group in members.values() if len(group) > 1]


def _contacts(pieces: np.ndarray, boundary: np.ndarray) -> dict[tuple[int, int],
                                                                tuple[float, int]]:
    """Return for two pieces that touch the sum of the boundary between them and its length."""
    ridge = cv2.dilate(boundary, np.ones((3, 3), np.uint8))
    count = int(pieces.max()) + 1
    keys, values = [], []
    for one, other, strength in (
            (pieces[:, :-1], pieces[:, 1:], np.maximum(ridge[:, :-1], ridge[:, 1:])),
            (pieces[:-1], pieces[1:], np.maximum(ridge[:-1], ridge[1:]))):
        touching = (one != other) & (one > 0) & (other > 0)
        first, second = one[touching], other[touching]
        keys.append(np.minimum(first, second) * count + np.maximum(first, second))
        values.append(strength[touching])
    pairs, numbers = np.unique(np.concatenate(keys), return_inverse=True)
    totals = np.bincount(numbers, np.concatenate(values), len(pairs))
    lengths = np.bincount(numbers, minlength=len(pairs))
    return {divmod(pair, count): (total, length) for pair, total, length in zip(
        pairs.tolist(), totals.tolist(), lengths.tolist(), strict=True)}
