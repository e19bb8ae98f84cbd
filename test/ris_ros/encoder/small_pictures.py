# SPDX-License-Identifier: Apache-2.0
"""Masks small enough to check by hand."""
import numpy as np


def rectangle(x1, y1, x2, y2, shape=(60, 80)):
    """Return a (H, W) bool mask of a rectangle, x2 and y2 exclusive."""
    mask = np.zeros(shape, bool)
    mask[y1:y2, x1:x2] = True
    return mask
