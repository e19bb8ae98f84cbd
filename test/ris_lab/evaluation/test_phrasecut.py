# SPDX-License-Identifier: Apache-2.0
"""PhraseCut's published files."""
import json

import pytest

from ris_lab.evaluation.datasets import read_samples
from ris_ros.errors import RisError


@pytest.fixture
def root(tmp_path):
    (tmp_path / 'image_data_split.json').write_text(json.dumps(
        [{'image_id': n, 'width': 20, 'height': 10, 'split': 'val'} for n in (7, 8)]))
    tasks = [
        {'task_id': '7__1', 'image_id': 7, 'ann_ids': [1, 2], 'phrase': 'two boxes',
         'instance_boxes': [[1, 1, 4, 3], [3, 2, 4, 2]], 'phrase_structure': {'type': 'name'},
         # Two instances, the second of two polygons; 4 x 3 and 4 x 2 pixels, 2 x 2 in both.
         'Polygons': [[[[1, 1], [4, 1], [4, 3], [1, 3]]],
                      [[[3, 2], [6, 2], [6, 3], [3, 3]], [[0, 9], [1, 9], [1, 9]]]]},
        {'task_id': '8__1', 'image_id': 8, 'ann_ids': [3], 'phrase': 'nothing',
         'instance_boxes': [], 'Polygons': []},
        {'task_id': '7__2', 'image_id': 7, 'ann_ids': [4], 'phrase': 'last row',
         'instance_boxes': [[0, 9, 20, 1]], 'Polygons': [[[[0, 9], [19, 9], [19, 9], [0, 9]]]]}]
    (tmp_path / 'refer_val.json').write_text(json.dumps(tasks))
    return tmp_path


@pytest.mark.parametrize('protocol', ['default', 'paper'])
def test_a_phrase_means_all_instances(root, protocol):
    boxes, row, nothing = read_samples('phrasecut', root, 'val', protocol, 'umd')
    assert [s.ref_id for s in (boxes, row, nothing)] == ['7__1', '7__2', '8__1']
    assert boxes.sentences == ('two boxes',)
    assert (boxes.kind, row.kind) == ('name', '')
    assert boxes.image == root / 'images' / '7.jpg'
    assert boxes.target().sum() == 12 + 8 - 4 + 2
    assert row.target().sum() == 20
    assert row.target()[9].all()
    assert nothing.target().shape == (10, 20)
    assert not nothing.target().any()


@pytest.mark.parametrize(('changes', 'sentence'), [
    ({'Polygons': [[[[1, 1], [4]]]]}, 'another form'), ({'Polygons': [[[1, 1, 4, 4]]]}, 'form'),
    ({'Polygons': None}, 'another form'), ({'Polygons': [[[[1, float('nan')]]]]}, 'another form'),
    ({'Polygons': [[[[1, float('inf')]]]]}, 'another form'), ({'phrase': 3}, 'expected text'),
    ({'Polygons': [[[[1, 1e12], [3, 3]]]]}, 'farther than'), ({'image_id': [7]}, 'is missing')])
def test_bad_tasks_are_named(root, changes, sentence):
    path = root / 'refer_val.json'
    tasks = json.loads(path.read_text())
    tasks[0] |= changes
    path.write_text(json.dumps(tasks))
    with pytest.raises(RisError, match=rf'task 7__1 \(annotations \[1, 2\], image .*{sentence}'):
        read_samples('phrasecut', root, 'val', 'default', 'umd')


@pytest.mark.parametrize('name', ['refer_val.json', 'image_data_split.json'])
@pytest.mark.parametrize('content', ['{}', '[1]', '[{}]', '[' * 100000, '\xff'])
def test_other_json_is_a_sentence(root, name, content):
    (root / name).write_bytes(content.encode('latin-1'))
    with pytest.raises(RisError):
        read_samples('phrasecut', root, 'val', 'default', 'umd')


def test_missing_things_are_named(root):
    with pytest.raises(RisError, match=r'refer_test\.json'):
        read_samples('phrasecut', root, 'test', 'default', 'umd')
    (root / 'image_data_split.json').write_text('[]')
    with pytest.raises(RisError, match=r'KeyError\(7\) is missing'):
        read_samples('phrasecut', root, 'val', 'default', 'umd')
    (root / 'refer_val.json').write_text('[]')
    with pytest.raises(RisError, match='no references'):
        read_samples('phrasecut', root, 'val', 'default', 'umd')
