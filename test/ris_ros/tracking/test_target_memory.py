# SPDX-License-Identifier: Apache-2.0
"""The memory keeps the target's identity and its look-alikes."""
from drawn_table import BLUE, RED, Disc, index, take
import numpy as np

from ris_ros.tracking.scaled_frame import ScaledFrame
from ris_ros.tracking.target_memory import TargetMemory

TWIN = Disc('red', 110, 95)
STILL = np.eye(3)


def look(*discs, stamp=0.0):
    frame, masks = take(*discs, stamp=stamp)
    return ScaledFrame.of(frame), index(frame, masks, discs)


def test_first_proposal_is_the_target_and_others_are_compared_with_it():
    _, scene = look(RED, BLUE, TWIN)
    memory = TargetMemory()
    first = memory.compare(scene, 0)
    assert first.is_target
    assert first.lookalikes == [2]
    assert not memory.compare(scene, 1).is_target


def test_guess_needs_an_index_first():
    frame, scene = look(RED, BLUE)
    memory = TargetMemory()
    assert not memory.allows_guess(frame, STILL)
    memory.compare(scene, 0)
    assert memory.allows_guess(frame, STILL)
    assert memory.allows_guess(frame, None)


def test_guess_needs_every_lookalike_at_its_place():
    frame, scene = look(RED, BLUE, TWIN)
    memory = TargetMemory()
    memory.add_distractors(scene, memory.compare(scene, 0).lookalikes)
    assert memory.allows_guess(frame, STILL)
    assert memory.has_distractor_at(scene.masks[2])
    assert not memory.has_distractor_at(scene.masks[0])
    assert not memory.allows_guess(look(RED, BLUE, stamp=.1)[0], STILL)
