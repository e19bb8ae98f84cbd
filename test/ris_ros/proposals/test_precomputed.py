# SPDX-License-Identifier: Apache-2.0
"""Masks from every kind of file, and from files that are none."""
import json

import cv2
import numpy as np
import pytest

from ris_ros import Frame
from ris_ros.errors import FrameError
from ris_ros.proposals.precomputed import PrecomputedProposer

FRAME = Frame(np.zeros((12, 16, 3), np.uint8))
MASKS = np.zeros((3, 12, 16), bool)
MASKS[0, 2:5, 3:9] = True
MASKS[1, 7:11, 10:15] = True
WANTED = MASKS[:2]


def labels():
    return (MASKS[0] + 7 * MASKS[1]).astype(np.uint8)


def counts(mask):
    """Return the run lengths of a mask in column order, zeros first."""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], mask.T.ravel()])))
    return np.diff(np.concatenate([[0], changes, [mask.size]])).tolist()


def write_npz(path):
    np.savez_compressed(path / 'm.npz', masks=MASKS)
    return path / 'm.npz'


def write_npy(path):
    np.save(path / 'm.npy', MASKS.astype(np.uint8) * 255)
    return path / 'm.npy'


def write_json(path):
    items = [{'segmentation': {'size': [12, 16], 'counts': counts(mask)}} for mask in MASKS]
    (path / 'm.json').write_text(json.dumps(items))
    return path / 'm.json'


def write_png(path):
    cv2.imwrite(str(path / 'm.png'), labels())
    return path / 'm.png'


def write_png_16_bit(path):
    cv2.imwrite(str(path / 'm.png'), labels().astype(np.uint16) * 1000)
    return path / 'm.png'


def write_folder(path):
    for index, mask in enumerate(MASKS):
        cv2.imwrite(str(path / f'{index}.png'), mask.astype(np.uint8) * 255)
    return path


@pytest.mark.parametrize('write', [
    write_npz, write_npy, write_json, write_png, write_png_16_bit, write_folder])
def test_masks_are_read_and_empty_ones_left_out(tmp_path, write):
    masks = PrecomputedProposer(write(tmp_path)).propose(FRAME)
    assert masks.dtype == bool
    assert np.array_equal(masks, WANTED)


def test_one_mask_without_a_first_axis_is_read(tmp_path):
    np.save(tmp_path / 'm.npy', MASKS[1])
    assert np.array_equal(PrecomputedProposer(tmp_path / 'm.npy').propose(FRAME), MASKS[1:2])


def test_what_is_not_a_number_is_off(tmp_path):
    masks = MASKS.astype(np.float32)
    masks[2] = np.nan
    masks[0, 0] = np.nan
    np.save(tmp_path / 'm.npy', masks)
    assert np.array_equal(PrecomputedProposer(tmp_path / 'm.npy').propose(FRAME), WANTED)


@pytest.mark.parametrize('content', ['[]', '{"annotations": []}'])
def test_an_empty_list_means_no_masks(tmp_path, content):
    (tmp_path / 'm.json').write_text(content)
    assert PrecomputedProposer(tmp_path / 'm.json').propose(FRAME).shape == (0, 12, 16)


def test_masks_without_pixels_mean_no_masks(tmp_path):
    np.save(tmp_path / 'm.npy', np.zeros((0, 5, 5), bool))
    cv2.imwrite(str(tmp_path / 'm.png'), np.zeros((12, 16), np.uint8))
    for path in (tmp_path / 'm.npy', tmp_path / 'm.png', tmp_path):
        assert PrecomputedProposer(path).propose(FRAME).shape == (0, 12, 16)


def test_annotations_as_in_coco_and_segment_anything_are_read(tmp_path):
    items = [{'segmentation': {'size': [12, 16], 'counts': counts(mask)}} for mask in MASKS]
    (tmp_path / 'm.json').write_text(json.dumps({'image': {}, 'annotations': items}))
    assert np.array_equal(PrecomputedProposer(tmp_path / 'm.json').propose(FRAME), WANTED)


def test_masks_of_several_pictures_are_not_mixed(tmp_path):
    items = [{'image_id': number, 'segmentation': {'size': [2, 2], 'counts': [4]}}
             for number in (7, 8, 8)]
    (tmp_path / 'm.json').write_text(json.dumps(items))
    with pytest.raises(FrameError, match='has masks of 2 pictures'):
        PrecomputedProposer(tmp_path / 'm.json')
    (tmp_path / 'm.json').write_text(json.dumps(items[1:]))
    assert len(PrecomputedProposer(tmp_path / 'm.json').propose(FRAME)) == 0


def test_a_bad_mask_in_a_list_is_named(tmp_path):
    items = [{'segmentation': {'size': [2, 2], 'counts': [4 + number]}} for number in range(2)]
    (tmp_path / 'm.json').write_text(json.dumps(items))
    with pytest.raises(FrameError, match=r'mask 1 in .*m\.json cannot be read.*cover 5 pixels'):
        PrecomputedProposer(tmp_path / 'm.json')


def test_a_picture_is_not_taken_for_thousands_of_masks(tmp_path):
    values = np.arange(60000, dtype=np.uint16).reshape(200, 300)
    cv2.imwrite(str(tmp_path / 'm.png'), values)
    with pytest.raises(FrameError, match='59999 different values'):
        PrecomputedProposer(tmp_path / 'm.png')


@pytest.mark.parametrize('content', ['[' * 100000, '{"a": 1}', '[1]', '"x"', 'null', '[{"a": 1}]'])
def test_other_json_is_a_sentence(tmp_path, content):
    (tmp_path / 'm.json').write_text(content)
    with pytest.raises(FrameError, match=r'm\.json is no list'):
        PrecomputedProposer(tmp_path / 'm.json')


def test_an_npy_of_another_name_is_refused(tmp_path):
    with (tmp_path / 'm.npz').open('wb') as file:
        np.save(file, MASKS)
    with pytest.raises(FrameError, match=r'cannot be read as \.npz'):
        PrecomputedProposer(tmp_path / 'm.npz')


def test_masks_of_another_size_are_refused(tmp_path):
    proposer = PrecomputedProposer(write_npz(tmp_path))
    with pytest.raises(FrameError, match='16 x 12 pixels but the image is 20 x 10'):
        proposer.propose(Frame(np.zeros((10, 20, 3), np.uint8)))


def test_a_missing_file_and_an_unknown_kind_are_refused(tmp_path):
    with pytest.raises(FrameError, match='no file of masks'):
        PrecomputedProposer(tmp_path / 'none.npz')
    (tmp_path / 'm.txt').write_text('')
    with pytest.raises(FrameError, match='unknown kind'):
        PrecomputedProposer(tmp_path / 'm.txt')


@pytest.mark.parametrize('suffix', ['.npz', '.npy', '.json', '.png'])
@pytest.mark.parametrize('content', [b'', b'nonsense'])
def test_a_broken_file_is_refused_with_its_name(tmp_path, suffix, content):
    path = tmp_path / f'm{suffix}'
    path.write_bytes(content)
    with pytest.raises(FrameError, match=f'm{suffix}'):
        PrecomputedProposer(path)


def test_an_npz_cut_short_is_refused(tmp_path):
    np.savez(tmp_path / 'm.npz', masks=np.ones((2, 6, 8), bool))
    whole = (tmp_path / 'm.npz').read_bytes()
    (tmp_path / 'm.npz').write_bytes(whole[:len(whole) // 2])
    with pytest.raises(FrameError, match='cannot be read'):
        PrecomputedProposer(tmp_path / 'm.npz')


def test_an_npz_without_masks_says_what_it_has(tmp_path):
    np.savez(tmp_path / 'm.npz', boxes=np.zeros(3))
    with pytest.raises(FrameError, match='it has boxes'):
        PrecomputedProposer(tmp_path / 'm.npz')


def test_arrays_of_wrong_shape_or_type_are_refused(tmp_path):
    for array in (np.zeros((2, 3, 4, 5), bool), np.array(['a', 'b'])):
        np.save(tmp_path / 'm.npy', array)
        with pytest.raises(FrameError, match=r'expected \(N, H, W\) bool'):
            PrecomputedProposer(tmp_path / 'm.npy')


def test_a_colour_png_is_no_label_image(tmp_path):
    cv2.imwrite(str(tmp_path / 'm.png'), np.zeros((4, 4, 3), np.uint8))
    with pytest.raises(FrameError, match='label image'):
        PrecomputedProposer(tmp_path / 'm.png')


def test_a_folder_of_different_sizes_or_of_nothing_is_refused(tmp_path):
    with pytest.raises(FrameError, match=r'holds no \.png'):
        PrecomputedProposer(tmp_path)
    cv2.imwrite(str(tmp_path / 'a.png'), np.ones((4, 4), np.uint8))
    cv2.imwrite(str(tmp_path / 'b.png'), np.ones((5, 4), np.uint8))
    with pytest.raises(FrameError, match='different sizes'):
        PrecomputedProposer(tmp_path)
