# SPDX-License-Identifier: Apache-2.0
"""One message between a robot and the pool: a JSON header and arrays, in a safetensors container.

The container's own reader checks offsets, lengths and types, and runs no code.  This file adds the
version, the limit of size, and checked access to the header.
"""
from __future__ import annotations

from collections.abc import Mapping
import json
import math
from typing import TypeGuard

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from ris_ros.errors import RisError

VERSION = 1
CONTENT_TYPE = 'application/vnd.ris-pool+safetensors'
# A raw picture of 4 megapixels with its depth is smaller.
MOST_BYTES = 32 * 2 ** 20
_HEADER = 'header'
_MOST_HEADER_BYTES = 2 ** 16
_MOST_TEXT = 128


class PoolFormatError(RisError):
    """A message to or from the pool is damaged, too large, or of another version."""


class Header:
    """The header of a message, whose values are checked as they are read."""

    def __init__(self, values: dict[str, object]) -> None:
        self._values = values

    def text(self, name: str) -> str:
        """Return a text of at most 128 characters."""
        value = self._values.get(name)
        if not isinstance(value, str) or len(value) > _MOST_TEXT:
            raise _misfit(name, value, f'a text of at most {_MOST_TEXT} characters')
        return value

    def number(self, name: str, least: float, most: float) -> float:
        """Return a number within limits."""
        value = self._values.get(name)
        if not _is_number(value) or not least <= value <= most:
            raise _misfit(name, value, f'a number from {least:g} to {most:g}')
        return float(value)

    def flag(self, name: str) -> bool:
        """Return a truth value."""
        value = self._values.get(name)
        if not isinstance(value, bool):
            raise _misfit(name, value, 'true or false')
        return value

    def size(self, name: str, most_pixels: int) -> tuple[int, int]:
        """Return height and width of a picture that is not too large."""
        value = self._values.get(name)
        if not _are_lengths(value, 2) or value[0] * value[1] > most_pixels:
            raise _misfit(name, value, 'height and width of a picture of at most '
                          f'{most_pixels} pixels')
        return value[0], value[1]

    def numbers(self, name: str, count: int) -> tuple[float, ...] | None:
        """Return a given count of finite numbers, or None where there are none."""
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or len(value) != count or not all(map(_is_number, value)):
            raise _misfit(name, value, f'{count} numbers, or null')
        return tuple(map(float, value))

    def rows(self, name: str, width: int, most: int) -> list[tuple[int, ...]]:
        """Return a list of rows of whole numbers from 0, each row of one width."""
        value = self._values.get(name)
        if not isinstance(value, list) or len(value) > most or not all(
                _are_lengths(row, width, least=0) for row in value):
            raise _misfit(name, value, f'at most {most} rows of {width} whole numbers')
        return [tuple(row) for row in value]


def pack(header: Mapping[str, object], arrays: Mapping[str, np.ndarray]) -> bytes:
    """Make a message of a header and arrays; the version is added."""
    text = json.dumps({'version': VERSION, **header}, allow_nan=False).encode()
    contents = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    return save({_HEADER: np.frombuffer(text, np.uint8), **contents})


def unpack(data: bytes, most_bytes: int = MOST_BYTES) -> tuple[Header, dict[str, np.ndarray]]:
    """Read a message.

    Args:
        data: The message.
        most_bytes: A longer one is refused unread.

    Returns:
        Its header and its arrays.

    Raises:
        PoolFormatError: It is too long, damaged or of another version.
    """
    if len(data) > most_bytes:
        raise PoolFormatError(f'The message has {len(data)} bytes; expected at most {most_bytes}.')
    try:
        arrays = load(data)
        text = arrays.pop(_HEADER)
        if text.dtype != np.uint8 or text.ndim != 1 or text.size > _MOST_HEADER_BYTES:
            raise ValueError(f'its header has type {text.dtype} and shape {text.shape}')
        values = json.loads(text.tobytes())
        if not isinstance(values, dict):
            raise ValueError('its header is no JSON object')
    except (SafetensorError, KeyError, TypeError, ValueError, RecursionError, OverflowError,
            MemoryError) as error:
        raise PoolFormatError(
            f'The message ({len(data)} bytes) cannot be read: {error!r:.200}. Expected a '
            'safetensors container with the tensor "header", JSON in UTF-8.') from error
    if values.get('version') != VERSION:
        raise PoolFormatError(
            f'The message has version {values.get("version")!r:.40} of the format; expected '
            f'{VERSION}. Install the same version of ris_ros on the robot and in the pool.')
    return Header(values), arrays


def take(arrays: Mapping[str, np.ndarray], name: str, kinds: tuple[type, ...],
         shape: tuple[int | None, ...]) -> np.ndarray:
    """Return an array of a message.

    Args:
        arrays: Those of the message.
        name: Of the array.
        kinds: The types that it may have.
        shape: Its shape; None for a length that may be any.

    Raises:
        PoolFormatError: It is missing, or of another type or shape.
    """
    array = arrays.get(name)
    if array is None:
        raise PoolFormatError(f'The message has no array {name!r}.')
    fits = array.ndim == len(shape) and all(
        wanted in (None, found) for wanted, found in zip(shape, array.shape, strict=True))
    if array.dtype not in kinds or not fits:
        expected = ' or '.join(np.dtype(kind).name for kind in kinds)
        lengths = ', '.join('any' if length is None else str(length) for length in shape)
        raise PoolFormatError(f'The array {name!r} has type {array.dtype} and shape {array.shape}; '
                              f'expected {expected} and ({lengths}).')
    return array


def _is_number(value: object) -> TypeGuard[int | float]:
    """Tell whether a JSON value is a finite number of a size that float holds."""
    try:
        return (isinstance(value, int | float) and not isinstance(value, bool)
                and math.isfinite(value))
    except OverflowError:
        return False


def _are_lengths(value: object, count: int, least: int = 1) -> TypeGuard[list[int]]:
    """Tell whether a JSON value is a list of whole numbers that 32 bits hold."""
    return isinstance(value, list) and len(value) == count and all(
        isinstance(item, int) and not isinstance(item, bool) and least <= item < 2 ** 31
        for item in value)


def _misfit(name: str, value: object, expected: str) -> PoolFormatError:
    return PoolFormatError(f'The header has {name} {value!r:.80}; expected {expected}.')
