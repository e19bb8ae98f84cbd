# SPDX-License-Identifier: Apache-2.0
"""Figures of expressions that mean none, one or many objects, counted by hand."""
import numpy as np
import pytest

from ris_lab.evaluation.box_matching import box_figures, match
from ris_lab.evaluation.coco_masks import encode
from ris_lab.evaluation.generalized import generalized_figures
from ris_lab.evaluation.labelled_box import LabelledBox
from ris_lab.evaluation.sample import Sample

SIZE = (10, 20)
A, B, FAR = (0, 0, 10, 10), (20, 0, 30, 10), (50, 50, 60, 60)


def sample(name, meant=(), target=True):
    return Sample(image=None, sentences=('x',), target=(lambda: None) if target else None,
                  image_id='1', ref_id=name, meant=tuple(LabelledBox(*box) for box in meant))


def area(pixels):
    mask = np.zeros(SIZE, bool)
    mask.flat[:pixels] = True
    return encode(mask)


def test_gres_figures_by_hand():
    samples = [sample('half'), sample('missed'), sample('refused', target=False),
               sample('invented', target=False)]
    records = [{'key': 'half/0', 'i': 30, 'u': 60, 'mask': area(40)},
               {'key': 'missed/0', 'i': 0, 'u': 50, 'mask': None},
               {'key': 'refused/0', 'mask': None},
               {'key': 'invented/0', 'mask': area(90)}]
    figures = generalized_figures(samples, records)
    assert figures['gIoU'] == pytest.approx((0.5 + 0 + 1 + 0) / 4)
    assert figures['cIoU'] == pytest.approx(30 / (60 + 50 + 90))
    assert figures['N-acc'] == figures['T-acc'] == 0.5
    assert figures['Pr@.7'] == 0
    assert (figures['targeted'], figures['untargeted']) == (2, 2)


def test_a_set_without_absent_targets_has_no_n_acc():
    figures = generalized_figures([sample('a')], [{'key': 'a/0', 'i': 9, 'u': 9,
                                                   'mask': area(9)}])
    assert figures['N-acc'] is None
    assert figures['gIoU'] == figures['cIoU'] == figures['Pr@.9'] == 1


@pytest.mark.parametrize(('boxes', 'truth', 'right'), [
    ([A, B], [B, A], 2), ([A, A], [A], 1), ([A], [A, B], 1), ([FAR], [A], 0), ([], [A], 0),
    ([(0, 0, 10, 5)], [A], 1), ([(0, 0, 10, 4)], [A], 0)])
def test_each_true_box_is_matched_once(boxes, truth, right):
    assert match(boxes, truth) == right


def test_box_figures_by_hand():
    samples = [sample('two', [A, B]), sample('one', [A]), sample('no', target=False),
               sample('wrong', target=False)]
    records = [{'key': 'two/0', 'boxes': [A], 'mask': area(5)},
               {'key': 'one/0', 'boxes': [A, FAR], 'mask': area(5)},
               {'key': 'no/0', 'mask': None}, {'key': 'wrong/0', 'mask': area(4)}]
    figures = box_figures(samples, records)
    assert figures['F1'] == pytest.approx((2 / 3 + 2 / 3) / 2)
    assert figures['precision'] == pytest.approx(2 / 3)
    assert figures['recall'] == pytest.approx(2 / 3)
    assert figures['NSR'] == 0.5
