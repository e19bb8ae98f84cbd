# SPDX-License-Identifier: Apache-2.0
"""The pool of the bench: its deployments, its CPU time, and the deaths of its replicas."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import os
from pathlib import Path
import socket
import time

import ray
from ray import serve

from ris_ros.pool_server.deployment import make_app
from ris_ros.pool_server.service import APP, PoolPlace, running_pool
from ris_ros.pool_server.settings import PoolSettings

# How long Ray is watched without any request.
_IDLE_S = 3.0
_BATCH = 8


@dataclass(frozen=True)
class Deployment:
    """One way to deploy the pool.

    Attributes:
        name: In the tables.
        replicas: Number of replicas.
        batch: Most frames in a batch.
    """

    name: str
    replicas: int
    batch: int


# The default of a CPU first.
UNBATCHED = Deployment('one replica', 1, 1)
BATCHED = Deployment('one replica, batched', 1, _BATCH)
TWO_REPLICAS = Deployment('two replicas', 2, 1)
DEPLOYMENTS = (UNBATCHED, BATCHED, TWO_REPLICAS)


@contextmanager
def bench_pool(profile: str, deployment: Deployment = UNBATCHED) -> Iterator[str]:
    """Hold a pool for benches; give its address."""
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    place = PoolPlace(port=port, cpus=os.cpu_count())
    with running_pool(bench_settings(profile, deployment), place):
        yield place.url


def bench_settings(profile: str, deployment: Deployment) -> PoolSettings:
    """Return the settings of a deployment; no robot is held back by its quota."""
    return PoolSettings(profile=profile, replicas=deployment.replicas, batch=deployment.batch,
                        threads=1, cpus=0.5, rate=1000.0, drain=5.0, queue=64)


def deploy(profile: str, deployment: Deployment) -> None:
    """Put a deployment in place of the one before."""
    serve.run(make_app(bench_settings(profile, deployment)), name=APP, route_prefix='/')


def pool_cpu() -> float:
    """Return the CPU seconds that all processes of Ray below this one have taken."""
    ticks, parents = {}, {}
    for path in Path('/proc').glob('[0-9]*/stat'):
        try:
            values = path.read_text().rpartition(')')[2].split()
        except OSError:
            continue  # it has ended meanwhile
        process = int(path.parent.name)
        parents[process], ticks[process] = int(values[1]), int(values[11]) + int(values[12])
    mine, below = os.getpid(), 0
    for process in ticks:
        parent = parents.get(process)
        while parent not in (None, 0, mine):
            parent = parents.get(parent)
        below += ticks[process] if parent == mine else 0
    return below / os.sysconf('SC_CLK_TCK')


def idle_share() -> float:
    """Return the CPU seconds a second that Ray takes without any request."""
    start, before = time.monotonic(), pool_cpu()
    time.sleep(_IDLE_S)
    return (pool_cpu() - before) / (time.monotonic() - start)


class CpuMeter:
    """CPU seconds of this process and of the pool, from its construction on."""

    def __init__(self, idle: float) -> None:
        """Begin to measure.

        Args:
            idle: CPU seconds a second of the pool without requests, which are left out.
        """
        self._idle = idle
        self._start = time.monotonic()
        self._robot, self._pool = time.process_time(), pool_cpu()

    @property
    def robot(self) -> float:
        """CPU seconds of this process."""
        return time.process_time() - self._robot

    @property
    def pool(self) -> float:
        """CPU seconds of the pool's processes."""
        return pool_cpu() - self._pool - self._idle * (time.monotonic() - self._start)


def kill_replica() -> bool:
    """Kill a replica, as when its machine is lost; return whether there was one."""
    for actor in ray.util.list_named_actors(all_namespaces=True):
        if actor['name'].startswith('SERVE_REPLICA'):
            try:
                ray.kill(ray.get_actor(actor['name'], namespace=actor['namespace']))
                return True
            except ValueError:
                continue  # it has died meanwhile
    return False
