# SPDX-License-Identifier: Apache-2.0
"""Runs a pool on this machine's own Ray, or on a running cluster, until it is told to stop."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
import signal
import threading
from types import FrameType

import ray
from ray import serve
from ray.serve.config import HTTPOptions, ProxyLocation

from ris_ros.errors import RisError
from ris_ros.pool_server.access import RobotRegister
from ris_ros.pool_server.cluster import connect
from ris_ros.pool_server.deployment import Load, make_app
from ris_ros.pool_server.models import load_pool_models
from ris_ros.pool_server.settings import PoolSettings

APP = 'ris_pool'
_STORE_BYTES = 200_000_000
_QUIET = {'log_level': 'WARNING', 'enable_access_log': False}


@dataclass(frozen=True)
class PoolPlace:
    """Where a pool runs and listens.

    Attributes:
        address: 'local' starts Ray on this machine; 'auto' or 'host:port' names a cluster.
        host: Address to listen on.
        port: Its port.
        certificate: PEM file for HTTPS, or None.
        key: PEM file of the certificate's key.
        cpus: CPUs that Ray may use with 'local'; None for all.
    """

    address: str = 'local'
    host: str = '127.0.0.1'
    port: int = 8130
    certificate: Path | None = None
    key: Path | None = None
    cpus: int | None = None

    @property
    def url(self) -> str:
        """What robots are given as their parameter pool."""
        return f'{"https" if self.certificate else "http"}://{self.host}:{self.port}'


@contextmanager
def running_pool(settings: PoolSettings, place: PoolPlace,
                 load: Load = load_pool_models) -> Iterator[None]:
    """Hold a pool, which answers from the beginning to the end of the context.

    Raises:
        RisError: The cluster, the profile or the port cannot be used.
    """
    RobotRegister.read(settings.tokens)  # before Ray, which takes long to start
    connect(place.address, place.cpus, _STORE_BYTES)
    try:
        serve.start(proxy_location=ProxyLocation.EveryNode, logging_config=_QUIET,
                    http_options=HTTPOptions(
                        host=place.host, port=place.port,
                        ssl_certfile=_text(place.certificate), ssl_keyfile=_text(place.key)))
        serve.run(make_app(settings, load), name=APP, route_prefix='/')
    except (RuntimeError, ValueError, ray.exceptions.RayError) as error:
        _end(place)
        raise RisError(f'Ray Serve cannot deploy the pool: {error}') from error
    try:
        yield
    finally:
        _end(place)


def run(settings: PoolSettings, place: PoolPlace) -> int:
    """Serve until SIGINT or SIGTERM; what robots have sent by then is still answered."""
    with running_pool(settings, place):
        order = _StopOrder()
        print(f'The pool serves the profile {settings.profile} at {place.url}. '
              f'On a robot: ris_node with -p pool:={place.url}', flush=True)
        order.wait()
        print('The pool ends, and answers what it has.', flush=True)
    return 0


class _StopOrder:
    """Hears SIGINT and SIGTERM from its making on."""

    def __init__(self) -> None:
        self._given = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._hear)

    def wait(self) -> None:
        """Wait for one of them."""
        while not self._given.wait(1.0):
            pass

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self._given.set()


def _end(place: PoolPlace) -> None:
    """Take the pool away; replicas finish what they have first."""
    # Not at once by shutdown, which drops what the proxies wait for.
    serve.delete(APP)
    if place.address == 'local':
        serve.shutdown()
    ray.shutdown()


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
