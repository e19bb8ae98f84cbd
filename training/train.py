"""Train the embedded CLIP: python -m training.train --data D --out O --minutes 65 --seed 0."""
from __future__ import annotations

import argparse
from copy import deepcopy
import json
import math
from pathlib import Path
import time

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from training.captions import MATERIALS
from training.dataset import CATEGORIES, COLOURS, Batch, Batches
from training.evaluate import evaluate, load_test_scenes
from training.losses import classification, contrastive, pairwise, within_scene
from training.model import (
    Vocabulary,
    global_features,
    local_features,
    new_clip,
    normalised,
    text_features,
)

MAX_SCALE = 50.0
AVERAGE_DECAY = 0.998
WARM_UP_STEPS = 100
SCENES_PER_STEP = 9


class Learner(nn.Module):
    """The CLIP and what only its training needs: class heads and the pairwise loss's scale."""

    def __init__(self, vocabulary_size: int) -> None:
        super().__init__()
        self.clip = new_clip(vocabulary_size)
        width = self.clip.visual.proj.shape[1]
        sizes = (len(CATEGORIES), len(COLOURS), len(MATERIALS))
        self.heads = nn.ModuleList(nn.Linear(width, size) for size in sizes)
        self.pair_scale = nn.Parameter(torch.tensor(math.log(10.0)))
        self.pair_bias = nn.Parameter(torch.tensor(-5.0))

    def losses(self, batch: Batch, with_global: bool) -> dict[str, Tensor]:
        """Return the terms of the loss of one batch."""
        texts = text_features(self.clip, batch.tokens)
        crops = local_features(self.clip, normalised(batch.crops))
        objects = len(batch.classes)
        terms = self._matching('local', texts, crops, batch.truth, batch)
        logits = [head(8 * crops[:objects]) for head in self.heads]
        terms['classes'] = classification(logits, batch.classes)
        if with_global:
            count = len(batch.token_masks)
            seen = global_features(self.clip, normalised(batch.images), batch.token_masks,
                                   batch.crop_scenes[:count])
            terms |= self._matching('global', texts, seen, batch.truth[:, :count], batch)
        return terms

    def _matching(self, name: str, texts: Tensor, seen: Tensor, truth: Tensor,
                  batch: Batch) -> dict[str, Tensor]:
        cosines = texts @ seen.T
        scale = self.clip.logit_scale.exp().clamp(max=MAX_SCALE)
        same = batch.caption_scenes[:, None] == batch.crop_scenes[None, :len(seen)]
        pairs = cosines * self.pair_scale.exp() + self.pair_bias
        return {f'{name} batch': contrastive(scale * cosines, truth),
                f'{name} scene': within_scene(scale * cosines, truth, same),
                f'{name} pairs': pairwise(pairs, truth)}


def make_optimizers(learner: Learner, rate: float) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the vision blocks (half the steps of AdamW), AdamW for the rest."""
    matrices = [weight for name, weight in learner.named_parameters()
                if '.resblocks.' in name and weight.ndim == 2]
    ids = {id(weight) for weight in matrices}
    rest = [weight for weight in learner.parameters() if id(weight) not in ids]
    return [torch.optim.Muon(matrices, lr=rate, weight_decay=0.05,
                             adjust_lr_fn='match_rms_adamw'),
            torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.98), weight_decay=0.01)]


def rate_at(progress: float, step: int) -> float:
    """Return the share of the full learning rate: warm-up in steps, cosine over the time."""
    return min(1.0, (step + 1) / WARM_UP_STEPS) * (0.01 + 0.99 * 0.5
                                                   * (1 + math.cos(math.pi * min(1.0, progress))))


def train(arguments: argparse.Namespace) -> None:
    """Run until the minutes are used up, saving and testing now and then."""
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(1)
    vocabulary = Vocabulary()
    learner = Learner(vocabulary.size)
    average = deepcopy(learner.clip).requires_grad_(False)
    optimizers = make_optimizers(learner, arguments.rate)
    step, used, history = 0, 0.0, []
    checkpoint = arguments.out / 'checkpoint.pt'
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False)
        learner.load_state_dict(state['learner'])
        average.load_state_dict(state['average'])
        for optimizer, saved in zip(optimizers, state['optimizers'], strict=True):
            optimizer.load_state_dict(saved)
        step, used, history = state['step'], state['seconds'], state['history']
    tests = load_test_scenes(arguments.data, arguments.test_scenes)
    batches = iter(DataLoader(Batches(arguments.data, arguments.seed + step, SCENES_PER_STEP),
                              batch_size=None, num_workers=1, prefetch_factor=6))
    started, sums, crops = time.monotonic() - used, {}, 0
    reported = saved = time.monotonic()
    while (seconds := time.monotonic() - started) < 60 * arguments.minutes:
        share = rate_at(seconds / (60 * arguments.minutes), step)
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group['lr'] = arguments.rate * share
        batch = next(batches)
        with torch.autocast('cpu', torch.bfloat16):
            terms = learner.losses(batch, with_global=step % 2 == 0)
        loss = sum(terms.values())
        learner.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learner.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        step += 1
        crops += len(batch.crops)
        decay = min(AVERAGE_DECAY, step / (step + 20))
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(learner.clip.parameters()),
                                 1 - decay)
        for name, term in terms.items():
            sums.setdefault(name, []).append(term.item())
        if time.monotonic() - reported > 60 * arguments.report:
            row = {'step': step, 'minutes': seconds / 60, 'crops': crops,
                   'scale': learner.clip.logit_scale.exp().item(),
                   'loss': {name: sum(each) / len(each) for name, each in sums.items()},
                   'right': evaluate(average, vocabulary, tests).shares()}
            history.append(row)
            print(json.dumps(row), flush=True)
            sums, reported = {}, time.monotonic()
        if time.monotonic() - saved > 60 * 3:
            _save(checkpoint, learner, average, optimizers, step, seconds, history)
            saved = time.monotonic()
    _save(checkpoint, learner, average, optimizers, step, seconds, history)


def _save(path: Path, learner: Learner, average: nn.Module,
          optimizers: list[torch.optim.Optimizer], step: int, seconds: float,
          history: list[dict]) -> None:
    state = {'learner': learner.state_dict(), 'average': average.state_dict(),
             'optimizers': [optimizer.state_dict() for optimizer in optimizers],
             'step': step, 'seconds': seconds, 'history': history}
    torch.save(state, path.with_suffix('.partial'))
    path.with_suffix('.partial').rename(path)


def main() -> None:
    """Parse the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', type=Path, required=True, help='folder of rendered shards')
    parser.add_argument('--out', type=Path, required=True, help='folder of the checkpoint')
    parser.add_argument('--minutes', type=float, default=65, help='training time; sets the cosine')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--rate', type=float, default=2e-3, help='peak learning rate')
    parser.add_argument('--report', type=float, default=4, help='minutes between tests')
    parser.add_argument('--test-scenes', type=int, default=100)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    train(arguments)


if __name__ == '__main__':
    main()
