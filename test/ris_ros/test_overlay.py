"""The picture of an answer shows the object, and never changes the camera's image."""
import numpy as np
import pytest

from ris_ros.geometry.location import Location
from ris_ros.grounding.result import Candidate, Grounding
from ris_ros.overlay import draw_overlay
from ris_ros.status import Status


def candidate(x, score):
    mask = np.zeros((120, 160), bool)
    mask[20:50, x:x + 30] = True
    return Candidate(mask, (x, 20, 30, 30), score,
                     Location((x + 14.5, 34.5), (x + 15, 35)))


@pytest.mark.parametrize('status', list(Status))
def test_every_status_can_be_drawn(status):
    image = np.full((120, 160, 3), 90, np.uint8)
    answered = status in (Status.FOUND, Status.AMBIGUOUS)
    grounding = Grounding(status, 'a sentence', count=int(answered),
                          candidates=(candidate(10, 9.), candidate(90, 5.)))
    picture = draw_overlay(image, grounding, 'the mug')
    assert picture.shape == image.shape
    assert (image == 90).all()
    changed = (picture != image).any(axis=2)
    inside = changed[25:45, 15:35].mean()
    assert (inside == 1) == answered


def test_runner_up_is_outlined_not_filled():
    image = np.full((120, 160, 3), 90, np.uint8)
    grounding = Grounding(Status.FOUND, '', count=1,
                          candidates=(candidate(10, 9.), candidate(90, 5.)))
    changed = (draw_overlay(image, grounding) != image).any(axis=2)
    assert not changed[25:45, 95:115].any()
    assert changed[20:50, 90].all()


def test_only_what_answers_is_numbered_and_filled():
    image = np.full((120, 160, 3), 90, np.uint8)
    both = Grounding(Status.AMBIGUOUS, '', count=2,
                     candidates=(candidate(10, 9.), candidate(60, 9.), candidate(110, 5.)))
    changed = (draw_overlay(image, both) != image).any(axis=2)
    assert changed[22:48, 62:78].all()
    assert not changed[25:45, 115:125].any()
    assert changed[8:17, 10:20].any()
    assert changed[8:17, 60:70].any()
    assert not changed[8:17, 110:120].any()
