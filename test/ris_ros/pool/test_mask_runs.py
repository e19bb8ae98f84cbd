# SPDX-License-Identifier: Apache-2.0
"""Masks travel as COCO's runs within their boxes, and nothing else is taken for masks."""
from hypothesis import given
from hypothesis import strategies as st
import numpy as np
from pool_frames import mask_stacks, result_or_refusal, some
from pycocotools import mask as coco
import pytest

from ris_ros.geometry.masks import bounding_boxes
from ris_ros.pool.container import PoolFormatError
from ris_ros.pool.mask_runs import mask_arrays, read_masks


@some
@given(mask_stacks())
def test_masks_come_back_as_they_were(masks):
    arrays = mask_arrays(masks, bounding_boxes(masks))
    assert np.array_equal(read_masks(arrays, masks.shape[1:]), masks)


@some
@given(mask_stacks())
def test_the_runs_are_those_of_coco(masks):
    boxes = bounding_boxes(masks)
    arrays = mask_arrays(masks, boxes)
    first = 0
    for mask, (x, y, width, height), count in zip(masks, boxes, arrays['run_counts'], strict=True):
        runs = [int(run) for run in arrays['runs'][first:first + count]]
        first += count
        decoded = coco.decode(coco.frPyObjects(
            {'size': [int(height), int(width)], 'counts': runs}, int(height), int(width)))
        assert np.array_equal(decoded.astype(bool), mask[y:y + height, x:x + width])


@some
@given(mask_stacks(), st.data())
def test_a_changed_number_is_refused_or_still_tells_masks(masks, data):
    arrays = mask_arrays(masks, bounding_boxes(masks))
    name = data.draw(st.sampled_from(sorted(arrays)))
    array = arrays[name] = arrays[name].copy()
    if array.size:
        limits = np.iinfo(array.dtype)
        array.flat[data.draw(st.integers(0, array.size - 1))] = data.draw(
            st.integers(int(limits.min), int(limits.max)))
    found = result_or_refusal(read_masks, arrays, masks.shape[1:])
    if isinstance(found, str):
        assert found.endswith('.')
    else:
        assert found.shape == masks.shape
        assert found.any((1, 2)).all()


def test_an_empty_mask_is_refused():
    arrays = {'boxes': np.array([[0, 0, 2, 2]], np.int32), 'runs': np.array([4, 0], np.uint16),
              'run_counts': np.array([2], np.int32)}
    with pytest.raises(PoolFormatError, match='empty'):
        read_masks(arrays, (4, 4))


def test_masks_that_would_fill_the_memory_are_refused():
    count = 4000
    arrays = {'boxes': np.tile(np.array([[0, 0, 1, 1]], np.int32), (count, 1)),
              'runs': np.tile(np.array([0, 1], np.uint16), count),
              'run_counts': np.full(count, 2, np.int32)}
    with pytest.raises(PoolFormatError, match='at most 128'):
        read_masks(arrays, (4096, 4096))
