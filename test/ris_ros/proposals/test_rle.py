# SPDX-License-Identifier: Apache-2.0
"""COCO run lengths against what pycocotools wrote, and against an encoder of the test's own."""
import numpy as np
import pytest

from ris_ros.errors import FrameError
from ris_ros.proposals.rle import decode, decompress


def compress(runs):
    """Write run lengths as COCO does."""
    text = ''
    for index, run in enumerate(runs):
        value = run - runs[index - 2] if index > 2 else run
        more = True
        while more:
            group = value & 0x1F
            value >>= 5
            more = value != (-1 if group & 0x10 else 0)
            text += chr(48 + (group | (0x20 if more else 0)))
    return text


def runs_of(mask):
    """Return the run lengths of a mask in column order, zeros first."""
    flat = np.concatenate([[False], mask.T.ravel()])
    changes = np.flatnonzero(np.diff(flat))
    runs = np.diff(np.concatenate([[0], changes, [mask.size]])).tolist()
    return runs


def test_strings_of_pycocotools_are_read():
    mask = np.zeros((9, 7), bool)
    mask[2:5, 1:4] = True
    mask[6, 5] = True
    assert np.array_equal(decode({'size': [9, 7], 'counts': ';36000=NH'}), mask)
    assert not decode({'size': [480, 640], 'counts': b'PP\\9'}).any()
    assert decode({'size': [4, 4], 'counts': '0`0'}).all()


def test_a_list_of_runs_is_read_in_column_order():
    mask = decode({'size': [2, 3], 'counts': [1, 2, 3]})
    assert mask.tolist() == [[False, True, False], [True, False, False]]


@pytest.mark.parametrize('density', [0.02, 0.5, 0.98])
def test_compressed_masks_come_back(density):
    random = np.random.default_rng(0)
    for size in ((1, 1), (3, 50), (61, 47)):
        mask = random.random(size) < density
        runs = runs_of(mask)
        assert decompress(compress(runs)) == runs
        counts = compress(runs)
        assert np.array_equal(decode({'size': list(size), 'counts': counts}), mask)


@pytest.mark.parametrize('segmentation', [
    {'size': [4, 4]}, {'size': 4, 'counts': [16]}, {'size': [4, 4], 'counts': [[1, 2]]},
    [[0, 0, 1, 1]], None, {'size': [4, 4], 'counts': '`'}, {'size': [4, 4], 'counts': '0 0'}])
def test_what_is_not_run_lengths_is_refused(segmentation):
    with pytest.raises(FrameError, match='run-length encoding'):
        decode(segmentation)


def test_runs_that_do_not_fill_the_mask_are_refused():
    with pytest.raises(FrameError, match='cover 15 pixels but its size is 4 x 4'):
        decode({'size': [4, 4], 'counts': [10, 5]})
    with pytest.raises(FrameError, match='cover'):
        decode({'size': [4, 4], 'counts': [20, -4]})


@pytest.mark.parametrize('size', [(1 << 20, 1 << 20), (-2, -2)])
def test_sizes_that_no_picture_has_are_refused(size):
    with pytest.raises(FrameError, match='fewer than 2147483648 pixels'):
        decode({'size': list(size), 'counts': [size[0] * size[1]]})


def test_a_mask_without_pixels_is_read():
    assert decode({'size': [0, 4], 'counts': []}).shape == (0, 4)
    assert decode({'size': [0, 4], 'counts': ''}).shape == (0, 4)


@pytest.mark.parametrize('segmentation', [
    {'size': [float('inf'), 4], 'counts': [1]}, {'size': [4, 4], 'counts': [float('inf')]},
    {'size': [4, 4], 'counts': 'o' * 1_000_000}, {'size': [4, 4], 'counts': b'\xff'}])
def test_endless_numbers_are_refused_at_once(segmentation):
    with pytest.raises(FrameError, match='run-length encoding'):
        decode(segmentation)
