# SPDX-License-Identifier: Apache-2.0
"""The body of a request, as it comes in."""
from __future__ import annotations

import asyncio

from starlette.requests import Request

from ris_ros.pool.stream import joined
from ris_ros.pool_server.refusal import Refusal, RefusalKind


async def read_body(request: Request, most: int, seconds: float) -> bytes:
    """Return what a robot sends.

    Args:
        request: The request.
        most: Its most bytes.
        seconds: How long they may take to come.

    Raises:
        Refusal: It is too long, or takes too long.
    """
    try:
        body = await asyncio.wait_for(joined(request.stream(), most), seconds)
    except (asyncio.TimeoutError, TimeoutError):
        raise Refusal(RefusalKind.TOO_SLOW, 'The request did not come whole within '
                      f'{seconds:g} s.') from None
    if body is None:
        raise Refusal(RefusalKind.TOO_LARGE,
                      f'The request has more than {most} bytes, the most that is read.')
    return body
