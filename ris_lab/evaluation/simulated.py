# SPDX-License-Identifier: Apache-2.0
"""Our own labelled scenes, as ``ris simulate`` writes them; depth and intrinsics come along."""
from __future__ import annotations

from collections.abc import Callable
import json
from pathlib import Path

import cv2
import numpy as np

from ris_lab.evaluation.sample import Sample
from ris_ros.errors import RisError
from ris_sim.expressions.vocabulary import COLOUR_WORDS, GENERIC_WORDS, MATERIAL_WORDS
from ris_sim.sampling.colours import COLOURS

# Share of the picture from which on an object is worth finding, as for `ris simulate`'s targets.
OBJECT_SHARE = 0.0015

_COLOURS = tuple(word for name in COLOURS for word in COLOUR_WORDS.get(name, (name,)))
_EXPECTED = {'absent': 'NOT_FOUND', 'ambiguous': 'AMBIGUOUS'}
_MATERIALS = frozenset(word for words in MATERIAL_WORDS.values() for word in words)


def read_simulation(root: Path, split: str) -> tuple[Sample, ...]:
    """Read all expressions; those that name something absent, or leave it open, have no target.

    The kind is the scenes' own with their detail ('relation: behind'); expressions of kind
    'attribute' are told apart by the attributes that they state ('attribute: colour only').

    Args:
        root: The folder that `ris simulate` wrote.
        split: The split that it was given.

    Raises:
        RisError: The folder is no such data set, or one of another split.
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


def stated_attributes(phrase: str) -> str:
    """Return which attributes a noun phrase states: 'colour only', 'category only' ...

    Every phrase that states a material is of the one kind 'material'.
    """
    words = phrase.split()
    if _MATERIALS & set(words):
        return 'material'
    colour = phrase.startswith(tuple(f'{name} ' for name in _COLOURS))
    if words[-1] in GENERIC_WORDS:
        return 'colour only' if colour else 'nothing'
    return 'colour + category' if colour else 'category only'


def _read_scene(folder: Path) -> list[Sample]:
    """Read one scene's expressions."""
    lines = (folder / 'expressions.jsonl').read_text().splitlines()
    records = [json.loads(line) for line in lines]
    labels = folder / 'labels.png'
    return [Sample(image=folder / 'image.png', sentences=(record['text'],),
                   target=_target(labels, _meant(record)),
                   image_id=folder.name, ref_id=f'{folder.name}-{number}',
                   kind=_kind(record), before=tuple(record.get('before', ())),
                   expected=_EXPECTED.get(record['kind'], 'FOUND'),
                   count=max(1, len(_meant(record))),
                   depth=folder / 'depth.png', camera=folder / 'camera_info.yaml',
                   objects=_objects(labels))
            for number, record in enumerate(records)]


def _kind(record: dict) -> str:
    """Return what an expression says, such as 'size: small' or 'absent'."""
    detail = (stated_attributes(record['phrase']) if record['kind'] == 'attribute'
              else record['detail'].partition(' ')[0])
    return f'{record["kind"]}: {detail}' if detail else record['kind']


def _meant(record: dict) -> list[int]:
    """Return the labels of what an expression means: of a plural and the like, several."""
    if record['target_label'] is not None:
        return [record['target_label']]
    return record['target_labels'] if record['kind'] not in _EXPECTED else []


def _target(labels: Path, meant: list[int]) -> Callable[[], np.ndarray] | None:
    """Return the loader of the objects' true mask, None where there are none."""
    return (lambda: np.isin(_read_labels(labels), meant)) if meant else None


def _objects(labels: Path) -> Callable[[], np.ndarray]:
    """Return the loader of the true masks of all objects that are worth finding."""
    def load() -> np.ndarray:
        pixels = _read_labels(labels)
        values, counts = np.unique(pixels[pixels > 0], return_counts=True)
        return pixels == values[counts >= OBJECT_SHARE * pixels.size, None, None]
    return load


def _read_labels(path: Path) -> np.ndarray:
    """Read a label image as (H, W), 0 where there is no object."""
    pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise RisError(f'The label image {path} cannot be read.')
    return pixels
