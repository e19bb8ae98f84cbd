# SPDX-License-Identifier: Apache-2.0
"""The deployment: one replica has the models, and answers robots over HTTP.

A request is read in threads of its own; the models run in one thread, on batches that Ray Serve
collects.  The event loop does neither, so that health checks and refusals never wait for a model.
"""
from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from dataclasses import dataclass
import logging
import time

from ray import serve
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ris_ros.errors import RisError
from ris_ros.frame import Frame
from ris_ros.pool.container import CONTENT_TYPE, VERSION
from ris_ros.pool.reply import PoolReply, PoolTimes, write_reply
from ris_ros.pool.request import PoolRequest, read_request
from ris_ros.pool_server.access import RobotQuota, RobotRegister
from ris_ros.pool_server.models import FrameIndex, PoolModels, index_together, load_pool_models
from ris_ros.pool_server.refusal import Refusal, RefusalKind
from ris_ros.pool_server.sessions import Seat
from ris_ros.pool_server.settings import PoolSettings

_LOGGER = logging.getLogger('ray.serve')
# Frames take memory; robots beyond these begin anew with a whole frame.
_MOST_SEATS = 256

Load = Callable[[PoolSettings], PoolModels]


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

    def __init__(self, settings: PoolSettings, load: Load = load_pool_models) -> None:
        """Load the models.

        Args:
            settings: Of the pool.
            load: Loads the models.
        """
        self._settings = settings
        self._robots = RobotRegister.read(settings.tokens)
        self._quota = RobotQuota(settings.rate)
        self._readers = ThreadPoolExecutor(2, 'ris_pool_reader')
        self._thread = ThreadPoolExecutor(1, 'ris_pool_models')
        self._models = self._thread.submit(_load, settings, load).result()
        self._busy_since: float | None = None
        self._index_batch.set_max_batch_size(settings.batch)
        self._index_batch.set_batch_wait_timeout_s(settings.batch_wait)

    async def __call__(self, request: Request) -> Response:
        """Answer a request; whatever goes wrong becomes a status and a sentence."""
        try:
            return await self._answer(request)
        except Refusal as refusal:
            return _refusal(refusal)
        except RisError as error:
            return _refusal(Refusal(RefusalKind.BAD_REQUEST, str(error)))
        except Exception as error:
            # Models raise exceptions of every kind; the robot must hear of it and go on by itself.
            _LOGGER.exception('The models failed.')
            return _refusal(Refusal(RefusalKind.MODELS_FAILED,
                                    f'The models of the pool failed: {error!r:.200}.'))

    def check_health(self) -> None:
        """Raise an exception where the models hang; Ray then starts another replica."""
        since = self._busy_since
        if since is not None and time.monotonic() - since > self._settings.longest_batch:
            raise RuntimeError(f'The models have been busy with one batch for more than '
                               f'{self._settings.longest_batch:g} s.')

    async def _answer(self, request: Request) -> Response:
        """Answer a request of a known robot."""
        robot = self._robots.robot_of(request.headers)
        place = request.method, request.url.path
        if place == ('GET', '/v1/pool'):
            return JSONResponse({'version': VERSION, 'profile': self._settings.profile,
                                 'model': self._models.fingerprint, 'robot': robot})
        if place != ('POST', '/v1/index'):
            raise Refusal(RefusalKind.NO_SUCH_PLACE, f'The pool has no {request.method} '
                          f'{request.url.path!r:.80}; expected POST /v1/index or GET /v1/pool.')
        seat = serve.get_multiplexed_model_id() or robot
        with self._quota.turn(robot, seat):
            since = time.monotonic()
            data = await _read_body(request, self._settings.most_bytes)
            loop = asyncio.get_running_loop()
            asked = await loop.run_in_executor(self._readers, read_request, data)
            if asked.model != self._models.fingerprint:
                raise Refusal(RefusalKind.OTHER_MODELS, (
                    f'The pool serves the profile {self._settings.profile!r} with the models '
                    f'{self._models.fingerprint}; the robot asks for {asked.model!r}. Give both '
                    'the same profile, weights and version.'))
            session = (await self._take_seat(seat)).session_of(robot)
            work = PoolWork(session.frame_of(asked), since, since + asked.patience)
            times = PoolTimes(reading=time.monotonic() - since)
            index, times = await self._index(work, times)
            reply = await loop.run_in_executor(self._readers, _write, asked, index, times)
            return Response(reply, media_type=CONTENT_TYPE)

    async def _index(self, work: PoolWork, times: PoolTimes) -> tuple[FrameIndex, PoolTimes]:
        """Wait for the turn of a frame in a batch."""
        # In a context of its own, because Ray Serve puts together in a batch only what it would
        # send to the same model, which for us is the seat of one robot.
        result, begun, together = await Context().run(self._put_into_batch, work)
        if result is None:
            raise Refusal(RefusalKind.TOO_LATE, 'The pool did not come to this frame before its '
                          'robot gave up.')
        waiting = begun - work.since - times.reading
        return result, PoolTimes(times.reading, max(waiting, 0.0), result.proposing,
                                 result.encoding, together)

    def _put_into_batch(self, work: PoolWork) -> asyncio.Future:
        """Return the future result of a frame."""
        return asyncio.ensure_future(self._index_batch(work))

    @serve.multiplexed(max_num_models_per_replica=_MOST_SEATS)
    async def _take_seat(self, name: str) -> Seat:
        """Make a seat; Ray Serve sends the next requests with its name to the same replica."""
        return Seat()

    @serve.batch(max_batch_size=8, batch_wait_timeout_s=0.002)
    async def _index_batch(self, works: list[PoolWork]
                           ) -> list[tuple[FrameIndex | None, float, int]]:
        """Index a batch; a frame whose robot has given up is left out."""
        begun = self._busy_since = time.monotonic()
        try:
            wanted = [work for work in works if begun < work.until]
            found = iter(await asyncio.get_running_loop().run_in_executor(
                self._thread, index_together, self._models.pipeline,
                [work.frame for work in wanted], self._settings.separate))
        finally:
            self._busy_since = None
        return [(next(found) if begun < work.until else None, begun, len(wanted))
                for work in works]


def make_app(settings: PoolSettings, load: Load = load_pool_models) -> serve.Application:
    """Return the application of Ray Serve for a pool."""
    options = {
        'name': 'indexer',
        'ray_actor_options': {'num_cpus': settings.cpus, 'num_gpus': settings.gpus},
        'max_ongoing_requests': settings.in_hand, 'max_queued_requests': settings.queue,
        'health_check_period_s': 2.0, 'health_check_timeout_s': 10.0,
        'graceful_shutdown_wait_loop_s': 0.2, 'graceful_shutdown_timeout_s': settings.drain}
    if settings.most_replicas > settings.replicas:
        options['autoscaling_config'] = {
            'min_replicas': settings.replicas, 'max_replicas': settings.most_replicas,
            'target_ongoing_requests': settings.batch}
    else:
        options['num_replicas'] = settings.replicas
    return serve.deployment(PoolReplica).options(**options).bind(settings, load)


def build_app(values: dict[str, object]) -> serve.Application:
    """Return the application for the settings in a manifest (its ``import_path``)."""
    return make_app(PoolSettings.of(values))


def _load(settings: PoolSettings, load: Load) -> PoolModels:
    """Load the models in the thread in which they run, because threads of torch belong to it."""
    if settings.threads:
        import torch
        torch.set_num_threads(settings.threads)
    return load(settings)


async def _read_body(request: Request, most: int) -> bytes:
    """Return what a robot sends; raise Refusal as soon as it is too long."""
    parts, length = [], 0
    async for part in request.stream():
        length += len(part)
        if length > most:
            raise Refusal(RefusalKind.TOO_LARGE,
                          f'The request has more than {most} bytes, the most that is read.')
        parts.append(part)
    return b''.join(parts)


def _write(asked: PoolRequest, index: FrameIndex, times: PoolTimes) -> bytes:
    """Encode a reply."""
    return write_reply(PoolReply(asked.frame, index.masks, index.features, times), asked.features)


def _refusal(refusal: Refusal) -> Response:
    """Return a refusal as the robot gets it."""
    # HTTP knows whole seconds alone.
    headers = {'Retry-After': str(int(-(-refusal.wait // 1)))} if refusal.wait else None
    return JSONResponse({'error': str(refusal), 'wait': refusal.wait},
                        refusal.kind.value, headers)
