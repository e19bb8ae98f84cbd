# SPDX-License-Identifier: Apache-2.0
"""The frames that are kept to catch up with: the newest all, older ones thinned out."""
from ris_ros.node.recent_frames import RecentFrames


def test_the_newest_frames_are_all_kept_and_one_in_three_of_those_before():
    recent = RecentFrames()
    assert recent.newest is None
    for number in range(1, 101):
        recent.add(number)
    kept = list(recent)
    assert recent.newest == 100
    assert kept[-10:] == list(range(91, 101))
    assert kept[:-10] == [number for number in range(56, 91) if number % 3 == 0]
    recent.clear()
    assert list(recent) == []
