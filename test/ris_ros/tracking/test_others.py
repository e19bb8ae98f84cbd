"""The like ones about an object: as many as are remembered, and what a forgotten one forbids."""
from drawn_table import Disc, take
import numpy as np

from ris_ros.tracking.motion import shifted
from ris_ros.tracking.others import Others
from ris_ros.tracking.view import View

STILL = np.eye(3)


def see(others, places):
    for x, y in places:
        frame, masks = take(Disc('red', x, y, 5))
        others.see(View.of(frame), masks)
    return frame


def test_like_ones_that_all_stand_are_told():
    others = Others()
    frame = see(others, [(40, 40)])
    assert others.exist
    assert others.all_stand(View.of(frame), STILL)
    assert not others.all_stand(View.of(frame), None)
    assert not others.all_stand(View.of(frame), shifted((1, 0)))
    assert not others.all_stand(View.of(take(Disc('red', 100, 90, 5), stamp=1.0)[0]), STILL)


def test_what_is_remembered_is_bounded_and_a_forgotten_one_is_no_licence():
    others, grid = Others(), [(x, y) for y in (20, 50, 80) for x in range(20, 140, 12)]
    frame = see(others, grid)
    last, first = np.zeros((2, 120, 160), bool)
    last[80, 128] = first[20, 20] = True
    assert others.are_at(last)
    assert not others.are_at(first)
    everything, _ = take(*(Disc('red', x, y, 5) for x, y in grid))
    assert not others.all_stand(View.of(everything), STILL)
    assert not others.all_stand(View.of(frame), STILL)
