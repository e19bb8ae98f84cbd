# SPDX-License-Identifier: Apache-2.0
"""What depth shows of a frame is computed once, and kept no longer than the frame."""
from dataclasses import replace
import gc
import weakref

import numpy as np

from ris_ros import CameraModel, Frame
from ris_ros.index.supported import supported_shares
from ris_ros.proposals import with_depth
from ris_ros.proposals.embedded import EmbeddedProposer
from ris_ros.proposals.with_depth import DepthView


def scene() -> Frame:
    """Return a frame of a wide table seen from above with a box on it."""
    depth = np.full((240, 320), 1.0, np.float32)
    depth[100:140, 60:110] = 0.9
    image = np.full((240, 320, 3), 120, np.uint8)
    image[100:140, 60:110] = 200
    return Frame(image, depth, CameraModel(300.0, 300.0, 160.0, 120.0, 320, 240))


def test_proposals_and_shares_on_the_surface_look_at_depth_once(monkeypatch):
    looked_at = []

    def find_surfaces(depth, camera):
        looked_at.append(depth)
        return original(depth, camera)
    original = with_depth.find_surfaces
    monkeypatch.setattr(with_depth, 'find_surfaces', find_surfaces)
    frame = scene()
    masks = EmbeddedProposer().propose(frame)
    assert len(masks) == len(supported_shares(frame, masks)) > 0
    assert len(looked_at) == 1
    supported_shares(replace(frame), masks)
    assert len(looked_at) == 2


def test_a_view_is_forgotten_with_its_frame():
    frame = scene()
    view = weakref.ref(DepthView.of(frame))
    assert view() is not None
    assert DepthView.of(frame) is view()
    del frame
    gc.collect()
    assert view() is None
