# SPDX-License-Identifier: Apache-2.0
"""SAM 3 through our proposer, compared with transformers' own way."""
import shutil

import numpy as np
import pytest
from tiny_transformers import make_tiny_sam3, make_tiny_sam3_video, make_tokenizer, save
import torch
from transformers import Sam3ImageProcessor, Sam3Processor

from ris_ros import Frame, Pipeline
from ris_ros.chunks import no_pause
from ris_ros.errors import ModelError
from ris_ros.profile import PROFILES
from ris_ros.proposals.sam3 import load_sam3
from ris_ros.proposals.sources import make_proposer

SIZE = (90, 120)


@pytest.fixture(scope='module')
def good(tmp_path_factory):
    folder = save(make_tiny_sam3(), tmp_path_factory.mktemp('models') / 'sam3')
    make_tokenizer().save_pretrained(folder)
    return folder


@pytest.fixture
def folder(good, tmp_path):
    """Return a copy of a good folder, to be damaged."""
    return shutil.copytree(good, tmp_path / 'sam3')


@pytest.fixture(scope='module')
def proposer(good):
    return make_proposer({'source': 'sam3', 'weights': str(good), 'concept_thresh': 0.0}, 'cpu')


@pytest.fixture(scope='module')
def frames():
    rng = np.random.default_rng(0)
    return [Frame(rng.integers(0, 255, (*SIZE, 3), dtype=np.uint8)) for _ in range(3)]


@pytest.mark.slow
@pytest.mark.parametrize('noun', ['mug', 'screwdriver'])
@torch.inference_mode()
def test_masks_and_scores_of_a_noun_are_those_of_the_library(proposer, frames, noun):
    processor = Sam3Processor(Sam3ImageProcessor(size={'height': 112, 'width': 112}),
                              make_tokenizer())
    inputs = processor(images=frames[0].image, text=noun, return_tensors='pt')
    sizes = inputs.pop('original_sizes')
    (expected,) = processor.post_process_instance_segmentation(
        make_tiny_sam3()(**inputs), threshold=0.0, target_sizes=sizes.tolist())
    order = expected['scores'].argsort(descending=True)
    filled = expected['masks'][order].any(2).any(1)

    found = proposer.find(frames[0], noun)

    assert len(found.masks) > 1
    assert np.ptp(found.scores) > 0.01
    np.testing.assert_allclose(found.scores, expected['scores'][order][filled], atol=1e-5)
    different = found.masks ^ expected['masks'][order][filled].bool().numpy()
    assert different.sum() <= 2  # pixels whose logit rounding moves over the threshold


def test_another_noun_finds_something_else(proposer, frames):
    mugs, bowls = (proposer.find(frames[0], noun).scores for noun in ('mug', 'bowl'))
    assert not np.allclose(mugs, bowls, atol=1e-4)


@pytest.mark.slow
def test_a_threshold_and_a_number_limit_what_is_found(good, proposer, frames):
    every = proposer.find(frames[0], 'mug')
    limit = float(np.sort(every.scores)[-2:].mean())
    strict = make_proposer({'source': 'sam3', 'weights': str(good), 'concept_thresh': limit}, 'cpu')
    assert len(strict.find(frames[0], 'mug').masks) == 1
    few = make_proposer({'source': 'sam3', 'weights': str(good), 'concept_thresh': 0.0,
                         'max_masks': 2}, 'cpu').find(frames[0], 'mug')
    np.testing.assert_array_equal(few.scores, every.scores[:2])
    nothing = make_proposer({'source': 'sam3', 'weights': str(good), 'concept_thresh': 1.0}, 'cpu')
    assert nothing.find(frames[0], 'mug').masks.shape == (0, *SIZE)


def test_a_picture_is_encoded_once_for_its_index_and_all_commands(proposer, frames, monkeypatch):
    seen = []
    encode = proposer._model.get_vision_features
    monkeypatch.setattr(proposer._model, 'get_vision_features',
                        lambda pixels: seen.append(pixels) or encode(pixels))
    pauses = []
    for frame in frames[1:]:
        proposer.propose(frame, lambda: pauses.append(None))
    for frame in frames[1:]:
        proposer.find(frame, 'mug')
        proposer.find(frame, 'bowl')
    assert len(seen) == 2
    assert len(pauses) > 4
    proposer.find(frames[0], 'mug')  # one that was never indexed
    assert len(seen) == 3


@pytest.mark.slow
def test_a_profile_grounds_with_it(good, frames, tmp_path):
    text = (PROFILES / 'embedded.yaml').read_text().replace(
        'source: embedded', f'source: sam3\n  weights: {good}\n  concept_thresh: 0.0')
    (tmp_path / 'own.yaml').write_text(text)
    pipeline = Pipeline.load(str(tmp_path / 'own.yaml'), precision='bf16')
    scene = pipeline.index(frames[0])
    asked = pipeline.look_for(scene, pipeline.parse('the left mug that is not red'))
    assert len(asked.masks) > len(pipeline.proposer.find(frames[0], 'mug').masks) - 1
    assert list(asked.noun_chances) == ['mug']
    assert pipeline.ground(scene, 'the left mug that is not red').message


@pytest.mark.slow
def test_the_detector_of_a_model_of_video_is_taken(tmp_path, proposer, frames):
    folder = save(make_tiny_sam3_video(make_tiny_sam3()), tmp_path / 'video')
    make_tokenizer().save_pretrained(folder)
    other = make_proposer({'source': 'sam3', 'weights': str(folder), 'concept_thresh': 0.0}, 'cpu')
    np.testing.assert_array_equal(other.find(frames[0], 'mug').scores,
                                  proposer.find(frames[0], 'mug').scores)


def test_a_tokenizer_that_is_missing_is_named(folder):
    (folder / 'tokenizer.json').unlink()
    with pytest.raises(ModelError, match=r'has no tokenizer\.json\. Put it there'):
        load_sam3(folder)


@pytest.mark.parametrize('text', ['', '{"model": ', '{"model": {"type": "BPE"}}'])
def test_a_tokenizer_that_is_damaged_is_told(folder, text):
    (folder / 'tokenizer.json').write_text(text)
    with pytest.raises(ModelError, match=r'tokenizer\.json (cannot be read|knows \d+ tokens)'):
        load_sam3(folder)


def test_a_device_without_memory_is_told_with_the_way_out(good, frames, monkeypatch):
    def no_memory(*_, **__):
        raise torch.OutOfMemoryError('CUDA out of memory')
    proposer = make_proposer({'source': 'sam3', 'weights': str(good)}, 'cpu')
    monkeypatch.setattr(proposer._model, 'get_vision_features', no_memory)
    with pytest.raises(ModelError, match=r'too little free memory to run SAM 3.*smaller model'):
        proposer.find(frames[0], 'mug')
    monkeypatch.undo()
    proposer._embedding(frames[0], no_pause)
    monkeypatch.setattr(proposer._model.detr_encoder, 'forward', no_memory)
    with pytest.raises(ModelError, match='too little free memory'):
        proposer.find(frames[0], 'mug')
