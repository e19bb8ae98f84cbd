"""Telling which weights are here, and whether their bytes are the right ones."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ris_ros.errors import ModelError
from ris_ros.models.hashes import damaged_path, differing_hash, known_hash, mismatch, put_aside
from ris_ros.models.registry import ModelFile


@dataclass(frozen=True)
class Verdict:
    """Whether a file is the model's, and the sentence that says so."""

    good: bool
    message: str


def state_of(model: ModelFile, folder: Path) -> str:
    """Return 'here', 'missing', 'damaged' or 'unpinned' (no hash to compare with yet).

    The bytes are not read: 'here' means that the file has its size.
    """
    path = folder / model.file
    if not path.is_file():
        return 'damaged' if damaged_path(model, folder).exists() else 'missing'
    if model.size is not None and path.stat().st_size != model.size:
        return 'damaged'
    return 'here' if known_hash(model, folder) else 'unpinned'


def verify(model: ModelFile, folder: Path) -> Verdict:
    """Compare the file's SHA-256 with the known one, or pin it where none is known.

    A file of other bytes is renamed to *.damaged, so that nothing loads it. The caller holds
    the folder's lock. Raises ModelError where the file cannot be read.
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
