# SPDX-License-Identifier: Apache-2.0
"""Our own scenes: kinds apart, right, wrong and refused, with a report that needs no other file."""
import base64
import json
import re

import cv2
import numpy as np
import pytest

from ris_lab.evaluation.coco_masks import encode
from ris_lab.evaluation.datasets import read_samples
from ris_lab.evaluation.html_report import make_report
from ris_lab.evaluation.simulated import stated_attributes
from ris_lab.evaluation.summary import summarise
from ris_lab.evaluation.verdicts import compare, recall
from ris_ros.cli.main import main
from ris_ros.errors import RisError
from ris_ros.image_files import write_image

SIZE = (30, 40)
EXPRESSIONS = [  # kind, detail, phrase, label of the target
    ('attribute', '', 'red thing', 1), ('attribute', '', 'light blue cup', 2),
    ('attribute', '', 'cup', 2), ('relation', 'on', 'cup', 2), ('relation', 'behind', 'cup', 1),
    ('absent', '', 'green cup', None), ('absent', '', 'pink cup', None)]


@pytest.fixture(scope='module')
def scenes(tmp_path_factory):
    """Write one scene with two objects and a speck that nobody needs to find."""
    root = tmp_path_factory.mktemp('scenes')
    folder = root / 'scene_0000'
    labels = np.zeros(SIZE, np.uint8)
    labels[5:15, 5:15], labels[10:20, 20:35], labels[29, 39] = 1, 2, 3
    write_image(folder / 'labels.png', labels)
    write_image(folder / 'image.png', np.full((*SIZE, 3), 120, np.uint8))
    (folder / 'expressions.jsonl').write_text(''.join(json.dumps(
        {'kind': kind, 'detail': detail, 'phrase': phrase, 'text': f'the {phrase}',
         'target_label': label}) + '\n' for kind, detail, phrase, label in EXPRESSIONS))
    (root / 'simulation.json').write_text('{"split": "test"}')
    return root


@pytest.fixture(scope='module')
def samples(scenes):
    return read_samples('simulation', scenes, 'test', 'default', '')


def records_of(samples):
    """Answer: right, half (IoU .5), a third, refused, wrong, and for the absent refused, wrong."""
    cup = samples[1].target()
    half, third = cup.copy(), cup.copy()
    half[10:15] = False
    third[10:17] = False
    other = np.zeros(SIZE, bool)
    other[25:28, 5:15] = True
    masks = [samples[0].target(), half, third, None, other, None, other]
    records = [{'key': 'scene_0000', 'proposals': 4, 'objects': [[100, 100], [75, 150]]}]
    confidences = [.9, .95, .97, .5, .89, .6, .99]
    for sample, mask, confidence in zip(samples, masks, confidences, strict=True):
        record = {'key': sample.keys[0], 'status': 'NOT_FOUND' if mask is None else 'FOUND',
                  'confidence': confidence, 'mask': None if mask is None else encode(mask)}
        if sample.target is not None:
            truth = sample.target()
            answer = np.zeros(SIZE, bool) if mask is None else mask
            record |= {'i': int((truth & answer).sum()), 'u': int((truth | answer).sum())}
        records.append(record)
    return records


@pytest.mark.parametrize(('phrase', 'stated'), [
    ('red thing', 'colour only'), ('light blue item', 'colour only'), ('grey cup',
     'colour + category'), ('tin can', 'category only'), ('orange', 'category only'),
    ('wooden box', 'material'), ('red striped one', 'material'), ('thing', 'nothing')])
def test_what_a_phrase_states(phrase, stated):
    assert stated_attributes(phrase) == stated


def test_samples_with_their_kinds_and_objects(samples):
    assert [sample.kind for sample in samples] == [
        'attribute: colour only', 'attribute: colour + category', 'attribute: category only',
        'relation: on', 'relation: behind', 'absent', 'absent']
    assert [sample.target is None for sample in samples] == [False] * 5 + [True] * 2
    assert [mask.sum() for mask in samples[0].objects()] == [100, 150], 'without the speck'


def test_verdicts_by_hand(samples):
    figures = compare(samples, {'own proposals': records_of(samples)}).figures
    rows = figures['verdicts']['own proposals']
    assert {kind: [row[name] for name in ('n', 'right', 'wrong', 'refused', 'wrong_of_found')]
            for kind, row in rows.items()} == {
        'absent': [2, 1, 1, 0, None],
        'attribute': [3, 2, 1, 0, pytest.approx(1 / 3)],
        'attribute: category only': [1, 0, 1, 0, 1],
        'attribute: colour + category': [1, 1, 0, 0, 0],
        'attribute: colour only': [1, 1, 0, 0, 0],
        'relation': [2, 0, 1, 1, 1], 'relation: behind': [1, 0, 1, 0, 1],
        'relation: on': [1, 0, 0, 1, None],
        'all': [7, 3, 3, 1, pytest.approx(3 / 5)]}
    assert figures['recall']['own proposals'] == {
        'pictures': 1, 'objects': 2, 'recall@.5': 1, 'recall@.75': 0.5, 'proposals': 4}
    assert figures['sure']['own proposals'] == {'answers': 4, 'wrong_share': 0.5}


def test_what_is_absent_counts_in_no_overlap(samples):
    run = {'protocol': 'default'}
    summary = summarise(run, samples, records_of(samples))
    assert summary['sentences'] == 5
    assert summary['oIoU'] == pytest.approx((100 + 75 + 45) / (100 + 150 + 150 + 150 + 130))
    assert summary['kinds']['attribute']['sentences'] == 3
    with pytest.raises(RisError, match='1 of 8'):
        summarise(run, samples, records_of(samples)[1:])


def test_runs_side_by_side(samples):
    records = records_of(samples)
    better = [{**record, 'status': 'NOT_FOUND', 'mask': None} if record['key'].endswith('6/0')
              else record for record in records]
    comparison = compare(samples, {'own proposals': records, 'true masks': better})
    lines = {line.split('  ')[0]: line.split() for line in comparison.table.splitlines()}
    assert lines['absent'][1:] == ['2', '50.0', '50.0', '0.0', '-', '100.0', '0.0', '0.0', '-']
    assert lines['all'][1:6] == ['7', '42.9', '42.9', '14.3', '60.0']
    assert 'own proposals: recall@.5 100.0, @.75 50.0 of 2 objects, 4.0 a picture' in (
        comparison.table)
    assert 'own proposals: 50.0 wrong of the 4 answers with a confidence from 0.9 on' in (
        comparison.table)
    assert 'true masks: 33.3 wrong of the 3 answers' in comparison.table


def test_recall_of_nothing():
    assert recall([]) == {'pictures': 0, 'objects': 0, 'recall@.5': 0, 'recall@.75': 0,
                          'proposals': 0}


def test_the_report_is_one_file_with_pictures_of_each_verdict(samples):
    comparison = compare(samples, {'own proposals': records_of(samples)})
    html = make_report('a <test>', comparison.table, comparison.cases)
    assert '<h1>a &lt;test&gt;</h1>' in html
    assert not re.search(r'(src|href)="(?!data:)', html)
    found = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', html)
    assert len(found) == 7
    pictures = [cv2.imdecode(np.frombuffer(base64.b64decode(text), np.uint8), cv2.IMREAD_COLOR)
                for text in found]
    assert {picture.shape for picture in pictures} == {(300, 400, 3)}
    # In the order of the kinds: absent (right, then wrong), attribute ...
    assert pictures[0].std() < 2, 'nothing is meant and nothing answered'
    assert pictures[1][260, 100, 2] > pictures[1][260, 100, 1] + 40, 'the wrong answer is red'
    assert [word for word in re.findall(r'<p>(\w+): 1 of 1</p>', html)].count('refused') == 1


def test_ris_evaluate_compares_own_proposals_with_true_masks(tmp_path, capsys):
    assert main(['simulate', '--seed', '5', '--scenes', '2', '--per-kind', '1', '--kinds',
                 'attribute', 'dialogue', 'absent', '--size', '320', '240', '--out',
                 str(tmp_path / 'scenes')]) == 0
    words = ['evaluate', '--dataset', 'simulation', '--root', str(tmp_path / 'scenes'), '--split',
             'test', '--true-masks', '--out', str(tmp_path / 'out'), '--json']
    assert main(words) == 0
    summary = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(summary['verdicts']) == set(summary['recall']) == set(summary['sure']) == {
        f'{proposals}{method}' for proposals in ('own proposals', 'true masks')
        for method in ('', ', clip', ', paper', ', oracle')}
    rows = summary['verdicts']['true masks, oracle']
    assert rows['dialogue']['right'] == rows['dialogue']['n'] > 0
    assert summary['recall']['true masks']['recall@.75'] == 1
    assert summary['recall']['own proposals']['pictures'] == 2
    assert {rows['all']['n'] for rows in summary['verdicts'].values()} == {
        sum(len(file.read_text().splitlines())
            for file in tmp_path.glob('scenes/scene_*/expressions.jsonl'))}
    assert (tmp_path / 'out' / 'report.html').read_text().count('<img ') > 4
    before = (tmp_path / 'out' / 'true_masks.jsonl').read_bytes()
    for shard in ('1/2', '2/2'):
        assert main([*words[:-1], '--shard', shard]) == 0
    assert main([*words, '--merge']) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == summary
    assert (tmp_path / 'out' / 'true_masks.jsonl').read_bytes() == before
