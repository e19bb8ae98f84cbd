# SPDX-License-Identifier: Apache-2.0
"""Commands of several robots are summed up, and it is told how many robots are served."""
from dataclasses import replace

import pytest

from ris_lab.fleet.measures import IndexCost, Pace, measure, most_served
from ris_lab.fleet.robot import CommandRecord, IndexSource


def test_robots_are_summed_up_and_compared():
    fast = [CommandRecord(.1, .2, IndexSource.POOL)] * 3
    slow = [CommandRecord(.3, .4, IndexSource.POOL), CommandRecord(.3, .4, IndexSource.ROBOT)]
    same = [CommandRecord(.3, .4, IndexSource.EARLIER)]
    found = measure('one', Pace.NODE, [fast, slow + same], seconds=2.0, bytes_sent=1000.0)
    assert (found.robots, found.throughput, found.bytes, found.by_pool) == (2, 3.0, 200.0, 0.8)
    assert found.fairness == pytest.approx(3.0)
    assert found.index[0] == pytest.approx(.2)


def test_a_robot_is_served_where_the_pool_makes_nearly_all_of_its_indexes():
    record = [CommandRecord(.1, .2, IndexSource.POOL)]
    load = measure('one', Pace.NODE, [record], 1.0, 1.0)
    loads = [replace(load, robots=robots, by_pool=share)
             for robots, share in ((4, .99), (1, 1.0), (8, .5), (16, .96))]
    assert most_served(loads, 'one') == 4  # 16 by chance
    assert most_served([replace(each, pace=Pace.SATURATED) for each in loads], 'one') == 0
    assert most_served(loads, 'two') == 0


def test_what_a_pool_costs_more_is_told_against_an_own_update_too():
    cost = IndexCost('changed', 'jpeg', whole=.09, update=.01, robot=.005, pool=.1, sent=1,
                     received=1)
    assert cost.over_whole == pytest.approx(.015)
    assert cost.over_update == pytest.approx(.095)
