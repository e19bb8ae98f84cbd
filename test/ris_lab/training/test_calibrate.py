# SPDX-License-Identifier: Apache-2.0
"""A profile's probabilities fitted on labelled pictures, and what is too little for it."""
from dataclasses import replace
from itertools import groupby
import json
from operator import attrgetter
import pickle
import re

import cv2
import numpy as np
import pytest
import yaml

from ris_lab.evaluation.datasets import read_samples
from ris_lab.training.calibrate import store
from ris_lab.training.picture_cases import with_absent
from ris_ros.cli.main import main
from ris_ros.grounding.confidence import Calibration
from ris_ros.profile import PROFILES, load_profile

COLOURS = {'red': (30, 30, 220), 'green': (40, 170, 40), 'blue': (210, 60, 30),
           'yellow': (30, 210, 230), 'black': (20, 20, 20), 'pink': (190, 130, 250)}


def draw(folder, pictures, absent=2):
    """Write pictures of three balls each, all named, with some colours that are not there."""
    rng = np.random.default_rng(0)
    entries = []
    for number in range(pictures):
        image = np.full((120, 160, 3), 200, np.uint8)
        image = (image + rng.normal(0, 4, image.shape)).clip(0, 255).astype(np.uint8)
        names = list(rng.permutation(list(COLOURS)))
        expressions = []
        for place, name in enumerate(names[:3]):
            x, y = 30 + 50 * place, int(rng.integers(40, 80))
            cv2.circle(image, (x, y), 14, COLOURS[name], -1)
            expressions.append({'text': f'the {name} ball', 'visible_point': [x, y],
                                'box': [x - 14, y - 14, x + 15, y + 15]})
        expressions += [{'text': f'the {name} ball', 'box': None}
                        for name in names[3:3 + absent]]
        cv2.imwrite(str(folder / f'{number}.png'), image)
        entries.append({'id': str(number), 'color_path': f'{number}.png',
                        'expressions': expressions})
    (folder / 'pictures.json').write_text(json.dumps(entries))


def test_pictures_give_a_profile_of_ones_own(tmp_path, capsys):
    draw(tmp_path, 12)
    out, plot = tmp_path / 'mine.yaml', tmp_path / 'mine.png'
    assert not main(['calibrate', '--pictures', str(tmp_path), '--out', str(out),
                     '--plot', str(plot)])
    told = json.loads(capsys.readouterr().out)
    assert told['cases'] == 12 * 5
    calibration = load_profile(str(out)).decision.calibration
    assert calibration.fitted_on == 'pictures'
    assert calibration.midpoint == pytest.approx(told['calibration']['midpoint'], abs=1e-4)
    assert calibration.slope > 0
    assert plot.stat().st_size > 1000
    assert load_profile(str(out)).decision.part_penalty == \
        load_profile('embedded').decision.part_penalty, 'all else stays'


@pytest.mark.parametrize(('pictures', 'absent', 'message'), [
    (3, 2, '9 usable expressions with a target and 6 without'),
    (12, 0, '36 usable expressions with a target and 0 without')])
def test_too_few_expressions_are_refused(tmp_path, capsys, pictures, absent, message):
    draw(tmp_path, pictures, absent)
    assert main(['calibrate', '--pictures', str(tmp_path)]) == 2
    assert message in capsys.readouterr().err


def write_grefcoco(root, pictures):
    """Write the pictures of `draw` as gRefCOCO: each ball is annotated, the last are absent."""
    draw(root, pictures)
    entries = json.loads((root / 'pictures.json').read_text())
    refs, annotations = [], []
    for number, entry in enumerate(entries, 1):
        for label in entry['expressions']:
            identity = len(annotations) + 1 if label['box'] else -1
            refs.append({'ref_id': len(refs), 'image_id': number, 'split': 'val',
                         'ann_id': [identity], 'no_target': label['box'] is None,
                         'sentences': [{'raw': label['text']}]})
            if label['box']:
                x0, y0, x1, y1 = label['box']
                annotations.append({'id': identity, 'image_id': number, 'category_id': 1,
                                    'segmentation': [x0, y0, x1, y0, x1, y1, x0, y1]})
    (root / 'images').mkdir()
    for entry in entries:
        (root / entry['color_path']).rename(root / 'images' / entry['color_path'])
    (root / 'grefs(unc).json').write_text(json.dumps(refs))
    (root / 'instances.json').write_text(json.dumps({
        'images': [{'id': number, 'file_name': entry['color_path'], 'height': 120, 'width': 160}
                   for number, entry in enumerate(entries, 1)], 'annotations': annotations}))


def write_refcoco(root, pictures):
    """Write the same as RefCOCO, which names nothing absent; a colour is a category."""
    write_grefcoco(root, pictures)
    refs = json.loads((root / 'grefs(unc).json').read_text())
    instances = json.loads((root / 'instances.json').read_text())
    here = [{**ref, 'ann_id': ref['ann_id'][0],
             'category_id': ref['sentences'][0]['raw'].split()[1]}
            for ref in refs if not ref['no_target']]
    for annotation, ref in zip(instances['annotations'], here, strict=True):
        annotation['category_id'] = ref['category_id']
    (root / 'refs(unc).p').write_bytes(pickle.dumps(here, 2))
    (root / 'instances.json').write_text(json.dumps(instances))


@pytest.mark.parametrize(('dataset', 'write', 'cases'), [
    ('grefcoco', write_grefcoco, 12 * 5), ('refcoco', write_refcoco, 12 * 4)])
def test_published_sets_give_a_profile(tmp_path, capsys, dataset, write, cases):
    write(tmp_path, 12)
    out = tmp_path / 'mine.yaml'
    assert not main(['calibrate', '--dataset', dataset, '--root', str(tmp_path), '--out', str(out)])
    told = json.loads(capsys.readouterr().out)
    assert told['cases'] == cases
    calibration = load_profile(str(out)).decision.calibration
    assert calibration.fitted_on == f'{dataset} val'
    assert calibration.slope > 0


def test_what_other_pictures_name_is_made_absent_only_where_no_such_thing_is(tmp_path):
    write_refcoco(tmp_path, 12)
    samples = read_samples('refcoco', tmp_path, 'val', 'default', 'unc')
    pictures = [list(group) for _, group in groupby(samples, key=attrgetter('image_id'))]
    for before, after in zip(pictures, with_absent(pictures), strict=True):
        absent = after[len(before):]
        assert len(absent) == 1
        assert absent[0].target is None
        assert absent[0].image == before[0].image
        assert absent[0].sentences[0] not in [sample.sentences[0] for sample in before]


def test_too_few_scenes_are_refused(tmp_path, capsys):
    assert main(['calibrate', '--scenes', str(tmp_path)]) == 2
    assert 'There are no scenes in' in capsys.readouterr().err
    assert not main(['simulate', '--seed', '551000', '--scenes', '2', '--split', 'calibration',
                     '--absent', '--per-kind', '1', '--size', '320', '240', '--out',
                     str(tmp_path)])
    assert main(['calibrate', '--scenes', str(tmp_path)]) == 2
    assert 'at least 30 and 10 are needed' in capsys.readouterr().err


@pytest.mark.parametrize('profile', ['embedded', 'robot', 'paper'])
def test_fit_is_stored_in_a_copy_of_any_profile(tmp_path, profile):
    path = tmp_path / 'mine.yaml'
    store(PROFILES / f'{profile}.yaml', path, Calibration(midpoint=21.5, slope=0.7))
    found, before = load_profile(str(path)), load_profile(profile)
    assert found.decision.calibration == Calibration(midpoint=21.5, slope=0.7)
    assert found.encoder == before.encoder
    assert found.decision.forced == before.decision.forced


def test_fit_is_stored_in_a_profile_without_a_decision(tmp_path):
    text = (PROFILES / 'embedded.yaml').read_text()
    (tmp_path / 'bare.yaml').write_text(text[:text.index('decision:')])
    store(tmp_path / 'bare.yaml', tmp_path / 'mine.yaml', Calibration(midpoint=21.5))
    assert load_profile(str(tmp_path / 'mine.yaml')).decision.calibration.midpoint == 21.5


@pytest.mark.parametrize('decision', [
    'decision: {}', 'decision:', 'decision: {viewpoint: speaker}', 'decision: {part_penalty: 2.0,\n'
    '  calibration: {midpoint: 1.0, doubt: 3.0}}', 'decision:\n    viewpoint: speaker',
    'decision:\n    calibration:\n        midpoint: 3.0\n    viewpoint: speaker'])
def test_fit_is_stored_however_the_profile_is_laid_out(tmp_path, decision):
    packaged = yaml.safe_load((PROFILES / 'embedded.yaml').read_text())
    packaged.pop('decision')
    (tmp_path / 'own.yaml').write_text(f'{decision}\n{yaml.safe_dump(packaged)}')
    before = load_profile(str(tmp_path / 'own.yaml'))
    store(tmp_path / 'own.yaml', tmp_path / 'mine.yaml', Calibration(midpoint=21.5, slope=0.7))
    mine = load_profile(str(tmp_path / 'mine.yaml'))
    assert mine == replace(before, name='mine', decision=replace(
        before.decision, calibration=Calibration(midpoint=21.5, slope=0.7)))


@pytest.mark.parametrize(('arguments', 'message'), [
    (['--scenes', 'S', '--limit', '1'], 'at least 2'),
    (['--pictures', 'P', '--out', 'mine.txt'], r'ends in \.yaml'),
    (['--pictures', 'none'], 'no folder'), (['--dataset', 'refcoco'], 'go together'),
    (['--pictures', 'P', '--root', 'R'], 'go together'),
    (['--dataset', 'refcoco', '--root', 'none'], 'no folder')])
def test_arguments_that_cannot_be_used_are_named(arguments, message, capsys):
    assert main(['calibrate', *arguments]) == 2
    assert re.search(message, capsys.readouterr().err)


def test_scenes_and_pictures_exclude_each_other(capsys):
    with pytest.raises(SystemExit):
        main(['calibrate', '--scenes', 'S', '--pictures', 'P'])
