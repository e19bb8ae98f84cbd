# SPDX-License-Identifier: Apache-2.0
"""The demo's verdicts, on answers made by hand."""
import pytest

from ris_lab.demo.report import CommandResult, summary, table, wrong_ones


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


def test_the_table_says_when_an_answer_is_right_and_what_its_marks_mean():
    words = ' '.join(table([outcome()]).split())
    assert 'an IoU of at least 0.5 with the true one' in words
    assert 'a position at most 2 cm from its true place' in words
    assert '--: wrong.' in words


def test_the_wrong_ones_are_named_with_what_is_wrong():
    assert wrong_ones([outcome()]) == []
    assert wrong_ones([outcome(), outcome(status='AMBIGUOUS'), outcome(iou=.314),
                       outcome('NO_TF', 'NO_TF', iou=None, distance=None)]) == [
        "wrong: 'the mug' in front of w is AMBIGUOUS, expected FOUND",
        "wrong: 'the mug' in front of w is FOUND with IoU 0.31, 1.0 cm off",
        "wrong: 'the mug' in front of w is NO_TF with no outline, no position"]


def test_of_many_wrong_ones_a_few_are_named_and_the_others_counted():
    lines = wrong_ones([outcome(iou=0.1)] * 8)
    assert len(lines) == 6
    assert lines[-1] == 'wrong: 3 more, with -- in the table'
