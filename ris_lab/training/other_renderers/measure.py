# SPDX-License-Identifier: Apache-2.0
"""Measure the embedded models on data sets: ``ris renderers measure``."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
import json
from pathlib import Path

import cv2
import numpy as np
from safetensors.torch import load_file
import torch

from ris_lab.evaluation.metrics import intersection_union, iou
from ris_lab.evaluation.sample import Sample, load_frame
from ris_lab.evaluation.simulated import read_simulation
from ris_lab.training.captions import Attributes
from ris_lab.training.evaluate import Report, evaluate
from ris_lab.training.export import small_state
from ris_lab.training.model import Vocabulary, new_clip
from ris_lab.training.other_renderers.export import SPLIT
from ris_lab.training.report import table
from ris_lab.training.scenes import MIN_BOX_SIDE, MIN_PIXELS, LabelledScene
from ris_ros.image_files import read_image
from ris_ros.models.registry import find_model_file
from ris_ros.pipeline import Pipeline
from ris_ros.status import Status


def load_clip(weights: Path) -> torch.nn.Module:
    """Load exported weights into the small model that training evaluates."""
    vocabulary = Vocabulary()
    clip = new_clip(vocabulary.size)
    clip.load_state_dict(small_state(load_file(weights), vocabulary))
    return clip


def labelled(folder: Path) -> LabelledScene:
    """Read a scene with the true masks of the objects that are large enough to be told."""
    labels = cv2.imread(str(folder / 'labels.png'), cv2.IMREAD_UNCHANGED)
    masks, things = [], []
    for thing in json.loads((folder / 'scene.json').read_text())['objects']:
        mask = labels == thing['label']
        width, height = cv2.boundingRect(mask.astype(np.uint8))[2:]
        if mask.sum() >= MIN_PIXELS and min(width, height) >= MIN_BOX_SIDE:
            masks.append(mask)
            things.append(Attributes(thing['category'], thing['colour'], thing['material']))
    return LabelledScene(read_image(folder / 'image.png'),
                         np.array(masks, bool).reshape(-1, *labels.shape), tuple(things))


def scene_folders(root: Path) -> list[Path]:
    """List the scenes of a data set."""
    return [folder for folder in sorted(root.glob('scene_*')) if folder.is_dir()]


def test_kinds(root: Path, clip: torch.nn.Module) -> Report:
    """Ask for every object by every kind of phrase, with the true masks."""
    scenes = [scene for scene in map(labelled, scene_folders(root)) if len(scene.things) > 1]
    return evaluate(clip, Vocabulary(), scenes)


def test_pipeline(samples: Sequence[Sample], pipeline: Pipeline) -> str:
    """Say what own proposals find, at IoU .5, and which attributes are FOUND, and rightly."""
    best, counts, right = [], [], []
    for _, group in groupby(samples, key=lambda sample: sample.image_id):
        said = list(group)
        scene = pipeline.index(load_frame(said[0]))
        counts.append(len(scene.masks))
        best += [max((iou(*intersection_union(mask, truth)) for mask in scene.masks), default=0)
                 for truth in said[0].objects()]
        for sample in said:
            if sample.kind.startswith('attribute'):
                answer = pipeline.refer(scene, sample.sentences[0])
                right.append(answer.status is Status.FOUND and iou(
                    *intersection_union(answer.mask, sample.target())) >= .5)
    best = np.array(best)
    return (f'{len(best)} objects, recall@.5 {(best >= .5).mean():.3f}, @.75 '
            f'{(best >= .75).mean():.3f} at {np.mean(counts):.1f} proposals (most {max(counts)}); '
            f'attribute {np.mean(right):.3f} of {len(right)}')


def measure_data_sets(roots: list[Path], weights: str) -> None:
    """Print the figures of all data sets.

    Args:
        roots: Folders of the data sets.
        weights: Weights of the embedded CLIP, as a profile names them.
    """
    torch.set_num_threads(1)
    clip = load_clip(find_model_file(weights))
    pipeline = Pipeline.load('embedded', weights=weights)
    for root in roots:
        report = test_kinds(root, clip)
        print(f'{root}\n{table(report)}')
        samples = read_simulation(root, SPLIT)
        print('with depth:', test_pipeline(samples, pipeline))
        flat = [replace(sample, depth=None, camera=None) for sample in samples]
        print('RGB only:', test_pipeline(flat, pipeline), flush=True)
