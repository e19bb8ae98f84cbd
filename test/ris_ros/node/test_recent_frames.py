# SPDX-License-Identifier: Apache-2.0
"""The frames that are kept to catch up with: the newest all, older ones thinned out."""
import numpy as np
from std_msgs.msg import Header

from ris_ros.frame import CameraModel, Frame
from ris_ros.node.frame_matching import MatchedFrame
from ris_ros.node.recent_frames import RecentFrames


def matched(number, size=(12, 16)):
    """Return a frame whose stamp is its number."""
    height, width = size
    return MatchedFrame(Header(), Frame(
        np.zeros((*size, 3), np.uint8), np.ones(size, np.float32),
        CameraModel(1.0, 1.0, 0.0, 0.0, width, height), float(number)), (number, number, 1))


def test_the_newest_frames_are_all_kept_and_one_in_three_of_those_before():
    recent = RecentFrames()
    assert recent.newest is None
    for number in range(100):
        recent.add(matched(number))
    assert recent.newest.number == 99
    kept = [frame.stamp for frame in recent.earlier]
    assert kept[-9:] == list(range(90, 99))
    assert len(kept) == 21
    assert set(np.diff(kept[:-9])) == {3}
    recent.clear()
    assert (recent.newest, recent.earlier) == (None, [])


def test_large_frames_are_kept_at_the_resolution_of_the_tracker():
    recent = RecentFrames()
    for number in range(3):
        recent.add(matched(number, (2160, 3840)))
    assert recent.newest.frame.size == (2160, 3840)
    assert len(recent.earlier) == 2
    for frame in recent.earlier:
        assert frame.size == frame.depth.shape == (360, 640)
        # Nothing of the large frame is kept alive by it.
        assert frame.image.base is None
        assert frame.depth.base is None
