# SPDX-License-Identifier: Apache-2.0
"""Whole profiles with small random models: their times, agreement and memory, on the CPU."""
from dataclasses import replace
import json

import numpy as np
import pytest

from ris_lab.benchmark.command_lines import simulated_frame
from ris_lab.benchmark.device_clock import beside_each_other
from ris_lab.benchmark.profile_report import is_flat
from ris_lab.benchmark.profile_times import verdict_agreement
from ris_lab.benchmark.random_profiles import PROFILES, write_random_profile
from ris_ros.cli.main import main
from ris_ros.pipeline import Pipeline


def test_profiles_are_measured_and_written(tmp_path, capsys):
    assert main(['bench', '--profiles', '--small', '--device', 'cpu', '--precisions', 'bf16',
                 '--only', 'tabletop', 'robot', '--repeats', '1', '--frames', '3',
                 '--out', str(tmp_path)]) == 0
    written = json.loads((tmp_path / 'profiles.json').read_text())
    assert [row['profile'] for row in written['times']] == ['tabletop', 'robot']
    robot = written['times'][-1]
    for row in written['times']:
        assert row['masks'] > 3
        assert row['index_ms'] > row['command_ms'] > 0
        assert 0.99 < row['least_cosine'] < 1
        assert min(row['proposals_ms'], row['index_cpu_ms']) > 0
        assert row['commands'] == 48
        assert 0.7 < row['same_verdicts'] <= 1
    assert robot['wanted_index_ms'] == 120
    assert {*written['command_ms']} == {'alone', 'while frames are indexed'}
    assert min(written['command_ms'].values()) > 0
    assert written['copy_ms'] == {}
    assert len(written['memory']['megabytes']) == 3
    page = capsys.readouterr().out.strip()
    assert page == (tmp_path / 'profiles.md').read_text().strip()
    assert '| robot | bf16 |' in page


@pytest.mark.parametrize(('words', 'sentence'), [
    (['--only', 'nonsense'], '--only names nonsense; expected some of embedded'),
    (['--frames', '0'], 'take numbers of 1 or more')])
def test_what_cannot_be_measured_is_said(words, sentence, capsys):
    assert main(['bench', '--profiles', '--device', 'cpu', *words]) == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(('megabytes', 'flat'), [
    ([100, 300, 300, 301, 300, 302], True), ([100, 300, 300, 301, 310, 320], False), ([5], True)])
def test_memory_is_flat_if_it_grows_no_more(megabytes, flat):
    assert is_flat(megabytes) is flat


def test_verdicts_of_a_model_that_sees_otherwise_differ():
    pipeline, frame = Pipeline.load('embedded'), simulated_frame()
    scene = pipeline.index(frame)
    other = replace(scene, features=scene.features[::-1].copy())
    texts = [f'the {noun}' for noun in pipeline.nouns]
    assert verdict_agreement(pipeline, scene, pipeline, scene, texts) == 1
    assert verdict_agreement(pipeline, scene, pipeline, other, texts) < 1


def test_an_error_of_the_work_beside_is_not_lost():
    def fail():
        raise ValueError('beside')
    with pytest.raises(ValueError, match='beside'):
        beside_each_other(lambda: None, fail, 'cpu', 1)


@pytest.mark.parametrize('name', PROFILES)
def test_each_profile_loads_with_small_random_weights_and_answers(name, tmp_path):
    pipeline = Pipeline.load(write_random_profile(name, tmp_path, small=True))
    frame = simulated_frame()
    masks = np.zeros((2, *frame.size), bool)
    masks[0, 100:200, 100:200] = masks[1, 250:400, 300:500] = True
    answer = pipeline.ground(pipeline.index(frame, masks), 'the mug')
    assert answer.candidates
    assert answer.calibrated is (name in ('embedded', 'home'))
