# SPDX-License-Identifier: Apache-2.0
"""What the tests of pools share: models, frames, and settings of Ray."""
import os

import numpy as np
from pool_robots import ROBOTS
import pytest

os.environ.setdefault('RAY_USAGE_STATS_ENABLED', '0')
# So that the metrics of the pool need not be waited for.
os.environ.setdefault('RAY_metrics_report_interval_ms', '1000')


class Clock:
    """Seconds that a test sets."""

    now = 0.0

    def read(self):
        """Return them."""
        return self.now


@pytest.fixture
def clock():
    """Return a clock that stands still until the test sets it."""
    return Clock()


@pytest.fixture(scope='session')
def pipeline():
    """Return the models of the pool, in this process."""
    from ris_ros.pipeline import Pipeline
    return Pipeline.load('embedded')


@pytest.fixture(scope='session')
def frames():
    """Return a frame for each robot: four tables, darker by a little each time they come again.

    Their depth is in whole millimetres.
    """
    from ris_ros.frame import Frame
    from ris_sim.rendering.renderer import Renderer
    from ris_sim.sampling.scenes import sample_scene
    renderer = Renderer(160, 120)
    shots = [renderer.render(sample_scene(np.random.default_rng([19, seed]), 'test', (2, 4)))
             for seed in range(4)]
    return [Frame((shot.image * (1 - 0.1 * (number // 4))).astype(np.uint8),
                  np.rint(shot.depth * 1000).astype(np.float32) / np.float32(1000), shot.camera)
            for number, shot in enumerate((shots * 5)[:len(ROBOTS)])]
