# SPDX-License-Identifier: Apache-2.0
"""Files that are there in full or not at all."""
from __future__ import annotations

from contextlib import suppress
import errno
import os
from pathlib import Path

from ris_ros.errors import RisError


def write_whole(path: Path, data: bytes | str) -> None:
    """Write a file, so that a reader sees either the old one or the new one.

    Where the disk is full or the folder is read-only, nothing of the new one is left.

    Args:
        path: The file; its folder is made.
        data: Its bytes, or its text, which is encoded as UTF-8.

    Raises:
        RisError: The file cannot be written.
    """
    part = path.with_name(f'{path.name}.part')
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(data.encode() if isinstance(data, str) else data)
            os.replace(part, path)
        except OSError:
            with suppress(OSError):
                part.unlink()
            raise
    except OSError as error:
        is_file = isinstance(error, FileExistsError | NotADirectoryError)
        reason = 'a file exists where its folder should be' if is_file else error.strerror
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        advice = 'Make room, or choose another folder' if is_full else 'Choose another folder'
        raise RisError(f'{path} cannot be written: {reason}. {advice}.') from error
