# SPDX-License-Identifier: Apache-2.0
"""Hashes of weights files: the registry's, or the one pinned at first use."""
from __future__ import annotations

from collections.abc import Iterator
import contextlib
import fcntl
import hashlib
import json
import os
from pathlib import Path

from ris_ros.errors import ModelError
from ris_ros.files import write_whole
from ris_ros.models.registry import ModelFile

PINS = 'pins.json'
_BLOCK = 1 << 20


def sha256_of(path: Path) -> str:
    """Return the hex SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def known_hash(model: ModelFile, folder: Path) -> str:
    """Return the registry's hash, else the pinned one, else ''."""
    return model.sha256 or _read_pins(folder).get(model.file, '')


def pin_hash(model: ModelFile, folder: Path, sha256: str) -> None:
    """Write down the hash of a file if the registry does not know the true one."""
    write_whole(folder / PINS, json.dumps(
        {**_read_pins(folder), model.file: sha256}, indent=2, sort_keys=True) + '\n')


def differing_hash(model: ModelFile, path: Path, folder: Path) -> str:
    """Return a file's hash if it is not the known one, else ''; pin it if none is known."""
    found, known = sha256_of(path), known_hash(model, folder)
    if not known:
        pin_hash(model, folder, found)
        return ''
    return '' if found == known else found


def put_aside(model: ModelFile, damaged: Path) -> Path:
    """Rename a damaged file so that nothing loads it; return its new path."""
    aside = damaged.with_name(f'{Path(model.file).name}.damaged')
    os.replace(damaged, aside)
    return aside


def damaged_path(model: ModelFile, folder: Path) -> Path:
    """Return where a damaged file of the model is kept."""
    return folder / f'{model.file}.damaged'


def mismatch(model: ModelFile, found: str, folder: Path) -> str:
    """Return words about a SHA-256 that is not the known one, with the way out of a pin."""
    words = f'SHA-256 is {found}, expected {known_hash(model, folder)}'
    return words if model.sha256 else (
        f'{words} (pinned at first use; where a change is meant, delete its line in '
        f'{folder / PINS})')


@contextlib.contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, so that two commands do not write the same file.

    Raises:
        ModelError: Another process holds the lock, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = open(folder / '.lock', 'a')
    except OSError as error:
        raise ModelError(f'The folder {folder} cannot be written: {error}. '
                         'Choose another with RIS_MODELS_DIR.') from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ModelError(f'Another `ris models` works in {folder}; wait until it has '
                             'ended.') from error
        yield


def _read_pins(folder: Path) -> dict[str, str]:
    path = folder / PINS
    try:
        pins = json.loads(path.read_text()) if path.is_file() else {}
    except (OSError, ValueError) as error:
        pins = error
    if not isinstance(pins, dict):
        raise ModelError(f'The pinned hashes in {path} cannot be read. Restore the file, or '
                         'delete it to pin the hashes anew.')
    return pins
