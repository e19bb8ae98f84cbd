# SPDX-License-Identifier: Apache-2.0
"""Robots at once: how fast they are answered, and by whom."""
from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
import time

from ris_lab.fleet.measures import FleetLoad, Pace, measure
from ris_lab.fleet.robot import CommandRecord, FleetRobot
from ris_ros.frame import Frame
from ris_ros.pipeline import Pipeline

# As the node's parameter pool_patience, which the bench does without ROS to know.
PATIENCE_S = 0.5
# Such a robot waits for its reply however long that takes.
LONG_PATIENCE_S = 60.0
# How often a robot looks where it has the patience of the node.
RATE_HZ = 2.0
# Saturated robots run for this long for each of them, so that each is answered some times.
_SATURATED_S = 0.4


def run_load(url: str, deployment: str, pipeline: Pipeline, streams: Sequence[Sequence[Frame]],
             robots: int, seconds: float, pace: Pace) -> FleetLoad:
    """Let robots command for some seconds.

    Args:
        url: Of the pool.
        deployment: Its name in the tables.
        pipeline: The models of the robots, which share them.
        streams: What the robots see, in turn.
        robots: Number of robots.
        seconds: How long; many saturated robots take longer.
        pace: How often they command, and how long they wait for the pool.
    """
    patient = [FleetRobot(f'robot{number}', url, pipeline, streams[number % len(streams)],
                          LONG_PATIENCE_S if pace is Pace.SATURATED else PATIENCE_S)
               for number in range(robots)]
    pause = 1 / RATE_HZ
    if pace is Pace.SATURATED:
        pause, seconds = 0.0, max(seconds, _SATURATED_S * robots)
    with ThreadPoolExecutor(robots) as threads:
        # First one after the other, so that none has given up before it is measured.
        for robot in patient:
            robot.command()
        before = _bytes_of(patient)
        start = time.monotonic()
        records = list(threads.map(
            partial(_command_until, start=start, seconds=seconds, pause=pause), patient,
            [number / robots * pause for number in range(robots)]))
        took = time.monotonic() - start
    load = measure(deployment, pace, records, took, _bytes_of(patient) - before)
    for robot in patient:
        robot.close()
    return load


def _command_until(robot: FleetRobot, late: float, start: float, seconds: float,
                   pause: float) -> list[CommandRecord]:
    """Command for some seconds.

    Args:
        robot: The robot.
        late: How long after the others it begins, seconds.
        start: When all begin, by time.monotonic.
        seconds: How long.
        pause: Seconds from one command to the next, at least.
    """
    records = []
    due = start + late
    while due < start + seconds:
        time.sleep(max(0.0, due - time.monotonic()))
        records.append(robot.command())
        due = max(due + pause, time.monotonic())
    return records


def _bytes_of(fleet: Sequence[FleetRobot]) -> int:
    return sum(robot.link.counts.sent + robot.link.counts.received for robot in fleet)
