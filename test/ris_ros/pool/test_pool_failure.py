"""What the pool answers in place of a reply becomes a clause and a way to go on."""
import json

import pytest

from ris_ros.pool.failure import FailureKind
from ris_ros.pool.link import _refusal


@pytest.mark.parametrize(('status', 'body', 'kind', 'words', 'wait'), [
    (409, {'error': 'It is gone.', 'wait': 0}, FailureKind.NO_BASE, 'It is gone.', 0.0),
    (429, {'error': 'Too fast.', 'wait': 0.5}, FailureKind.BUSY, 'Too fast.', 0.5),
    (429, {'error': 'Too fast.', 'wait': -1}, FailureKind.BUSY, 'Too fast.', 15.0),
    (503, 'Request dropped', FailureKind.BUSY, 'is full.', 0.0),
    (412, {'error': 'Other models.'}, FailureKind.REFUSED, 'Other models.', 0.0),
    (400, {'error': 'x' * 10_000}, FailureKind.REFUSED, 'x' * 300, 0.0),
    (502, '<html>', FailureKind.UNREACHABLE, 'says nothing', 0.0),
    (400, [1], FailureKind.REFUSED, 'says nothing', 0.0),
])
def test_a_refusal_is_read(status, body, kind, words, wait):
    data = body if isinstance(body, str) else json.dumps(body)
    failure = _refusal(status, data.encode())
    assert (failure.kind, failure.wait) == (kind, wait)
    assert words in str(failure)
    assert len(str(failure)) < 400
