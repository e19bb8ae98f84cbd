# SPDX-License-Identifier: Apache-2.0
"""Pickled lists and dictionaries without the danger: a pickle can otherwise run any code."""
from __future__ import annotations

from pathlib import Path
import pickle

from ris_ros.errors import RisError


class _PlainUnpickler(pickle.Unpickler):
    """Builds containers, text and numbers, for which a pickle needs to import nothing."""

    def find_class(self, module: str, name: str) -> object:
        """Refuse every import."""
        raise pickle.UnpicklingError(f'it asks for {module}.{name}')


def load_plain_pickle(path: Path) -> object:
    """Return what a pickle of lists, dictionaries, text and numbers holds.

    Raises:
        RisError: The file is missing or damaged, or contains anything else.
    """
    try:
        with path.open('rb') as file:
            # The published files were written by Python 2; text in them is bytes.
            return _PlainUnpickler(file, encoding='utf-8', errors='replace').load()
    except OSError as error:
        raise RisError(f'The file {path} cannot be opened: {error.strerror}.') from error
    except Exception as error:  # a damaged pickle can raise anything
        raise RisError(f'The pickle {path} was refused ({error}); expected only lists, '
                       'dictionaries, text and numbers.') from error
