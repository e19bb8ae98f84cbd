# SPDX-License-Identifier: Apache-2.0
"""The training loop on a run that learns one number: schedule, reports, checkpoint, resumption."""
import itertools
import time

import pytest
import torch
from torch.utils.data import DataLoader, IterableDataset

from ris_lab.training.loop import (
    WARM_UP_STEPS,
    Plan,
    average_decay,
    mean_terms,
    rate_share,
    take_steps,
    worker_seed,
    write_whole,
)


class OneNumber:
    """Learns the number that the batches hold."""

    def __init__(self):
        self.value, self.step, self.seconds, self.history = 0.0, 0, 0.0, []

    def learn(self, batch, rate):
        """Come nearer."""
        self.value += rate * (batch - self.value)
        self.step += 1
        return {'error': abs(batch - self.value)}

    def save(self, path):
        """Write what is learned."""
        write_whole({'value': torch.tensor(self.value), 'step': self.step}, path)


def test_a_run_learns_reports_and_is_saved(tmp_path, capsys):
    run, checkpoint = OneNumber(), tmp_path / 'checkpoint.pt'
    take_steps(run, Plan(steps=250, rate=0.5, every=100), itertools.repeat(2.0), checkpoint,
               lambda terms: {'step': run.step, **terms})
    assert run.value == pytest.approx(2, abs=0.01)
    assert [row['step'] for row in run.history] == [100, 200, 250]
    assert run.history[0]['error'] > run.history[-1]['error']
    assert capsys.readouterr().out.count('\n') == 3
    state = torch.load(checkpoint, weights_only=True)
    assert state['step'] == run.step == 250
    assert [path.name for path in tmp_path.iterdir()] == ['checkpoint.pt']


def test_a_finished_run_learns_nothing_more(tmp_path):
    run = OneNumber()
    run.step = 30
    take_steps(run, Plan(30, 0.5, every=1), itertools.repeat(2.0), tmp_path / 'c.pt', dict)
    assert (run.step, run.value, run.history) == (30, 0.0, [])
    assert (tmp_path / 'c.pt').exists()


def test_a_run_ends_by_the_clock_where_that_is_earlier(tmp_path):
    run = OneNumber()
    batches = itertools.chain([2.0] * 5, iter(lambda: time.sleep(0.02) or 2.0, None))
    take_steps(run, Plan(10 ** 9, 0.5, every=10 ** 9, minutes=0.2 / 60), batches,
               tmp_path / 'c.pt', lambda terms: {'step': run.step, **terms})
    assert run.step > 5
    assert [row['step'] for row in run.history] == [run.step]
    assert torch.load(tmp_path / 'c.pt', weights_only=True)['step'] == run.step


def test_steps_or_minutes_are_over_first():
    plan = Plan(steps=1000, rate=1e-3, every=1, minutes=2)
    assert plan.done(250, 30) == pytest.approx(0.25)
    assert plan.done(100, 60) == pytest.approx(0.5)
    assert Plan(steps=1000, rate=1e-3, every=1).done(500, 10 ** 9) == pytest.approx(0.5)


def test_the_rate_warms_up_and_falls():
    assert rate_share(0, 0.0) == pytest.approx(1 / WARM_UP_STEPS)
    assert rate_share(WARM_UP_STEPS, 0.0) == pytest.approx(1)
    assert rate_share(1000, 0.5) == pytest.approx(0.505)
    assert rate_share(2000, 1.0) == pytest.approx(0.01)
    assert rate_share(3000, 1.5) == pytest.approx(0.01)


class Seeds(IterableDataset):
    """Gives the seed of the process that it runs in, again and again."""

    def __iter__(self):
        """Give it three times."""
        return itertools.repeat(worker_seed(5), 3)


def test_each_process_that_makes_batches_has_a_seed_of_its_own():
    assert worker_seed(5) == [5, 0]
    seeds = list(DataLoader(Seeds(), batch_size=None, num_workers=2))
    assert sorted(map(tuple, seeds)) == [(5, 0)] * 3 + [(5, 1)] * 3


def test_the_average_follows_quickly_at_first():
    assert average_decay(0) == 0
    assert average_decay(20) == 0.5
    assert average_decay(10 ** 6) == 0.998


def test_terms_are_averaged_over_the_steps_that_have_them():
    assert mean_terms([{'a': 1.0}, {'a': 3.0, 'b': 5.0}]) == {'a': 2.0, 'b': 5.0}
    assert mean_terms([]) == {}
