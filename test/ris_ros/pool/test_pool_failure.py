# SPDX-License-Identifier: Apache-2.0
"""What the pool answers in place of a reply becomes a clause and a way to go on."""
from concurrent import futures
import json
import socket
import threading
import time

import pytest

from ris_ros.pool.failure import FailureKind, PoolFailure
from ris_ros.pool.link import PoolAddress, PoolLink, _refusal


@pytest.fixture
def listener():
    """Return a socket that takes connections and never answers."""
    with socket.create_server(('127.0.0.1', 0)) as listener:
        yield listener


def link_to(listener):
    return PoolLink(PoolAddress(f'http://127.0.0.1:{listener.getsockname()[1]}', '', 'seat', 'm'))


def links():
    """Return the threads of links."""
    return [thread for thread in threading.enumerate() if thread.name == 'ris_pool']


def wait_for(condition):
    """Wait until a condition holds."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_nobody_there_is_a_failure_and_the_link_says_so(listener):
    link = link_to(listener)
    listener.close()
    with pytest.raises(PoolFailure, match='is out of reach') as failure:
        link.send(b'', 20.0).result()
    assert failure.value.kind is FailureKind.UNREACHABLE
    link.fail(failure.value)
    assert link.fault.startswith('The pool is out of reach (ConnectError')
    link.close()
    wait_for(lambda: not links())


def test_a_request_ends_at_its_deadline_and_a_closed_link_drops_what_is_on_its_way(listener):
    link = link_to(listener)
    start = time.monotonic()
    with pytest.raises(PoolFailure, match=r'did not answer within 0\.20 s') as failure:
        link.send(b'', 0.2).result()
    assert failure.value.kind is FailureKind.TOO_LATE
    assert time.monotonic() - start < 5
    exchange = link.send(b'', 1000.0)
    assert not exchange.wait(0.05)
    link.close()
    with pytest.raises(futures.CancelledError):
        exchange.result()
    wait_for(lambda: not links())


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
