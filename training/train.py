"""Train the embedded CLIP: python -m training.train --data D --out O --minutes 62 --seed 0.

A further stage takes the weights of a finished one and a schedule of its own: --from CHECKPOINT.
"""
from __future__ import annotations

import argparse
from copy import deepcopy
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader

from training.dataset import Batch, Batches
from training.evaluate import Report, evaluate, load_test_scenes
from training.learner import Learner, make_optimizers
from training.loop import Terms, average_decay, spend, write_whole
from training.model import Vocabulary

SCENES_PER_STEP = 9


class Run:
    """A training run that can be stopped and resumed; average holds the weights to export."""

    def __init__(self, vocabulary: Vocabulary, rate: float) -> None:
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
        """Start a stage from the averaged weights of another run, with optimizers of its own."""
        state = torch.load(path, weights_only=False)
        self.learner.load_state_dict(state['learner'])
        self.learner.clip.load_state_dict(state['average'])
        self.average.load_state_dict(state['average'])
        self.crops, self.history = state['crops'], state['history']

    def learn(self, batch: Batch, rate: float) -> dict[str, float]:
        """Take one step at a learning rate; return the terms of the loss."""
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group['lr'] = rate
        with torch.autocast('cpu', torch.bfloat16):
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
    """Run until the minutes are used up, saving and testing now and then."""
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(1)
    vocabulary = Vocabulary()
    run = Run(vocabulary, arguments.rate)
    checkpoint = arguments.out / 'checkpoint.pt'
    if checkpoint.exists():
        run.resume(checkpoint)
    elif arguments.follows:
        run.follow(arguments.follows)
    tests = load_test_scenes(arguments.tests, arguments.test_scenes)
    if run.step == 0 and arguments.follows:
        run.history.append(report(run, {}, evaluate(run.average, vocabulary, tests)))
    batches = iter(DataLoader(Batches(arguments.data, arguments.seed + run.step, SCENES_PER_STEP),
                              batch_size=None, num_workers=1, prefetch_factor=6))
    spend(run, arguments.minutes, batches, arguments.rate, checkpoint,
          lambda terms: report(run, terms, evaluate(run.average, vocabulary, tests)),
          arguments.report)


def report(run: Run, terms: Terms, tested: Report) -> dict:
    """Return one row of the history."""
    return {'step': run.step, 'minutes': run.seconds / 60, 'crops': run.crops,
            'scale': run.learner.clip.logit_scale.exp().item(), 'loss': terms,
            'right': tested.shares()}


def main() -> None:
    """Parse the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', type=Path, nargs='+', required=True,
                        help='folders of rendered shards; each gives as many scenes')
    parser.add_argument('--tests', type=Path, required=True, help='folder of the test shards')
    parser.add_argument('--from', type=Path, dest='follows', metavar='CHECKPOINT',
                        help='checkpoint of the stage before')
    parser.add_argument('--out', type=Path, required=True, help='folder of the checkpoint')
    parser.add_argument('--minutes', type=float, default=62, help='training time; sets the cosine')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--rate', type=float, default=2e-3, help='peak learning rate')
    parser.add_argument('--report', type=float, default=4, help='minutes between tests')
    parser.add_argument('--test-scenes', type=int, default=100)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    train(arguments)


if __name__ == '__main__':
    main()
