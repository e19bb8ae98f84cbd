# SPDX-License-Identifier: Apache-2.0
"""The page of the bench holds what was measured, as tables, ratios and plots."""
import cv2

from ris_lab.fleet.measures import FaultRun, FleetLoad, IndexCost, measure
from ris_lab.fleet.page import write_page
from ris_lab.fleet.robot import CommandRecord


def load(deployment, robots, throughput):
    return FleetLoad(deployment, robots, throughput, (.1, .2, .3), (.11, .22, .33), 1.5, 20_000,
                     1.0)


def test_the_page_has_tables_ratios_faults_and_a_plot(tmp_path):
    text = write_page(
        tmp_path, 'embedded', [load('one', 1, 4.0), load('one', 8, 8.0), load('two', 8, 12.0)],
        [IndexCost('changed', 'jpeg', .08, .02, .075, 14_000, 5_000)],
        FaultRun(1000, 1000, 7, 900, .9, .8))
    assert text == (tmp_path / 'fleet.md').read_text()
    assert '| one | 8 | 8.0 | 100 / 200 / 300 | 110 / 220 / 330 | 1.50 | 20 |' in text
    assert '| changed | jpeg | 80 | 20 | 75 | 15 | 14.0 | 5.0 |' in text
    assert 'Throughput of "two" over "one" (robots): 1.50 (8).' in text
    assert '1000 answers' in text
    assert cv2.imread(str(tmp_path / 'fleet.png')).shape[:2] == (360, 1200)


def test_robots_are_summed_up_and_compared():
    fast = [CommandRecord(.1, .2, True)] * 3
    slow = [CommandRecord(.3, .4, True), CommandRecord(.3, .4, False)]
    found = measure('one', [fast, slow], seconds=2.0, bytes_sent=1000.0)
    assert (found.robots, found.throughput, found.bytes, found.by_pool) == (2, 2.5, 200.0, 0.8)
    assert abs(found.fairness - 3.0) < 1e-9
    assert found.index[0] == .1
