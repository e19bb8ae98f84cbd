"""The training loop on a run that learns one number: schedule, reports, checkpoint, resumption."""
import itertools

import pytest
import torch

from training.loop import (
    WARM_UP_STEPS,
    average_decay,
    mean_terms,
    rate_share,
    take_steps,
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
    take_steps(run, 250, itertools.repeat(2.0), 0.5, checkpoint,
               lambda terms: {'step': run.step, **terms}, every=100)
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
    take_steps(run, 30, itertools.repeat(2.0), 0.5, tmp_path / 'c.pt', dict, every=1)
    assert (run.step, run.value, run.history) == (30, 0.0, [])
    assert (tmp_path / 'c.pt').exists()


def test_the_rate_warms_up_and_falls():
    assert rate_share(0, 10 ** 6) == pytest.approx(1 / WARM_UP_STEPS)
    assert rate_share(WARM_UP_STEPS, 10 ** 9) == pytest.approx(1)
    assert rate_share(1000, 2000) == pytest.approx(0.505)
    assert rate_share(2000, 2000) == pytest.approx(0.01)
    assert rate_share(3000, 2000) == pytest.approx(0.01)


def test_the_average_follows_quickly_at_first():
    assert average_decay(0) == 0
    assert average_decay(20) == 0.5
    assert average_decay(10 ** 6) == 0.998


def test_terms_are_averaged_over_the_steps_that_have_them():
    assert mean_terms([{'a': 1.0}, {'a': 3.0, 'b': 5.0}]) == {'a': 2.0, 'b': 5.0}
    assert mean_terms([]) == {}
