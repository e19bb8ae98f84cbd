"""How much of an object the others, and the picture's edge, leave in sight."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ris_ros.frame import CameraModel
from ris_sim.raycast import rays, soup_of
from ris_sim.scene import Camera, SceneObject

GRID = 40


def visible_share(thing: SceneObject, others: Sequence[SceneObject], camera: Camera,
                  model: CameraModel) -> float:
    """Return the share, 0 to 1, of an object's whole silhouette that a picture shows.

    The silhouette is what would show if nothing stood in front and the picture had no edge. It is
    measured with GRID x GRID rays over its bounding rectangle.
    """
    alone = soup_of([thing])
    points = camera.to_optical(alone.corners.reshape(-1, 3))
    points = points[points[:, 2] > .01]
    if not len(points):
        return 0.0
    u = model.fx * points[:, 0] / points[:, 2] + model.cx
    v = model.fy * points[:, 1] / points[:, 2] + model.cy
    steps = ((np.arange(GRID, dtype=np.float32) + np.float32(.5)) / GRID)
    columns, rows = np.meshgrid(u.min() + np.float32(np.ptp(u)) * steps,
                                v.min() + np.float32(np.ptp(v)) * steps)
    columns, rows = columns.ravel().astype(np.float32), rows.ravel().astype(np.float32)
    origins, directions = rays(camera, model, columns, rows)
    hits = alone.cast(origins, directions)
    seen = (hits.hit & (columns > -.5) & (columns < model.width - .5)
            & (rows > -.5) & (rows < model.height - .5))
    if others and seen.any():
        reach = hits.distance[seen] - np.float32(1e-4)
        seen[seen] = ~soup_of(others).occluded(origins[seen], directions[seen], reach)
    return float(seen.sum() / max(1, hits.hit.sum()))
