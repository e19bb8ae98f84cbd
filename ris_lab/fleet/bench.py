# SPDX-License-Identifier: Apache-2.0
"""Runs simulated robots against pools on this machine."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
import os
from pathlib import Path
import socket
import threading
import time

import ray
from ray import serve

from ris_lab.fleet.measures import FaultRun, FleetLoad, IndexCost, measure
from ris_lab.fleet.robot import CommandRecord, FleetRobot
from ris_ros.frame import Frame
from ris_ros.pipeline import Pipeline
from ris_ros.pool.pictures import ColourFormat
from ris_ros.pool_server.deployment import make_app
from ris_ros.pool_server.service import APP, PoolPlace, running_pool
from ris_ros.pool_server.settings import PoolSettings

_PATIENCE_S = 60.0
_WARM_UP = 2
# What of a frame is looked at for its costs.
_COST_FRAMES = 28
# How long Ray is watched without any request.
_IDLE_S = 4.0


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


DEPLOYMENTS = (Deployment('one replica, batched', 1, 8), Deployment('one replica, unbatched', 1, 1),
               Deployment('two replicas, batched', 2, 8))


@contextmanager
def bench_pool(profile: str) -> Iterator[str]:
    """Hold a pool for benches; give its address."""
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    place = PoolPlace(port=port, cpus=os.cpu_count())
    with running_pool(bench_settings(profile, DEPLOYMENTS[0]), place):
        yield place.url


def bench_settings(profile: str, deployment: Deployment) -> PoolSettings:
    """Return the settings of a deployment; no robot is held back by its quota."""
    return PoolSettings(profile=profile, replicas=deployment.replicas, batch=deployment.batch,
                        threads=1, cpus=0.5, rate=1000.0, drain=5.0)


def deploy(profile: str, deployment: Deployment) -> None:
    """Put a deployment in place of the one before."""
    serve.run(make_app(bench_settings(profile, deployment)), name=APP, route_prefix='/')


def run_load(url: str, deployment: str, pipeline: Pipeline, streams: Sequence[Sequence[Frame]],
             robots: int, seconds: float) -> FleetLoad:
    """Let robots command as fast as they are answered, for some seconds."""
    fleet = [FleetRobot(f'robot{number}', url, pipeline,
                            streams[number % len(streams)], _PATIENCE_S, ColourFormat.JPEG)
             for number in range(robots)]
    with ThreadPoolExecutor(robots) as threads:
        list(threads.map(_warm_up, fleet))
        before = _bytes_of(fleet)
        start = time.monotonic()
        records = list(threads.map(partial(_command_until, end=start + seconds), fleet))
        took = time.monotonic() - start
    load = measure(deployment, records, took, _bytes_of(fleet) - before)
    for robot in fleet:
        robot.close()
    return load


def run_costs(url: str, pipeline: Pipeline, frames: Sequence[Frame]) -> list[IndexCost]:
    """Measure the CPU time and the bytes of an index of one robot."""
    costs = []
    local, idle = _own_cost(pipeline, frames), _idle_share()
    for whole in (True, False):
        for colour in ColourFormat:
            robot = FleetRobot('cost', url, pipeline, frames, _PATIENCE_S, colour)
            _warm_up(robot)
            counts, start = robot.link.counts, time.monotonic()
            mine, theirs = time.process_time(), pool_cpu()
            for _ in range(_COST_FRAMES):
                robot.look(whole)
            mine, theirs = time.process_time() - mine, pool_cpu() - theirs
            theirs -= idle * (time.monotonic() - start)
            now = robot.link.counts
            sent = max(now.requests - counts.requests, 1)
            costs.append(IndexCost(
                'whole' if whole else 'changed', colour.value, local, mine / sent, theirs / sent,
                (now.sent - counts.sent) / sent, (now.received - counts.received) / sent))
            robot.close()
    return costs


def run_faults(url: str, pipeline: Pipeline, frames: Sequence[Frame], commands: int,
               every: float, patience: float) -> FaultRun:
    """Let one robot command while a replica is killed every some seconds."""
    robot = FleetRobot('robot', url, pipeline, frames, patience, ColourFormat.JPEG)
    ended = threading.Event()
    deaths: list[float] = []
    killer = threading.Thread(target=_kill_until, args=(ended, every, deaths))
    _warm_up(robot)
    killer.start()
    records = _command_times(robot, commands)
    ended.set()
    killer.join()
    robot.close()
    return FaultRun(
        commands, len(records), len(deaths), sum(record.by_pool for record in records),
        max(record.command for record in records),
        max((record.index for record in records if not record.by_pool), default=0.0))


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


def _own_cost(pipeline: Pipeline, frames: Sequence[Frame]) -> float:
    """Return the CPU seconds of an index of a whole frame by the robot itself."""
    pipeline.index(frames[0])
    start = time.process_time()
    for frame in frames[:_COST_FRAMES]:
        pipeline.index(replace(frame))
    return (time.process_time() - start) / len(frames[:_COST_FRAMES])


def _idle_share() -> float:
    """Return the CPU seconds a second that Ray takes without any request."""
    start, before = time.monotonic(), pool_cpu()
    time.sleep(_IDLE_S)
    return (pool_cpu() - before) / (time.monotonic() - start)


def _warm_up(robot: FleetRobot) -> None:
    """Let a robot send its first frames."""
    for _ in range(_WARM_UP):
        robot.command()


def _command_until(robot: FleetRobot, end: float) -> list[CommandRecord]:
    """Command until a time of time.monotonic."""
    records = []
    while time.monotonic() < end:
        records.append(robot.command())
    return records


def _command_times(robot: FleetRobot, count: int) -> list[CommandRecord]:
    """Command some times, five times a second at most."""
    records = []
    for _ in range(count):
        start = time.monotonic()
        records.append(robot.command())
        time.sleep(max(0.0, 0.2 - (time.monotonic() - start)))
    return records


def _kill_until(ended: threading.Event, every: float, deaths: list[float]) -> None:
    """Kill a replica every some seconds; each death is noted by its time."""
    while not ended.wait(every):
        if kill_replica():
            deaths.append(time.monotonic())


def _bytes_of(fleet: Sequence[FleetRobot]) -> int:
    return sum(robot.link.counts.sent + robot.link.counts.received for robot in fleet)
