"""How much of each proposal is on the main surface in view, and not beside or behind it."""
from __future__ import annotations

import numpy as np

from ris_ros.frame import Frame


def supported_shares(frame: Frame, masks: np.ndarray) -> np.ndarray:
    """Measure how much of each mask lies or stands on the surface on which things are handled.

    What depth does not show counts as if it did, and so does everything if no surface is seen on
    which something stands.

    Args:
        frame: The frame.
        masks: (N, H, W) bool.

    Returns:
        (N,) float64, 0 to 1.
    """
    # Imported here: they load torch, and a node is in the graph before that.
    from ris_ros.proposals.resizing import shrunk_camera
    from ris_ros.proposals.rgbd import find_standing, find_surfaces
    from ris_ros.proposals.support import Ground
    from ris_ros.proposals.windows import step_of
    from ris_ros.proposals.with_depth import usable_depth
    everything = np.ones(len(masks))
    step = step_of(frame.size)
    depth = usable_depth(frame, step)
    if depth is None:
        return everything
    camera = shrunk_camera(frame.camera, step)
    surfaces = find_surfaces(depth, camera)
    if not surfaces:
        return everything
    clusters = find_standing(depth, camera, surfaces, depth.size).clusters
    ground = Ground.of(surfaces, clusters, depth, camera)
    if ground.main is None:
        return everything
    elsewhere = (depth > 0) & ~ground.occupied(clusters, depth, camera)
    small = masks[:, step // 2::step, step // 2::step].reshape(len(masks), -1)
    areas = np.maximum(small.sum(axis=1), 1)
    return 1 - (small & elsewhere.ravel()).sum(axis=1) / areas
