# SPDX-License-Identifier: Apache-2.0
"""One pool for all tests of a file: Ray takes long to start."""
import os
import socket

import numpy as np
from pool_robots import ROBOTS
import pytest

os.environ.setdefault('RAY_USAGE_STATS_ENABLED', '0')


@pytest.fixture(scope='module')
def pool(tmp_path_factory):
    """Return the address of a pool of one replica that knows 17 robots.

    It ends with the tests of a file, because other files start a Ray of their own.
    """
    pytest.importorskip('grpc', reason='Ray Serve is not installed (requirements/pool.txt)')
    from ris_ros.pool_server.service import PoolPlace, running_pool
    from ris_ros.pool_server.settings import PoolSettings
    tokens = tmp_path_factory.mktemp('pool') / 'tokens.txt'
    tokens.write_text('# robots of the tests\n' + ''.join(
        f'{name} {token}\n' for name, token in ROBOTS.items()))
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    place = PoolPlace(port=port, cpus=2)
    settings = PoolSettings(threads=1, cpus=0.5, rate=200.0, tokens=str(tokens),
                            most_bytes=2 ** 21, in_hand=16, queue=24, drain=2.0)
    with running_pool(settings, place):
        yield place.url


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
