# SPDX-License-Identifier: Apache-2.0
"""Runs a pool on this machine's own Ray, or on a running cluster, until it is told to stop."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
import signal
import socket
import threading
import time
from types import FrameType

import ray
from ray import serve
from ray.serve.config import HTTPOptions, ProxyLocation

from ris_ros.errors import RisError
from ris_ros.pool_server.access import RobotRegister
from ris_ros.pool_server.cluster import connect
from ris_ros.pool_server.deployment import make_app
from ris_ros.pool_server.leaving import leave, leaving_after
from ris_ros.pool_server.settings import PoolSettings

APP = 'ris_pool'
# Beside the frames that are kept.
_STORE_BYTES = 200_000_000
# A cluster that does not answer for so long is lost.
_LOST_S = 15.0
# Ray takes no longer to end, beside what replicas finish.
_END_S = 30.0
_GONE = ('The Ray cluster {!r} has gone, and the pool with it. Start the pool again once the '
         'cluster is back; a supervisor such as systemd (Restart=always) does so by itself.')
_NO_END = ('Ray does not answer, so the pool ends without it. Were its processes told to end, too? '
           'Tell this one alone (systemd: KillMode=mixed).')
_WILDCARDS = ('0.0.0.0', '::')
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
        metrics_port: Port of Ray's metrics with 'local'; None for a free one.
    """

    address: str = 'local'
    host: str = '127.0.0.1'
    port: int = 8130
    certificate: Path | None = None
    key: Path | None = None
    cpus: int | None = None
    metrics_port: int | None = None

    @property
    def url(self) -> str:
        """What robots are given as their parameter pool."""
        host = socket.gethostname() if self.host in _WILDCARDS else self.host
        return f'{"https" if self.certificate else "http"}://{host}:{self.port}'


@contextmanager
def running_pool(settings: PoolSettings, place: PoolPlace) -> Iterator[None]:
    """Hold a pool, which answers from the beginning to the end of the context.

    Raises:
        RisError: The cluster, the profile or the port cannot be used.
    """
    RobotRegister(settings.tokens)  # before Ray, which takes long to start
    connect(place.address, place.cpus, _STORE_BYTES + settings.kept_bytes,
            place.metrics_port)
    _make_vacant(place)
    try:
        serve.start(proxy_location=ProxyLocation.EveryNode, logging_config=_QUIET,
                    http_options=HTTPOptions(
                        host=place.host, port=place.port,
                        ssl_certfile=_text(place.certificate), ssl_keyfile=_text(place.key)))
        serve.run(make_app(settings), name=APP, route_prefix='/')
    except (RuntimeError, ValueError, ray.exceptions.RayError) as error:
        _end()
        raise RisError(f'Ray Serve cannot deploy the pool: {error}') from error
    try:
        yield
    finally:
        _end()


def run(settings: PoolSettings, place: PoolPlace) -> int:
    """Serve until SIGINT or SIGTERM; what robots have sent by then is still answered."""
    with ExitStack() as end, running_pool(settings, place):
        order = _StopOrder()
        print(f'The pool serves the profile {settings.profile} at {place.url}. '
              f'On a robot: ris_node with -p pool:={place.url}', flush=True)
        watch = _ClusterWatch()
        while not order.wait(1.0):
            if watch.is_lost:
                leave(_GONE.format(place.address))
        print('The pool ends, and answers what it has.', flush=True)
        end.enter_context(leaving_after(settings.drain + _END_S, _NO_END))
    return 0


class _StopOrder:
    """Hears SIGINT and SIGTERM once it is there."""

    def __init__(self) -> None:
        self._given = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._hear)

    def wait(self, seconds: float) -> bool:
        """Wait for one of them, at most some seconds; return whether it has come."""
        return self._given.wait(seconds)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self._given.set()


class _ClusterWatch:
    """Asks Ray Serve for the pool again and again, in a thread: a lost cluster never answers."""

    def __init__(self) -> None:
        self._answered = time.monotonic()
        threading.Thread(target=self._ask, name='ris_pool_watch', daemon=True).start()

    @property
    def is_lost(self) -> bool:
        """Whether the pool is not there any more."""
        return time.monotonic() - self._answered > _LOST_S

    def _ask(self) -> None:
        """Ask until something fails."""
        while APP in serve.status().applications:
            self._answered = time.monotonic()
            time.sleep(1.0)


def _make_vacant(place: PoolPlace) -> None:
    """End what an earlier command has left on a cluster.

    Raises:
        RisError: Ray Serve runs there for others, and would keep its own address.
    """
    if place.address == 'local' or not any(
            actor['name'] == 'SERVE_CONTROLLER_ACTOR'
            for actor in ray.util.list_named_actors(all_namespaces=True)):
        return
    if set(serve.status().applications) - {APP}:
        ray.shutdown()
        raise RisError(
            f'Ray Serve runs other applications on the cluster {place.address!r}, at an address '
            'and perhaps with a certificate of its own, which it keeps. Add the pool to it by '
            '"serve deploy" with the serveConfigV2 of deploy/rayservice.yaml.')
    serve.shutdown()


def _end() -> None:
    """Take the pool away; replicas finish what they have first."""
    # Not at once by shutdown, which drops what the proxies wait for.
    serve.delete(APP)
    serve.shutdown()
    ray.shutdown()


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
