# SPDX-License-Identifier: Apache-2.0
"""Whether weights files are here and their bytes are right."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ris_ros.errors import ModelError
from ris_ros.models.hashes import damaged_path, differing_hash, known_hash, mismatch, put_aside
from ris_ros.models.registry import ModelFile


@dataclass(frozen=True)
class Verdict:
    """Whether a file is the model's, with a sentence about it."""

    good: bool
    message: str


def state_of(model: ModelFile, folder: Path) -> str:
    """Tell the state of a model's files without reading their bytes.

    Returns:
        'here' (they have their sizes), or else what is wrong with the first that is not:
        'missing', 'damaged' or 'unpinned' (no hash is known yet).
    """
    states = [_state_of_file(part, folder) for part in model.parts]
    return next((state for state in states if state != 'here'), 'here')


def _state_of_file(model: ModelFile, folder: Path) -> str:
    """Tell the state of one file."""
    path = folder / model.file
    if not path.is_file():
        return 'damaged' if damaged_path(model, folder).exists() else 'missing'
    if model.size is not None and path.stat().st_size != model.size:
        return 'damaged'
    return 'here' if known_hash(model, folder) else 'unpinned'


def verify(model: ModelFile, folder: Path) -> Verdict:
    """Compare the file's SHA-256 with the known one, or pin it if none is known.

    A file with other bytes is renamed to *.damaged, so that nothing loads it. The caller must hold
    the folder's lock.

    Raises:
        ModelError: The file cannot be read.
    """
    path = folder / model.file
    if not path.is_file():
        return Verdict(False, f'{path} is missing.')
    known = known_hash(model, folder)
    try:
        if found := differing_hash(model, path, folder):
            return Verdict(False, f'{mismatch(model, found, folder)}. The file is kept as '
                                  f'{put_aside(model, path)} and will not be loaded.')
    except OSError as error:
        raise ModelError(f'{path} cannot be read: {error}.') from error
    if known:
        return Verdict(True, f'the SHA-256 is the {"known" if model.sha256 else "pinned"} one.')
    return Verdict(True, 'the SHA-256 was not known and is now pinned: '
                         f'{known_hash(model, folder)}.')
