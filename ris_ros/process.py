# SPDX-License-Identifier: Apache-2.0
"""Settings of a process of our own, such as the node and ``ris``; a library must not call them."""
from __future__ import annotations

import ctypes
import gc
import os
import platform

from threadpoolctl import ThreadpoolController

# Of malloc.h.
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_MAX, _M_ARENA_MAX = -1, -2, -4, -8
_MOST = 2 ** 31 - 1
_STEP = 64 * 2 ** 20


def keep_freed_memory() -> bool:
    """Make glibc keep freed memory for the next allocation.

    By default glibc gives a large block back to the system when it is freed, and the next one is
    cleared page by page when it is touched. That is a good part of a model's time on a CPU. With
    this setting the process stays as large as it once was. All threads share one arena, because
    others get fresh pages for large blocks. Call it once, when the process starts.

    Returns:
        Whether the setting was made; another C library is left alone.
    """
    if platform.libc_ver()[0] != 'glibc':
        return False
    mallopt = ctypes.CDLL(None).mallopt
    return all([mallopt(_M_ARENA_MAX, 1), mallopt(_M_MMAP_MAX, 0),
                mallopt(_M_TRIM_THRESHOLD, _MOST), mallopt(_M_TOP_PAD, _STEP)])


def return_freed_memory() -> None:
    """Give the memory that :func:`keep_freed_memory` keeps back to the system.

    A process that loads models again fills the gaps that the earlier ones left only in part, so
    that it would grow with each round. Call it when models are let go.
    """
    gc.collect()
    if platform.libc_ver()[0] == 'glibc':
        ctypes.CDLL(None).malloc_trim(ctypes.c_size_t(0))


def use_one_blas_thread() -> None:
    """Make OpenBLAS, as NumPy and SciPy use it, work in the thread that calls it.

    Its matrix products are small here. By default each of them wakes a thread on every core. These
    threads then spin while they wait for the next product, and take the cores that torch needs.
    Call it once, when the process starts: beside other threads that import, it could wait for one
    of them for ever.
    """
    os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')  # for libraries that are loaded later
    ThreadpoolController().select(internal_api='openblas').limit(limits=1)
