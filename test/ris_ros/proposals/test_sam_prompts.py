# SPDX-License-Identifier: Apache-2.0
"""Prompts from what is already known, compared with Segment Anything's own predictor."""
import numpy as np
import pytest
from segment_anything import SamPredictor
from tiny_sam import SIDE, make_tiny_sam
import torch

from ris_ros import Frame
from ris_ros.proposals.sam import SamSegmenter
from ris_ros.proposals.sam_decoder import PromptDecoder
from ris_ros.proposals.sam_prompts import (
    InputGeometry,
    frame_prompts,
    grid_points,
    outline_prompts,
    points_outside,
)
from ris_ros.proposals.sam_proposer import SamProposer

SIZE = (90, 120)
EVERYTHING = {'pred_iou_thresh': -1e9, 'stability_score_thresh': 0.0, 'box_nms_thresh': 2.0}


class TwoObjects:
    """Proposes two outlines, one of them a ring."""

    def propose(self, frame, give_way=lambda: None):
        """Return their masks."""
        outlines = np.zeros((2, *SIZE), bool)
        outlines[0, 10:40, 20:60] = True
        outlines[0, 20:30, 30:50] = False
        outlines[1, 50:80, 70:100] = True
        return outlines


@pytest.fixture(scope='module')
def sam():
    return make_tiny_sam()


@pytest.fixture(scope='module')
def frame():
    return Frame(np.random.default_rng(0).integers(0, 255, (*SIZE, 3), dtype=np.uint8))


@pytest.fixture
def outlines(frame):
    return TwoObjects().propose(frame)


def geometry_of(sam):
    return InputGeometry(SIZE, (SIDE * 3 // 4, SIDE), SIDE, sam.prompt_encoder.mask_input_size[0])


@torch.inference_mode()
def test_outline_prompts_mean_to_the_model_what_its_own_predictor_makes_of_them(
        sam, frame, outlines):
    prompts = outline_prompts(outlines, geometry_of(sam))
    predictor = SamPredictor(sam)
    predictor.set_image(frame.image)
    decoder = PromptDecoder(sam)
    decoded = decoder.attend_prompts(predictor.features, prompts)
    logits = decoder.masks(decoded)
    for number, (point, box) in enumerate(zip(
            prompts.points.numpy(), prompts.boxes.numpy(), strict=True)):
        scale = SIZE[1] / SIDE
        _, iou, expected = predictor.predict(
            point_coords=point[None] * scale, point_labels=np.ones(1), box=box * scale,
            mask_input=prompts.masks[number].numpy(), multimask_output=True)
        np.testing.assert_allclose(decoded.iou[number], iou, atol=1e-4)
        np.testing.assert_allclose(logits[number], expected, atol=1e-3)


def test_outline_prompt_is_the_outline(sam, outlines):
    prompts = outline_prompts(outlines, geometry_of(sam))
    scale = SIDE / SIZE[1]
    assert prompts.boxes[1].tolist() == [70 * scale, 50 * scale, 100 * scale, 80 * scale]
    for outline, point in zip(outlines, prompts.points / scale, strict=True):
        assert outline[round(float(point[1])), round(float(point[0]))], 'also of a ring'
    for outline, mask in zip(outlines, prompts.masks[:, 0] > 0, strict=True):
        step = 4 / scale  # a mask prompt has a quarter of the input's size
        assert mask.sum() * step ** 2 == pytest.approx(outline.sum(), rel=0.1)
        assert not mask[SIDE * 3 // 16:].any(), 'the padding is no object'


def test_grid_asks_only_about_what_lies_outside_of_the_outlines(outlines):
    grid = grid_points(8, SIZE)
    points = points_outside(grid, outlines, 100)
    columns, rows = points.astype(int).T
    assert not outlines[:, rows, columns].any()
    inside = outlines.any(0)[tuple(grid.astype(int)[:, ::-1].T)].sum()
    assert inside > 0
    assert len(points) == 64 - inside
    distance = np.abs(points / [SIZE[1], SIZE[0]] - 0.5).max(1)
    assert (np.diff(distance) >= -1e-12).all(), 'the middle first'


@pytest.mark.parametrize(('most', 'expected'), [(64, (2, 62)), (10, (2, 8)), (2, (2,)), (1, (1,))])
def test_outlines_come_first_and_the_number_of_prompts_is_limited(sam, outlines, most, expected):
    grid = 16
    prompts = frame_prompts(outlines, grid, most, geometry_of(sam))
    assert tuple(map(len, prompts)) == expected


def test_frame_without_objects_is_asked_by_the_grid_alone(sam, outlines):
    (prompts,) = frame_prompts(outlines[:0], 8, 64, geometry_of(sam))
    assert len(prompts) == 64
    assert prompts.boxes is None
    assert prompts.masks is None


def test_objects_of_another_proposer_become_masks(sam, frame):
    proposer = SamProposer(SamSegmenter(sam), points_per_side=2, objects=TwoObjects(), **EVERYTHING)
    masks = proposer.propose(frame)
    assert masks.shape[1:] == SIZE
    assert 3 < len(masks) <= 3 * 6
    alone = SamProposer(SamSegmenter(sam), points_per_side=2, **EVERYTHING).propose(frame)
    assert any(not (mask == alone).all((1, 2)).any() for mask in masks), 'not the grid alone'


def test_whole_picture_as_the_only_object_leaves_nothing_to_the_grid(sam, frame):
    class Whole:
        def propose(self, frame, give_way=None):
            return np.ones((1, *SIZE), bool)
    proposer = SamProposer(SamSegmenter(sam), points_per_side=4, objects=Whole(), **EVERYTHING)
    masks = proposer.propose(frame)
    assert len(masks) <= 3


def test_no_prompt_at_all_gives_no_mask(sam, frame):
    class Nothing:
        def propose(self, frame, give_way=None):
            return np.zeros((0, *SIZE), bool)
    proposer = SamProposer(SamSegmenter(sam), points_per_side=0, objects=Nothing(), **EVERYTHING)
    assert proposer.propose(frame).shape == (0, *SIZE)
