# SPDX-License-Identifier: Apache-2.0
"""The embedded pipeline on scenes that other renderers made, of shapes it was not trained on.

``ris_lab/training/other_renderers/README.md`` says how they were made, and has the figures of more.
"""
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from ris_lab.evaluation.metrics import intersection_union, iou
from ris_ros import Frame, Pipeline
from ris_ros.image_files import read_camera, read_depth, read_image
from ris_sim.rendering.depth_effects import add_depth_noise

DATA = Path(__file__).parent / 'data'
RENDERERS = ('blender', 'mujoco')
OBJECT_SHARE = .0015
# A little below what was measured when the set was made.
TRUE_MASKS, OWN_PROPOSALS = .8, .6
RECALL_DEPTH, RECALL_RGB = (.9, .78), (.72, .58)


def read_scene(folder):
    """Return a scene's frame, (H, W) labels and its expressions with their truth."""
    rng = np.random.default_rng(int(folder.name.removeprefix('scene_')))
    depth = add_depth_noise(read_depth(folder / 'depth.png'), rng)
    frame = Frame(read_image(folder / 'image.jpg'), depth, read_camera(folder / 'camera_info.yaml'))
    labels = cv2.imread(str(folder / 'labels.png'), cv2.IMREAD_UNCHANGED)
    lines = (folder / 'expressions.jsonl').read_text().splitlines()
    return frame, labels, [json.loads(line) for line in lines]


@pytest.fixture(scope='module')
def pipeline():
    return Pipeline.load('embedded')


@pytest.fixture(scope='module', params=RENDERERS)
def scenes(request):
    return [read_scene(folder) for folder in sorted((DATA / request.param).iterdir())]


@pytest.fixture(scope='module')
def indices(pipeline, scenes):
    return [pipeline.index(frame) for frame, _, _ in scenes]


def overlap(mask, truth):
    return iou(*intersection_union(mask, truth))


def best_overlaps(proposals, scenes):
    """Return for each object that is worth finding how well the best proposal fits."""
    best = []
    for masks, (_, labels, _) in zip(proposals, scenes, strict=True):
        values, pixels = np.unique(labels[labels > 0], return_counts=True)
        best += [max(overlap(mask, labels == value) for mask in masks)
                 for value in values[pixels >= OBJECT_SHARE * labels.size]]
    return np.array(best)


def test_finds_objects_among_true_masks(pipeline, scenes):
    right = []
    for frame, labels, expressions in scenes:
        values = np.unique(labels[labels > 0])
        scene = pipeline.index(frame, labels == values[:, None, None])
        for said in expressions:
            best = pipeline.ground(scene, said['text']).candidates[0]
            right.append(np.array_equal(best.mask, labels == said['target_label']))
    assert len(right) > 30
    assert np.mean(right) >= TRUE_MASKS


def test_finds_objects_with_own_proposals(pipeline, scenes, indices):
    right = [overlap(pipeline.ground(scene, said['text']).candidates[0].mask,
                     labels == said['target_label']) >= .5
             for scene, (_, labels, expressions) in zip(indices, scenes, strict=True)
             for said in expressions]
    assert np.mean(right) >= OWN_PROPOSALS


def test_proposes_the_objects_with_depth(indices, scenes):
    best = best_overlaps([scene.masks for scene in indices], scenes)
    assert np.mean([len(scene.masks) for scene in indices]) <= 25
    assert (best >= .5).mean() >= RECALL_DEPTH[0]
    assert (best >= .75).mean() >= RECALL_DEPTH[1]


def test_proposes_the_objects_without_depth(pipeline, scenes):
    proposals = [pipeline.proposer.propose(Frame(frame.image)) for frame, _, _ in scenes]
    best = best_overlaps(proposals, scenes)
    assert max(map(len, proposals)) <= 40
    assert (best >= .5).mean() >= RECALL_RGB[0]
    assert (best >= .75).mean() >= RECALL_RGB[1]
