# SPDX-License-Identifier: Apache-2.0
"""One pool for all tests of a file: Ray takes long to start."""
import os

from local_servers import free_ports, make_certificate
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


@pytest.fixture(scope='module')
def metrics():
    """Return the port of the pool's metrics."""
    return free_ports(1)[0]


@pytest.fixture(scope='module')
def pool(tmp_path_factory, metrics):
    """Return the address of a pool of one replica with a certificate that knows 19 robots.

    It ends with the tests of a file, because other files start a Ray of their own.
    """
    pytest.importorskip('grpc', reason='Ray Serve is not installed (requirements/pool.txt)')
    from ris_ros.pool_server.service import PoolPlace, running_pool
    from ris_ros.pool_server.settings import PoolSettings
    folder = tmp_path_factory.mktemp('pool')
    certificate, key = make_certificate(folder, '127.0.0.1')
    tokens = folder / 'tokens.txt'
    tokens.write_text('# robots of the tests\n' + ''.join(
        f'{name} {token}\n' for name, token in ROBOTS.items()))
    place = PoolPlace(port=free_ports(1)[0], cpus=2, certificate=certificate, key=key,
                      metrics_port=metrics)
    settings = PoolSettings(threads=1, cpus=0.5, rate=200.0, tokens=str(tokens), batch=8,
                            most_bytes=2 ** 21, in_hand=16, queue=24, read_time=1.0, drain=2.0)
    with pytest.MonkeyPatch.context() as patch, running_pool(settings, place):
        patch.setenv('SSL_CERT_FILE', str(certificate))  # as on a robot
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
