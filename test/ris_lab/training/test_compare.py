# SPDX-License-Identifier: Apache-2.0
"""Weights are compared on the same scenes, kind by kind."""
import numpy as np
import pytest

from ris_lab.training.captions import Attributes
from ris_lab.training.compare import common_scenes, comparison, material_share
from ris_lab.training.evaluate import GLOBAL_WEIGHTS, Report, Trial

THINGS = (Attributes('mug', 'red', 'wood'), Attributes('ball', 'blue', 'metal'))


def trial(kind, *scores):
    return Trial(kind, '', (0,), np.tile(scores, (len(GLOBAL_WEIGHTS), 1)), THINGS)


@pytest.fixture
def report():
    return Report([trial('material category', 3, 1), trial('material category', 1, 3),
                   trial('material colour category', 3, 1), trial('colour', 1, 3)])


def test_material_counts_each_expression_once(report):
    assert material_share(report) == pytest.approx(2 / 3)
    assert material_share(Report([])) == 0


def test_the_table_has_a_column_for_each_report(report):
    rows = comparison({'old': report, 'new': report}).splitlines()
    assert rows[0] == '| expression | old | new |'
    assert '| material category | 0.500 (n 2) | 0.500 (n 2) |' in rows
    assert rows[-1] == '| material, both | 0.667 | 0.667 |'


def test_scenes_that_one_renderer_lacks_are_left_out(tmp_path):
    for name in ('a/scene_0001', 'a/scene_0002', 'b/scene_0002', 'b/scene_0003'):
        (tmp_path / name).mkdir(parents=True)
    assert common_scenes([tmp_path / 'a', tmp_path / 'b']) == ['scene_0002']
