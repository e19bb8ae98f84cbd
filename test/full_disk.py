# SPDX-License-Identifier: Apache-2.0
"""A disk that is full, as a process sees one: no file can grow beyond a limit."""
from contextlib import contextmanager
import resource


@contextmanager
def full_disk(limit):
    """Let no file of this process grow beyond a limit in bytes; Python ignores its signal."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def files_in(folder):
    """Return the names of all files below a folder."""
    return sorted(path.name for path in folder.rglob('*') if path.is_file())
