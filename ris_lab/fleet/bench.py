# SPDX-License-Identifier: Apache-2.0
"""Runs the parts of the bench for one profile, one after the other."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
import os
from pathlib import Path
import sys

import torch

from ris_lab.fleet.batching import run_batches
from ris_lab.fleet.cost_model import FleetPlan, ModelCheck, check_model
from ris_lab.fleet.costs import run_alone, run_costs
from ris_lab.fleet.fallback import run_fallback
from ris_lab.fleet.loads import run_load
from ris_lab.fleet.measures import (
    AloneRun,
    BatchCost,
    FallbackTimes,
    FaultRun,
    FleetLoad,
    IndexCost,
    Pace,
    WindowBytes,
)
from ris_lab.fleet.plans import plan_fleets
from ris_lab.fleet.pools import (
    BATCHED,
    DEPLOYMENTS,
    UNBATCHED,
    Deployment,
    bench_pool,
    deploy,
    idle_share,
)
from ris_lab.fleet.wire import run_window_bytes
from ris_ros.frame import Frame
from ris_ros.pipeline import Pipeline


@dataclass(frozen=True)
class BenchPlan:
    """How much is measured.

    Attributes:
        robots: Numbers of robots at once.
        paces: Of the robots; those of a batched pool are saturated alone.
        deployments: Of the pool.
        seconds: Of each load.
        indexes: Number of indexes for each row of costs.
        batch: Number of frames that are indexed together and apart.
        fallbacks: Number of robots whose pool is silent, after the first; 0 leaves it out.
        nodes: Number of nodes that are commanded while replicas die.
        commands: Number of their commands; 0 leaves it out.
        kill_every: Seconds from one death to the next.
    """

    robots: tuple[int, ...] = (1, 2, 4, 8, 16, 32)
    paces: tuple[Pace, ...] = (Pace.NODE, Pace.SATURATED)
    deployments: tuple[Deployment, ...] = DEPLOYMENTS
    seconds: float = 5.0
    indexes: int = 28
    batch: int = 8
    fallbacks: int = 30
    nodes: int = 3
    commands: int = 0
    kill_every: float = 10.0

    def ratios_only(self) -> BenchPlan:
        """Return the plan of a profile of which ratios alone are wanted."""
        return replace(self, robots=(1, self.batch), paces=(Pace.SATURATED,),
                       indexes=max(self.indexes // 4, 2), fallbacks=0, commands=0)


@dataclass(frozen=True)
class FleetReport:
    """What was measured of one profile.

    Attributes:
        profile: Its name.
        cores: Of the computer.
        busy: Its load average before, which is that of all others.
        alone: A robot that has the pool for itself.
        costs: Of an index.
        windows: Bytes of windows.
        batches: Of frames together and apart.
        loads: Of several robots at once.
        checks: The model of cost against the loads.
        plans: A thousand robots by this model.
        fallback: Where the pool is silent, or None.
        faults: Commands while replicas die, or None.
    """

    profile: str
    cores: int
    busy: float
    alone: AloneRun
    costs: tuple[IndexCost, ...]
    windows: tuple[WindowBytes, ...]
    batches: BatchCost
    loads: tuple[FleetLoad, ...]
    checks: tuple[ModelCheck, ...]
    plans: tuple[FleetPlan, ...]
    fallback: FallbackTimes | None
    faults: FaultRun | None


def measure_profile(name: str, profile: str, streams: Sequence[Sequence[Frame]], plan: BenchPlan,
                    logs: Path) -> FleetReport:
    """Measure a pool of one profile on this computer.

    Args:
        name: Of the profile, for tables.
        profile: The profile, as `Pipeline.load` takes it.
        streams: What robots see.
        plan: How much is measured.
        logs: Folder for what nodes write.

    Raises:
        RisError: The pool or a node does not start.
    """
    busy = os.getloadavg()[0]
    torch.set_num_threads(1)  # as a replica, so that CPU times can be compared
    pipeline = Pipeline.load(profile)
    _say(name, 'a robot without a pool')
    fallback = run_fallback(pipeline, streams, plan.fallbacks) if plan.fallbacks else None
    batches = run_batches(pipeline, streams, plan.batch)
    windows = run_window_bytes(pipeline, streams)
    with bench_pool(profile) as url:
        _say(name, 'one robot and the pool')
        idle = idle_share()
        alone = run_alone(url, pipeline, streams[-1], plan.indexes, idle)
        costs = run_costs(url, pipeline, streams[0], plan.indexes, idle)
        loads = []
        for deployment in plan.deployments:
            if deployment is not UNBATCHED:  # which is there from the beginning
                deploy(profile, deployment)
            for pace in plan.paces if deployment is not BATCHED else (Pace.SATURATED,):
                for robots in plan.robots:
                    _say(name, f'{deployment.name}, {robots} robots, {pace.value}')
                    loads.append(run_load(url, deployment.name, pipeline, streams, robots,
                                          plan.seconds, pace))
        faults = None
        if plan.commands:
            _say(name, 'nodes, while replicas are killed')
            from ris_lab.fleet.node_faults import run_faults  # it alone needs ROS
            faults = run_faults(url, profile, streams[0][0].size, plan.nodes, plan.commands,
                                plan.kill_every, logs)
    cores = os.cpu_count() or 1
    checks = check_model(alone, loads, {each.name: each.replicas for each in DEPLOYMENTS}, cores)
    plans = plan_fleets(name, pipeline, streams, costs, windows)
    return FleetReport(name, cores, busy, alone, tuple(costs), tuple(windows), batches,
                       tuple(loads), tuple(checks), tuple(plans), fallback, faults)


def _say(profile: str, what: str) -> None:
    print(f'{profile}: {what}', file=sys.stderr, flush=True)
