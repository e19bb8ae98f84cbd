# SPDX-License-Identifier: Apache-2.0
"""The share of a proposal that is on the table, from depth; without depth all counts."""
import numpy as np

from ris_ros import CameraModel, Frame
from ris_ros.index.supported import supported_shares

CAMERA = CameraModel(300.0, 300.0, 160.0, 120.0, 320, 240)


def scene():
    """Return a frame of a wide table seen from above, a box on it and an arm that hangs over it."""
    depth = np.full((240, 320), 1.0, np.float32)
    box, arm = (np.zeros(depth.shape, bool) for _ in range(2))
    box[100:140, 60:110], arm[0:90, 200:250] = True, True
    depth[box], depth[arm] = 0.975, 0.7
    return Frame(np.full((240, 320, 3), 120, np.uint8), depth, CAMERA), np.stack([box, arm])


def test_a_box_on_the_table_is_supported_and_an_arm_over_it_is_not():
    box, arm = supported_shares(*scene())
    assert box > 0.9
    assert arm < 0.1


def test_without_depth_everything_counts_as_supported():
    frame, masks = scene()
    assert supported_shares(Frame(frame.image), masks).tolist() == [1, 1]
