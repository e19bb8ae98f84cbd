# SPDX-License-Identifier: Apache-2.0
"""gRefCOCO, RefCOCO-M and OpenRef as published: what is read, and what is refused by name."""
from contextlib import suppress
import json

from damage import FEW, VALUES
from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
from published_sets import (
    Scene,
    name_of,
    refcoco_m_rows,
    refs_of,
    write_grefcoco,
    write_openref,
    write_refcoco_m,
)
import pytest

from ris_lab.evaluation.datasets import read_samples
from ris_ros.errors import RisError
from ris_ros.image_files import write_image

LABELS = np.zeros((12, 16), np.uint8)
LABELS[2:6, 2:6], LABELS[2:8, 10:14] = 1, 2
EXPRESSIONS = (('the left box', (1,)), ('both boxes', (1, 2)), ('the ball', ()))
FEWER = settings(FEW, max_examples=40)


@pytest.fixture(scope='module')
def scene(tmp_path_factory):
    path = tmp_path_factory.mktemp('scene') / 'picture.png'
    write_image(path, np.full((*LABELS.shape, 3), 90, np.uint8))
    return Scene(7, str(path), LABELS, EXPRESSIONS)


@pytest.fixture(scope='module')
def root(tmp_path_factory, scene):
    """Return a folder with the three data sets."""
    root = tmp_path_factory.mktemp('newer')
    write_grefcoco(root, [scene])
    write_refcoco_m(root / 'm', [scene])
    write_openref(root / 'open', [scene])
    return root


def read(folder, name, split='val'):
    return read_samples(name, folder, split, 'default', '')


def test_grefcoco_means_one_many_and_none(root):
    one, many, none = read(root, 'grefcoco')
    assert [found.kind for found in (one, many, none)] == ['one', 'many', 'none']
    assert np.array_equal(one.target(), LABELS == 1)
    assert np.array_equal(many.target(), LABELS > 0)
    assert many.count == 2
    assert none.target is None
    assert none.expected == 'NOT_FOUND'
    assert one.image.is_file()
    assert one.sentences == ('the left box',)


def test_refcoco_m_has_masks_in_run_lengths(root, scene):
    found, = read(root / 'm', 'refcoco-m')
    assert np.array_equal(found.target(), LABELS == 1)
    assert found.image.name == name_of(scene)
    assert found.ref_id == '7-0'


def test_refcoco_m_is_read_from_parquet_with_its_pictures(tmp_path, scene):
    pyarrow = pytest.importorskip('pyarrow')
    from pathlib import Path

    from pyarrow import parquet
    picture = {'bytes': Path(scene.picture).read_bytes(), 'path': None}
    rows = [{'image': picture, **row} for row in refcoco_m_rows([scene])]
    (tmp_path / 'data').mkdir()
    parquet.write_table(pyarrow.Table.from_pylist(rows),
                        tmp_path / 'data' / 'validation-00000-of-00001.parquet')
    found, = read(tmp_path, 'refcoco-m')
    assert np.array_equal(found.target(), LABELS == 1)
    assert found.image.read_bytes() == picture['bytes']


def test_openref_has_boxes_and_negative_expressions(root):
    samples = read(root / 'open', 'openref')
    assert [found.kind for found in samples] == ['single', 'negative', 'multi', 'negative', 'none']
    one, negative, many, _, none = samples
    assert one.meant[0].mask(LABELS.shape).sum() == 16
    assert len(many.meant) == many.count == 2
    assert many.target().sum() == 16 + 24
    assert negative.target is None
    assert negative.sentences == ('the ball',)
    assert none.expected == 'NOT_FOUND'
    assert one.image.is_file()


def test_a_test_of_openref_is_named_by_its_file(tmp_path, root):
    entries = (root / 'open' / 'val.json').read_text()
    (tmp_path / 'test').mkdir()
    (tmp_path / 'test' / 'single_test_labels.json').write_text(entries)
    assert len(read(tmp_path, 'openref', 'single')) == 5
    with pytest.raises(RisError, match='it has single'):
        read(tmp_path, 'openref', 'multi')


@pytest.mark.parametrize(('name', 'folder', 'split', 'message'), [
    ('grefcoco', '', 'testZ', "no split 'testZ'"), ('refcoco-m', 'm', 'test', 'validation'),
    ('openref', 'open', 'test', 'it has val'), ('refcoco-m', 'open', 'val', r'no validation-\*')])
def test_a_split_that_is_not_there_is_named(root, name, folder, split, message):
    with pytest.raises(RisError, match=message):
        read(root / folder, name, split)


def test_a_target_that_contradicts_itself_is_refused(tmp_path, scene):
    write_grefcoco(tmp_path, [scene])
    refs = refs_of([scene], True)
    refs[0]['no_target'] = True
    (tmp_path / 'grefcoco' / 'grefs(unc).json').write_text(json.dumps(refs))
    with pytest.raises(RisError, match=r"reference 1 .* 'no_target' is True beside"):
        read(tmp_path, 'grefcoco')


def check(folder, name):
    """Read a data set: whatever is in it, it is read or refused with a sentence."""
    with suppress(RisError):
        for found in read(folder, name):
            assert all(isinstance(sentence, str) for sentence in found.sentences)
            if found.target is not None:
                with suppress(RisError):
                    assert found.target().dtype == bool


@FEWER
@given(st.sampled_from(['ref_id', 'ann_id', 'image_id', 'split', 'sentences', 'no_target']), VALUES)
def test_grefcoco_with_another_value(root, scene, key, value):
    path = root / 'grefcoco' / 'grefs(unc).json'
    before = path.read_text()
    refs = refs_of([scene], True)
    path.write_text(json.dumps([{**refs[0], key: value}, *refs[1:]]))
    check(root, 'grefcoco')
    path.write_text(before)


@FEWER
@given(st.sampled_from(['image_id', 'file_name', 'samples']),
       st.sampled_from(['id', 'sentences', 'mask']), VALUES)
def test_refcoco_m_with_another_value(tmp_path, scene, key, inner, value):
    (tmp_path / 'images').mkdir(exist_ok=True)
    row, = refcoco_m_rows([scene])
    row['samples'][0][inner] = value
    (tmp_path / 'validation.jsonl').write_text(
        '\n'.join([json.dumps(row), json.dumps({**row, key: value}), json.dumps(value)]))
    check(tmp_path, 'refcoco-m')


@FEWER
@given(st.sampled_from(['image', 'relation_type', 'proposal', 'positive', 'negative']),
       st.sampled_from(['x', 'width', 'original_width', 'original_height']), VALUES)
def test_openref_with_another_value(tmp_path, root, key, inner, value):
    first, *others = json.loads((root / 'open' / 'val.json').read_text())
    for entry in ({**first, key: value},
                  {**first, 'proposal': [{**first['proposal'][0], inner: value}]}):
        (tmp_path / 'val.json').write_text(json.dumps([entry, *others]))
        check(tmp_path, 'openref')
