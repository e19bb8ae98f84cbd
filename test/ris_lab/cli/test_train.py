# SPDX-License-Identifier: Apache-2.0
"""The arguments of ris train, what its steps are told, and the sentences for mistakes."""
import math
from pathlib import Path

import pytest

from ris_lab.cli import train
from ris_lab.training.loop import Plan, TrainingOptions
from ris_lab.training.render import SPLIT_SEEDS, render_shards
from ris_ros.cli.main import main, make_parser

TRAINING = ['--data', 'D', '--out', 'O']
CLIP, PROPOSER = ['clip', '--tests', 'T', *TRAINING], ['proposer', *TRAINING]


def options_of(words):
    return train._options(make_parser().parse_args(['train', *words]))


@pytest.mark.parametrize(('words', 'sentence'), [
    ([*CLIP, '--steps', '0'], '--steps is 0; expected 1 or more.'),
    ([*PROPOSER, '--workers', '0'], '--workers is 0; expected 1 or more.'),
    ([*PROPOSER, '--minutes', '0'], '--minutes is 0; expected more than 0.'),
    (['render', '--out', 'O', '--split', 'test', '--shards', '0'],
     '--shards is 0; expected 1 or more.'),
    (PROPOSER, 'D holds no finished shard (train_*.json); ris train render --split train --out D'),
    (CLIP, 'D holds no finished shard (train_*.json)'),
    (['offers', '--data', 'D'], 'D holds no finished shard (train_*.json)'),
    (['clip-compare', '--weights', 'W'], 'give --tests or --others.'),
    (['clip-export', '--checkpoint', 'missing.pt', '--out', 'O'], 'missing.pt'),
    (['proposer-report', '--checkpoint', 'missing.pt', '--curve', 'C'], 'missing.pt')])
def test_a_mistake_is_told_in_a_sentence(words, sentence, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(['train', *words]) == 2
    assert sentence in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize('words', [CLIP, PROPOSER])
def test_training_without_test_shards_is_told_in_a_sentence(words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ('D', 'T'):
        Path(folder).mkdir()
        Path(folder, 'train_0000.json').write_text('[]')
    assert main(['train', *words]) == 2
    assert 'holds no finished shard (test_*.json)' in capsys.readouterr().err
    assert not Path('O').exists()


def test_each_training_has_its_own_schedule_by_default():
    assert options_of(CLIP) == TrainingOptions(
        Path('O'), Plan(4000, 2e-3, 250, math.inf), None, batch=9, seed=0, test_scenes=100)
    assert options_of(PROPOSER) == TrainingOptions(
        Path('O'), Plan(3000, 3e-3, 300, math.inf), None, batch=4, seed=0, test_scenes=50)


def test_a_further_stage_is_told_its_weights_and_its_machine():
    options = options_of([*CLIP, '--from', 'W', '--minutes', '7.5', '--device', 'cuda',
                          '--bfloat16', '--workers', '9', '--batch', '18', '--seed', '2'])
    assert options == TrainingOptions(
        Path('O'), Plan(4000, 2e-3, 250, 7.5), Path('W'), batch=18, seed=2, test_scenes=100,
        device='cuda', bfloat16=True, workers=9)
    assert options.checkpoint == Path('O', 'checkpoint.pt')


@pytest.mark.parametrize('split', SPLIT_SEEDS)
def test_every_split_can_be_rendered(split):
    words = ['train', 'render', '--out', 'O', '--split', split, '--shards', '1']
    assert make_parser().parse_args(words).split == split


def test_shards_that_are_there_are_not_rendered_again(tmp_path, capsys):
    (tmp_path / 'test_0000.json').write_text('[]')
    render_shards(tmp_path, 'test', 1)
    assert capsys.readouterr().out == ''
    assert [path.name for path in tmp_path.iterdir()] == ['test_0000.json']
