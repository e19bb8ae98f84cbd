# SPDX-License-Identifier: Apache-2.0
"""A message that comes in parts, as requests and replies do."""
from __future__ import annotations

from collections.abc import AsyncIterable


async def joined(parts: AsyncIterable[bytes], most: int) -> bytes | None:
    """Join the parts of a message, and read no further once it is too long.

    Args:
        parts: What comes in.
        most: Its most bytes.

    Returns:
        The message; None where it has more bytes.
    """
    found, length = [], 0
    async for part in parts:
        length += len(part)
        if length > most:
            return None
        found.append(part)
    return b''.join(found)
