"""What was computed lately, by name."""
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
import threading
from typing import Generic, TypeVar

Value = TypeVar('Value')


class Recent(Generic[Value]):
    """Keeps the values of the names that were asked for last; any thread may ask."""

    def __init__(self, limit: int) -> None:
        """Keep up to ``limit`` values."""
        self._limit = limit
        self._values: OrderedDict[str, Value] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many values are kept."""
        return len(self._values)

    def get(self, names: Sequence[str],
            make: Callable[[Sequence[str]], Iterable[Value]]) -> list[Value]:
        """Return the value of each name; ``make`` gives those of the names that are not kept."""
        with self._lock:
            found = {name: self._values[name] for name in names if name in self._values}
        missing = [name for name in dict.fromkeys(names) if name not in found]
        if missing:  # outside the lock: it takes long
            found.update(zip(missing, make(missing), strict=True))
        with self._lock:
            for name in names:
                self._values[name] = found[name]
                self._values.move_to_end(name)
            while len(self._values) > self._limit:
                self._values.popitem(last=False)
        return [found[name] for name in names]
