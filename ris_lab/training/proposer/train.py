# SPDX-License-Identifier: Apache-2.0
"""Train the segmenter of the embedded proposer: ``ris train proposer``."""
from __future__ import annotations

from copy import deepcopy
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from ris_lab.training.loop import (
    Terms,
    TrainingOptions,
    average_decay,
    prepare_torch,
    start,
    train,
    write_whole,
)
from ris_lab.training.proposer.evaluate import recall, segmenter_masks, test_scenes
from ris_lab.training.proposer.loss import losses
from ris_lab.training.proposer.optimizer import ConvolutionMuon
from ris_lab.training.proposer.samples import Samples
from ris_lab.training.proposer.views import View
from ris_ros.models.weights_file import read_weights
from ris_ros.proposals.segmenter import Segmenter


class SegmenterRun:
    """A training run that can be stopped and resumed; average holds the weights to export."""

    def __init__(self, rate: float, device: str = 'cpu', bfloat16: bool = False) -> None:
        self._device, self._bfloat16 = torch.device(device), bfloat16
        self.segmenter = Segmenter().to(self._device, memory_format=torch.channels_last)
        self.average = deepcopy(self.segmenter).requires_grad_(False).eval()
        self.optimizer = ConvolutionMuon(self.segmenter, rate)
        self.step, self.pictures, self.seconds = 0, 0, 0.0
        self.history: list[dict] = []

    def save(self, path: Path) -> None:
        """Write all state, in one piece or not at all."""
        state = {'segmenter': self.segmenter.state_dict(), 'average': self.average.state_dict(),
                 'optimizer': self.optimizer.state_dict(), 'step': self.step,
                 'pictures': self.pictures, 'seconds': self.seconds, 'history': self.history}
        write_whole(state, path)

    def resume(self, path: Path) -> None:
        """Read all state back."""
        state = torch.load(path, map_location=self._device, weights_only=True)
        self.segmenter.load_state_dict(state['segmenter'])
        self.average.load_state_dict(state['average'])
        self.optimizer.load_state_dict(state['optimizer'])
        self.step, self.pictures = state['step'], state['pictures']
        self.seconds, self.history = state['seconds'], state['history']

    def follow(self, path: Path) -> None:
        """Start from exported weights."""
        weights = {name: value.float() if value.is_floating_point() else value
                   for name, value in read_weights(path).items()}
        self.segmenter.load_state_dict(weights)
        self.average.load_state_dict(weights)

    def learn(self, batch: tuple[Tensor, Tensor], rate: float) -> Terms:
        """Take one step at a learning rate; return the terms of the loss."""
        images, targets = (part.to(self._device) for part in batch)
        pixels = (images.float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._bfloat16):
            maps = self.segmenter(pixels)
        terms = losses(maps.float(), targets)
        self.segmenter.zero_grad()
        sum(terms.values()).backward()
        nn.utils.clip_grad_norm_(self.segmenter.parameters(), 1.0)
        self.optimizer.step(rate)
        self.step += 1
        self.pictures += len(images)
        self._update_average()
        return {name: term.item() for name, term in terms.items()}

    @torch.no_grad()
    def _update_average(self) -> None:
        """Follow the weights, and the statistics of the normalisations, slowly."""
        decay = average_decay(self.step)
        new = self.segmenter.state_dict()
        for name, value in self.average.state_dict().items():
            if value.is_floating_point():
                value.lerp_(new[name], 1 - decay)


def train_segmenter(folders: list[Path], tests: Path, options: TrainingOptions) -> None:
    """Train the segmenter, or go on with the checkpoint that is there.

    Args:
        folders: Folders of rendered shards; each gives as many pictures.
        tests: Folder of the test shards.
        options: Schedule, checkpoint and machine.
    """
    prepare_torch(options.seed)
    run = SegmenterRun(options.plan.rate, options.device, options.bfloat16)
    start(run, options)
    scenes = test_scenes(tests, options.test_scenes)
    batches = Samples(folders, options.seed + run.step, options.batch)
    train(run, options, batches, partial(report, run, scenes))


def report(run: SegmenterRun, scenes: list[View], terms: Terms) -> dict:
    """Return how far the run is, the mean terms of the loss, and what it finds."""
    found = recall(partial(segmenter_masks, deepcopy(run.average).to('cpu')), scenes)
    return {'step': run.step, 'pictures': run.pictures, 'cpu minutes': round(run.seconds / 60, 1),
            'loss': {name: round(value, 4) for name, value in terms.items()}} | found
