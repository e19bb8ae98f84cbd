# SPDX-License-Identifier: Apache-2.0
"""Whether a proposal is one whole thing that a hand can hold, by its size and place."""
import numpy as np
import pytest
from rectangle_scenes import scene

from ris_ros.index.thing_odds import thing_odds

# A name, the middle, the sides in pixels, and the depth in metres.
MUG = ('mug', 100, 60, 32, 40, 0.6)


def odds(*things, deep=True):
    return thing_odds(scene(*things, deep=deep).layout)


def test_what_a_hand_can_hold_is_likelier_than_what_it_cannot():
    mug, wardrobe = odds(MUG, ('wardrobe', 50, 60, 32, 40, 9.0))
    assert mug > 0 > wardrobe


def test_a_speck_is_less_likely_than_a_thing_of_the_same_size_that_is_near():
    mug, speck = odds(MUG, ('cup', 150, 60, 2, 2, 6.0))
    assert mug > speck


@pytest.mark.parametrize('middle', [(16, 60), (100, 20)])
def test_what_the_side_of_the_picture_cuts_is_less_likely(middle):
    within, cut = (odds(('mug', *place, 32, 40, 0.6))[0] for place in ((100, 60), middle))
    assert within > cut


def test_what_the_proposer_gives_later_is_less_likely():
    first, second = odds(MUG, ('cup', 40, 60, 32, 40, 0.6))
    assert first > second


def test_without_depth_the_length_says_nothing():
    near, far = (odds(('mug', 100, 60, 32, 40, depth), deep=False) for depth in (0.6, 9.0))
    assert np.array_equal(near, far)
    assert near[0] > 0
