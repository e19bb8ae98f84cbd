"""How many threads NumPy's matrix products take: a setting for processes of our own."""
from __future__ import annotations

import os

from threadpoolctl import ThreadpoolController


def use_one_blas_thread() -> None:
    """Let NumPy's and SciPy's OpenBLAS work in the thread that calls it.

    Its products are small here. By default each one wakes a thread on every core, which then spins
    in wait of the next, and takes the cores that torch's threads need.
    To be called once, at the start of a process that owns its settings (the node and `ris`), never
    by a library; beside other threads that import, it could wait for one of them for ever.
    """
    os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')  # for those that are loaded later
    ThreadpoolController().select(internal_api='openblas').limit(limits=1)
