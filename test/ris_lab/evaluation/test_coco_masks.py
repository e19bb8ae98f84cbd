# SPDX-License-Identifier: Apache-2.0
"""Polygons become the pixels of the data sets' own tools."""
import numpy as np
import pytest

from ris_lab.evaluation.coco_masks import coco_counts, coco_mask, coco_polygon, encode
from ris_lab.evaluation.phrasecut import phrasecut_union
from ris_ros.errors import RisError
from ris_ros.proposals.rle import decode, decompress

# What pycocotools 2.0.11 makes of these polygons in pictures of 14 x 17 pixels.
PYCOCOTOOLS = [
    ([2, 2, 8, 2, 8, 8, 2, 8], 'n068000000000l3'),
    ([1.5, 2.25, 12.75, 3.5, 9.3, 11.8, 4.1, 9.6], 'n03;3N1N001O000000N2NU2'),
    ([-3.5, -2, 9.7, 4.4, 20, 16.5, 3.2, 12], '0682O1N2OO010O001O010O1O2N1O1O1O1O'),
    ([3, 3, 13, 3, 3, 10, 13, 10], 'k115021L040K150J060J06OK15OL04ON0U2'),
    ([5.5, 1, 5.5, 1, 10.2, 6.6, 5.5, 12.4, 0.8, 6.6], 'd01<3L3N2N20N2N2N3Ln2'),
    ([8.1, 3.3, 8.4, 3.3, 8.4, 9.9, 8.1, 9.9], '^7'),
    ([0, 0, 17, 0, 17, 14, 0, 14], '0^7'),
]


@pytest.mark.parametrize(('polygon', 'text'), PYCOCOTOOLS)
def test_pixels_are_those_of_pycocotools(polygon, text):
    mask = coco_polygon(polygon, (14, 17))
    assert np.array_equal(mask, decode({'size': [14, 17], 'counts': text}))
    assert encode(mask) == {'size': [14, 17], 'counts': text}


def test_polygons_of_one_object_are_counted():
    counts = coco_counts([[0, 0, 4, 0, 4, 3, 0, 3], [2, 1, 6, 1, 6, 3, 2, 3]], (5, 8))
    assert counts.tolist() == [[1, 1, 1, 1, 0, 0, 0, 0], [1, 1, 2, 2, 1, 1, 0, 0],
                               [1, 1, 2, 2, 1, 1, 0, 0], [0] * 8, [0] * 8]


def test_every_form_of_a_segmentation_is_read():
    square, other = [0, 0, 4, 0, 4, 3, 0, 3], [2, 1, 6, 1, 6, 3, 2, 3]
    wanted = coco_counts([square, other], (5, 8))
    compressed, plain = encode(coco_polygon(square, (5, 8))), encode(coco_polygon(other, (5, 8)))
    plain['counts'] = decompress(plain['counts'])
    for parts in ([compressed, plain], [square, plain], (compressed, other)):
        assert np.array_equal(coco_counts(parts, (5, 8)), wanted)
        assert np.array_equal(coco_mask(parts, (5, 8)), wanted > 0)
    assert np.array_equal(coco_counts(square, (5, 8)), coco_counts([square], (5, 8)))
    assert np.array_equal(coco_counts(plain, (5, 8)), coco_counts([other], (5, 8)))
    assert not coco_counts(None, (5, 8)).any()


@pytest.mark.parametrize(('segmentation', 'sentence'), [
    ('text', 'is str'), (3, 'is int'), ([None], 'even number|no numbers'),
    ([[0, 0, 4, 0, 4, 3, 0]], 'even number'), ([{'size': [5, 8]}], 'run-length'),
    ([{'size': [5, 9], 'counts': [45]}], r'size \(5, 9\), but the picture is \(5, 8\)')])
def test_other_segmentations_are_a_sentence(segmentation, sentence):
    with pytest.raises(RisError, match=sentence):
        coco_counts(segmentation, (5, 8))


def test_nothing_is_no_pixels():
    assert not coco_counts([], (4, 5)).any()
    assert coco_counts([], (4, 5)).shape == (4, 5)


def test_phrasecut_outlines_belong_to_the_polygon():
    mask = phrasecut_union([[[1.9, 1.2], [4.0, 1.0], [4.7, 3.9], [1.0, 3.0]],
                            [[3, 2], [6, 2], [6, 2.5]], [[0, 0]]], (5, 8))
    expected = np.zeros((5, 8), bool)
    expected[1:4, 1:5] = True
    expected[2, 3:7] = True
    assert np.array_equal(mask, expected)


def test_masks_as_text_come_back():
    rng = np.random.default_rng(9)
    for density in (0, 0.02, 0.5, 1):
        mask = rng.random((37, 51)) < density
        assert np.array_equal(decode(encode(mask)), mask)


@pytest.mark.parametrize('polygon', [[], [3, 3], [1, 1, 4, 4]])
def test_fewer_than_three_corners_cover_nothing(polygon):
    mask = coco_polygon(polygon, (9, 8))
    assert mask.shape == (9, 8)
    assert not mask.any()


@pytest.mark.parametrize(('polygon', 'sentence'), [
    ([1, 2, 3, 4, 5, 6, 7], 'even number'), ([[1, 1], [4, 1], [4, 4]], 'even number'),
    (3, 'even number'), ([1, 1, 4, 1, 4, 'x'], 'no numbers'),
    ([1, 1, 4, 1, 4, float('nan')], 'not finite'), ([1, 1, 4, 1, 4, 1e9], 'farther than'),
    ([1, 1, 4, 1, 4, -1e300], 'farther than')])
def test_malformed_polygons_are_refused_before_pycocotools_sees_them(polygon, sentence):
    with pytest.raises(RisError, match=sentence):
        coco_polygon(polygon, (9, 8))
