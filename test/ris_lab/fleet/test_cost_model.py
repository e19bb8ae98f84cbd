# SPDX-License-Identifier: Apache-2.0
"""What a fleet costs is a sum that can be checked by hand."""
import pytest

from ris_lab.fleet.cost_model import FleetPlan, check_model, expected_throughput
from ris_lab.fleet.measures import AloneRun, FleetLoad, Pace


def test_a_thousand_robots_at_2_hz():
    plan = FleetPlan('', robots=1000, rate=2.0, changed=0.5, sent=15_000, received=5_000,
                     seconds=0.05)
    assert plan.requests == 1000
    assert plan.replicas == 72  # 50 busy ones, each for 0.7 of its time
    assert plan.megabits == pytest.approx(160)
    assert FleetPlan('', 1, 0.1, 0.1, 1, 1, 1e-6).replicas == 1


def test_few_robots_are_bound_by_the_way_and_many_by_the_replicas_or_the_computer():
    assert expected_throughput(2, alone=0.2, seconds=0.1, replicas=2) == 10
    assert expected_throughput(32, alone=0.2, seconds=0.1, replicas=2) == 20
    assert expected_throughput(32, alone=0.2, seconds=0.1, replicas=2, most=15) == 15


def test_the_model_is_checked_with_loads_that_it_does_not_know():
    alone = AloneRun(answer=0.2, own=0.1, pool=0.1, robot=0.05, bytes=1e4)
    times = (.1, .2, .3)
    loads = [FleetLoad(name, pace, robots, 7.0, times, times, .1, .2, 1e4, 1.0)
             for name, pace, robots in (('one', Pace.SATURATED, 1), ('two', Pace.SATURATED, 32),
                                        ('two', Pace.NODE, 32))]
    few, many = check_model(alone, loads, {'one': 1, 'two': 2}, cores=2)
    assert (few.expected, few.measured) == (5, 7)
    assert many.expected == pytest.approx(2 / 0.15)  # both cores, by robots and replicas together
