# SPDX-License-Identifier: Apache-2.0
"""Judging what was heard."""
import cv2
import pytest

from ris_lab.evaluation.voice_report import Recognition, draw, word_errors


@pytest.mark.parametrize(('said', 'heard', 'errors', 'words'), [
    ('Give me the mug.', 'give me the mug', 0, 4), ('the red mug', 'the read mug', 1, 3),
    ('the red mug', '', 3, 3), ('stop', 'do not stop', 2, 1), ('the mug', 'mug the', 2, 2)])
def test_word_errors_are_changes_additions_and_omissions(said, heard, errors, words):
    assert word_errors(said, heard) == (errors, words)


def heard(*utterances, condition='clean', bias=True):
    return Recognition('moonshine', bias, 'espeak en-us 160', condition, 'command', 'the red mug',
                 utterances=utterances)


def test_commands_are_what_the_gate_lets_through():
    item = heard(('the red mug', .9, 0.0), ('the cup', .2, 0.0), ('robot stop', .2, 0.0),
                 ('you', .9, 0.0), ('the shop', .9, .5))
    assert item.commands(min_confidence=.5) == ['the red mug', 'stop', 'stop']


def test_the_curve_is_drawn_dashed_without_bias(tmp_path):
    draw([heard(('the red mug', .9, 0.0)), heard(('the mug', .9, 0.0), condition='pink 10 dB'),
          heard(('a mud', .9, 0.0), bias=False), heard(bias=False, condition='pink 10 dB')],
         tmp_path / 'voice.png')
    picture = cv2.imread(str(tmp_path / 'voice.png'))
    coloured = (picture.max(2).astype(int) - picture.min(2)) > 60
    assert 300 < coloured.sum() < 20_000
