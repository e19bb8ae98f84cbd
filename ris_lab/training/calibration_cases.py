# SPDX-License-Identifier: Apache-2.0
"""The cases that a profile's probabilities are fitted on, from simulated scenes.

Each scene is indexed twice, with the profile's own proposals and with the true masks, and kept
beside it until weights or settings change.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import hashlib
import json
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from tqdm import tqdm

from ris_lab.evaluation.labelled_box import LabelledBox
from ris_lab.evaluation.metrics import intersection_union, iou
from ris_lab.evaluation.oracle import TrueAppearance
from ris_ros.errors import RisError
from ris_ros.frame import Frame
from ris_ros.grounding.confidence import Beliefs
from ris_ros.image_files import read_camera, read_depth, read_image
from ris_ros.index.scene_index import SceneIndex
from ris_ros.language.query import Quantity, Query
from ris_ros.models.hashes import sha256_of
from ris_ros.models.registry import find_model_file
from ris_ros.pipeline import Pipeline

RIGHT_IOU = 0.5
PROPOSALS = ('own', 'true')


@dataclass(frozen=True, eq=False)
class CalibrationCase:
    """One expression on one scene.

    Attributes:
        truth: 'one', 'none' or 'several': the number of objects that are meant.
        targets: (H, W) bool masks of these objects.
        box: Of the target, where only its box is known.
    """

    scene: SceneIndex
    query: Query
    truth: str
    targets: Sequence[np.ndarray]
    box: LabelledBox | None = None

    def right(self, beliefs: Beliefs) -> bool:
        """Tell whether the likeliest object is the one that is meant."""
        if self.truth != 'one' or not len(beliefs.masks):
            return False
        return self.is_target(self.scene.masks[beliefs.masks[int(beliefs.alone.argmax())]])

    def is_target(self, mask: np.ndarray) -> bool:
        """Tell whether an (H, W) bool mask outlines the one target, or its box."""
        seen = mask if self.box is None else self.box.covered_box(mask)
        return iou(*intersection_union(seen, self.targets[0])) >= RIGHT_IOU


class Truth(Protocol):
    """Knows what the phrases of a case mean."""

    def fits(self, masks: np.ndarray, phrase: str) -> np.ndarray | None:
        """Return (N,) bool, whether each (H, W) mask outlines what a phrase says.

        None if that is not known.
        """
        ...


# Two parts of all cases, each case with what is known about it: one part is judged by a fit on the
# other one.
Halves = tuple[list[tuple[CalibrationCase, Truth]], list[tuple[CalibrationCase, Truth]]]


def read_scenes(pipeline: Pipeline, folder: Path, limit: int | None) -> Halves:
    """Return the cases of simulated scenes, with own proposals and with true masks.

    Args:
        pipeline: Makes the indexes, which are kept in the scenes' folders.
        folder: Scenes of `ris simulate`.
        limit: Number of scenes to use, None for all.

    Raises:
        RisError: There are no scenes in the folder.
    """
    digest, halves = digest_of(pipeline), ([], [])
    folders = sorted(folder.glob('scene_*'))[:limit]
    if not folders:
        raise RisError(f'There are no scenes in {folder}; `ris simulate --absent` makes some.')
    for number, scene_folder in enumerate(tqdm(folders, unit='scene')):
        truth = TrueAppearance.read(scene_folder)
        for proposals in PROPOSALS:
            scene = index(pipeline, scene_folder, proposals, digest)
            halves[number % 2].extend(
                (case, truth) for case in read_cases(scene_folder, scene, pipeline))
    return halves


def read_cases(folder: Path, scene: SceneIndex, pipeline: Pipeline) -> list[CalibrationCase]:
    """Return the cases of a scene's folder; plurals and what follows another command left out."""
    labels = cv2.imread(str(folder / 'labels.png'), cv2.IMREAD_UNCHANGED)
    cases = []
    for line in (folder / 'expressions.jsonl').read_text().splitlines():
        record = json.loads(line)
        if record['kind'] in ('plural', 'dialogue'):
            continue
        truth = {'absent': 'none', 'ambiguous': 'several'}.get(record['kind'], 'one')
        query = pipeline.parse(record['text'])
        if query.expression is not None and query.quantity is Quantity.ONE:
            target = record['target_label']
            cases.append(CalibrationCase(scene, query, truth, [labels == target] if target else []))
    return cases


def index(pipeline: Pipeline, folder: Path, proposals: str, digest: str) -> SceneIndex:
    """Return the index of a scene's folder, kept there from the last time."""
    kept = folder / f'index_{proposals}_{digest}.npz'
    frame = Frame(read_image(folder / 'image.png'), read_depth(folder / 'depth.png'),
                  read_camera(folder / 'camera_info.yaml'))
    if not kept.exists():
        labels = cv2.imread(str(folder / 'labels.png'), cv2.IMREAD_UNCHANGED)
        true = np.array([labels == label for label in np.unique(labels[labels > 0])])
        scene = pipeline.index(frame, true.reshape(-1, *labels.shape)
                               if proposals == 'true' else None)
        np.savez_compressed(kept, masks=np.packbits(scene.masks, axis=2), features=scene.features)
    with np.load(kept) as found:
        masks = np.unpackbits(found['masks'], axis=2, count=frame.size[1]).astype(bool)
        return SceneIndex.of(frame, masks, found['features'])


def digest_of(pipeline: Pipeline) -> str:
    """Return what must be the same for an index to be used again."""
    profile = pipeline.profile
    files = [profile.weights, *(value for value in profile.proposals.values()
                                if str(value).endswith('.safetensors'))]
    hashes = [sha256_of(find_model_file(str(file))) for file in files]
    settings = repr((profile.proposals, profile.encoder, hashes))
    return hashlib.sha256(settings.encode()).hexdigest()[:12]
