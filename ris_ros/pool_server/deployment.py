# SPDX-License-Identifier: Apache-2.0
"""The deployment: one replica has the models, and answers robots over HTTP.

A request is read in threads of its own; the models run in one thread, on batches that Ray Serve
collects.  The event loop does neither, so that health checks and refusals never wait for a model.
What is known of robots lies in a store that several replicas share, so that Ray Serve may send a
request to any of them.
"""
from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
import logging
import time
from typing import TYPE_CHECKING

from ray import ObjectRef, serve
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ris_ros.errors import RisError
from ris_ros.frame import Frame
from ris_ros.pool.container import CONTENT_TYPE, VERSION
from ris_ros.pool.reply import PoolReply, PoolTimes, write_reply
from ris_ros.pool.request import PoolRequest, put_together, read_request
from ris_ros.pool_server.access import RobotPlaces, RobotRegister, seat_of
from ris_ros.pool_server.body import read_body
from ris_ros.pool_server.refusal import Refusal, RefusalKind
from ris_ros.pool_server.robot_counters import RobotCounters
from ris_ros.pool_server.session_client import OwnSessions, SharedSessions, store_config
from ris_ros.pool_server.settings import PoolSettings
from ris_ros.pool_server.workload import Workload

if TYPE_CHECKING:
    from ris_ros.pool_server.models import FrameIndex, PoolModels

_LOGGER = logging.getLogger('ray.serve')
# With more requests in hand than this, Ray starts another replica.  It is less than one, because a
# replica whose robots have the patience for one frame never has two in hand.
_WANTED_IN_HAND = 0.9


@dataclass(frozen=True, eq=False)
class PoolWork:
    """A frame that waits for the models.

    Attributes:
        frame: The frame.
        since: When its request came, by time.monotonic.
        until: When its robot gives up.
    """

    frame: Frame
    since: float
    until: float


class PoolReplica:
    """One replica of the indexer."""

    def __init__(self, settings: PoolSettings) -> None:
        """Load the models."""
        self._settings = settings
        self._robots = RobotRegister(settings.tokens)
        self._places = RobotPlaces(settings.in_hand_each)
        self._sessions = (OwnSessions(settings.rate, settings.kept_bytes)
                          if settings.has_one_replica else SharedSessions())
        self._counters = RobotCounters()
        self._workload = Workload(settings.batch_size)
        self._readers = ThreadPoolExecutor(2, 'ris_pool_reader')
        self._thread = ThreadPoolExecutor(1, 'ris_pool_models')
        self._models = self._thread.submit(_load_models, settings).result()
        self._busy_since: float | None = None

    async def __call__(self, request: Request) -> Response:
        """Answer a request; whatever goes wrong becomes a status and a sentence."""
        robot = ''
        try:
            robot = self._robots.robot_of(request.headers)
            return await self._answer(request, robot)
        except Refusal as refusal:
            refused = refusal
        except RisError as error:
            refused = Refusal(RefusalKind.BAD_REQUEST, str(error))
        except Exception as error:
            # Models raise exceptions of every kind; the robot must hear of it and go on by itself.
            _LOGGER.exception('The models failed.')
            refused = Refusal(RefusalKind.MODELS_FAILED,
                              f'The models of the pool failed: {error!r:.200}.')
        self._counters.refuse(robot, refused.kind)
        return _refusal(refused)

    def check_health(self) -> None:
        """Raise an exception where the models hang; Ray then starts another replica."""
        if self._busy_seconds() > self._settings.longest_batch:
            raise RuntimeError(f'The models have been busy with one batch for more than '
                               f'{self._settings.longest_batch:g} s.')

    def _busy_seconds(self) -> float:
        """Return for how long the models have been busy with one batch."""
        since = self._busy_since
        return 0.0 if since is None else time.monotonic() - since

    async def _answer(self, request: Request, robot: str) -> Response:
        """Answer a request of a known robot."""
        place = request.method, request.url.path
        if place == ('GET', '/v1/pool'):
            return JSONResponse({'version': VERSION, 'profile': self._settings.profile,
                                 'model': self._models.fingerprint, 'robot': robot,
                                 'busy': self._busy_seconds(), 'next': self._workload.next_ready})
        if place != ('POST', '/v1/index'):
            raise Refusal(RefusalKind.NO_SUCH_PLACE, f'The pool has no {request.method} '
                          f'{request.url.path!r:.80}; expected POST /v1/index or GET /v1/pool.')
        self._counters.ask(robot)
        with self._places.place(robot):
            return await self._answer_frame(request, robot)

    async def _answer_frame(self, request: Request, robot: str) -> Response:
        """Answer a request for an index."""
        since, settings = time.monotonic(), self._settings
        data = await read_body(request, settings.most_bytes, settings.read_time)
        self._counters.receive(robot, len(data))
        asked = read_request(data, settings.most_bytes, settings.most_pixels)
        if asked.model != self._models.fingerprint:
            raise Refusal(RefusalKind.OTHER_MODELS, (
                f'The pool serves the profile {settings.profile!r} with the models '
                f'{self._models.fingerprint}; the robot asks for {asked.model!r}. Give both '
                'the same profile, weights and version.'))
        until = since + asked.patience
        with self._workload.place(until - time.monotonic()):
            self._set_batch()
            index, times = await self._index_frame(
                asked, robot, seat_of(request.headers), since, until)
        reply = await asyncio.get_running_loop().run_in_executor(
            self._readers, _write, asked, index, times)
        self._counters.answer(robot, len(reply), time.monotonic() - since)
        return Response(reply, media_type=CONTENT_TYPE)

    def _set_batch(self) -> None:
        """Let the next batch collect frames until the models are free, as many as are in time."""
        # With a fixed wait, Ray Serve makes batches of one frame each while the models are busy.
        self._index_batch.set_max_batch_size(self._workload.batch)
        self._index_batch.set_batch_wait_timeout_s(
            max(self._settings.batch_wait, self._workload.rest))

    async def _index_frame(self, asked: PoolRequest, robot: str, seat: str, since: float,
                           until: float) -> tuple[FrameIndex, PoolTimes]:
        """Read the frame of a request, keep it for later ones, and index it."""
        async with self._sessions.turn(robot, seat, asked) as turn:
            frame, turn.kept = await asyncio.get_running_loop().run_in_executor(
                self._readers, self._read_frame, asked, turn.base)
            times = PoolTimes(reading=time.monotonic() - since)
            return await self._index(PoolWork(frame, since, until), times)

    def _read_frame(self, asked: PoolRequest, base: Frame | None
                    ) -> tuple[Frame, Frame | ObjectRef]:
        """Return the frame of a request, and what is kept of it as a base for later ones."""
        frame = put_together(asked, base)
        return frame, self._sessions.keep(frame)

    async def _index(self, work: PoolWork, times: PoolTimes) -> tuple[FrameIndex, PoolTimes]:
        """Wait for the turn of a frame in a batch."""
        result, begun, together = await self._index_batch(work)
        if result is None:
            raise Refusal(RefusalKind.TOO_LATE, 'The pool did not come to this frame before its '
                          'robot gave up.')
        if isinstance(result, Exception):
            raise result
        waiting = begun - work.since - times.reading
        return result, PoolTimes(times.reading, max(waiting, 0.0), result.proposing,
                                 result.encoding, together)

    @serve.batch(max_batch_size=8, batch_wait_timeout_s=0.002)
    async def _index_batch(self, works: list[PoolWork]
                           ) -> list[tuple[FrameIndex | Exception | None, float, int]]:
        """Index a batch; a frame whose robot has given up is left out."""
        begun = self._busy_since = time.monotonic()
        wanted = [work for work in works if begun < work.until]
        try:
            with self._workload.running(len(wanted)):
                found = iter(await asyncio.get_running_loop().run_in_executor(
                    self._thread, self._models.index, [work.frame for work in wanted],
                    self._settings.separate))
        finally:
            self._busy_since = None
        return [(next(found) if begun < work.until else None, begun, len(wanted))
                for work in works]


def make_app(settings: PoolSettings) -> serve.Application:
    """Return the application of Ray Serve for a pool."""
    options = {
        'name': 'indexer',
        'ray_actor_options': {'num_cpus': settings.cpus, 'num_gpus': settings.gpus},
        'max_ongoing_requests': settings.in_hand, 'max_queued_requests': settings.queue,
        'health_check_period_s': 2.0, 'health_check_timeout_s': 10.0,
        'graceful_shutdown_wait_loop_s': 0.2, 'graceful_shutdown_timeout_s': settings.drain}
    if not settings.has_one_replica:
        options['deployment_actors'] = [store_config(settings.rate, settings.kept_bytes)]
    if settings.most_replicas > settings.replicas:
        options['autoscaling_config'] = {
            'min_replicas': settings.replicas, 'max_replicas': settings.most_replicas,
            'target_ongoing_requests': _WANTED_IN_HAND,
            'look_back_period_s': settings.upscale_delay,
            'metrics_interval_s': settings.upscale_delay / 3,
            'upscale_delay_s': settings.upscale_delay,
            'downscale_delay_s': settings.downscale_delay}
    else:
        options['num_replicas'] = settings.replicas
    return serve.deployment(PoolReplica).options(**options).bind(settings)


def build_app(values: dict[str, object]) -> serve.Application:
    """Return the application for the settings in a manifest (its ``import_path``).

    Raises:
        RisError: The settings cannot be used, or name no tokens although the pool is not open.
    """
    settings = PoolSettings.of(values)
    if not settings.tokens and not settings.open:
        raise RisError('The manifest names no file of tokens, so that anyone could use the pool; '
                       'give "tokens: FILE", or "open: true" if that is wanted.')
    return make_app(settings)


def _load_models(settings: PoolSettings) -> PoolModels:
    """Load the models in the thread in which they run, because threads of torch belong to it."""
    # Here, so that torch is imported by replicas alone.
    import torch

    from ris_ros.pool_server.models import load_pool_models
    if settings.threads:
        torch.set_num_threads(settings.threads)
    return load_pool_models(settings)


def _write(asked: PoolRequest, index: FrameIndex, times: PoolTimes) -> bytes:
    """Encode a reply."""
    return write_reply(PoolReply(asked.frame, index.masks, index.features, times), asked.features)


def _refusal(refusal: Refusal) -> Response:
    """Return a refusal as the robot gets it."""
    # HTTP knows whole seconds alone.
    headers = {'Retry-After': str(int(-(-refusal.wait // 1)))} if refusal.wait else None
    return JSONResponse({'error': str(refusal), 'wait': refusal.wait},
                        refusal.kind.status, headers)
