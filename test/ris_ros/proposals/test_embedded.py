# SPDX-License-Identifier: Apache-2.0
"""The default proposer on closed-form and rendered tables."""
from dataclasses import replace

from closed_form_table import CAMERA, best_iou, render, with_noise
import cv2
import numpy as np
import pytest

from ris_ros import CameraModel, Frame
from ris_ros.proposals import Window
from ris_ros.proposals.embedded import EmbeddedProposer
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene

BOXES = [((-0.25, 0.0, 0), (-0.15, 0.1, 0.1), (200, 30, 30)),
         ((0.05, 0.0, 0), (0.22, 0.15, 0.007), (30, 160, 60))]
BALLS = [((0.0, 0.2, 0.05), 0.05, (30, 60, 200))]
EDGE = 640 * 480 * 0.001


@pytest.fixture(scope='module')
def renderings():
    random, renderer = np.random.default_rng(5), Renderer()
    return [renderer.render(sample_scene(random, 'test')) for _ in range(4)]


def shares(renderings, frame_of):
    """Return the recall at IoU .5 and the share of masks that are an object."""
    proposer, hits, good = EmbeddedProposer(), [], []
    for rendering in renderings:
        masks = proposer.propose(frame_of(rendering))
        truths = [rendering.labels == label for label in range(1, rendering.labels.max() + 1)]
        truths = [truth for truth in truths if truth.sum() > EDGE]
        hits += [best_iou(masks, truth) > 0.5 for truth in truths]
        good += [best_iou(truths, mask) > 0.5 for mask in masks]
    return np.mean(hits), np.mean(good)


def noisy(rendering):
    return with_noise(rendering.frame())


@pytest.mark.slow
def test_objects_of_rendered_scenes_are_found_by_depth(renderings):
    recall, precision = shares(renderings, noisy)
    assert recall >= 0.85
    assert precision >= 0.35  # parts of what may be several things are offered, too


@pytest.mark.slow
def test_most_objects_of_rendered_scenes_are_found_without_depth(renderings):
    recall, precision = shares(renderings, lambda rendering: Frame(rendering.image))
    assert recall >= 0.85
    assert precision >= 0.25


@pytest.mark.parametrize('make', [lambda frame: frame, with_noise])
def test_each_object_has_one_accurate_mask(make):
    frame, labels = render(BOXES, BALLS)
    masks = EmbeddedProposer().propose(make(frame))
    assert masks.dtype == bool
    assert masks.shape == (3, 240, 320)
    assert all(best_iou(masks, labels == label) > 0.9 for label in (1, 2, 3))


def test_an_object_of_the_tables_colour_needs_depth():
    frame, labels = render([((-0.1, 0, 0), (0.1, 0.1, 0.08), (150, 120, 90))])
    proposer = EmbeddedProposer()
    assert best_iou(proposer.propose(frame), labels == 1) > 0.9
    assert best_iou(proposer.propose(Frame(frame.image)), labels == 1) < 0.5


@pytest.mark.parametrize('depth', [
    None, np.zeros((240, 320), np.float32), np.full((240, 320), np.nan, np.float32)])
def test_without_usable_depth_colour_is_used(depth):
    frame, labels = render(BOXES, BALLS)
    masks = EmbeddedProposer().propose(Frame(frame.image, depth, CAMERA))
    assert all(best_iou(masks, labels == label) > 0.7 for label in (1, 2, 3))


def test_without_a_plane_in_view_colour_is_used():
    frame, labels = render(spheres=[((0, 0, 0.1), 0.12, (30, 60, 200))], table=False)
    lumpy = np.where(labels == 1, frame.depth, 0)
    waves = 1.5 + 0.3 * np.sin(np.mgrid[:240, :320].sum(0) / 15)
    depth = np.where(lumpy > 0, lumpy, waves).astype(np.float32)
    masks = EmbeddedProposer().propose(Frame(frame.image, depth, CAMERA))
    assert best_iou(masks, labels == 1) > 0.7


def test_an_empty_table_has_no_proposals():
    assert EmbeddedProposer().propose(with_noise(render()[0])).shape == (0, 240, 320)


def test_large_pictures_are_worked_on_smaller_and_answered_in_full_size():
    frame, labels = render(BOXES, BALLS)
    camera = CameraModel(5 * 260, 5 * 260, 5 * 159.5 + 2, 5 * 119.5 + 2, 1600, 1200)
    large = Frame(
        np.repeat(np.repeat(frame.image, 5, 0), 5, 1),
        np.repeat(np.repeat(frame.depth, 5, 0), 5, 1), camera)
    masks = EmbeddedProposer().propose(large)
    truth = np.repeat(np.repeat(labels, 5, 0), 5, 1)
    assert masks.shape[1:] == (1200, 1600)
    assert all(best_iou(masks, truth == label) > 0.85 for label in (1, 2, 3))


def test_sizes_that_the_step_does_not_divide_are_kept():
    image = np.random.default_rng(0).integers(0, 255, (721, 1283, 3), dtype=np.uint8)
    assert EmbeddedProposer().propose(Frame(image)).shape[1:] == (721, 1283)


@pytest.mark.parametrize('size', [(1, 1), (1, 640), (480, 1), (3, 3), (100, 3000)])
def test_odd_picture_sizes_are_answered(size):
    image = np.random.default_rng(0).integers(0, 255, (*size, 3), dtype=np.uint8)
    camera = CameraModel(100, 100, size[1] / 2, size[0] / 2, size[1], size[0])
    for depth in (None, np.ones(size, np.float32)):
        masks = EmbeddedProposer().propose(Frame(image, depth, camera))
        assert masks.shape[1:] == size
        assert masks.any((1, 2)).all()


def test_the_number_of_masks_is_limited():
    frame, _ = render(BOXES, BALLS)
    assert len(EmbeddedProposer(max_masks=2).propose(frame)) == 2


def test_it_gives_way_between_looking_parting_and_refining():
    frame = with_noise(render(BOXES, BALLS)[0])
    pauses = []
    masks = EmbeddedProposer().propose(frame, lambda: pauses.append(None))
    assert len(pauses) == 3
    assert np.array_equal(masks, EmbeddedProposer().propose(frame))


def test_the_same_frame_gives_the_same_masks():
    frame = with_noise(render(BOXES, BALLS)[0])
    one, other = EmbeddedProposer().propose(frame), EmbeddedProposer().propose(frame)
    assert np.array_equal(one, other)


@pytest.mark.slow
def test_a_part_of_a_picture_is_proposed_nearly_as_in_the_whole(renderings):
    proposer, agree, only_there = EmbeddedProposer(), [], []
    for rendering in renderings:
        frame = noisy(rendering)
        masks, whole = proposer.analyse(frame)
        label = rendering.labels[rendering.labels > 0].flat[0]
        changed = cv2.resize((rendering.labels == label).view(np.uint8), (80, 60),
                             interpolation=cv2.INTER_AREA) > 0
        own = cv2.resize(changed.view(np.uint8), (640, 480), interpolation=cv2.INTER_NEAREST) > 0
        within = np.logical_or.reduce([own, *(mask for mask in masks if (mask & own).any())])
        box = Window(*cv2.boundingRect(within.view(np.uint8)))
        window = proposer.mask_window(box, frame.size)
        around = proposer.analysis_window(Window(*cv2.boundingRect(own.view(np.uint8))), frame.size)
        assert window.x <= box.x
        assert window.x + window.width >= box.x + box.width
        image, depth = frame.image.copy(), frame.depth.copy()
        image[own], depth[own] = (90, 60, 40), 0
        _, before = proposer.analyse(replace(frame, image=image, depth=depth))
        found = proposer.propose_in(
            frame, window, changed, proposer.update_analysis(frame, [around], before))
        assert found.shape[1:] == frame.size
        outside = np.ones(frame.size, bool)
        outside[window.slices] = False
        assert not (found & outside).any()
        agree += [best_iou(found, mask) for mask in masks if (mask & own).any()]
        if not whole.full:
            only_there += [best_iou(masks, mask) <= .7 for mask in found]
    # A mask whose objectness is near the least may be in one of them alone.
    assert np.mean(only_there) <= .1
    assert len(agree) > 5
    assert np.mean(np.array(agree) > .9) >= .8


def test_without_depth_a_part_cannot_be_judged_by_itself(renderings):
    proposer, frame = EmbeddedProposer(), Frame(renderings[0].image)
    _, survey = proposer.analyse(frame)
    assert proposer.update_analysis(frame, [Window(0, 0, 320, 240)], survey) is None
