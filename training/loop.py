"""What the trainings share: a schedule by steps, checkpoints, tests now and then."""
from __future__ import annotations

from collections.abc import Callable, Iterator
import json
import math
from pathlib import Path
import time
from typing import Protocol

import torch

AVERAGE_DECAY = 0.998
WARM_UP_STEPS = 100
SAVE_SECONDS = 180

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


def rate_share(step: int, steps: int) -> float:
    """Return the share of the peak learning rate: warm-up, then cosine over all steps."""
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, step / steps)))
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


def take_steps(run: Run, steps: int, batches: Iterator, rate: float, checkpoint: Path,
               report: Callable[[Terms], dict], every: int) -> None:
    """Train until the run has taken so many steps, those of earlier processes included.

    rate: peak learning rate.  report: tests the run and returns a row of its history, given the
    mean terms of the loss since the last one; asked every so many steps and at the end.  The
    last state is saved.
    """
    losses, saved = [], time.monotonic()
    while run.step < steps:
        batch, started = next(batches), time.process_time()
        losses.append(run.learn(batch, rate * rate_share(run.step, steps)))
        run.seconds += time.process_time() - started
        if run.step % every == 0 or run.step == steps:
            run.history.append(report(mean_terms(losses)))
            print(json.dumps(run.history[-1]), flush=True)
            losses = []
        if time.monotonic() - saved > SAVE_SECONDS:
            run.save(checkpoint)
            saved = time.monotonic()
    run.save(checkpoint)
