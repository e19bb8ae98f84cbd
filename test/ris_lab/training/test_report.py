# SPDX-License-Identifier: Apache-2.0
"""Tests of a model ask what they may, and the learning curve is drawn."""
import cv2
import numpy as np
import pytest
import torch

from ris_lab.training.captions import KINDS, Attributes
from ris_lab.training.evaluate import DEFAULT_WEIGHT, evaluate
from ris_lab.training.model import Vocabulary, new_clip
from ris_lab.training.report import draw_curve
from ris_lab.training.scenes import LabelledScene


def row(step, crops):
    right = {str(DEFAULT_WEIGHT): dict.fromkeys(KINDS, .9)}
    loss = {'local pairs': .5, 'local scene': 1.5} if step else {}
    return {'step': step, 'crops': crops, 'right': right, 'loss': loss}


@pytest.fixture
def scene():
    image = np.random.default_rng(0).integers(0, 256, (240, 320, 3), np.uint8)
    masks = np.zeros((3, 240, 320), bool)
    for index, mask in enumerate(masks):
        mask[20:100, 20 + 100 * index:90 + 100 * index] = True
    things = (Attributes('mug', 'red', 'plain'), Attributes('mug', 'blue', 'plain'),
              Attributes('ball', 'red', 'wood'))
    return LabelledScene(image, masks, things, hidden=frozenset([2]))


def test_hidden_things_are_rivals_but_not_asked_for(scene):
    torch.manual_seed(0)
    vocabulary = Vocabulary()
    trials = evaluate(new_clip(vocabulary.size), vocabulary, [scene]).trials
    asked = [(trial.kind, trial.matching) for trial in trials if trial.matching]
    assert asked == [('colour', (0, 2)), ('category', (0, 1)), ('colour category', (0,)),
                     ('colour', (1,)), ('category', (0, 1)), ('colour category', (1,))]
    assert all(trial.scores.shape[1] == 3 for trial in trials)


def test_the_curve_is_a_picture_with_lines(tmp_path):
    draw_curve([row(0, 0), row(200, 20_000), row(300, 30_000)], tmp_path / 'curve.png')
    picture = cv2.imread(str(tmp_path / 'curve.png'))
    assert picture.shape == (300, 480, 3)
    assert (picture == 255).mean() > .5
    assert (np.ptp(picture.astype(int), axis=2) > 100).sum() > 100
    assert (picture == 150).all(axis=2).sum() > 50  # the loss below 1; that above is not drawn
