# SPDX-License-Identifier: Apache-2.0
"""Compare weights on the same scenes: ``ris train clip-compare``."""
from __future__ import annotations

from pathlib import Path

import cv2
import torch

from ris_lab.training.captions import KINDS
from ris_lab.training.evaluate import Report, evaluate, load_test_scenes
from ris_lab.training.model import Vocabulary
from ris_lab.training.other_renderers.export import draw
from ris_lab.training.other_renderers.measure import load_clip, scene_folders
from ris_lab.training.render import shard_objects
from ris_lab.training.scenes import LabelledScene, labelled_scene
from ris_ros.image_files import read_image


def collected_scene(folder: Path) -> LabelledScene:
    """Read a scene of another renderer, with what the built-in one knows to be hidden."""
    labels = cv2.imread(str(folder / 'labels.png'), cv2.IMREAD_UNCHANGED)
    scene = draw(int(folder.name.removeprefix('scene_')))
    return labelled_scene(read_image(folder / 'image.png'), labels,
                          shard_objects(scene, labels.shape))


def common_scenes(roots: list[Path]) -> list[str]:
    """Return the sorted names of the scenes that all data sets have."""
    return sorted(set.intersection(*({folder.name for folder in scene_folders(root)}
                                     for root in roots)))


def material_share(report: Report) -> float:
    """Return the share of right answers to all expressions that state a material."""
    kinds = [kind for kind in KINDS if 'material' in kind]
    counts = [report.count(kind) for kind in kinds]
    right = sum(report.share(kind) * count for kind, count in zip(kinds, counts, strict=True)
                if count)
    return right / max(1, sum(counts))


def comparison(reports: dict[str, Report]) -> str:
    """Return the share of right answers by kind, a column for each named report, as Markdown."""
    rows = ['| expression | ' + ' | '.join(reports) + ' |', '|---' * (len(reports) + 1) + '|']
    for kind in KINDS:
        cells = [f'{report.share(kind):.3f} (n {report.count(kind)})'
                 for report in reports.values()]
        rows.append(f'| {kind} | {" | ".join(cells)} |')
    cells = ' | '.join(f'{material_share(report):.3f}' for report in reports.values())
    return '\n'.join([*rows, f'| material, both | {cells} |'])


def compare_weights(weights: list[Path], tests: list[Path], others: list[Path],
                    most: int) -> None:
    """Print one table: each set of scenes with each set of weights.

    Args:
        weights: Exported clip.safetensors.
        tests: Folders of test shards.
        others: Data sets of ``ris renderers collect``, the same scenes by several renderers;
            scenes that one of them lacks are left out.
        most: Most scenes of a folder of test shards.
    """
    torch.set_num_threads(1)
    sets = {folder.name: load_test_scenes(folder, most) for folder in tests}
    for folder in others:
        scenes = [collected_scene(folder / name) for name in common_scenes(others)]
        sets[folder.name] = [scene for scene in scenes if len(scene.things) > 1]
    vocabulary, clips = Vocabulary(), [load_clip(path) for path in weights]
    reports = {}
    for name, scenes in sets.items():
        for number, clip in enumerate(clips, 1):
            reports[f'{name} {number}'] = evaluate(clip, vocabulary, scenes)
    print(comparison(reports))
