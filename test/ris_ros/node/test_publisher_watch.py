# SPDX-License-Identifier: Apache-2.0
"""Two publishers on one topic are told from one that was started again, by ids or by numbers."""
import pytest

from ris_ros.node.publisher_watch import NumberSeries, Turns


@pytest.mark.parametrize(('publishers', 'expected'), [
    ('A', False), ('AAAA', False), ('ABBB', False), ('AABCCDEF', False),
    ('AABBBAAAA', False),  # handed over, and back
    ('ABAB', True), (('A' * 300 + 'B') * 2 + 'A', True), ('AABCAB', True), ('AABBBBAB', True)])
def test_a_publisher_that_comes_again_and_again_after_another_is_a_second_one(publishers, expected):
    turns = Turns()
    for publisher in publishers:
        turns.add(publisher.encode())
    assert turns.have_returned is expected


def test_a_topic_whose_camera_is_started_again_for_years_takes_no_more_memory():
    turns = Turns()
    for number in range(1000):
        turns.add(b'%d' % number)
    assert not turns.have_returned
    assert len(turns._earlier) == 16


def is_mixed_at_once(*numbers):
    """Return whether numbers were ever of two series."""
    series = NumberSeries()
    found = []
    for number in numbers:
        series.add(number)
        found.append(series.is_mixed)
    return any(found)


def by_turns(first, second):
    return [number for pair in zip(first, second, strict=True) for number in pair]


@pytest.mark.parametrize('numbers', [
    range(1, 100),
    [1, 4, 5, 9, 30],                                  # some are lost
    [*range(500, 520), *range(1, 9)],                  # started again
    [*range(500, 505), 1, 2, 3, 1, 2, 3, 1, 2, 3, 4],  # again and again
    [*range(1, 9), *range(1, 60)],                     # it goes past where it was before
    [*range(1, 9), 1, 3, 5, 7, 10, 12],                # the same, while every other one is lost
])
def test_one_publisher_is_no_two(numbers):
    assert not is_mixed_at_once(*numbers)


@pytest.mark.parametrize('numbers', [
    by_turns(range(1000, 1005), range(1, 6)),
    by_turns(range(1, 6), range(1000, 1005)),
    by_turns(range(11, 16), range(10, 15)),
    by_turns(range(7, 12), range(7, 12)),              # begun at the same time
    [11, 12, 1, 2, 13, 14, 3, 4, 15],                  # in pairs
    [100, 1, 2, 3, 4, 5, 101, 6, 7, 8, 9, 102],        # one is slower
])
def test_two_publishers_by_turns_are_told(numbers):
    assert is_mixed_at_once(*numbers)


def test_a_topic_is_in_order_again_once_one_of_two_publishers_has_ended():
    series = NumberSeries()
    for number in by_turns(range(1000, 1005), range(1, 6)):
        series.add(number)
    assert series.is_mixed
    for number in range(1005, 1030):
        series.add(number)
    assert not series.is_mixed
