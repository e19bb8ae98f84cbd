# SPDX-License-Identifier: Apache-2.0
"""A further stage of training begins with exported weights; a stopped run goes on."""
import numpy as np
import pytest
from safetensors.torch import load_file, save_file
import torch

from ris_lab.training.captions import Attributes
from ris_lab.training.dataset import make_batch
from ris_lab.training.export import full_state
from ris_lab.training.model import Vocabulary
from ris_lab.training.proposer import train as segmenter_training
from ris_lab.training.scenes import LabelledScene
from ris_lab.training.train import FITTING_STEPS, ClipRun
from ris_ros.models.registry import find_model_file


@pytest.fixture(scope='module')
def vocabulary():
    return Vocabulary()


def test_a_stage_takes_exported_weights_and_nothing_else(vocabulary, tmp_path):
    torch.manual_seed(0)
    first = ClipRun(vocabulary, rate=1e-3)
    save_file(full_state(first.average.state_dict(), vocabulary), tmp_path / 'clip.safetensors')
    second = ClipRun(vocabulary, rate=1e-3)
    second.follow(tmp_path / 'clip.safetensors')
    expected = first.average.state_dict()
    for clip in (second.learner.clip, second.average):
        for name, weight in clip.state_dict().items():
            assert weight.dtype == torch.float32
            torch.testing.assert_close(weight, expected[name], atol=1e-3, rtol=1e-3)
    assert (second.step, second.seconds, second.history) == (0, 0.0, [])


def test_the_packaged_weights_can_be_trained_on(vocabulary):
    run = ClipRun(vocabulary, rate=1e-3)
    run.follow(find_model_file('embedded/clip.safetensors'))
    again = full_state(run.average.state_dict(), vocabulary)
    packaged = load_file(find_model_file('embedded/clip.safetensors'))
    assert all(torch.equal(again[name], packaged[name]) for name in packaged)


def test_a_stage_fits_what_is_new_before_it_changes_the_weights(vocabulary):
    torch.manual_seed(0)
    run = ClipRun(vocabulary, rate=1e-3)
    run.follow(find_model_file('embedded/clip.safetensors'))
    batch = small_batch(vocabulary)
    before = {name: weight.clone() for name, weight in run.learner.state_dict().items()}

    def changed():
        return {name.split('.')[0] for name, weight in run.learner.state_dict().items()
                if not torch.equal(weight, before[name])}
    run.learn(batch, 1e-3)
    assert changed() == {'heads', 'pair_scale', 'pair_middle'}
    run.step = FITTING_STEPS
    run.learn(batch, 1e-3)
    assert changed() == {'heads', 'pair_scale', 'pair_middle', 'clip'}


def small_batch(vocabulary):
    """Return a batch of one scene with two things and no wrong mask."""
    masks = np.zeros((2, 60, 80), bool)
    masks[0, 10:40, 10:40] = masks[1, 10:40, 45:75] = True
    things = (Attributes('mug', 'red', 'plain'), Attributes('ball', 'blue', 'metal'))
    image = np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)
    scene = LabelledScene(image, masks, things, outlines=((), ()))
    return make_batch(np.random.default_rng(0), [scene], vocabulary)


def test_a_segmenter_goes_on_from_the_packaged_weights(tmp_path):
    run = segmenter_training.SegmenterRun(rate=1e-3)
    run.follow(find_model_file('embedded/proposer.safetensors'))
    packaged = load_file(find_model_file('embedded/proposer.safetensors'))
    torch.manual_seed(0)
    batch = torch.randint(0, 256, (1, 3, 32, 32), dtype=torch.uint8), torch.rand(1, 8, 32, 32)
    before = run.segmenter.out.weight.clone()
    assert torch.equal(before.half(), packaged['out.weight'])
    run.learn(batch, 1e-3)
    assert (run.segmenter.out.weight - before).abs().max() > 1e-5
    run.save(tmp_path / 'checkpoint.pt')
    again = segmenter_training.SegmenterRun(rate=1e-3)
    again.resume(tmp_path / 'checkpoint.pt')
    for one in (run, again):
        one.learn(batch, 1e-3)
    torch.testing.assert_close(again.segmenter.out.weight, run.segmenter.out.weight)


def test_a_stopped_run_goes_on_where_it_was(vocabulary, tmp_path):
    run = ClipRun(vocabulary, rate=1e-3)
    run.step, run.seconds = 7, 60.0
    run.save(tmp_path / 'checkpoint.pt')
    again = ClipRun(vocabulary, rate=1e-3)
    again.resume(tmp_path / 'checkpoint.pt')
    assert (again.step, again.seconds) == (7, 60.0)
    assert torch.equal(again.learner.clip.visual.proj, run.learner.clip.visual.proj)
