# SPDX-License-Identifier: Apache-2.0
"""Data sets small enough to know every figure by hand, and a pipeline that always answers."""
import json
import pickle

import numpy as np
import pytest
import yaml

from ris_ros import Pipeline
from ris_ros.image_files import write_image
from ris_ros.profile import PROFILES

SIZE = (10, 20)  # rows, columns of every picture


def rectangle(left, top, right, bottom):
    """Return a COCO polygon that covers columns left to right - 1 and rows top to bottom - 1."""
    return [left, top, right, top, right, bottom, left, bottom]


def block(columns, rows):
    mask = np.zeros(SIZE, bool)
    mask[rows[0]:rows[1], columns[0]:columns[1]] = True
    return mask


def ref(ref_id, image_id, split, *sentences):
    return {'ref_id': ref_id, 'ann_id': 100 + ref_id, 'image_id': image_id, 'category_id': 1,
            'split': split, 'file_name': f'COCO_{image_id}_{ref_id}.jpg', 'sent_ids': [1],
            'sentences': [{'tokens': text.split(), 'raw': text, 'sent': text.lower(), 'sent_id': n}
                          for n, text in enumerate(sentences)]}


def write_pictures(folder, names):
    for number, name in enumerate(names):
        write_image(folder / name, np.full((*SIZE, 3), 60 * (number + 1), np.uint8))


@pytest.fixture(scope='session')
def write_refcoco():
    """Return a function that writes a data set in refer's format below a root."""
    def write(root, name='refcoco', split_by='unc', protocol=0):
        folder = root / name
        folder.mkdir(parents=True)
        segmentations = {
            101: [rectangle(2, 2, 8, 8), rectangle(5, 2, 11, 8)],  # 18 pixels in both
            102: {'size': list(SIZE), 'counts': [0, 40, 160]},     # crowd: columns 0 to 3
            103: [],
            104: [rectangle(1, 1, 6, 5)],
            105: [rectangle(0, 0, 4, 4)]}
        refs = [ref(1, 1, 'val', 'The LEFT box', 'the box'), ref(2, 2, 'val', 'the crowd'),
                ref(5, 1, 'testA', 'another box'), ref(4, 3, 'val', 'the box alone'),
                ref(3, 2, 'val', 'the ghost')]
        with (folder / f'refs({split_by}).p').open('wb') as file:
            pickle.dump(refs, file, protocol)
        (folder / 'instances.json').write_text(json.dumps({
            'images': [{'id': n, 'file_name': f'COCO_{n}.png', 'height': SIZE[0], 'width': SIZE[1]}
                       for n in (1, 2, 3)],
            'annotations': [{'id': n, 'segmentation': segmentation, 'iscrowd': int(n == 102)}
                            for n, segmentation in segmentations.items()],
            'categories': [{'id': 1, 'name': 'box'}]}))
        write_pictures(root / 'images' / 'mscoco' / 'images' / 'train2014',
                       [f'COCO_{n}.png' for n in (1, 2, 3)])
    return write


@pytest.fixture(scope='session')
def refcoco(tmp_path_factory, write_refcoco):
    """Return the root of a RefCOCO of three pictures and masks for the first two."""
    root = tmp_path_factory.mktemp('refcoco')
    write_refcoco(root)
    masks = root / 'masks'
    masks.mkdir()
    np.savez_compressed(masks / '1.npz', masks=block((2, 8), (2, 8))[None])
    (masks / '2.json').write_text(json.dumps(
        [{'segmentation': {'size': list(SIZE), 'counts': [0, 50, 150]}}]))
    return root


@pytest.fixture(scope='session')
def pipeline(tmp_path_factory):
    """Return the embedded profile that always answers: one mask means one answer."""
    settings = yaml.safe_load((PROFILES / 'embedded.yaml').read_text())
    settings['decision'] = {'forced': True}
    path = tmp_path_factory.mktemp('profile') / 'always.yaml'
    path.write_text(yaml.safe_dump(settings))
    return Pipeline.load(str(path))
