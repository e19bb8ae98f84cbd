"""Train the segmenter: python -m ris_lab.training.proposer.train --data D --out O --steps 3000.

A further stage takes exported weights and has a schedule of its own: --from F.
"""
from __future__ import annotations

import argparse
from copy import deepcopy
from functools import partial
import math
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from ris_lab.training.loop import Plan, Terms, average_decay, take_steps, write_whole
from ris_lab.training.proposer.evaluate import recall, segmenter_masks, test_scenes
from ris_lab.training.proposer.loss import losses
from ris_lab.training.proposer.optimizer import ConvolutionMuon
from ris_lab.training.proposer.samples import Samples
from ris_lab.training.proposer.views import View
from ris_ros.models.weights_file import read_weights
from ris_ros.proposals.segmenter import Segmenter


class Run:
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


def train(arguments: argparse.Namespace) -> None:
    """Take the steps that are left, saving and testing now and then."""
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(1)
    torch.set_float32_matmul_precision('high')
    run = Run(arguments.rate, arguments.device, arguments.bfloat16)
    checkpoint = arguments.out / 'checkpoint.pt'
    if checkpoint.exists():
        run.resume(checkpoint)
    elif arguments.follows:
        run.follow(arguments.follows)
    scenes = test_scenes(arguments.data, arguments.test_scenes)
    samples = Samples(arguments.data, arguments.seed + run.step, arguments.batch)
    batches = iter(DataLoader(samples, batch_size=None, num_workers=arguments.workers,
                              prefetch_factor=4))
    if run.step == 0:
        run.history.append(report(run, {}, scenes))
    plan = Plan(arguments.steps, arguments.rate, arguments.report, arguments.minutes)
    take_steps(run, plan, batches, checkpoint, lambda terms: report(run, terms, scenes))


def report(run: Run, terms: Terms, scenes: list[View]) -> dict:
    """Return how far the run is, the mean terms of the loss, and what it finds."""
    found = recall(partial(segmenter_masks, deepcopy(run.average).to('cpu')), scenes)
    return {'step': run.step, 'pictures': run.pictures, 'cpu minutes': round(run.seconds / 60, 1),
            'loss': {name: round(value, 4) for name, value in terms.items()}} | found


def main() -> None:
    """Parse the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', type=Path, required=True, help='folder of rendered shards')
    parser.add_argument('--out', type=Path, required=True, help='folder of the checkpoint')
    parser.add_argument('--from', type=Path, dest='follows', metavar='WEIGHTS',
                        help='exported weights (.safetensors) to start from')
    parser.add_argument('--steps', type=int, default=3000, help='of the cosine')
    parser.add_argument('--minutes', type=float, default=math.inf,
                        help='end after so long, and the cosine too, where that is earlier')
    parser.add_argument('--batch', type=int, default=4, help='pictures a step')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--rate', type=float, default=3e-3, help='peak learning rate')
    parser.add_argument('--report', type=int, default=300, help='steps between tests')
    parser.add_argument('--device', default='cpu', help='of PyTorch, such as cuda')
    parser.add_argument('--workers', type=int, default=1, help='processes that make the pictures')
    parser.add_argument('--bfloat16', action='store_true',
                        help='compute in bfloat16, on a CPU that has it: others are slower by it')
    parser.add_argument('--test-scenes', type=int, default=50)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    train(arguments)


if __name__ == '__main__':
    main()
