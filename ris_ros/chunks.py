"""Work on many things in chunks, so that memory is bounded however many there are."""
from __future__ import annotations

from collections.abc import Callable
import logging
from typing import TypeVar

import torch

_LOGGER = logging.getLogger(__name__)

Result = TypeVar('Result')


def in_chunks(work: Callable[[torch.Tensor], Result], items: torch.Tensor,
              size: int) -> list[Result]:
    """Return the results of ``work`` for chunks of up to ``size`` items of the first axis.

    Where a GPU runs out of memory the chunks become half as large, with a warning; raises
    torch.OutOfMemoryError where a single item is too much.
    """
    results: list[Result] = []
    first = 0
    while first < len(items):
        try:
            results.append(work(items[first:first + size]))
            first += size
            continue
        except torch.OutOfMemoryError:
            if size == 1:
                raise
        # Here and not in the except clause, whose traceback keeps what was allocated.
        size = max(1, min(size, len(items)) // 2)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        _LOGGER.warning('The GPU ran out of memory; going on with %d at a time.', size)
    return results
