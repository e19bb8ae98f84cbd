# SPDX-License-Identifier: Apache-2.0
"""``ris evaluate --all`` on tiny sets in the published formats, some of them damaged."""
import json
from pathlib import Path
import re
import shutil
import sys

import numpy as np
import pytest

from ris_lab.evaluation.found_sets import find_splits
from ris_ros.cli.main import main
from ris_ros.profile import PROFILES

sys.path.append(str(Path(__file__).resolve().parents[1] / 'evaluation'))
from published_sets import (
    read_scenes,
    write_grefcoco,
    write_openref,
    write_own_pictures,
    write_phrasecut,
    write_refcoco_m,
    write_refer,
)

PROFILE = 'embedded'


@pytest.fixture(scope='module')
def root(tmp_path_factory):
    """Write one simulated scene in every format, two damaged sets, and one without its pair."""
    root = tmp_path_factory.mktemp('sets')
    assert main(['simulate', '--seed', '41', '--scenes', '1', '--size', '320', '240', '--per-kind',
                 '1', '--kinds', 'attribute', 'plural', 'absent', '--out', str(root / 'sim')]) == 0
    scenes = read_scenes(root / 'sim')
    for name, split_by in (('refcoco', 'unc'), ('refcocog', 'umd')):
        write_refer(root / 'refer', scenes, name, split_by)
    write_grefcoco(root / 'refer', scenes)
    write_refcoco_m(root / 'refcoco-m', scenes)
    write_openref(root / 'openref', scenes)
    write_phrasecut(root / 'phrasecut', scenes)
    write_own_pictures(root / 'table', scenes)
    write_own_pictures(root / 'torn', scenes)
    picture = next((root / 'torn').glob('*.png'))
    picture.write_bytes(picture.read_bytes()[:99])
    (root / 'refer' / 'refcoco+').mkdir()
    shutil.copy(root / 'refer' / 'refcoco' / 'instances.json', root / 'refer' / 'refcoco+')
    (root / 'damaged').mkdir()
    (root / 'damaged' / 'pictures.json').write_text('[{"id"')
    return root


def test_every_split_is_found_and_what_lacks_a_file_is_named(root):
    splits, omissions = find_splits(root)
    assert sorted(split.title for split in splits) == sorted([
        'refcoco val', 'refcocog umd val', 'grefcoco val', 'refcoco-m validation', 'openref val',
        'phrasecut val', 'pictures in table', 'pictures in torn', 'pictures in damaged',
        'simulation test in sim'])
    assert len(omissions) == 1
    assert re.search(r'refcoco\+ is incomplete: there is no refs\(\.\.\.\)\.p', omissions[0].reason)


def test_all_sets_are_on_one_page_beside_the_published_figures(root, tmp_path, capsys):
    words = ['evaluate', '--all', str(root), '--profile', PROFILE, '--out', str(tmp_path)]
    assert main(words) == 0
    told = capsys.readouterr()
    assert '8 runs, 3 left out' in told.out
    assert re.search(r'\d+/10 .*torn.* is left out: ', told.err)
    assert re.search(r'\d+/10 grefcoco val, profile embedded: \d+ expressions', told.err)
    page = (tmp_path / 'index.html').read_text()
    for figure in ('26.2', '33.5', '49.5', '62.4', '87.6'):
        assert f'>{figure}</td>' in page
    for name in ('refcoco val', 'grefcoco val', 'openref val', 'simulation test in sim'):
        assert f'<h2>{name}</h2>' in page
    left_out = page[page.index('Left out'):]
    for name in ('refcoco+', 'pictures in torn', 'pictures in damaged'):
        assert name in left_out
    assert page.count('data:image/png;base64,') == 2
    assert not re.search(r'(src|href)="(?!data:)', page), 'nothing is loaded from elsewhere'
    summary = json.loads((tmp_path / 'grefcoco_val' / PROFILE / 'summary.json').read_text())
    gious = f'>{100 * summary["generalized"]["gIoU"]:.1f}</td>'
    assert gious in page
    results = {path: path.read_bytes() for path in tmp_path.rglob('results.jsonl')}
    assert main(words) == 0, 'a second run answers nothing again'
    assert (tmp_path / 'index.html').read_text() == page
    assert {path: path.read_bytes() for path in tmp_path.rglob('results.jsonl')} == results


def test_profiles_without_weights_or_proposals_are_named(root, tmp_path, monkeypatch, capsys):
    only = tmp_path / 'sets'
    shutil.copytree(root / 'refer', only, ignore=shutil.ignore_patterns('refcoco?', 'grefcoco'))
    given = tmp_path / 'given.yaml'
    text = (PROFILES / 'embedded.yaml').read_text()
    given.write_text(re.sub(r'(?m)^proposals:\n(  .*\n)+', 'proposals:\n  source: given\n', text))
    words = ['evaluate', '--all', str(only), '--profile', str(given), '--out', str(tmp_path / 'o')]
    assert main(words) == 0
    assert 'no proposals of its own; put them into' in (tmp_path / 'o' / 'index.html').read_text()
    masks = only / 'refcoco' / 'masks.npz'
    np.savez(masks, **{'1': np.ones((1, 240, 320), bool)})
    assert main(words) == 0
    assert '1 runs, 0 left out' in capsys.readouterr().out
    monkeypatch.setenv('RIS_MODELS_DIR', str(tmp_path / 'none'))
    assert main([*words[:3], '--profile', 'paper', '--out', str(tmp_path / 'p')]) == 0
    assert 'ris models fetch clip_vit_b_32' in (tmp_path / 'p' / 'index.html').read_text()


@pytest.mark.parametrize(('words', 'sentence'), [
    (['--masks', 'm'], '--masks goes with one data set'),
    (['--root', 'r'], '--root goes with one data set'),
    (['--true-masks'], '--true-masks goes with one data set'),
    (['--pictures', '0'], '--pictures is 0')])
def test_mistakes_are_a_sentence(tmp_path, capsys, words, sentence):
    assert main(['evaluate', '--all', str(tmp_path), *words]) == 2
    assert sentence in capsys.readouterr().err


def test_a_folder_without_data_sets_is_named(tmp_path, capsys):
    assert main(['evaluate', '--all', str(tmp_path)]) == 2
    assert f'There is no data set below {tmp_path}' in capsys.readouterr().err
    assert main(['evaluate', '--all', str(tmp_path / 'none')]) == 2
    assert 'There is no folder' in capsys.readouterr().err
