# SPDX-License-Identifier: Apache-2.0
"""Clock times of work on a device, of commands beside an index, and of copies to it."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
import itertools
import statistics
import threading
import time

import torch

# For a copy, which is short, more runs are taken.
_COPIES = 10


def milliseconds(work: Callable[[], object], repeats: int,
                 stream: Callable[[], AbstractContextManager] = nullcontext) -> float:
    """Return the median clock time of some work, after a run that warms up.

    Args:
        work: What is timed, to the end of what it began on a GPU.
        repeats: Runs that count.
        stream: Makes the context in which the work runs.
    """
    with stream():
        return 1000 * statistics.median(itertools.islice(_clock(work), 1, repeats + 1))


def cpu_milliseconds(work: Callable[[], object], repeats: int) -> float:
    """Return the median CPU time of some work over all threads."""
    def spent() -> float:
        start = time.process_time()
        work()
        return time.process_time() - start
    return 1000 * statistics.median(spent() for _ in range(repeats))


def beside_each_other(work: Callable[[], object], other: Callable[[], object], device: str,
                      repeats: int) -> dict[str, float]:
    """Time some work alone, and while another thread does other work without end.

    On a GPU the threads of a process share one stream, in which a short command waits for all
    kernels of an index that were queued before it; so a stream of its own is tried, too.

    Args:
        work: What is timed.
        other: What the other thread does again and again.
        device: 'cuda', or 'cpu'.
        repeats: Runs that count.
    """
    found = {'alone': milliseconds(work, repeats)}
    streams: dict[str, Callable[[], AbstractContextManager]] = {
        'while frames are indexed': nullcontext}
    if device.startswith('cuda'):
        streams['while frames are indexed, on a stream of its own'] = _own_stream
    for when, stream in streams.items():
        with _Repetition(other):
            found[when] = milliseconds(work, repeats, stream)
    return found


def copy_times(device: str, repeats: int) -> dict[str, float]:
    """Return the milliseconds of a copy to a GPU by the kind of memory; nothing on a CPU."""
    if not device.startswith('cuda'):
        return {}
    picture = torch.zeros(3, 1024, 1024)
    pinned = picture.pin_memory()
    return {
        'pinned': milliseconds(lambda: pinned.to(device, non_blocking=True), _COPIES * repeats),
        'pageable': milliseconds(lambda: picture.to(device), _COPIES * repeats)}


class _Repetition:
    """Does some work again and again in a thread, within the context; its error is raised there."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work, self._error = work, None
        self._begun, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name='ris_bench_repetition')

    def __enter__(self) -> None:
        self._thread.start()
        self._begun.wait()

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join()
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            while not self._ended.is_set():
                self._begun.set()
                self._work()
        except Exception as error:  # what it is stays for the thread that waits
            self._error = error


def _own_stream() -> AbstractContextManager:
    """Return the context of a new stream of the GPU."""
    return torch.cuda.stream(torch.cuda.Stream())


def _clock(work: Callable[[], object]) -> Iterator[float]:
    """Yield the seconds of each run, to the end of what it began on a GPU."""
    while True:
        _wait()
        start = time.perf_counter()
        work()
        _wait()
        yield time.perf_counter() - start


def _wait() -> None:
    """Wait for this thread's stream of the GPU, if there is one in use."""
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        torch.cuda.current_stream().synchronize()
