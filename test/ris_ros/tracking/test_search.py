# SPDX-License-Identifier: Apache-2.0
"""Where a lost object is looked for when nothing is known of the camera's way."""
from drawn_table import BLUE, RED, SIZE, Disc, take
import numpy as np
import pytest

from ris_ros.tracking.appearance_model import AppearanceModel
from ris_ros.tracking.motion import shifted
from ris_ros.tracking.scaled_frame import ScaledFrame
from ris_ros.tracking.search import Search
from ris_ros.tracking.silhouette import Silhouette


@pytest.fixture
def seen():
    """Return the model and the outline of the red disc."""
    frame, masks = take(RED, BLUE)
    view = ScaledFrame.of(frame)
    return AppearanceModel.of(view, masks[0]), Silhouette.of(masks[0])


def find(seen, *discs, lost_at):
    model, shape = seen
    frame, masks = take(*discs, stamp=1.0)
    motion = Search(ScaledFrame.of(frame), model).only_place(shape, np.eye(3), shifted(lost_at))
    return None if motion is None else (shape.placed(motion, SIZE)[0], masks[0])


# In pixels from where it was seen, at (60, 60) of 160 x 120: out to the right, and to the left.
@pytest.mark.parametrize(('lost_at', 'x', 'comes_back'), [
    ((120, 0), 135, True), ((120, 0), 25, False), ((-80, 0), 25, True), ((-80, 0), 135, False),
    ((20, 0), 25, True)])
def test_object_comes_back_on_the_side_where_it_left_the_image(seen, lost_at, x, comes_back):
    found = find(seen, Disc('red', x, 60), lost_at=lost_at)
    assert (found is not None) == comes_back
    if comes_back:
        placed, mask = found
        assert (placed & mask).sum() / (placed | mask).sum() > .8


def test_when_two_places_fit_none_is_taken(seen):
    assert find(seen, Disc('red', 25, 60), Disc('red', 135, 60), lost_at=(0, 0)) is None
