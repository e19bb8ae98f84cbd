"""Measure the embedded model on data sets: python -m training.test_domain.measure BUILTIN OTHER."""
from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
from safetensors.torch import load_file
import torch

from ris_ros.evaluation.metrics import intersection_union, iou
from ris_ros.evaluation.sample import load_frame
from ris_ros.evaluation.simulated import read_simulation
from ris_ros.frame import Frame
from ris_ros.image_files import read_image
from ris_ros.models.locations import find_model_file
from ris_ros.pipeline import Pipeline
from ris_ros.simulation.expressions import TARGET_SHARE
from training.captions import KINDS, Attributes
from training.evaluate import Report, evaluate
from training.model import Vocabulary, new_clip
from training.scenes import MIN_BOX_SIDE, MIN_PIXELS, LabelledScene
from training.test_domain.export import SPLIT


def load_clip(weights: Path) -> torch.nn.Module:
    """Load exported weights into the small model that training evaluates."""
    vocabulary = Vocabulary()
    state = {name: value.float() for name, value in load_file(weights).items()}
    table = state['token_embedding.weight']
    state['token_embedding.weight'] = torch.zeros(vocabulary.size, table.shape[1])
    state['token_embedding.weight'][vocabulary.rows] = table
    clip = new_clip(vocabulary.size)
    clip.load_state_dict(state)
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


def test_proposals(root: Path, pipeline: Pipeline, with_depth: bool) -> dict[str, float]:
    """Return recall of the objects of .15 % of the picture or more, and proposals per frame."""
    best, counts = [], []
    first = {sample.image_id: sample for sample in read_simulation(root, SPLIT)}
    for image_id, sample in first.items():
        frame = load_frame(sample)
        if not with_depth:
            frame = Frame(frame.image)
        masks = pipeline.proposer.propose(frame)
        counts.append(len(masks))
        labels = cv2.imread(str(root / image_id / 'labels.png'), cv2.IMREAD_UNCHANGED)
        for label in np.unique(labels[labels > 0]):
            truth = labels == label
            if truth.sum() >= TARGET_SHARE * labels.size:
                best.append(max((iou(*intersection_union(mask, truth)) for mask in masks),
                                default=0))
    best = np.array(best)
    return {'objects': len(best), 'recall@.5': float((best >= .5).mean()),
            'recall@.75': float((best >= .75).mean()), 'proposals': float(np.mean(counts)),
            'most': max(counts)}


def test_answers(root: Path, pipeline: Pipeline, with_depth: bool) -> dict[str, float]:
    """Return the share of attribute expressions answered at IoU .5 with own proposals."""
    right, scene, image_id = [], None, None
    for sample in read_simulation(root, SPLIT):
        if sample.kind != 'attribute':
            continue
        if sample.image_id != image_id:
            frame = load_frame(sample)
            scene = pipeline.index(frame if with_depth else Frame(frame.image))
            image_id = sample.image_id
        mask = pipeline.ground(scene, sample.sentences[0]).mask
        truth = sample.target()
        right.append(mask is not None and iou(*intersection_union(mask, truth)) >= .5)
    return {'expressions': len(right), 'right': float(np.mean(right))}


def main() -> None:
    """Print the figures of all data sets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('roots', type=Path, nargs='+', help='data sets to compare')
    parser.add_argument('--weights', default='embedded/clip.safetensors')
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    clip = load_clip(find_model_file(arguments.weights))
    pipeline = Pipeline.load('embedded', weights=arguments.weights)
    for root in arguments.roots:
        report = test_kinds(root, clip)
        counts = {kind: sum(trial.kind == kind and trial.target is not None
                            for trial in report.trials) for kind in KINDS}
        print(root, {kind: (counts[kind], round(report.share(kind), 3)) for kind in KINDS})
        for with_depth in (True, False):
            print('  depth' if with_depth else '  RGB', test_proposals(root, pipeline, with_depth),
                  test_answers(root, pipeline, with_depth), flush=True)


if __name__ == '__main__':
    main()
