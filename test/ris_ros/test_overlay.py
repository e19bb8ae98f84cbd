# SPDX-License-Identifier: Apache-2.0
"""The picture of an answer shows the object in its own colours, with a caption below the image."""
from dataclasses import replace

import numpy as np
import pytest

import ris_ros
from ris_ros.geometry.location import Location
from ris_ros.grounding.result import Candidate, Grounding
from ris_ros.overlay import draw_overlay, outline_truth
from ris_ros.status import Status

GREEN, WHITE, MAGENTA = (40, 220, 80), (255, 255, 255), (255, 0, 255)


def square(x):
    mask = np.zeros((120, 160), bool)
    mask[20:50, x:x + 30] = True
    return mask


def candidate(x, score, position=None):
    status = Status.NO_DEPTH if position is None else Status.FOUND
    return Candidate(square(x), (x, 20, 30, 30), score,
                     Location((x + 14.5, 34.5), (x + 15, 35), status, position=position))


def plain(grey=90):
    return np.full((120, 160, 3), grey, np.uint8)


def has_colour(pixels, colour):
    return (np.abs(pixels.astype(int) - colour) < 60).all(-1)


@pytest.mark.parametrize('status', list(Status))
def test_every_status_can_be_drawn(status):
    image = plain()
    answered = status in (Status.FOUND, Status.AMBIGUOUS)
    grounding = Grounding(status, 'a sentence', count=int(answered),
                          candidates=(candidate(10, 9.), candidate(90, 5.)))
    picture = draw_overlay(image, grounding, 'the mug')
    assert picture.shape[0] > image.shape[0]
    assert picture.shape[1:] == image.shape[1:]
    assert picture.dtype == np.uint8
    assert (image == 90).all()
    # What answers keeps its colours and all else is darker; without an answer nothing is darkened.
    assert (picture[:120][square(10)] == 90).all()
    assert (picture[60:115] == (45 if answered else 90)).all()


def test_overlays_can_be_drawn_from_the_package():
    assert ris_ros.draw_overlay is draw_overlay


def test_answer_is_outlined_in_colour_and_runner_up_in_white():
    grounding = Grounding(Status.FOUND, '', count=1,
                          candidates=(candidate(10, 9.), candidate(90, 5.)))
    picture = draw_overlay(plain(), grounding)
    assert has_colour(picture[30:40, 4:10], GREEN).any(axis=1).all()
    assert has_colour(picture[30:40, 84:90], WHITE).any(axis=1).all()
    assert (picture[22:48, 92:118] == 45).all()


@pytest.mark.parametrize('grey', [0, 128, 255])
def test_runner_up_can_be_seen_on_every_background(grey):
    image = plain(grey)
    picture = draw_overlay(image, Grounding(Status.NOT_FOUND, '', candidates=(candidate(90, 5.),)))
    row = picture[35, 80:90].astype(int)
    assert row.min() < 30
    assert row.max() > 200


def test_only_what_answers_is_numbered_and_keeps_its_brightness():
    both = Grounding(Status.AMBIGUOUS, '', count=2,
                     candidates=(candidate(10, 9.), candidate(60, 9.), candidate(110, 5.)))
    picture = draw_overlay(plain(), both)
    changed = (picture[:120] != 45).any(axis=2)
    assert (picture[22:48, 62:88] == 90).all()
    assert (picture[22:48, 112:138] == 45).all()
    assert changed[4:15, 10:20].any()
    assert changed[4:15, 60:70].any()
    assert not changed[4:15, 110:120].any()


def test_caption_says_how_sure_the_answer_is_and_where_the_object_is(monkeypatch):
    lines = []
    monkeypatch.setattr('ris_ros.overlay._cut', lambda text, *_: lines.append(text) or text)
    found = candidate(10, 46.3, (.1, -.02, .9))
    draw_overlay(plain(), Grounding(Status.FOUND, 'Found it.', candidates=(found,), count=1,
                                    confidence=.934, calibrated=True), 'the mug')
    assert lines == ['the mug', 'FOUND, 93% sure', 'at x 0.100, y -0.020, z 0.900 m']
    lines.clear()
    draw_overlay(plain(), Grounding(Status.FOUND, 'Found 2.', candidates=(found, found), count=2,
                                    confidence=.5), 'the mugs')
    assert lines == ['the mugs', 'FOUND, 50% sure (a guess: not calibrated), 2 objects', 'Found 2.']
    lines.clear()
    draw_overlay(plain(), Grounding(Status.NO_IMAGE, 'No image.'))
    assert lines == ['', 'NO_IMAGE', 'No image.']


@pytest.mark.parametrize('size', [(1, 1), (24, 32), (480, 640), (1080, 1920)])
def test_caption_depends_on_the_width_of_the_image_alone(size):
    image = np.zeros((*size, 3), np.uint8)
    heights = {len(draw_overlay(image, Grounding(Status.NOT_FOUND, text), text))
               for text in ('', 'a mug', 'many words ' * 200, 'two\nlines')}
    assert len(heights) == 1
    assert heights.pop() > size[0]


def test_true_object_is_outlined_not_filled():
    picture = np.full((100, 100, 3), 90, np.uint8)
    mask = np.zeros((100, 100), bool)
    mask[30:70, 30:70] = True
    outline_truth(picture, mask)
    assert (picture[20:30, 40:60] == MAGENTA).all(axis=2).any(axis=0).all()
    assert (picture[mask] == 90).all()
    assert (picture[:20] == 90).all()


def test_true_object_of_a_wrong_answer_is_shown_too():
    grounding = Grounding(Status.FOUND, '', count=1, candidates=(candidate(10, 9.),))
    picture = draw_overlay(plain(), grounding, truth=square(90))
    assert (picture[:120][square(90)] == 90).all()
    assert has_colour(picture[30:40, 84:90], MAGENTA).any(axis=1).all()
    assert has_colour(picture[30:40, 4:10], GREEN).any(axis=1).all()


def test_a_long_sentence_gets_smaller_letters_before_it_is_cut():
    image = np.zeros((480, 640, 3), np.uint8)
    words = ('The mug is 0.97 m in front of the camera, 0.12 m to its left, 0.16 m right of the '
             'bowl and near the')
    bowl, ball = (draw_overlay(image, Grounding(Status.ANSWERED, f'{words} {noun}.'), 'where')
                  for noun in ('bowl', 'ball'))
    assert (bowl != ball).any()


def test_in_doubt_each_object_has_its_own_probability():
    pictures = []
    for chance in (.6, .4):
        objects = [replace(candidate(x, 9.), confidence=sure)
                   for x, sure in ((10, chance), (90, .2))]
        pictures.append(draw_overlay(plain(), Grounding(
            Status.AMBIGUOUS, 'Two.', count=2, candidates=tuple(objects), confidence=.49)))
    assert (pictures[0] != pictures[1]).any()
