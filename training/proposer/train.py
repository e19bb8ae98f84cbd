"""Train the segmenter: python -m training.proposer.train --data D --out O --minutes 60 --seed 0."""
from __future__ import annotations

import argparse
from copy import deepcopy
from functools import partial
import json
import math
from pathlib import Path
import time

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from ris_ros.proposals.segmenter import Segmenter
from training.proposer.evaluate import recall, segmenter_masks, test_scenes
from training.proposer.loss import losses
from training.proposer.optimizer import ConvolutionMuon
from training.proposer.samples import Samples

AVERAGE_DECAY = 0.998
WARM_UP_STEPS = 100
BATCH = 4
SAVE_SECONDS = 120


class Run:
    """A training run that can be stopped and resumed; average holds the weights to export."""

    def __init__(self, rate: float) -> None:
        self.segmenter = Segmenter().to(memory_format=torch.channels_last)
        self.average = deepcopy(self.segmenter).requires_grad_(False).eval()
        self.optimizer = ConvolutionMuon(self.segmenter, rate)
        self.step, self.seconds = 0, 0.0
        self.history: list[dict] = []

    def save(self, path: Path) -> None:
        """Write all state, in one piece or not at all."""
        state = {'segmenter': self.segmenter.state_dict(), 'average': self.average.state_dict(),
                 'optimizer': self.optimizer.state_dict(), 'step': self.step,
                 'seconds': self.seconds, 'history': self.history}
        torch.save(state, path.with_suffix('.partial'))
        path.with_suffix('.partial').rename(path)

    def resume(self, path: Path) -> None:
        """Read all state back."""
        state = torch.load(path, weights_only=True)
        self.segmenter.load_state_dict(state['segmenter'])
        self.average.load_state_dict(state['average'])
        self.optimizer.load_state_dict(state['optimizer'])
        self.step, self.seconds = state['step'], state['seconds']
        self.history = state['history']

    def learn(self, images: Tensor, targets: Tensor, rate: float) -> dict[str, float]:
        """Take one step at a learning rate; return the terms of the loss."""
        pixels = (images.float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)
        with torch.autocast('cpu', torch.bfloat16):
            maps = self.segmenter(pixels)
        terms = losses(maps.float(), targets)
        self.segmenter.zero_grad()
        sum(terms.values()).backward()
        nn.utils.clip_grad_norm_(self.segmenter.parameters(), 1.0)
        self.optimizer.step(rate)
        self.step += 1
        self._update_average()
        return {name: term.item() for name, term in terms.items()}

    @torch.no_grad()
    def _update_average(self) -> None:
        """Follow the weights, and the statistics of the normalisations, slowly."""
        decay = min(AVERAGE_DECAY, self.step / (self.step + 20))
        new = self.segmenter.state_dict()
        for name, value in self.average.state_dict().items():
            if value.is_floating_point():
                value.lerp_(new[name], 1 - decay)


def rate_share(progress: float, step: int) -> float:
    """Return the share of the peak learning rate: warm-up in steps, then cosine over the time."""
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
    return min(1.0, (step + 1) / WARM_UP_STEPS) * (0.01 + 0.99 * cosine)


def train(arguments: argparse.Namespace) -> None:
    """Run until the minutes are used up, saving and testing now and then."""
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(1)
    run = Run(arguments.rate)
    checkpoint = arguments.out / 'checkpoint.pt'
    if checkpoint.exists():
        run.resume(checkpoint)
    scenes = test_scenes(arguments.data, arguments.test_scenes)
    samples = Samples(arguments.data, arguments.seed + run.step, BATCH)
    batches = iter(DataLoader(samples, batch_size=None, num_workers=1, prefetch_factor=6))
    started, terms = time.monotonic() - run.seconds, []
    reported = saved = time.monotonic()
    while run.seconds < 60 * arguments.minutes:
        share = rate_share(run.seconds / (60 * arguments.minutes), run.step)
        terms.append(run.learn(*next(batches), arguments.rate * share))
        run.seconds = time.monotonic() - started
        if time.monotonic() - reported > 60 * arguments.report:
            run.history.append(report(run, terms) | recall(
                partial(segmenter_masks, run.average), scenes))
            print(json.dumps(run.history[-1]), flush=True)
            terms, reported = [], time.monotonic()
        if time.monotonic() - saved > SAVE_SECONDS:
            run.save(checkpoint)
            saved = time.monotonic()
    run.history.append(report(run, terms) | recall(
        partial(segmenter_masks, run.average), scenes))
    print(json.dumps(run.history[-1]), flush=True)
    run.save(checkpoint)


def report(run: Run, terms: list[dict[str, float]]) -> dict:
    """Return how far the run is and the mean terms of the loss."""
    means = {name: round(sum(row[name] for row in terms) / len(terms), 4)
             for name in (terms[0] if terms else ())}
    return {'step': run.step, 'minutes': round(run.seconds / 60, 1), 'loss': means}


def main() -> None:
    """Parse the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', type=Path, required=True, help='folder of rendered shards')
    parser.add_argument('--out', type=Path, required=True, help='folder of the checkpoint')
    parser.add_argument('--minutes', type=float, default=60, help='training time; sets the cosine')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--rate', type=float, default=3e-3, help='peak learning rate')
    parser.add_argument('--report', type=float, default=4, help='minutes between tests')
    parser.add_argument('--test-scenes', type=int, default=50)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    train(arguments)


if __name__ == '__main__':
    main()
