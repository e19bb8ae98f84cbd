"""Our own labelled scenes, as ``ris simulate`` writes them; depth and intrinsics come along."""
from __future__ import annotations

from collections.abc import Callable
import json
from pathlib import Path

import cv2
import numpy as np

from ris_ros.errors import RisError
from ris_ros.evaluation.sample import Sample


def read_simulation(root: Path, split: str) -> tuple[Sample, ...]:
    """Read all expressions that mean an object; absent ones have no mask to compare with.

    Raises RisError where the folder is no such data set, or one of another split.
    """
    try:
        made = json.loads((root / 'simulation.json').read_text())['split']
        if made != split:
            raise RisError(f'The scenes in {root} are of split {made!r}, not {split!r}; '
                           f'give --split {made}.')
        return tuple(sample for folder in sorted(root.glob('scene_*')) if folder.is_dir()
                     for sample in _read_scene(folder))
    except (OSError, KeyError, ValueError) as error:
        if isinstance(error, RisError):
            raise
        raise RisError(f'The folder {root} is not what `ris simulate` writes: {error}.') from error


def _read_scene(folder: Path) -> list[Sample]:
    """Read one scene's expressions."""
    lines = (folder / 'expressions.jsonl').read_text().splitlines()
    records = [json.loads(line) for line in lines]
    return [Sample(image=folder / 'image.png', sentences=(record['text'],),
                   target=_target(folder / 'labels.png', record['target_label']),
                   image_id=folder.name, ref_id=f'{folder.name}-{number}', kind=record['kind'],
                   depth=folder / 'depth.png', camera=folder / 'camera_info.yaml')
            for number, record in enumerate(records) if record['target_label'] is not None]


def _target(labels: Path, label: int) -> Callable[[], np.ndarray]:
    """Return the loader of an object's true mask."""
    def load() -> np.ndarray:
        pixels = cv2.imread(str(labels), cv2.IMREAD_UNCHANGED)
        if pixels is None:
            raise RisError(f'The label image {labels} cannot be read.')
        return pixels == label
    return load
