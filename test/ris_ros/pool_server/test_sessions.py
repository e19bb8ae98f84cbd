# SPDX-License-Identifier: Apache-2.0
"""The store gives each request its own robot's frame, and nobody's turn to another."""
import pickle

import pytest

from ris_ros.pool_server.refusal import Refusal, RefusalKind

pytest.importorskip('grpc', reason='Ray Serve is not installed (requirements/pool.txt)')


@pytest.fixture
def store():
    from ris_ros.pool_server.sessions import SessionStore
    return SessionStore(1000.0, 100)


def sent(store, frame, base='', robot='robot', seat='seat', size=10):
    """Send a request whose frame is kept under the reference of its own name; return its base."""
    refusal, found = store.begin(robot, seat, frame, base, 60.0)
    if refusal is not None:
        return refusal.kind
    store.end(robot, seat, frame, [f'{robot} {seat} {frame}'], size)
    return found


def test_a_request_builds_on_one_of_the_last_two_frames_of_its_connection(store):
    assert sent(store, '1') == []
    assert sent(store, '2', '1') == ['robot seat 1']
    assert sent(store, '3', '1') == ['robot seat 1']  # the reply to the second was lost
    assert sent(store, '4', '1') is RefusalKind.NO_BASE
    assert sent(store, '4', '3') == ['robot seat 3']  # and the refusal has ended that turn


def test_no_robot_gets_the_frame_of_another_one_that_has_its_names(store):
    sent(store, '1')
    assert sent(store, '2', '1', robot='other') is RefusalKind.NO_BASE
    assert sent(store, '2', '1', seat='other') is RefusalKind.NO_BASE


def test_one_request_of_a_connection_is_in_hand_at_a_time(store):
    store.begin('robot', 'seat', '1', '', 60.0)
    assert sent(store, '2') is RefusalKind.TOO_MANY
    assert sent(store, '2', seat='other') == []
    store.end('robot', 'seat', '1', [], 10)
    assert sent(store, '2') == []
    assert sent(store, '3', '1') is RefusalKind.NO_BASE  # the first one failed


def test_frames_take_no_more_memory_than_they_may(store):
    for number in range(4):
        for frame in '12':
            sent(store, frame, robot=f'robot{number}', size=20)
    assert sent(store, '3', '2', robot='robot0') is RefusalKind.NO_BASE
    assert sent(store, '3', '2', robot='robot2') == ['robot2 seat 2']
    assert store._bytes == sum(known.all_bytes for known in store._robots.values()) <= 100


def test_a_robot_with_many_names_takes_the_place_of_its_own_frames_alone(store):
    sent(store, '1', robot='other')
    for number in range(50):
        sent(store, '1', seat=f'seat{number}')
    assert sent(store, '2', '1', robot='other') == ['other seat 1']
    assert sent(store, '2', '1', seat='seat49') == ['robot seat49 1']
    assert sent(store, '2', '1', seat='seat40') is RefusalKind.NO_BASE


def test_a_refusal_travels_between_processes():
    refusal = pickle.loads(pickle.dumps(Refusal(RefusalKind.TOO_MANY, 'Slower.', 2.0)))
    assert (refusal.kind, str(refusal), refusal.wait) == (RefusalKind.TOO_MANY, 'Slower.', 2.0)
