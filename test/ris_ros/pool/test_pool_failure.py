# SPDX-License-Identifier: Apache-2.0
"""What the pool answers in place of a reply becomes a clause and a way to go on."""
from concurrent import futures
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import json
import socket
import threading
import time

import pytest

from ris_ros.pool.container import VERSION
from ris_ros.pool.failure import FailureKind, PoolFailure, read_refusal
from ris_ros.pool.link import PoolAddress, PoolLink


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


class StuckPool(BaseHTTPRequestHandler):
    """Says for how long it has been busy."""

    busy = 9.0

    def do_GET(self):
        """Answer the question whether it is back."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({'version': VERSION, 'model': 'm', 'profile': 'p',
                                     'busy': self.busy}).encode())

    def log_message(self, *values):
        """Say nothing."""


@pytest.mark.slow
def test_a_pool_whose_models_hang_is_not_returned_to(monkeypatch):
    with ThreadingHTTPServer(('127.0.0.1', 0), StuckPool) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        link = PoolLink(PoolAddress(f'http://127.0.0.1:{server.server_port}', '', 'r', 'm'))
        with pytest.raises(PoolFailure) as failure:
            link.send(b'', 0.5).result()  # it knows no frames
        link.fail(failure.value)
        wait_for(lambda: 'has been busy with other frames for 9.0 s' in link.fault)
        monkeypatch.setattr(StuckPool, 'busy', 0.1)
        wait_for(lambda: not link.fault)
        link.close()
        server.shutdown()


def test_a_token_is_never_told(listener):
    link = PoolLink(PoolAddress(f'http://127.0.0.1:{listener.getsockname()[1]}',
                                'secret-token-0123456789\n', 'r', 'm'))
    with pytest.raises(PoolFailure, match='is out of reach') as failure:
        link.send(b'', 20.0).result()
    assert 'secret' not in str(failure.value)
    link.close()


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
    (503, 'Request dropped due to backpressure', FailureKind.BUSY, 'is full.', 0.0),
    (503, '<html>', FailureKind.BUSY, 'says nothing', 0.0),
    (503, {'error': 'Begins anew.', 'wait': 2}, FailureKind.BUSY, 'Begins anew.', 2.0),
    (429, {'error': 'Too fast.', 'wait': 10 ** 400}, FailureKind.BUSY, 'says nothing', 0.0),
    (408, {'error': 'Slow.'}, FailureKind.TOO_LATE, 'Slow.', 0.0),
    (412, {'error': 'Other models.'}, FailureKind.REFUSED, 'Other models.', 0.0),
    (400, {'error': 'x' * 10_000}, FailureKind.REFUSED, 'x' * 300, 0.0),
    (502, '<html>', FailureKind.UNREACHABLE, 'says nothing', 0.0),
    (400, [1], FailureKind.REFUSED, 'says nothing', 0.0),
])
def test_a_refusal_is_read(status, body, kind, words, wait):
    data = body if isinstance(body, str) else json.dumps(body)
    failure = read_refusal(status, data.encode())
    assert (failure.kind, failure.wait) == (kind, wait)
    assert words in str(failure)
    assert len(str(failure)) < 400
