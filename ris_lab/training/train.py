# SPDX-License-Identifier: Apache-2.0
"""Train the embedded CLIP: ``ris train clip``."""
from __future__ import annotations

from copy import deepcopy
from functools import partial
from pathlib import Path

import torch
from torch import nn

from ris_lab.training.dataset import Batch, Batches
from ris_lab.training.evaluate import evaluate, load_test_scenes
from ris_lab.training.export import small_state
from ris_lab.training.learner import Learner, Optimizers
from ris_lab.training.loop import (
    Terms,
    TrainingOptions,
    average_decay,
    prepare_torch,
    start,
    train,
    write_whole,
)
from ris_lab.training.model import Vocabulary
from ris_lab.training.scenes import LabelledScene
from ris_ros.models.weights_file import read_weights

# The number of first steps that fit what exported weights lack, before the weights change.
FITTING_STEPS = 200


class ClipRun:
    """A training run that can be stopped and resumed; average holds the weights to export."""

    def __init__(self, vocabulary: Vocabulary, rate: float, device: str = 'cpu',
                 bfloat16: bool = False) -> None:
        self._vocabulary, self._bfloat16 = vocabulary, bfloat16
        self._device, self._fitting = torch.device(device), 0
        self.learner = Learner(vocabulary.size).to(self._device)
        self.average = deepcopy(self.learner.clip).requires_grad_(False)
        self.optimizers = Optimizers(self.learner, rate)
        self.step, self.crops, self.seconds = 0, 0, 0.0
        self.history: list[dict] = []

    def save(self, path: Path) -> None:
        """Write all state, in one piece or not at all."""
        state = {'learner': self.learner.state_dict(), 'average': self.average.state_dict(),
                 'optimizers': self.optimizers.state_dict(), 'fitting': self._fitting,
                 'step': self.step, 'crops': self.crops, 'seconds': self.seconds,
                 'history': self.history}
        write_whole(state, path)

    def resume(self, path: Path) -> None:
        """Read all state back."""
        state = torch.load(path, map_location=self._device, weights_only=True)
        self.learner.load_state_dict(state['learner'])
        self.average.load_state_dict(state['average'])
        self.optimizers.load_state_dict(state['optimizers'])
        self._fitting = state['fitting']
        self.step, self.crops = state['step'], state['crops']
        self.seconds, self.history = state['seconds'], state['history']

    def follow(self, path: Path) -> None:
        """Start from exported weights; the first steps fit class heads of its own to them."""
        weights = small_state(read_weights(path), self._vocabulary)
        self.learner.clip.load_state_dict(weights)
        self.average.load_state_dict(weights)
        self._fitting = FITTING_STEPS

    def learn(self, batch: Batch, rate: float) -> Terms:
        """Take one step at a learning rate; return the terms of the loss."""
        batch = batch.to(self._device)
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._bfloat16):
            terms = self.learner.losses(batch, with_global=self.step % 2 == 0)
        self.learner.zero_grad()
        sum(terms.values()).backward()
        nn.utils.clip_grad_norm_(self.learner.parameters(), 1.0)
        self.optimizers.step(rate, new_only=self.step < self._fitting)
        self.step += 1
        self.crops += len(batch.crops)
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()),
                                 list(self.learner.clip.parameters()),
                                 1 - average_decay(self.step))
        return {name: term.item() for name, term in terms.items()}


def train_clip(folders: list[Path], tests: Path, options: TrainingOptions) -> None:
    """Train the embedded CLIP, or go on with the checkpoint that is there.

    Args:
        folders: Folders of rendered shards; each gives the same number of scenes.
        tests: Folder of the test shards.
        options: Schedule, checkpoint and machine.
    """
    prepare_torch(options.seed)
    run = ClipRun(Vocabulary(), options.plan.rate, options.device, options.bfloat16)
    start(run, options)
    scenes = load_test_scenes(tests, options.test_scenes)
    batches = Batches(folders, options.seed + run.step, options.batch)
    train(run, options, batches, partial(report, run, scenes))


def report(run: ClipRun, tests: list[LabelledScene], terms: Terms) -> dict:
    """Return one row of the history."""
    tested = evaluate(run.average, Vocabulary(), tests)
    return {'step': run.step, 'cpu minutes': round(run.seconds / 60, 1), 'crops': run.crops,
            'scale': run.learner.clip.logit_scale.exp().item(), 'loss': terms,
            'right': tested.shares()}
