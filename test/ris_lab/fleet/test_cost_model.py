# SPDX-License-Identifier: Apache-2.0
"""What a fleet costs is a sum that can be checked by hand."""
import pytest

from ris_lab.fleet.cost_model import FleetPlan, expected_throughput


def test_a_thousand_robots_at_2_hz():
    plan = FleetPlan(robots=1000, rate=2.0, changed=0.5, bytes=20_000, seconds=0.05)
    assert plan.requests == 1000
    assert plan.replicas == 72  # 50 busy ones, each for 0.7 of its time
    assert plan.megabits == pytest.approx(160)
    assert FleetPlan(1, 0.1, 0.1, 1, 1e-6).replicas == 1


def test_few_robots_are_bound_by_the_way_and_many_by_the_replicas():
    assert expected_throughput(2, alone=0.2, seconds=0.1, replicas=2) == 10
    assert expected_throughput(32, alone=0.2, seconds=0.1, replicas=2) == 20
