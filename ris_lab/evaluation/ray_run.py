# SPDX-License-Identifier: Apache-2.0
"""The loop over a split on a Ray cluster: pictures go out to workers, results come back in order.

The driver alone writes the results, and in the order of the split, so the file is at each moment
what an unbroken run on one machine would have written so far.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
import contextlib
import os
from pathlib import Path
import socket
from types import ModuleType

from ris_lab.evaluation.results import Record, ResultsFile
from ris_lab.evaluation.runner import Answers, Work, do, missing_work, progress_bar
from ris_lab.evaluation.sample import Sample
from ris_ros.errors import RisError

# A worker has one picture in hand and others waiting or done, because the pool gives it the next
# one only when a result has been written, and results are written in order.
_PER_WORKER = 8
# How many seconds after the first worker the others may start.  The run does without later ones,
# because other users of the cluster may hold their places for long.
_PATIENCE = 30.0
# How often Ray starts a dead worker anew, and gives a picture to it again.
_RETRIES = 3
# Nothing large is shared.
_STORE_BYTES = 100_000_000


@contextlib.contextmanager
def connected(address: str, cpus: int | None = None) -> Iterator[None]:
    """Hold a connection to a Ray cluster.

    Args:
        address: 'local' starts a cluster on this machine, which ends with the connection; 'auto'
            or 'host:port' names a running one.
        cpus: Number of CPUs that a local cluster may use, None for all.

    Raises:
        RisError: Ray or the cluster is missing.
    """
    ray = _import_ray()
    from ris_ros.pool_server.cluster import connect
    connect(address, cpus, _STORE_BYTES)
    try:
        yield
    finally:
        ray.shutdown()


def worker_count(asked: int, gpu: bool) -> int:
    """Return how many workers to start: as asked, 0 for one for each CPU (GPU) of the cluster.

    Raises:
        RisError: The cluster has none of them.
    """
    kind = 'GPU' if gpu else 'CPU'
    there = int(_import_ray().cluster_resources().get(kind, 0))
    if not there:
        raise RisError(f'The Ray cluster has no {kind}.'
                       + (' Leave out --device cuda.' if gpu else ''))
    return min(asked or there, there)


def run_on_ray(samples: Sequence[Sample], load: Callable[[], Answers], results: ResultsFile,
               protocol: str, workers: int, gpu: bool = False) -> None:
    """Add the results of all sentences that have none yet, as `run` does.

    Args:
        samples: The samples of all sentences.
        load: Called once on each worker; what it and the samples name must lie at the same paths
            there.
        results: File of the results that are there, to which the others are added.
        protocol: As of `run`.
        workers: Most workers; each has one CPU and, with gpu, one GPU.
        gpu: Whether each worker has a GPU.

    Raises:
        RisError: Ray has given up on a worker.
        Exception: Whatever a worker raised, once the results before it are written.
    """
    ray = _import_ray()
    works = missing_work(samples, results)
    with progress_bar(samples, results) as progress:
        if not works:
            return
        count = min(worker_count(workers, gpu), len(works))
        placed = _placed(ray, [_start_worker(ray, load, protocol, gpu) for _ in range(count)])
        answered = ray.util.ActorPool(placed * _PER_WORKER).map(_hand_out, works)
        for work in works:
            for record in _next_records(ray, answered, work):
                results.append(record)
                progress.update()


def _placed(ray: ModuleType, workers: list) -> list:
    """Return the workers for which Ray has found a place, once there is one at least."""
    starts = {worker.start.remote(): worker for worker in workers}
    ray.wait(list(starts))
    ready, _ = ray.wait(list(starts), num_returns=len(starts), timeout=_PATIENCE)
    return [starts[start] for start in ready]


def _hand_out(worker: object, work: Work) -> object:
    """Give a picture to a worker; return Ray's reference to its results."""
    return worker.do.remote(work)


def _start_worker(ray: ModuleType, load: Callable[[], Answers], protocol: str, gpu: bool
                  ) -> object:
    options = {'num_cpus': 1, 'num_gpus': int(gpu), 'max_restarts': _RETRIES,
               'max_task_retries': _RETRIES}
    return ray.remote(**options)(_Worker).remote(
        load, protocol, Path.cwd(), os.environ.get('RIS_MODELS_DIR'))


def _next_records(ray: ModuleType, answered: Iterator[list[Record]], work: Work) -> list[Record]:
    """Return the results of the next picture; a worker's error is raised as it was there."""
    try:
        return next(answered)
    except ray.exceptions.RayTaskError as error:
        raise error.cause from None
    except ray.exceptions.RayError as error:
        lines = str(error).strip().splitlines()
        raise RisError(f'Ray has given up on the picture {work.samples[0].image}: '
                       f'{" ".join(dict.fromkeys((lines[0], lines[-1])))} Give the same command '
                       'to go on.') from error


class _Worker:
    """Loads the models once, and answers picture by picture."""

    def __init__(self, load: Callable[[], Answers], protocol: str, folder: Path,
                 models: str | None) -> None:
        # Relative names in a profile are meant as on the driver.
        if folder.is_dir():
            os.chdir(folder)
        if models is not None:
            os.environ['RIS_MODELS_DIR'] = models
        self._load = load
        self._protocol = protocol
        self._answers: Answers | None = None

    def start(self) -> None:
        """Be there."""

    def do(self, work: Work) -> list[Record]:
        """Return the missing results of a picture."""
        try:
            # Not in __init__, whose errors Ray takes for a dead worker.
            if self._answers is None:
                self._answers = self._load()
            return list(do(work, self._answers, self._protocol))
        except RisError as error:
            raise RisError(f'{error} (on {socket.gethostname()})') from error


def _import_ray() -> ModuleType:
    """Import Ray only where it is asked for."""
    try:
        import ray
    except ImportError as error:
        raise RisError('--ray needs Ray, an optional extra; install it with: pip install '
                       '"ray>=2.45"') from error
    return ray
