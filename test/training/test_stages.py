"""A further stage of training begins with the weights of the one before, and nothing else of it."""
import pytest
import torch

from training.model import Vocabulary
from training.train import Run


@pytest.fixture(scope='module')
def vocabulary():
    return Vocabulary()


def test_a_stage_takes_the_averaged_weights_and_counts_its_steps_anew(vocabulary, tmp_path):
    torch.manual_seed(0)
    first = Run(vocabulary, rate=1e-3)
    with torch.no_grad():
        first.average.visual.proj.add_(1)
    first.step, first.crops, first.seconds, first.history = 7, 500, 60.0, [{'step': 7}]
    first.save(tmp_path / 'checkpoint.pt')

    second = Run(vocabulary, rate=1e-3)
    second.follow(tmp_path / 'checkpoint.pt')

    assert torch.equal(second.learner.clip.visual.proj, first.average.visual.proj)
    assert torch.equal(second.average.visual.proj, first.average.visual.proj)
    assert torch.equal(second.learner.heads[0].weight, first.learner.heads[0].weight)
    assert (second.step, second.seconds) == (0, 0.0)
    assert (second.crops, second.history) == (500, [{'step': 7}])


def test_a_stopped_run_goes_on_where_it_was(vocabulary, tmp_path):
    run = Run(vocabulary, rate=1e-3)
    run.step, run.seconds = 7, 60.0
    run.save(tmp_path / 'checkpoint.pt')
    again = Run(vocabulary, rate=1e-3)
    again.resume(tmp_path / 'checkpoint.pt')
    assert (again.step, again.seconds) == (7, 60.0)
    assert torch.equal(again.learner.clip.visual.proj, run.learner.clip.visual.proj)
