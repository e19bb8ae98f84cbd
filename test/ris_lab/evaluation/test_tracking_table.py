# SPDX-License-Identifier: Apache-2.0
"""The table of tracking counts each frame for what it is."""
import numpy as np
import pytest

from ris_lab.evaluation.tracking import TrackedFrame, table_row
from ris_ros.status import Status
from ris_ros.tracking.tracker import Track


def frame(status='FOUND', visible=1.0, iou=.9, own=90, other=0, area=100):
    """Return a frame whose mask has an area, and pixels on the object and on another thing."""
    mask = np.arange(400).reshape(20, 20) < (area if status == 'FOUND' else 0)
    return TrackedFrame(visible, Track(Status[status], '', 1.0, mask), iou, own, other, .01,
                        np.zeros((20, 20, 3), np.uint8))


@pytest.mark.parametrize(('frames', 'count', 'right', 'lost', 'other', 'beside'), [
    ([frame(), frame(iou=.69)], 2, '0.50', 0, 0, 0),
    # LOST is wrong where half of it shows, and right where less does.
    ([frame(), frame('LOST', .5, 0, 0)], 2, '0.50', 1, 0, 0),
    ([frame(), frame('LOST', .49, 0, 0)], 1, '1.00', 0, 0, 0),
    # Another thing counts in every frame, however little of the object shows.
    ([frame(), frame(visible=.3, iou=.35, own=35, other=65)], 1, '1.00', 0, 1, 1),
    ([frame(), frame(visible=0, iou=0, own=0, other=100)], 1, '1.00', 0, 1, 1),
    # A mask on the bare table.
    ([frame(), frame(iou=0, own=0, other=0)], 2, '0.50', 0, 0, 1)])
def test_frames_are_counted(frames, count, right, lost, other, beside):
    cells = [cell.strip() for cell in table_row('name', frames).strip('| ').split('|')]
    assert cells == ['name', str(count), right, str(lost), str(other), str(beside), '10.0']
