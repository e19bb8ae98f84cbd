# SPDX-License-Identifier: Apache-2.0
"""The robot's connection to the pool.

All that waits for the network runs in an event loop, in a thread of its own, so that a request ends
at its deadline whatever the network does: while a name is looked up, while the connection is made,
or while bytes trickle in.
"""
from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent import futures
from dataclasses import dataclass, replace
import threading
import time
from typing import TypeVar

import httpx

from ris_ros.pool.address import PoolAddress
from ris_ros.pool.container import CONTENT_TYPE, MOST_BYTES, VERSION
from ris_ros.pool.failure import (
    LONGEST_WAIT_S,
    FailureKind,
    PoolFailure,
    cause,
    read_refusal,
)
from ris_ros.pool.question import PoolTrial
from ris_ros.pool.stream import joined

# How long the pool may take to say that it is back, and how long the robot waits before it asks.
_PROBE_S = 1.0
_FIRST_PAUSE_S = 0.5

Result = TypeVar('Result')


@dataclass(frozen=True)
class LinkCounts:
    """What has gone over the link.

    Attributes:
        requests: Number of requests.
        replies: Number of replies that came in time.
        sent: Bytes of their bodies.
        received: Likewise.
        seconds: How long the last reply took.
    """

    requests: int = 0
    replies: int = 0
    sent: int = 0
    received: int = 0
    seconds: float = 0.0


class PoolExchange:
    """A request on its way."""

    def __init__(self, future: futures.Future[bytes]) -> None:
        self._future = future

    def wait(self, seconds: float) -> bool:
        """Wait for the end of the request, at most some seconds; return whether it has ended."""
        return bool(futures.wait([self._future], seconds).done)

    def result(self) -> bytes:
        """Return the reply; raise PoolFailure where there is none."""
        return self._future.result()

    def cancel(self) -> None:
        """Give up; whatever comes now is dropped."""
        self._future.cancel()


class PoolLink:
    """Sends requests, one at a time, and knows whether the pool answers.

    After a failure it sends none until the pool has said that it is back, and has answered a frame
    for which nobody waits.  Any thread may read ``fault`` and ``counts``.
    """

    def __init__(self, address: PoolAddress) -> None:
        """Start the thread; nothing is sent yet."""
        self._address = address
        self._fault = ''
        self._failures = 0
        self._patience = 0.0  # the longest yet: of a second try only the rest is told
        self._awaits_return = False  # for the loop alone
        self.counts = LinkCounts()
        self._loop = asyncio.new_event_loop()
        self._client = httpx.AsyncClient(
            base_url=address.url, headers=address.headers, timeout=None,
            limits=httpx.Limits(max_connections=2))
        threading.Thread(target=self._run_loop, name='ris_pool', daemon=True).start()

    @property
    def fault(self) -> str:
        """Why nothing is sent at present, as a sentence; '' while the pool answers."""
        return self._fault

    def send(self, data: bytes, patience: float) -> PoolExchange:
        """Send a request.

        Args:
            data: The request.
            patience: Seconds after which its reply is of no use.
        """
        self._patience = max(self._patience, patience)
        return PoolExchange(self._run(self._exchange(data, patience)))

    def fail(self, failure: PoolFailure, trial: PoolTrial | None = None) -> None:
        """Send nothing from now on until the pool is back.

        Args:
            failure: Why.
            trial: A frame that the pool must answer before; None where it need only say so.
        """
        self._failures += 1
        self._fault = f'The pool {failure}'
        self._run(self._await_return(failure.wait, trial))

    def succeed(self) -> None:
        """Take note that a reply was of use."""
        self._failures = 0

    def close(self) -> None:
        """Drop whatever is on its way and end the thread."""
        self._run(self._end())

    def _run_loop(self) -> None:
        """Run the event loop until the link is closed."""
        self._loop.run_forever()
        self._loop.close()

    def _run(self, work: Coroutine[object, object, Result]) -> futures.Future[Result]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _exchange(self, data: bytes, patience: float) -> bytes:
        """Send a request and return the reply; raise PoolFailure where none comes in time."""
        start = time.monotonic()
        counts = self.counts = replace(self.counts, requests=self.counts.requests + 1,
                                       sent=self.counts.sent + len(data))
        try:
            status, body = await asyncio.wait_for(self._post(data), patience)
        except (asyncio.TimeoutError, TimeoutError):
            raise PoolFailure(FailureKind.TOO_LATE,
                              f'did not answer within {patience:.2f} s.') from None
        except PoolFailure:
            raise
        except Exception as error:  # whatever it is, the robot goes on by itself
            raise PoolFailure(FailureKind.UNREACHABLE, f'is out of reach ({cause(error)}).'
                              ) from error
        if status != 200:
            raise read_refusal(status, body)
        self.counts = replace(counts, replies=counts.replies + 1,
                              received=counts.received + len(body),
                              seconds=time.monotonic() - start)
        return body

    async def _post(self, data: bytes) -> tuple[int, bytes]:
        """Return the status and body of the answer to a request."""
        async with self._client.stream('POST', '/v1/index', content=data,
                                       headers={'Content-Type': CONTENT_TYPE}) as response:
            body = await joined(response.aiter_bytes(), MOST_BYTES)
            if body is None:
                raise PoolFailure(FailureKind.REFUSED,
                                  f'sends a reply of more than {MOST_BYTES} bytes.')
            return response.status_code, body

    async def _await_return(self, wait: float, trial: PoolTrial | None) -> None:
        """Ask from time to time whether the pool is back, and let it answer a frame then."""
        if self._awaits_return:
            return
        self._awaits_return = True
        first = pause = min(_FIRST_PAUSE_S * 2 ** min(self._failures - 1, 10), LONGEST_WAIT_S)
        await asyncio.sleep(wait or pause)
        answers = False
        while True:
            fault = await self._find_fault()
            if not fault and not answers:  # a pool that has just started needs some more time
                answers, pause = True, first / 2
            fault = fault or await self._find_fault_by(trial)
            if not fault:
                break
            self._fault = f'The pool {fault}'
            pause = min(2 * pause, LONGEST_WAIT_S)
            await asyncio.sleep(pause)
        self._awaits_return = False
        self._fault = ''

    async def _find_fault(self) -> str:
        """Return what is wrong with the pool, as a clause; '' where it answers."""
        try:
            response = await asyncio.wait_for(self._client.get('/v1/pool'), _PROBE_S)
            if response.status_code != 200:
                return str(read_refusal(response.status_code, response.content))
            facts = response.json()
            if facts['version'] != VERSION:
                return (f'speaks version {facts["version"]!r:.20} of the format, and this robot '
                        f'version {VERSION}. Install the same version of ris_ros.')
            if facts['model'] != self._address.model:
                return (f'serves the profile {facts["profile"]!r:.80} with other models than this '
                        'robot expects. Give both the same profile, weights and version.')
            if facts['busy'] > self._patience:
                return (f'has been busy with other frames for {facts["busy"]:.1f} s, longer than '
                        'this robot waits.')
            if facts.get('next', 0.0) > self._patience:
                return (f'is full: a frame would be ready after {facts["next"]:.2f} s, and this '
                        f'robot waits for {self._patience:.2f} s.')
        except (asyncio.TimeoutError, TimeoutError):
            return f'did not answer within {_PROBE_S:.2f} s.'
        except (ValueError, TypeError, KeyError):
            return 'is something else: what answers at its address is no pool of ris_ros.'
        except Exception as error:  # whatever it is, the robot asks again later
            return f'is out of reach ({cause(error)}).'
        return ''

    async def _find_fault_by(self, trial: PoolTrial | None) -> str:
        """Return why the pool does not answer a frame, as a clause; '' where it does."""
        if trial is None:
            return ''
        try:
            question = trial.question()
            trial.reply = question.read(
                await self._exchange(question.data, question.patience))
        except PoolFailure as failure:
            return str(failure)
        except Exception as error:  # whatever it is, the robot asks again later
            return f'cannot be sent a frame ({cause(error)}).'
        return ''

    async def _end(self) -> None:
        """Cancel all that runs in the loop, then end it."""
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.aclose()
        self._loop.stop()
