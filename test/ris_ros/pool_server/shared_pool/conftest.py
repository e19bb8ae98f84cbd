# SPDX-License-Identifier: Apache-2.0
"""One pool for all tests of this folder. Each uses robots of its own, or waits for the others'."""
from local_servers import free_ports, make_certificate
from pool_robots import ROBOTS
import pytest


@pytest.fixture(scope='package')
def metrics():
    """Return the port of the pool's metrics."""
    return free_ports(1)[0]


@pytest.fixture(scope='package')
def pool(tmp_path_factory, metrics):
    """Return the address of a pool of one replica with a certificate that knows 19 robots.

    It ends with the tests of this folder, because other files start a Ray of their own.
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
