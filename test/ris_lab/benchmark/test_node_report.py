# SPDX-License-Identifier: Apache-2.0
"""The figures of the node's benchmark follow from what was measured."""
import json

import numpy as np

from ris_lab.benchmark.node_report import (
    AnswerSample,
    NodeReport,
    PictureCounts,
    ProcessSample,
    table,
)
from ris_lab.benchmark.node_run import command_texts
from ris_lab.benchmark.plot import draw_node_report

SAMPLES = tuple(ProcessSample(second, 500 + second, .5 * min(second, 10) + .1 * max(0, second - 10))
                for second in range(21))
REPORT = NodeReport(
    tuple(AnswerSample(.1 * number, .001 * number, .05, 'FOUND', 1.0) for number in range(1, 101)),
    SAMPLES, 10.0, {'node, 640 x 480': PictureCounts(300, 297)},
    {'index longest chunk (s)': '0.21'}, 3.5)


def test_latency_cpu_and_growth():
    assert np.isclose(REPORT.latency(50), .0505)
    assert np.isclose(REPORT.cpu_share(commanded=True), .5)
    assert np.isclose(REPORT.cpu_share(commanded=False), .1)
    # Seconds 4 to 7 and 17 to 20.
    assert REPORT.memory_growth() == 13


def test_table_and_json_say_the_same():
    figures = json.loads(json.dumps(REPORT.as_dict()))
    assert figures['statuses'] == {'FOUND': 100}
    assert figures['pictures']['node, 640 x 480'] == {'sent': 300, 'received': 297}
    lines = table(REPORT)
    assert f'p95 {1000 * figures["latency"]["p95"]:.1f}' in lines
    assert '297 of 300 pictures, 3 dropped' in lines
    assert 'growth +13.0' in lines
    assert '3.5 on' in lines
    assert '0.21 s' in lines


def test_picture_has_both_panels():
    picture = draw_node_report(REPORT)
    assert picture.shape == (520, 900, 3)
    for half in (picture[:260], picture[260:]):
        assert (half != 255).any()


def test_commands_are_many_and_the_same_each_time():
    texts = command_texts(300)
    assert texts == command_texts(300)
    assert len(set(texts)) > 250
    assert all(text.strip() == text and '  ' not in text for text in texts)
