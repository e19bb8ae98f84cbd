# SPDX-License-Identifier: Apache-2.0
"""A message in parts is joined, and one that is too long is not read to its end."""
import asyncio

import pytest

from ris_ros.pool.stream import joined


@pytest.mark.parametrize(('most', 'message', 'unread'), [
    (6, b'abcdef', 0), (5, None, 0), (3, None, 1), (1, None, 2)])
def test_a_message_is_joined_and_one_that_is_too_long_is_read_no_further(most, message, unread):
    left = [b'ab', b'cd', b'ef']

    async def parts():
        while left:
            yield left.pop(0)
    assert asyncio.run(joined(parts(), most)) == message
    assert len(left) == unread
