"""Where long work may pause for what is more urgent."""
from __future__ import annotations

from collections.abc import Callable

# Called between chunks of bounded work; it may wait, and what it raises ends the work.
Pause = Callable[[], None]


def no_pause() -> None:
    """Go on at once: nobody is waiting."""
