"""How the C library hands out memory: a setting for processes of our own."""
from __future__ import annotations

import ctypes
import platform

# Of malloc.h.
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_MAX, _M_ARENA_MAX = -1, -2, -4, -8
_MOST = 2 ** 31 - 1
_STEP = 64 * 2 ** 20


def keep_freed_memory() -> bool:
    """Make glibc keep freed memory for the next allocation; return whether it does.

    By default a large block goes back to the system when it is freed, and the next one is cleared
    page by page when it is touched: that is a good part of a model's time on a CPU.  With this
    the process stays as large as it once was.  One arena for all threads, because others fall
    back on fresh pages for large blocks.
    To be called once, at the start of a process that owns its settings (the node and `ris`),
    never by a library.
    """
    if platform.libc_ver()[0] != 'glibc':
        return False
    mallopt = ctypes.CDLL(None).mallopt
    return all([mallopt(_M_ARENA_MAX, 1), mallopt(_M_MMAP_MAX, 0),
                mallopt(_M_TRIM_THRESHOLD, _MOST), mallopt(_M_TOP_PAD, _STEP)])
