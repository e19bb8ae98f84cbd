# SPDX-License-Identifier: Apache-2.0
"""Fetching weights into the user's folder; they are checked before they get their name."""
from __future__ import annotations

import logging
import os
from pathlib import Path
import shutil
from urllib.parse import urlsplit

from ris_ros.errors import ModelError
from ris_ros.models.download import Access, Patience, Progress, download, origin_path
from ris_ros.models.hashes import differing_hash, mismatch, only_writer, put_aside
from ris_ros.models.registry import ModelFile
from ris_ros.models.verifying import verify

PATIENCE = Patience()
_LOGGER = logging.getLogger(__name__)


def fetch(model: ModelFile, folder: Path, *, mirror: str = '', offline: bool = False,
          progress: Progress = lambda done, total: None, patience: Patience = PATIENCE,
          token: str = '') -> Path:
    """Fetch a model's file if it is missing or damaged.

    Args:
        model: Which one.
        folder: Where the file goes. It never holds unchecked bytes under the file's name.
        mirror: URL of a folder that holds the file under its own name; '' for the public URL.
        offline: Raise ModelError instead of using the network.
        progress: Called with the number of bytes so far and the total.
        patience: How long to wait for the network.
        token: Shows the model's own server that the user has accepted the licence; only a model
            with an ``access_page`` takes it. '' for none.

    Returns:
        The path of the file.

    Raises:
        ModelError: The file could not be fetched, or its bytes are wrong.
    """
    with only_writer(folder):
        path = _prepared(folder / model.file)
        if path.is_file():
            verdict = verify(model, folder)
            if verdict.good:
                return path
            _LOGGER.warning('%s: %s', model.name, verdict.message)
        if offline:
            raise ModelError(f'{model.file} is not in {folder}, and offline nothing is fetched. '
                             f'Give a local copy: ris models fetch {_parent(model)} --from '
                             f'{"FOLDER" if "/" in model.file else "FILE"}.')
        url = f'{mirror.rstrip("/")}/{model.file}' if mirror else model.url
        if urlsplit(url).scheme not in ('http', 'https'):
            raise ModelError(f'{url} is not an http or https address; a local file is given with '
                             '--from.')
        part = path.with_name(path.name + '.part')
        access = Access(model.access_page, token) if model.access_page and not mirror else None
        download(url, part, model.size, progress, patience, access)
        found = differing_hash(model, part, folder)
        origin_path(part).unlink(missing_ok=True)
        if found:
            raise ModelError(f'The bytes from {url} are not those of {model.name}: '
                             f'{mismatch(model, found, folder)}. They are kept as '
                             f'{put_aside(model, part)} and will not be loaded; fetch again, or '
                             'from another place.')
        _finish(part, path)
        return path


def fetch_local(model: ModelFile, folder: Path, source: Path) -> Path:
    """Copy a local file of a model to its place; the source stays.

    Args:
        model: Which one.
        folder: Where the file goes.
        source: The local file.

    Returns:
        The path of the copy.

    Raises:
        ModelError: The source cannot be read or is another file.
    """
    with only_writer(folder):
        path = _prepared(folder / model.file)
        copy = path.with_name(path.name + '.copy')
        try:
            if path.exists() and path.samefile(source):
                raise ModelError(f'{source} is already in its place; check it with '
                                 f'`ris models verify {model.name}`.')
            shutil.copyfile(source, copy)
        except OSError as error:
            copy.unlink(missing_ok=True)
            raise ModelError(f'{source} cannot be copied to {folder}: {error}.') from error
        if found := differing_hash(model, copy, folder):
            copy.unlink()
            raise ModelError(f'{source} is not the file of {model.name}: '
                             f'{mismatch(model, found, folder)}. Give {model.file}.')
        _finish(copy, path)
        return path


def _prepared(path: Path) -> Path:
    """Return the path of a file, whose folder is there from now on."""
    path.parent.mkdir(exist_ok=True)
    return path


def _parent(model: ModelFile) -> str:
    """Return the name that the user fetches a file by."""
    return model.name.partition('/')[0]


def _finish(checked: Path, path: Path) -> None:
    """Give checked bytes their name, on the disk before the name is."""
    with open(checked, 'rb') as file:
        os.fsync(file.fileno())
    os.replace(checked, path)
