# SPDX-License-Identifier: Apache-2.0
"""How a replica asks the store of sessions: its own, or the one that all replicas share."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import ray
from ray import ObjectRef, serve
from ray.actor import ActorHandle
from ray.exceptions import ObjectLostError, RayActorError
from ray.serve.config import DeploymentActorConfig

from ris_ros.frame import Frame
from ris_ros.pool.request import PoolRequest
from ris_ros.pool_server.refusal import Refusal, RefusalKind
from ris_ros.pool_server.sessions import SessionStore, no_base

_STORE = 'sessions'
# Ray Serve starts another store within some seconds.
_STORE_WAIT_S = 2.0


@dataclass(eq=False)
class RobotTurn:
    """The turn of a request.

    Attributes:
        base: The frame that it builds on; None where it sends a whole one.
        kept: What `keep` has returned of its frame, for later requests; None while there is none.
    """

    base: Frame | None
    kept: Frame | ObjectRef | None = None


def store_config(rate: float, most_bytes: int) -> DeploymentActorConfig:
    """Return the store of sessions, for a rate and memory, as Ray Serve runs it."""
    return DeploymentActorConfig(name=_STORE, actor_class=ray.remote(SessionStore),
                                 init_kwargs={'rate': rate, 'most_bytes': most_bytes},
                                 actor_options={'num_cpus': 0})


class OwnSessions:
    """The store of the only replica of a pool, which keeps the frames themselves."""

    def __init__(self, rate: float, most_bytes: int) -> None:
        """Begin without robots; as `SessionStore`."""
        self._store = SessionStore(rate, most_bytes)

    def keep(self, frame: Frame) -> Frame:
        """Return what the store keeps of a frame."""
        return frame

    @asynccontextmanager
    async def turn(self, robot: str, seat: str, asked: PoolRequest) -> AsyncIterator[RobotTurn]:
        """Hold the turn of a request; as `SharedSessions.turn`."""
        refusal, found = self._store.begin(robot, seat, asked.frame, asked.base, asked.patience)
        if refusal is not None:
            raise refusal
        turn = RobotTurn(found[0] if found else None)
        try:
            yield turn
        finally:
            self._store.end(robot, seat, asked.frame, [] if turn.kept is None else [turn.kept],
                            asked.bytes)


class SharedSessions:
    """A replica's way to the store of all; after the store's death it looks for the next one."""

    def __init__(self) -> None:
        self._store: ActorHandle | None = None

    def keep(self, frame: Frame) -> ObjectRef:
        """Return what the store keeps of a frame: where it lies in Ray's object store."""
        return ray.put(frame)

    @asynccontextmanager
    async def turn(self, robot: str, seat: str, asked: PoolRequest) -> AsyncIterator[RobotTurn]:
        """Hold the turn of a request.

        Args:
            robot: Its robot.
            seat: Which of the robot's nodes it is.
            asked: The request.

        Raises:
            Refusal: It is not its turn, its base is lost, or the store is.
        """
        store = self._find()
        turn = RobotTurn(None)
        try:
            refusal, found = await store.begin.remote(robot, seat, asked.frame, asked.base,
                                                      asked.patience)
            if refusal is not None:
                raise refusal
        except RayActorError:
            raise self._lost() from None
        try:
            if found:
                turn.base = await _fetch(found[0], asked)
            yield turn
        finally:
            with suppress(RayActorError):
                await store.end.remote(robot, seat, asked.frame,
                                       [] if turn.kept is None else [turn.kept], asked.bytes)

    def _find(self) -> ActorHandle:
        """Return the store; raise Refusal while there is none."""
        if self._store is None:
            try:
                self._store = serve.get_deployment_actor(_STORE)
            except ValueError:  # there is none yet
                raise self._lost() from None
        return self._store

    def _lost(self) -> Refusal:
        """Forget the store, and return the refusal that says so."""
        self._store = None
        return Refusal(RefusalKind.NOT_READY, 'The pool has lost what it knew of its robots, and '
                       'begins anew.', _STORE_WAIT_S)


async def _fetch(reference: ObjectRef, asked: PoolRequest) -> Frame:
    """Return the base of a request; raise Refusal where the replica that had it is gone."""
    try:
        return await asyncio.wait_for(reference, asked.patience)
    except (ObjectLostError, asyncio.TimeoutError, TimeoutError):
        raise no_base(asked.base) from None
