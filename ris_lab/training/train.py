"""Train the embedded CLIP.

Run it as python -m ris_lab.training.train --data D --tests T --out O --steps 4000.

A further stage takes exported weights and has a schedule of its own: --from F.
"""
from __future__ import annotations

import argparse
from copy import deepcopy
import math
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader

from ris_lab.training.dataset import Batch, Batches
from ris_lab.training.evaluate import evaluate, load_test_scenes
from ris_lab.training.export import small_state
from ris_lab.training.learner import Learner, Optimizers
from ris_lab.training.loop import Plan, Terms, average_decay, take_steps, write_whole
from ris_lab.training.model import Vocabulary
from ris_lab.training.scenes import LabelledScene
from ris_ros.models.weights_file import read_weights

# So many steps fit what exported weights lack to them before they change.
FITTING_STEPS = 200


class Run:
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

    def learn(self, batch: Batch, rate: float) -> dict[str, float]:
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


def train(arguments: argparse.Namespace) -> None:
    """Take the steps that are left, saving and testing now and then."""
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(1)
    torch.set_float32_matmul_precision('high')
    vocabulary = Vocabulary()
    run = Run(vocabulary, arguments.rate, arguments.device, arguments.bfloat16)
    checkpoint = arguments.out / 'checkpoint.pt'
    if checkpoint.exists():
        run.resume(checkpoint)
    elif arguments.follows:
        run.follow(arguments.follows)
    tests = load_test_scenes(arguments.tests, arguments.test_scenes)
    batches = iter(DataLoader(Batches(arguments.data, arguments.seed + run.step, arguments.scenes),
                              batch_size=None, num_workers=arguments.workers, prefetch_factor=4))
    if run.step == 0:
        run.history.append(report(run, {}, tests))
    plan = Plan(arguments.steps, arguments.rate, arguments.report, arguments.minutes)
    take_steps(run, plan, batches, checkpoint, lambda terms: report(run, terms, tests))


def report(run: Run, terms: Terms, tests: list[LabelledScene]) -> dict:
    """Return one row of the history."""
    tested = evaluate(run.average, Vocabulary(), tests)
    return {'step': run.step, 'cpu minutes': round(run.seconds / 60, 1), 'crops': run.crops,
            'scale': run.learner.clip.logit_scale.exp().item(), 'loss': terms,
            'right': tested.shares()}


def main() -> None:
    """Parse the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', type=Path, nargs='+', required=True,
                        help='folders of rendered shards; each gives as many scenes')
    parser.add_argument('--tests', type=Path, required=True, help='folder of the test shards')
    parser.add_argument('--from', type=Path, dest='follows', metavar='WEIGHTS',
                        help='exported weights (.safetensors) to start from')
    parser.add_argument('--out', type=Path, required=True, help='folder of the checkpoint')
    parser.add_argument('--steps', type=int, default=4000, help='of the cosine')
    parser.add_argument('--minutes', type=float, default=math.inf,
                        help='end after so long, and the cosine too, where that is earlier')
    parser.add_argument('--scenes', type=int, default=9, help='pictures a step')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--rate', type=float, default=2e-3, help='peak learning rate')
    parser.add_argument('--report', type=int, default=250, help='steps between tests')
    parser.add_argument('--device', default='cpu', help='of PyTorch, such as cuda')
    parser.add_argument('--workers', type=int, default=1, help='processes that cut the crops')
    parser.add_argument('--bfloat16', action='store_true',
                        help='compute in bfloat16, on a CPU that has it: others are slower by it')
    parser.add_argument('--test-scenes', type=int, default=100)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    train(arguments)


if __name__ == '__main__':
    main()
