# SPDX-License-Identifier: Apache-2.0
"""Masks from elsewhere: a folder, COCO results and .npz for all pictures say the same."""
import json

import numpy as np
import pytest

from ris_lab.evaluation.answers import PipelineAnswers
from ris_lab.evaluation.coco_masks import encode
from ris_lab.evaluation.datasets import read_samples
from ris_lab.evaluation.given_masks import check_masks, open_masks
from ris_ros import Frame
from ris_ros.errors import RisError

FRAME = Frame(np.zeros((6, 8, 3), np.uint8))
MASKS = np.random.default_rng(3).random((3, 6, 8)) < 0.3


def write_folder(path):
    path.mkdir()
    np.savez(path / '17.npz', masks=MASKS)
    (path / '18.json').write_text(json.dumps([{'segmentation': encode(MASKS[0])}]))
    (path / '19.json').write_text('[]')
    return path


def write_coco(path):
    # As segmenters write it: numbers for ids, other pictures in between, scores out of order.
    path = path.with_suffix('.json')
    path.write_text(json.dumps([
        {'image_id': image, 'category_id': 1, 'segmentation': encode(mask), 'score': score}
        for image, mask, score in ((17, MASKS[0], .2), (18, MASKS[0], .9), (17, MASKS[1], .8),
                                   (19, np.zeros((6, 8), bool), .5), (17, MASKS[2], .5))]))
    return path


def write_arrays(path):
    path = path.with_suffix('.npz')
    np.savez_compressed(path, **{'17': MASKS.astype(np.uint8), '18': MASKS[:1],
                                 '19': np.zeros((0, 6, 8), bool)})
    return path


@pytest.fixture(params=[write_folder, write_coco, write_arrays])
def path(request, tmp_path):
    return request.param(tmp_path / 'masks')


def test_all_masks_of_a_picture_in_the_given_order(path):
    masks = open_masks(path)
    assert np.array_equal(masks.read('17', FRAME), MASKS)
    assert np.array_equal(masks.read('18', FRAME), MASKS[:1])
    assert masks.read('17', FRAME).dtype == bool


def test_pictures_without_masks(path):
    masks = open_masks(path)
    assert masks.read('19', FRAME).shape == masks.read('20', FRAME).shape == (0, 6, 8)
    assert masks.has('19')
    assert not masks.has('20')


def test_masks_of_another_size_are_refused(path):
    with pytest.raises(RisError, match=r'same image|of size \(6, 8\)'):
        open_masks(path).read('17', Frame(np.zeros((8, 6, 3), np.uint8)))


def test_masks_of_other_pictures_are_refused(path):
    masks = open_masks(path)
    check_masks(masks, path, ['20', '17'])
    with pytest.raises(RisError, match=r"none of the pictures.*20\.npz.*'image_id' 20"):
        check_masks(masks, path, ['20', '21'])


@pytest.mark.parametrize(('name', 'content', 'sentence'), [
    ('none.json', None, 'no file or folder'), ('m.txt', b'', 'unknown kind'),
    ('m.json', b'{', 'no list of'), ('m.json', b'[{"segmentation": {}}]', 'image_id'),
    ('m.npz', b'PK', 'cannot be read')])
def test_what_is_no_file_of_masks(tmp_path, name, content, sentence):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(RisError, match=sentence):
        open_masks(tmp_path / name)


def test_what_is_not_a_number_is_off(tmp_path):
    masks = np.where(MASKS, 1, np.nan)
    masks[1] = np.nan
    np.savez(tmp_path / 'm.npz', **{'17': masks, '18': masks[0]})
    opened = open_masks(tmp_path / 'm.npz')
    assert np.array_equal(opened.read('17', FRAME), MASKS[[0, 2]])
    assert np.array_equal(opened.read('18', FRAME), MASKS[:1])


def test_polygons_and_parts_in_coco_results_are_read(tmp_path):
    polygon = [1, 1, 5, 1, 5, 4, 1, 4]
    items = [{'image_id': 17, 'segmentation': [polygon]},
             {'image_id': 17, 'segmentation': [encode(MASKS[0]), encode(MASKS[1])]}]
    (tmp_path / 'm.json').write_text(json.dumps({'annotations': items}))
    masks = open_masks(tmp_path / 'm.json').read('17', FRAME)
    assert masks[0].sum() == 12
    assert np.array_equal(masks[1], MASKS[0] | MASKS[1])


@pytest.mark.parametrize('segmentation', [
    [[1, 1, 4]], {'size': [6, 8], 'counts': 'no'}, 'x', {'size': [6, 8]}, [None]])
def test_a_bad_mask_is_named_with_its_picture(tmp_path, segmentation):
    (tmp_path / 'm.json').write_text(json.dumps([{'image_id': 17, 'segmentation': segmentation}]))
    with pytest.raises(RisError, match=r'mask 0 of picture 17 in .*m\.json cannot be read'):
        open_masks(tmp_path / 'm.json').read('17', FRAME)


def test_arrays_of_other_types_are_named(tmp_path):
    np.savez(tmp_path / 'm.npz', **{'17': np.full((1, 6, 8), 'x'),
                                    '18': np.zeros((1, 6, 8), [('a', 'i4')])})
    for name in ('17', '18'):
        with pytest.raises(RisError, match=f'masks of picture {name} .* have type'):
            open_masks(tmp_path / 'm.npz').read(name, FRAME)


def test_a_picture_without_masks_has_no_index(refcoco, pipeline, tmp_path):
    samples = read_samples('refcoco', refcoco, 'val', 'default', 'umd')
    (tmp_path / '1.json').write_text('[]')
    np.savez(tmp_path / '2.npz', masks=np.zeros((0, 10, 20), bool))
    answers = PipelineAnswers(pipeline, open_masks(tmp_path))
    assert [answers.index(sample) for sample in samples] == [None] * 4
