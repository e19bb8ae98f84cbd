# SPDX-License-Identifier: Apache-2.0
"""The action client of the public client: what comes early, and what it keeps."""
import threading

from answering_node import REFUSED
import pytest

from ris_ros.client import GroundingClient, WaitTimeoutError
from ris_ros.client.connection import Connection
from ris_ros.client.early_action_client import EarlyActionClient
from ris_ros.errors import RisError

TIMEOUT = 60


class TellingLock:
    """A lock that tells when somebody waits for it."""

    def __init__(self, is_wanted):
        self._lock, self._is_wanted = threading.Lock(), is_wanted

    def __enter__(self):
        if not self._lock.acquire(blocking=False):
            self._is_wanted.set()
            self._lock.acquire()

    def __exit__(self, *_):
        self._lock.release()


class LingeringDict(dict):
    """Where rclpy keeps the callback of a goal's feedback, which it does while it sends the goal.

    Lets rclpy go on when the thread that spins has come to the response.
    """

    def __init__(self, has_come):
        super().__init__()
        self._has_come = has_come

    def __setitem__(self, goal_id, callback):
        super().__setitem__(goal_id, callback)
        self._has_come.wait(TIMEOUT)


def test_a_goal_that_is_accepted_while_it_is_being_sent_is_not_forgotten(
        answering, domain, monkeypatch):
    answering('ris_node')
    has_come = threading.Event()
    execute = EarlyActionClient.execute

    async def execute_and_tell(self, data):
        await execute(self, data)
        if 'goal' in data:
            has_come.set()
    monkeypatch.setattr(EarlyActionClient, 'execute', execute_and_tell)
    with GroundingClient(domain_id=domain) as client:
        client._action._sending = TellingLock(has_come)
        client._action._feedback_callbacks = LingeringDict(has_come)
        assert client.start_goal('the mug', print, TIMEOUT).result(TIMEOUT).command == ''


def test_nothing_is_kept_of_goals_that_have_ended(answering, domain):
    answering('ris_node')
    with GroundingClient(domain_id=domain) as client:
        for _ in range(3):
            client.start_goal('the mug', print, TIMEOUT).result(TIMEOUT)
        with pytest.raises(RisError, match='refused the goal'):
            client.start_goal(REFUSED, print, TIMEOUT)
        client.wait(lambda: not client._action._futures, TIMEOUT, 'an empty list')
        assert not client._action._feedback_callbacks


def test_nothing_is_kept_of_a_goal_that_is_accepted_too_late(answering, domain, monkeypatch):
    answering('ris_node')

    def result(self, future, timeout, what):
        if 'to accept' in what:
            raise WaitTimeoutError('It is too late.')
        return Connection.result(self, future, timeout, what)
    monkeypatch.setattr(GroundingClient, 'result', result)
    with GroundingClient(domain_id=domain) as client:
        with pytest.raises(WaitTimeoutError, match=r'It is too late\.'):
            client.start_goal('the bowl', print, TIMEOUT)
        client.wait(lambda: not client._action._feedback_callbacks, TIMEOUT, 'an empty list')


def test_an_action_client_can_be_looked_at_before_it_is_wholly_made(own_node):
    looked = []

    class EagerNode:
        """The node, whose executor looks at a waitable the moment it is added."""

        def __getattr__(self, name):
            return getattr(own_node, name)

        def add_waitable(self, waitable):
            looked.append(waitable.get_num_entities())
            own_node.add_waitable(waitable)
    GroundingClient(EagerNode()).close()
    assert len(looked) == 1
