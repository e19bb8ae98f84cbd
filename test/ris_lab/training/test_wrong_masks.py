# SPDX-License-Identifier: Apache-2.0
"""Background, parts and two objects in one are drawn as what no caption finds."""
import numpy as np

from ris_lab.training.captions import Attributes
from ris_lab.training.distractors import PART_SHARE, background_masks, part_masks, wrong_masks
from ris_lab.training.scenes import LabelledScene

MASKS = np.zeros((2, 120, 160), bool)
MASKS[0, 60:110, 20:60] = MASKS[1, 60:110, 90:130] = True
PARTS = MASKS.any(0).astype(np.uint8)
PARTS[70:90, 20:60] = 2
BACKGROUND = np.zeros((120, 160), np.uint8)
BACKGROUND[:40, :80], BACKGROUND[:3, 150:153] = 1, 2
THINGS = (Attributes('mug', 'red', 'plain'), Attributes('ball', 'blue', 'plain'))
SCENE = LabelledScene(np.zeros((120, 160, 3), np.uint8), MASKS, THINGS, outlines=((), ()),
                      background=BACKGROUND, parts=PARTS)


def test_things_of_the_background_are_drawn_whole_and_in_pieces():
    rng = np.random.default_rng(0)
    masks = [mask for _ in range(30) for mask in background_masks(rng, SCENE, 2)]
    assert all((BACKGROUND[mask] == 1).all() for mask in masks)
    sizes = [mask.sum() for mask in masks]
    assert max(sizes) == 3200
    assert min(sizes) < 2000


def test_a_part_is_much_less_than_its_object():
    rng = np.random.default_rng(1)
    masks = [mask for _ in range(10) for mask in part_masks(rng, SCENE, 2)]
    assert masks
    assert all(mask.sum() == 800 and mask.sum() < PART_SHARE * MASKS[0].sum() for mask in masks)


def test_no_wrong_mask_is_an_object():
    rng = np.random.default_rng(2)
    for _ in range(30):
        for mask in wrong_masks(rng, SCENE, 3):
            for thing in MASKS:
                assert (mask & thing).sum() < 0.6 * (mask | thing).sum()
