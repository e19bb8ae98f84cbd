# SPDX-License-Identifier: Apache-2.0
"""Leaving the process where Ray's own end would wait for ever."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import os
import sys
import threading
from typing import NoReturn


def leave(sentence: str) -> NoReturn:
    """End the process at once, with status 1 and a sentence that says why."""
    print(f'ris pool: {sentence}', file=sys.stderr, flush=True)
    os._exit(1)


@contextmanager
def leaving_after(seconds: float, sentence: str) -> Iterator[None]:
    """Leave, unless the context ends in time.

    Args:
        seconds: The time it has.
        sentence: Why the process ends then.
    """
    timer = threading.Timer(seconds, leave, [sentence])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
