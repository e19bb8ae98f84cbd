# SPDX-License-Identifier: Apache-2.0
"""The demo's verdicts, on answers made by hand."""
import pytest

from ris_lab.demo.report import CommandResult, summary, table


def outcome(expected='FOUND', status='FOUND', iou=0.9, distance=0.01):
    return CommandResult('w', 'attribute', 'the mug', expected, status, iou, distance, 0.1)


@pytest.mark.parametrize(('answer', 'right'), [
    (outcome(), True), (outcome(iou=0.49), False), (outcome(distance=0.021), False),
    (outcome(distance=None), False), (outcome(status='AMBIGUOUS'), False),
    (outcome(iou=None, status='NOT_FOUND', distance=None), False),
    (outcome('NOT_FOUND', 'NOT_FOUND', iou=None, distance=None), True),
    (outcome('NOT_FOUND'), False), (outcome('NO_DEPTH', 'NO_DEPTH', distance=None), True),
    (outcome('NO_TF', 'NO_TF', iou=.3), False), (outcome('NO_TF'), False),
    (outcome('STOPPED', 'STOPPED', None, None), True)])
def test_right_is_the_expected_status_and_the_object_in_place(answer, right):
    assert answer.right is right


def test_summary_and_table_count_the_right_ones():
    outcomes = [outcome(), outcome(iou=0.1), outcome()]
    assert summary(outcomes) == 'demo: 2 of 3 right'
    assert 'attribute: 2 of 3 right' in table(outcomes)
    assert table(outcomes).count('the mug') == 3
