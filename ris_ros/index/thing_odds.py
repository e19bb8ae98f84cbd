# SPDX-License-Identifier: Apache-2.0
"""How likely each proposal is one whole thing that a hand can hold, by its size and place."""
from __future__ import annotations

import numpy as np

from ris_ros.index.layout import Layout

# A logistic regression on the proposals of 80 toy and 60 home scenes of the calibration split: 614
# whole things against 463 parts, merged things and pieces of furniture.
_USUAL = 2.86
# What is longer than this is less likely to be one, and so is what is shorter; log-odds for each
# factor of e in length, in metres.
_LENGTH_M, _LONGER, _SHORTER = 0.12, -2.83, -0.48
# What few pixels show is a speck; log-odds for each factor of e below this share of the picture.
_SPECK_SHARE, _SPECK = 0.004, -1.33
# What the sides of the picture cut is mostly furniture; log-odds for each of two sides.
_SIDE, _MOST_SIDES = -1.06, 2
# Proposers give the likeliest things first; log-odds for each of these places.
_LATER, _MOST_PLACES = -0.16, 20


def thing_odds(layout: Layout) -> np.ndarray:
    """Judge whether proposals are whole things, whatever they are called.

    Args:
        layout: Of the proposals, in the order of the proposer.

    Returns:
        (N,) log-odds. Without depth the length says nothing.
    """
    lengths = np.where(np.isfinite(layout.lengths), layout.lengths, _LENGTH_M)
    longer = np.log(np.maximum(lengths, 1e-3) / _LENGTH_M)
    speck = np.log(_SPECK_SHARE * np.prod(layout.size) / layout.areas)
    # The last row of the grid may lie some pixels within the picture.
    x, y, width, height = layout.boxes.T
    rows, columns = np.array(layout.size) - layout.step
    sides = (x < layout.step).astype(int) + (y < layout.step) + (
        x + width > columns) + (y + height > rows)
    places = np.minimum(np.arange(len(lengths)), _MOST_PLACES)
    return (_USUAL + _LONGER * np.maximum(longer, 0) + _SHORTER * np.maximum(-longer, 0)
            + _SPECK * np.maximum(speck, 0) + _SIDE * np.minimum(sides, _MOST_SIDES)
            + _LATER * places)
