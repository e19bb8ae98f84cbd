# SPDX-License-Identifier: Apache-2.0
"""How much of each proposal is on the main surface in view, and not beside or behind it."""
from __future__ import annotations

import numpy as np

from ris_ros.frame import Frame


def supported_shares(frame: Frame, masks: np.ndarray) -> np.ndarray:
    """Measure how much of each mask lies or stands on the surface on which things are handled.

    What depth does not show counts as if it did, unless the surface does not reach so far; and so
    does everything if no surface is seen on which something stands.

    Args:
        frame: The frame.
        masks: (N, H, W) bool.

    Returns:
        (N,) float64, 0 to 1.
    """
    # Imported here: they load torch, and a node is in the graph before that.
    from ris_ros.proposals.windows import step_of
    from ris_ros.proposals.with_depth import DepthView
    view = DepthView.of(frame)
    if view is None or view.ground.main is None:
        return np.ones(len(masks))
    seen = view.standing.clusters, view.depth, view.camera
    elsewhere = (view.depth > 0) & ~view.ground.occupied(*seen) | view.ground.beyond(*seen)
    step = step_of(frame.size)
    small = masks[:, step // 2::step, step // 2::step].reshape(len(masks), -1)
    areas = np.maximum(small.sum(axis=1), 1)
    return 1 - (small & elsewhere.ravel()).sum(axis=1) / areas
