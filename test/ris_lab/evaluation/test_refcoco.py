# SPDX-License-Identifier: Apache-2.0
"""RefCOCO's published files: what is read, both true masks, and what is refused."""
import json
import os
import pickle

import numpy as np
import pytest

from ris_lab.evaluation.datasets import read_samples
from ris_ros.errors import RisError


def read(root, protocol='default', split='val', name='refcoco', split_by='umd'):
    return read_samples(name, root, split, protocol, split_by)


def test_a_split_is_read_with_references_of_an_image_together(refcoco):
    samples = read(refcoco)
    assert [(s.ref_id, s.image_id) for s in samples] == [
        ('1', '1'), ('2', '2'), ('3', '2'), ('4', '3')]
    assert samples[0].sentences == ('The LEFT box', 'the box')
    assert samples[0].keys == ('1/0', '1/1')
    assert samples[0].image.is_file()
    assert [s.ref_id for s in read(refcoco, split='testA')] == ['5']


@pytest.mark.parametrize(('protocol', 'columns', 'pixels'), [
    ('default', range(2, 11), 54), ('paper', (2, 3, 4, 8, 9, 10), 36)])
def test_overlapping_polygons(refcoco, protocol, columns, pixels):
    target = read(refcoco, protocol)[0].target()
    assert target.sum() == pixels
    assert np.flatnonzero(target.any(0)).tolist() == list(columns)
    assert np.flatnonzero(target.any(1)).tolist() == list(range(2, 8))


@pytest.mark.parametrize('protocol', ['default', 'paper'])
def test_crowds_and_empty_references(refcoco, protocol):
    _, crowd, empty, box = read(refcoco, protocol)
    assert crowd.target()[:, :4].all()
    assert crowd.target().sum() == 40
    assert empty.target().shape == (10, 20)
    assert not empty.target().any()
    assert box.target()[1:5, 1:6].all()
    assert box.target().sum() == 20


@pytest.mark.parametrize(('name', 'split_by', 'protocol'), [
    ('refcoco+', 'unc', 2), ('refcocog', 'umd', 2), ('refcocog', 'google', 4)])
def test_every_published_file_name(tmp_path, write_refcoco, name, split_by, protocol):
    write_refcoco(tmp_path, name, split_by, protocol)
    assert len(read(tmp_path, name=name, split_by=split_by)) == 4
    # The folder of the data set itself is a root as well.
    assert len(read(tmp_path / name, name=name, split_by=split_by)) == 4


def test_text_of_python_2_is_read(tmp_path, write_refcoco):
    write_refcoco(tmp_path)
    path = tmp_path / 'refcoco' / 'refs(unc).p'
    # Protocol 0 of Python 2 has S'...' for its str where Python 3 writes V...
    data = path.read_bytes()
    old = data.replace(b'Vthe crowd\n', b"S'the caf\\xc3\\xa9'\n")
    assert old != data
    path.write_bytes(old)
    assert read(tmp_path)[1].sentences == ('the café',)


class Malicious:
    """Runs a command when it is unpickled by the usual means."""

    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


@pytest.mark.parametrize('protocol', [0, 2, 5])
def test_a_malicious_pickle_runs_nothing(tmp_path, write_refcoco, protocol):
    write_refcoco(tmp_path)
    trace = tmp_path / 'trace'
    data = pickle.dumps([Malicious(f'touch {trace}')], protocol)
    pickle.loads(data)
    assert trace.exists(), 'the pickle is not malicious at all'
    trace.unlink()
    (tmp_path / 'refcoco' / 'refs(unc).p').write_bytes(data)
    with pytest.raises(RisError, match=r'refused.*system'):
        read(tmp_path)
    assert not trace.exists()


@pytest.mark.parametrize('data', [b'', b'garbage', pickle.dumps([{'ref_id': 1}]),
                                  pickle.dumps([1, 2])[:-1]])
def test_damaged_pickles_are_a_sentence(tmp_path, write_refcoco, data):
    write_refcoco(tmp_path)
    (tmp_path / 'refcoco' / 'refs(unc).p').write_bytes(data)
    with pytest.raises(RisError):
        read(tmp_path)


def change(root, refs=None, annotation=None, image=None):
    """Change the reference 1, its annotation 101 or its image 1; what is '-' is taken out."""
    path = root / 'refcoco' / 'refs(unc).p'
    data = pickle.loads(path.read_bytes())
    apply(next(ref for ref in data if ref['ref_id'] == 1), refs or {})
    path.write_bytes(pickle.dumps(data, 0))
    path = root / 'refcoco' / 'instances.json'
    data = json.loads(path.read_text())
    apply(data['annotations'][0], annotation or {})
    apply(data['images'][0], image or {})
    path.write_text(json.dumps(data))


def apply(entry, changes):
    for key, value in changes.items():
        entry[key] = value
        if value == '-':
            del entry[key]


BAD_REFERENCES = [
    ({'annotation': {'segmentation': [[1, 1, 4, 1, 4, 4, 1]]}}, 'even number'),
    ({'annotation': {'segmentation': 'mask'}}, 'is str'),
    ({'annotation': {'segmentation': '-'}}, 'segmentation is missing'),
    ({'annotation': {'segmentation': [[1, 1, 4, 1, 4, None]]}}, 'not finite|no numbers'),
    ({'image': {'height': None}}, 'None rows'), ({'image': {'width': 2.5}}, r'2\.5 columns'),
    ({'image': {'height': 10 ** 6, 'width': 10 ** 6}}, '1000000 rows'),
    ({'image': {'file_name': '-'}}, 'file_name is missing'),
    ({'image': {'file_name': 3}}, 'another form'), ({'refs': {'sentences': 3}}, 'another form'),
    ({'refs': {'sentences': [{'tokens': []}]}}, 'sent is missing'),
    ({'refs': {'sentences': [{'raw': 3}]}}, 'expected text'),
    ({'refs': {'image_id': [1]}}, 'is missing')]


@pytest.mark.parametrize(('changes', 'sentence'), BAD_REFERENCES)
def test_bad_entries_are_named_with_reference_and_annotation(
        tmp_path, write_refcoco, changes, sentence):
    write_refcoco(tmp_path)
    change(tmp_path, **changes)
    with pytest.raises(RisError, match=rf'reference 1 \(annotation 101, image .*{sentence}'):
        read(tmp_path)


@pytest.mark.parametrize('segmentation', [
    {'size': [10, 20], 'counts': [20, 8]}, [{'size': [10, 20], 'counts': 'no'}],
    {'size': [20, 10], 'counts': [200]}])
def test_bad_run_lengths_are_named_when_they_are_read(tmp_path, write_refcoco, segmentation):
    write_refcoco(tmp_path)
    change(tmp_path, annotation={'segmentation': segmentation})
    with pytest.raises(RisError, match=r'reference 1 \(annotation 101, image 1\) cannot be used'):
        read(tmp_path)[0].target()


@pytest.mark.parametrize(('segmentation', 'pixels'), [
    ([{'size': [10, 20], 'counts': [0, 30, 170]}, {'size': [10, 20], 'counts': [20, 30, 150]}], 50),
    ({'size': [10, 20], 'counts': [0, 30, 170]}, 30), (None, 0), ([[]], 0), ([[3, 3, 5, 5]], 0),
    ([2, 2, 8, 2, 8, 8, 2, 8], 36)])
def test_every_form_of_an_annotation_is_read(tmp_path, write_refcoco, segmentation, pixels):
    write_refcoco(tmp_path)
    change(tmp_path, annotation={'segmentation': segmentation})
    assert read(tmp_path)[0].target().sum() == pixels


def test_converted_files_are_read(tmp_path, write_refcoco):
    write_refcoco(tmp_path)
    change(tmp_path, refs={'ann_id': '101', 'image_id': '1', 'sentences': [{'sent': 'the box'}]},
           image={'height': 10.0})
    sample = read(tmp_path)[0]
    assert sample.sentences == ('the box',)
    assert sample.target().shape == (10, 20)


@pytest.mark.parametrize('content', [
    [], {}, {'images': {}, 'annotations': []}, {'images': [1], 'annotations': []}, 'x',
    {'images': [], 'annotations': [{}]}])
def test_other_instances_are_a_sentence(tmp_path, write_refcoco, content):
    write_refcoco(tmp_path)
    (tmp_path / 'refcoco' / 'instances.json').write_text(json.dumps(content))
    with pytest.raises(RisError, match=r'instances\.json in .*refcoco has no list of'):
        read(tmp_path)


@pytest.mark.parametrize('refs', [{'a': 1}, 3, [1], None, [{'split': 'other'}, {}]])
def test_other_references_are_a_sentence(tmp_path, write_refcoco, refs):
    write_refcoco(tmp_path)
    (tmp_path / 'refcoco' / 'refs(unc).p').write_bytes(pickle.dumps(refs))
    with pytest.raises(RisError, match=r'no list of dictionaries|There is no split'):
        read(tmp_path)


def test_missing_things_are_named(tmp_path, write_refcoco, refcoco):
    with pytest.raises(RisError, match='testA, val'):
        read(refcoco, split='testC')
    with pytest.raises(RisError, match='no folder'):
        read(tmp_path / 'none')
    with pytest.raises(RisError, match='cannot be opened'):
        read(refcoco, name='refcocog')
    write_refcoco(tmp_path)
    path = tmp_path / 'refcoco' / 'instances.json'
    path.write_text(json.dumps({**json.loads(path.read_text()), 'annotations': []}))
    with pytest.raises(RisError, match='101'):
        read(tmp_path)
