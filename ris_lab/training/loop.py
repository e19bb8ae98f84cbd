# SPDX-License-Identifier: Apache-2.0
"""What the trainings share: a schedule, checkpoints, tests now and then, who makes the batches."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
import json
import math
from pathlib import Path
import time
from typing import Protocol

import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

AVERAGE_DECAY = 0.998
WARM_UP_STEPS = 100
SAVE_SECONDS = 60

Terms = dict[str, float]


class TrainingRun(Protocol):
    """A training run that can be stopped and resumed.

    Attributes:
        step: Number of steps taken.
        seconds: CPU time of the steps.
        history: Rows of figures, one for each test.
    """

    step: int
    seconds: float
    history: list[dict]

    def learn(self, batch: object, rate: float) -> Terms:
        """Take one step at a learning rate; return the terms of the loss."""
        ...

    def save(self, path: Path) -> None:
        """Write all state."""
        ...

    def resume(self, path: Path) -> None:
        """Read all state back."""
        ...

    def follow(self, path: Path) -> None:
        """Start from exported weights."""
        ...


def average_decay(step: int) -> float:
    """Return how much of the average a step keeps: little at first."""
    return min(AVERAGE_DECAY, step / (step + 20))


def rate_share(step: int, done: float) -> float:
    """Return the share of the peak learning rate: warm-up, then cosine.

    Args:
        step: Number of steps taken.
        done: Share of the run that is over, in 0..1.
    """
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
    return min(1.0, (step + 1) / WARM_UP_STEPS) * (0.01 + 0.99 * cosine)


def mean_terms(losses: list[Terms]) -> Terms:
    """Return the mean of each term over the steps that have it."""
    names = sorted({name for terms in losses for name in terms})
    values = {name: [terms[name] for terms in losses if name in terms] for name in names}
    return {name: sum(column) / len(column) for name, column in values.items()}


def write_whole(state: dict, path: Path) -> None:
    """Write a checkpoint in one piece or not at all."""
    torch.save(state, path.with_suffix('.partial'))
    path.with_suffix('.partial').rename(path)


@dataclass(frozen=True)
class Plan:
    """How long a run goes on, and how fast it learns.

    Attributes:
        steps: Most steps, those of earlier processes included.
        rate: Peak learning rate.
        every: Number of steps from test to test.
        minutes: Most minutes of this process, by the clock.
    """

    steps: int
    rate: float
    every: int
    minutes: float = math.inf

    def done(self, step: int, seconds: float) -> float:
        """Return the share of the run that is over, given the seconds of this process."""
        return max(step / self.steps, seconds / (60 * self.minutes))


@dataclass(frozen=True)
class TrainingOptions:
    """What both trainings are told.

    Attributes:
        out: Folder of the checkpoint.
        plan: The schedule.
        weights: Exported weights to start from; nothing where it is None.
        batch: Scenes or pictures of a step.
        seed: Seed of weights and batches.
        test_scenes: Number of scenes of a test.
        device: Device of PyTorch.
        bfloat16: Whether to compute in bfloat16.
        workers: Number of processes that make batches.
    """

    out: Path
    plan: Plan
    weights: Path | None
    batch: int
    seed: int
    test_scenes: int
    device: str = 'cpu'
    bfloat16: bool = False
    workers: int = 1

    @property
    def checkpoint(self) -> Path:
        """The file of the checkpoint."""
        return self.out / 'checkpoint.pt'


def worker_seed(seed: int) -> list[int]:
    """Return the seed of the asking process, which makes batches alone or beside others."""
    worker = get_worker_info()
    return [seed, worker.id if worker else 0]


def prepare_torch(seed: int) -> None:
    """Seed PyTorch, and let it compute on one thread of the CPU."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    torch.set_float32_matmul_precision('high')


def start(run: TrainingRun, options: TrainingOptions) -> None:
    """Resume a run from its checkpoint or, where there is none, start from exported weights."""
    options.out.mkdir(parents=True, exist_ok=True)
    if options.checkpoint.exists():
        run.resume(options.checkpoint)
    elif options.weights:
        run.follow(options.weights)


def train(run: TrainingRun, options: TrainingOptions, batches: IterableDataset,
          report: Callable[[Terms], dict]) -> None:
    """Take the steps that are left, saving and testing now and then.

    Args:
        run: The run, after `start`.
        options: Schedule, checkpoint and number of workers.
        batches: An endless stream of batches.
        report: As of `take_steps`; a new run is also tested before its first step.
    """
    loader = DataLoader(batches, batch_size=None, num_workers=options.workers, prefetch_factor=4)
    stream = iter(loader)  # its processes begin while the run is tested
    if run.step == 0:
        run.history.append(report({}))
    take_steps(run, options.plan, stream, options.checkpoint, report)


def take_steps(run: TrainingRun, plan: Plan, batches: Iterator, checkpoint: Path,
               report: Callable[[Terms], dict]) -> None:
    """Train until the plan's steps are taken or its minutes are over.

    report: tests the run and returns a row of its history, given the mean terms of the loss
    since the last one; asked now and then and at the end.  The last state is saved.
    """
    losses: list[Terms] = []
    begun = saved = time.monotonic()
    while (done := plan.done(run.step, time.monotonic() - begun)) < 1:
        batch, started = next(batches), time.process_time()
        losses.append(run.learn(batch, plan.rate * rate_share(run.step, done)))
        run.seconds += time.process_time() - started
        if run.step % plan.every == 0:
            run.history.append(report(mean_terms(losses)))
            print(json.dumps(run.history[-1]), flush=True)
            losses = []
        if time.monotonic() - saved > SAVE_SECONDS:
            run.save(checkpoint)
            saved = time.monotonic()
    if losses:
        run.history.append(report(mean_terms(losses)))
        print(json.dumps(run.history[-1]), flush=True)
    run.save(checkpoint)
