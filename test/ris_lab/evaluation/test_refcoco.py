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
