"""Work on many things in chunks, so that memory is bounded however many there are."""
from __future__ import annotations

from collections.abc import Callable
import copy
from itertools import chain
import logging
from typing import TypeVar

import torch

_LOGGER = logging.getLogger(__name__)

Result = TypeVar('Result')
Model = TypeVar('Model', bound=torch.nn.Module)


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


def copy_on_cpu(model: Model) -> Model:
    """Return a float32 copy of a model on the CPU; it takes no memory of the GPU."""
    copies: dict[int, object] = {}
    for tensor in chain(model.parameters(), model.buffers()):
        moved = tensor.detach().to('cpu', copy=True)
        moved = moved.float() if moved.is_floating_point() else moved
        copies[id(tensor)] = (torch.nn.Parameter(moved, requires_grad=False)
                              if isinstance(tensor, torch.nn.Parameter) else moved)
    return copy.deepcopy(model, copies)
