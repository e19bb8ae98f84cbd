# SPDX-License-Identifier: Apache-2.0
"""What a robot does with a pool that is there and has no time for its frames."""
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import json
import threading
import time

from pool_robots import BOUND, robot_at, waited
import pytest

from ris_ros.chunks import IndexDelay
from ris_ros.pool import remote_index
from ris_ros.pool.container import VERSION
from ris_ros.pool.fingerprint import fingerprint


class FullPool(BaseHTTPRequestHandler):
    """Has no time for any frame."""

    def do_GET(self):
        """Say when the next frame would be ready."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({'version': VERSION, 'model': self.server.model,
                                     'profile': 'embedded', 'busy': 0.1, 'next': 0.9}).encode())

    def do_POST(self):
        """Refuse a frame."""
        self.rfile.read(int(self.headers['Content-Length']))
        self.send_response(503)
        self.end_headers()
        self.wfile.write(b'{"error": "It is full.", "wait": 0.1}')

    def log_message(self, *values):
        """Say nothing."""


@pytest.fixture
def full_pool(pipeline):
    """Return the address of a pool that stays full."""
    with ThreadingHTTPServer(('127.0.0.1', 0), FullPool) as server:
        server.model = fingerprint(pipeline.profile)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f'http://127.0.0.1:{server.server_port}'
        server.shutdown()


def test_a_pool_that_stays_full_is_asked_again_for_a_command_and_then_done_without(
        full_pool, pipeline, frames):
    robot = robot_at(full_pool, pipeline, 'robot0')
    pipeline.index(frames[0])  # the first index takes longer
    start = time.monotonic()
    update = robot.update(frames[0])
    assert 'is full' in update.note  # as it said to the frame, or to the question after it
    assert 'The robot answered by itself' in update.note
    assert waited(robot, update, start) < BOUND
    requests = robot.link.counts.requests
    assert requests > 1
    while 'is full: a frame would be ready after 0.90 s' not in robot.pool_fault:
        assert time.monotonic() - start < 300, robot.pool_fault
        time.sleep(0.02)
    assert robot.link.counts.requests == requests  # it sends no frame to find that out
    robot.close()


def test_a_pool_that_stays_full_is_done_without_after_some_frames(full_pool, pipeline, frames,
                                                                  monkeypatch):
    monkeypatch.setattr(remote_index, '_MOST_DELAY_S', 0.5)
    robot, delays = robot_at(full_pool, pipeline, 'robot0'), []

    def looks_itself():
        """Tell whether the robot has indexed a frame by itself."""
        try:
            return robot.update(frames[0], is_awaited=False).note
        except IndexDelay as delay:
            delays.append(delay.seconds)
    while not looks_itself():
        assert len(delays) < 20
        time.sleep(delays[-1])
    assert set(delays) == {0.1}
    assert robot.pool_fault
    robot.close()
