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
from torch.utils.data import get_worker_info

AVERAGE_DECAY = 0.998
WARM_UP_STEPS = 100
SAVE_SECONDS = 60

Terms = dict[str, float]


class Run(Protocol):
    """A training run that can be stopped and resumed; seconds: CPU time of its learning."""

    step: int
    seconds: float
    history: list[dict]

    def learn(self, batch: object, rate: float) -> Terms:
        """Take one step at a learning rate; return the terms of the loss."""
        ...

    def save(self, path: Path) -> None:
        """Write all state."""
        ...


def average_decay(step: int) -> float:
    """Return how much of the average a step keeps: little at first."""
    return min(AVERAGE_DECAY, step / (step + 20))


def rate_share(step: int, done: float) -> float:
    """Return the share of the peak learning rate: warm-up, then cosine.

    done: the share of the run that is over.
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

    steps: at most, those of earlier processes included.  minutes: of this process, by the clock,
    at most.  rate: peak learning rate.  every: so many steps lie between tests.
    """

    steps: int
    rate: float
    every: int
    minutes: float = math.inf

    def done(self, step: int, seconds: float) -> float:
        """Return the share that is over after so many steps and seconds of this process."""
        return max(step / self.steps, seconds / (60 * self.minutes))


def worker_seed(seed: int) -> list[int]:
    """Return the seed of the asking process, which makes batches alone or beside others."""
    worker = get_worker_info()
    return [seed, worker.id if worker else 0]


def take_steps(run: Run, plan: Plan, batches: Iterator, checkpoint: Path,
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
