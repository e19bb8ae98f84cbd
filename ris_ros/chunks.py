# SPDX-License-Identifier: Apache-2.0
"""Long work in chunks: its memory is bounded, and it can pause for what is more urgent."""
from __future__ import annotations

from collections.abc import Callable
import copy
from itertools import chain
import logging
import time
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

# torch takes seconds to import, and not all who pause need it.
if TYPE_CHECKING:
    import torch

_LOGGER = logging.getLogger(__name__)
# How soon a wait ends that is not wanted any more.
_POLL_S = 0.02

# Called between chunks of work. It may wait, and an exception that it raises ends the work.
Pause = Callable[[], None]


class Sliceable(Protocol):
    """A tensor, or anything else that has a length and can be sliced."""

    def __len__(self) -> int:
        ...

    def __getitem__(self, which: slice, /) -> Any:
        ...


Result = TypeVar('Result')
Items = TypeVar('Items', bound=Sliceable)
Model = TypeVar('Model', bound='torch.nn.Module')


def no_pause() -> None:
    """Go on at once."""


def wait(seconds: float, give_way: Pause) -> None:
    """Wait, and notice meanwhile when the work is not wanted any more."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(_POLL_S, left))
        give_way()


class IndexDelay(Exception):
    """A frame is not indexed for now; a newer one may be after some seconds.

    Attributes:
        seconds: Their number.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def in_chunks(work: Callable[[Items], Result], items: Items, size: int) -> list[Result]:
    """Do work on chunks of a tensor's first axis, or of anything else that can be cut.

    Where a GPU runs out of memory the chunks become half as large, with a warning.

    Args:
        work: Called with each chunk.
        items: What to work on, N of them.
        size: Number of items in a chunk at most.

    Returns:
        The results, one for each chunk.

    Raises:
        torch.OutOfMemoryError: A single item is too much.
    """
    import torch
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
        # Not in the except clause: its traceback keeps what was allocated.
        size = max(1, min(size, len(items)) // 2)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        _LOGGER.warning('The GPU ran out of memory; going on with %d at a time.', size)
    return results


def copy_on_cpu(model: Model) -> Model:
    """Return a float32 copy of a model on the CPU; making it takes no memory of the GPU."""
    import torch
    copies: dict[int, object] = {}
    for tensor in chain(model.parameters(), model.buffers()):
        moved = tensor.detach().to('cpu', copy=True)
        moved = moved.float() if moved.is_floating_point() else moved
        copies[id(tensor)] = (torch.nn.Parameter(moved, requires_grad=False)
                              if isinstance(tensor, torch.nn.Parameter) else moved)
    return copy.deepcopy(model, copies)
