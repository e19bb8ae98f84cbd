# SPDX-License-Identifier: Apache-2.0
"""Whether values of a YAML file are of the kinds that a settings dataclass wants."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
import math
from numbers import Real
from typing import Any, Literal, get_args, get_origin, get_type_hints


def find_misfit(kind: type, values: Mapping[str, object],
                ranges: Mapping[str, tuple[float, float]]) -> str:
    """Return which value does not fit, in words; '' where all do.

    Args:
        kind: The dataclass.
        values: Values by the names of its fields; lists stand for tuples.
        ranges: Least and greatest number of some fields; those of others must be finite.
    """
    hints = get_type_hints(kind)
    for name, value in values.items():
        hint, (least, most) = hints[name], ranges.get(name, (-math.inf, math.inf))
        if not _fits(value, hint):
            words = getattr(hint, '__name__', str(hint)) if get_origin(hint) is None else str(hint)
            return f'{name} is {value!r:.100}; expected {words}'
        if not all(least <= number <= most for number in _numbers(value)):
            return f'{name} is {value!r:.100}; expected {least:g} to {most:g}'
    return ''


def _fits(value: object, hint: Any) -> bool:
    """Return whether a value is of a type hint's kind."""
    parts = get_args(hint)
    if get_origin(hint) is Literal:
        return value in parts
    if get_origin(hint) is tuple:
        return isinstance(value, (list, tuple)) and (
            all(_fits(item, parts[0]) for item in value) if parts[1:] == (...,)
            else len(value) == len(parts) and all(map(_fits, value, parts)))
    if parts:  # a union
        return any(_fits(value, part) for part in parts)
    if hint is float:
        return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return is_dataclass(hint) or isinstance(value, hint)


def _numbers(value: object) -> list[Any]:
    """Return the numbers in a value: what is a `Real`, which type checkers do not compare."""
    items = value if isinstance(value, (list, tuple)) else [value]
    return [item for item in items if isinstance(item, Real) and not isinstance(item, bool)]
