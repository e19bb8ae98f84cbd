# SPDX-License-Identifier: Apache-2.0
"""Whatever is in a data set: it is read, or refused with a RisError, never another exception."""
from contextlib import suppress
import json
import pickle

from damage import FEW, NUMBERS, VALUES, damaged
from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from ris_lab.evaluation.coco_masks import coco_counts, coco_mask, encode
from ris_lab.evaluation.datasets import read_samples
from ris_lab.evaluation.given_masks import open_masks
from ris_ros import Frame
from ris_ros.errors import RisError

SIZE = (10, 20)
FRAME = Frame(np.zeros((*SIZE, 3), np.uint8))
RLE = encode(np.ones(SIZE, bool))
PARTS = (st.lists(NUMBERS, max_size=9)
         | st.lists(st.integers(-5, 30) | st.floats(-5, 30), min_size=6, max_size=8)
         | st.fixed_dictionaries({'size': st.just(list(SIZE)) | VALUES,
                                  'counts': st.just([150, 50]) | st.just(RLE['counts']) | VALUES}))
SEGMENTATIONS = PARTS | st.lists(PARTS | VALUES, max_size=3) | VALUES
ENTRIES = ('ref_id', 'ann_id', 'image_id', 'split', 'sentences')


@pytest.fixture(scope='module')
def root(tmp_path_factory, write_refcoco):
    """Return a RefCOCO beside a PhraseCut."""
    root = tmp_path_factory.mktemp('damaged')
    write_refcoco(root)
    return root


@pytest.fixture(scope='module')
def published(root):
    """Return the references and instances as they were."""
    folder = root / 'refcoco'
    return (pickle.loads((folder / 'refs(unc).p').read_bytes()),
            json.loads((folder / 'instances.json').read_text()))


def write(root, refs, instances):
    (root / 'refcoco' / 'refs(unc).p').write_bytes(
        refs if isinstance(refs, bytes) else pickle.dumps(refs, 2))
    (root / 'refcoco' / 'instances.json').write_bytes(
        instances if isinstance(instances, bytes) else json.dumps(instances).encode())


def check_refcoco(root):
    for protocol in ('paper', 'default'):
        with suppress(RisError):
            check(read_samples('refcoco', root, 'val', protocol, 'unc'))


def check(samples):
    for sample in samples:
        assert all(isinstance(sentence, str) for sentence in sample.sentences)
        with suppress(RisError):
            mask = sample.target()
            assert mask.dtype == bool
            assert mask.ndim == 2


@FEW
@given(SEGMENTATIONS)
def test_segmentations(segmentation):
    with suppress(RisError):
        counts = coco_counts(segmentation, SIZE)
        assert counts.shape == SIZE
        assert np.array_equal(coco_mask(segmentation, SIZE), counts > 0)


@FEW
@given(st.sampled_from(ENTRIES), VALUES | st.lists(
    st.dictionaries(st.sampled_from(['raw', 'sent']), VALUES), max_size=2))
def test_references_with_another_value(root, published, key, value):
    refs, instances = published
    write(root, [{**refs[0], key: value}, *refs[1:]], instances)
    check_refcoco(root)


@FEW
@given(st.sampled_from(['images', 'annotations']),
       st.sampled_from(['id', 'height', 'width', 'file_name', 'segmentation']),
       VALUES | SEGMENTATIONS)
def test_instances_with_another_value(root, published, kind, key, value):
    refs, instances = published
    first, *others = instances[kind]
    write(root, refs, {**instances, kind: [{**first, key: value}, *others]})
    check_refcoco(root)


@FEW
@given(st.data())
def test_damaged_references(root, published, data):
    refs, instances = published
    write(root, data.draw(damaged([pickle.dumps(refs, 0), pickle.dumps(refs, 2)])), instances)
    check_refcoco(root)


@FEW
@given(st.data())
def test_damaged_instances(root, published, data):
    refs, instances = published
    write(root, refs, data.draw(damaged([json.dumps(instances).encode()])))
    check_refcoco(root)


@FEW
@given(VALUES, VALUES)
def test_files_of_anything(root, refs, instances):
    write(root, refs, instances)
    check_refcoco(root)


@FEW
@given(st.sampled_from(['task_id', 'image_id', 'phrase', 'Polygons', 'phrase_structure', 'width',
                        'height']),
       VALUES | st.lists(st.lists(st.lists(st.lists(NUMBERS, min_size=2, max_size=2), max_size=4),
                                  max_size=2), max_size=2))
def test_phrasecut_with_another_value(root, key, value):
    task = {'task_id': '7__1', 'image_id': 7, 'phrase': 'a box', 'ann_ids': [1],
            'Polygons': [[[[1, 1], [4, 1], [4, 3]]]]}
    image = {'image_id': 7, 'width': 20, 'height': 10}
    (image if key in image and key != 'image_id' else task)[key] = value
    (root / 'refer_val.json').write_text(json.dumps([task]))
    (root / 'image_data_split.json').write_text(json.dumps([image]))
    with suppress(RisError):
        check(read_samples('phrasecut', root, 'val', 'default', ''))


@FEW
@given(st.lists(st.fixed_dictionaries({'image_id': st.just(17) | VALUES,
                                       'segmentation': SEGMENTATIONS}), max_size=2) | VALUES)
def test_given_masks(root, items):
    path = root / 'masks.json'
    path.write_text(json.dumps(items))
    with suppress(RisError):
        masks = open_masks(path).read('17', FRAME)
        assert masks.dtype == bool
        assert masks.shape[1:] == SIZE
