"""Train the embedded CLIP: python -m training.train --data D --tests T --out O --steps 4000.

A further stage takes exported weights and has a schedule of its own: --from F.
"""
from __future__ import annotations

import argparse
from copy import deepcopy
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader

from ris_ros.models.weights_file import read_weights
from training.dataset import Batch, Batches
from training.evaluate import evaluate, load_test_scenes
from training.export import small_state
from training.learner import Learner, make_optimizers
from training.loop import Terms, average_decay, take_steps, write_whole
from training.model import Vocabulary
from training.scenes import LabelledScene

SCENES_PER_STEP = 9


class Run:
    """A training run that can be stopped and resumed; average holds the weights to export."""

    def __init__(self, vocabulary: Vocabulary, rate: float, bfloat16: bool = False) -> None:
        self._vocabulary, self._bfloat16 = vocabulary, bfloat16
        self.learner = Learner(vocabulary.size)
        self.average = deepcopy(self.learner.clip).requires_grad_(False)
        self.optimizers = make_optimizers(self.learner, rate)
        self.step, self.crops, self.seconds = 0, 0, 0.0
        self.history: list[dict] = []

    def save(self, path: Path) -> None:
        """Write all state, in one piece or not at all."""
        state = {'learner': self.learner.state_dict(), 'average': self.average.state_dict(),
                 'optimizers': [optimizer.state_dict() for optimizer in self.optimizers],
                 'step': self.step, 'crops': self.crops, 'seconds': self.seconds,
                 'history': self.history}
        write_whole(state, path)

    def resume(self, path: Path) -> None:
        """Read all state back."""
        state = torch.load(path, weights_only=False)
        self.learner.load_state_dict(state['learner'])
        self.average.load_state_dict(state['average'])
        for optimizer, saved in zip(self.optimizers, state['optimizers'], strict=True):
            optimizer.load_state_dict(saved)
        self.step, self.crops = state['step'], state['crops']
        self.seconds, self.history = state['seconds'], state['history']

    def follow(self, path: Path) -> None:
        """Start from exported weights, with class heads and optimizers of its own."""
        weights = small_state(read_weights(path), self._vocabulary)
        self.learner.clip.load_state_dict(weights)
        self.average.load_state_dict(weights)

    def learn(self, batch: Batch, rate: float) -> dict[str, float]:
        """Take one step at a learning rate; return the terms of the loss."""
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group['lr'] = rate
        with torch.autocast('cpu', torch.bfloat16, enabled=self._bfloat16):
            terms = self.learner.losses(batch, with_global=self.step % 2 == 0)
        self.learner.zero_grad()
        sum(terms.values()).backward()
        nn.utils.clip_grad_norm_(self.learner.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
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
    vocabulary = Vocabulary()
    run = Run(vocabulary, arguments.rate, arguments.bfloat16)
    checkpoint = arguments.out / 'checkpoint.pt'
    if checkpoint.exists():
        run.resume(checkpoint)
    elif arguments.follows:
        run.follow(arguments.follows)
    tests = load_test_scenes(arguments.tests, arguments.test_scenes)
    batches = iter(DataLoader(Batches(arguments.data, arguments.seed + run.step, SCENES_PER_STEP),
                              batch_size=None, num_workers=1, prefetch_factor=6))
    if run.step == 0:
        run.history.append(report(run, {}, tests))
    take_steps(run, arguments.steps, batches, arguments.rate, checkpoint,
               lambda terms: report(run, terms, tests), arguments.report)


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
    parser.add_argument('--steps', type=int, default=4000, help='of the cosine, of 9 pictures')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--rate', type=float, default=2e-3, help='peak learning rate')
    parser.add_argument('--report', type=int, default=250, help='steps between tests')
    parser.add_argument('--bfloat16', action='store_true',
                        help='compute in bfloat16, on a CPU that has it: others are slower by it')
    parser.add_argument('--test-scenes', type=int, default=100)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    train(arguments)


if __name__ == '__main__':
    main()
