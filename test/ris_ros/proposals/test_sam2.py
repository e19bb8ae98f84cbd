# SPDX-License-Identifier: Apache-2.0
"""SAM 2.1 and EdgeTAM through our proposer, compared with transformers' own way."""
from threading import Thread, get_ident

import numpy as np
import pytest
from tiny_transformers import SIDE, make_tiny_edgetam, make_tiny_sam2, make_tiny_video, save
import torch
import transformers
from transformers import Sam2ImageProcessor, Sam2Processor

from ris_ros import Frame
from ris_ros.chunks import no_pause
from ris_ros.errors import ModelError
from ris_ros.proposals.sam2 import Sam2Segmenter, load_edgetam, load_sam2, pauses
from ris_ros.proposals.sam_prompts import SamPrompts, outline_prompts
from ris_ros.proposals.sam_proposer import SamProposer
from ris_ros.proposals.sources import make_proposer

SIZE = (90, 120)
EVERYTHING = {'pred_iou_thresh': -1e9, 'stability_score_thresh': 0.0, 'box_nms_thresh': 2.0}
MAKERS = {'sam2': (make_tiny_sam2, load_sam2), 'edgetam': (make_tiny_edgetam, load_edgetam)}


@pytest.fixture(scope='module', params=MAKERS)
def family(request):
    return request.param


@pytest.fixture(scope='module')
def folder(family, tmp_path_factory):
    return save(MAKERS[family][0](), tmp_path_factory.mktemp('models') / family)


@pytest.fixture(scope='module')
def model(family):
    return MAKERS[family][0]()


@pytest.fixture(scope='module')
def segmenter(family, folder):
    return MAKERS[family][1](folder)


@pytest.fixture(scope='module')
def image():
    return np.random.default_rng(0).integers(0, 255, (*SIZE, 3), dtype=np.uint8)


@pytest.fixture(scope='module')
def processor():
    return Sam2Processor(Sam2ImageProcessor(size={'height': SIDE, 'width': SIDE}))


@pytest.fixture(scope='module')
def outlines():
    outlines = np.zeros((2, *SIZE), bool)
    outlines[0, 10:40, 20:60] = True
    outlines[1, 50:80, 70:100] = True
    return outlines


@torch.inference_mode()
def test_points_give_the_logits_and_masks_of_the_library(segmenter, model, processor, image):
    points = [[20.0, 30.0], [100.0, 70.0], [64.0, 50.0]]
    inputs = processor(images=image, input_points=[[[point] for point in points]],
                       input_labels=[[[1]] * 3], return_tensors='pt')
    original_sizes = inputs.pop('original_sizes')
    expected = model(**inputs)

    prompts = SamPrompts(segmenter.geometry(SIZE).points(np.array(points)))
    logits, iou = segmenter.decode(segmenter.embed(image, no_pause), prompts, 0)

    torch.testing.assert_close(logits, expected.pred_masks[0].flatten(0, 1), atol=1e-3, rtol=1e-4)
    torch.testing.assert_close(iou, expected.iou_scores[0].flatten(), atol=1e-5, rtol=0)
    masks = processor.post_process_masks(expected.pred_masks, original_sizes)[0].flatten(0, 1)
    ours = segmenter.upsampler(SIZE).masks(logits, segmenter.mask_threshold)
    assert 0 < masks.float().mean() < 1
    assert (ours != masks).sum() <= 2  # pixels whose logit rounding moves over the threshold


@torch.inference_mode()
def test_outlines_give_the_logits_of_the_library(segmenter, model, processor, image, outlines):
    prompts = outline_prompts(outlines, segmenter.geometry(SIZE))
    logits, iou = segmenter.decode(segmenter.embed(image, no_pause), prompts, 0)
    pixels = processor(images=image, return_tensors='pt').pixel_values
    for number in range(len(outlines)):  # the library takes one mask prompt for each picture
        expected = model(
            pixel_values=pixels, input_points=prompts.points[number].view(1, 1, 1, 2).float(),
            input_labels=torch.ones(1, 1, 1, dtype=torch.int),
            input_boxes=prompts.boxes[number].view(1, 1, 4).float(),
            input_masks=prompts.masks[number][None])
        torch.testing.assert_close(logits[3 * number:3 * number + 3], expected.pred_masks[0, 0],
                                   atol=1e-3, rtol=1e-4)
        torch.testing.assert_close(iou[3 * number:3 * number + 3], expected.iou_scores[0, 0],
                                   atol=1e-5, rtol=0)


def test_masks_of_low_predicted_iou_are_left_out(segmenter, image):
    prompts = SamPrompts(torch.tensor([[20.0, 30.0], [100.0, 70.0]]))
    embedding = segmenter.embed(image, no_pause)
    with torch.inference_mode():
        logits, iou = segmenter.decode(embedding, prompts, 0)
        limit = float(iou.median())
        better, its_iou = segmenter.decode(embedding, prompts, limit)
    assert 0 < len(better) < len(logits)
    torch.testing.assert_close(better, logits[iou > limit])
    torch.testing.assert_close(its_iou, iou[iou > limit])


def test_a_profiles_options_make_masks_of_the_frames_size(family, folder, image):
    proposer = make_proposer({'source': family, 'weights': str(folder), 'prompts': 'objects',
                              'points_per_side': 2, **EVERYTHING}, 'cpu', 'bf16')
    masks = proposer.propose(Frame(image))
    assert masks.dtype == bool
    assert masks.shape[1:] == SIZE
    assert 3 < len(masks) <= 100
    assert masks.any((1, 2)).all()


def test_it_gives_way_between_blocks_and_prompts_and_can_be_ended(segmenter, image):
    def stop():
        raise InterruptedError
    calls = []
    proposer = SamProposer(segmenter, points_per_side=2, **EVERYTHING)
    masks = proposer.propose(Frame(image), lambda: calls.append(None))
    assert len(calls) > 8
    with pytest.raises(InterruptedError):
        proposer.propose(Frame(image), stop)
    assert np.array_equal(masks, proposer.propose(Frame(image))), 'no hook is left'


def test_a_command_that_runs_the_model_while_an_index_gives_way_does_not_wait_for_itself():
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))
    threads = []

    def answer():
        other = Thread(target=model, args=(torch.zeros(1, 2),))
        other.start()
        other.join()
        threads.append(get_ident())
    with pauses(model, answer):
        model(torch.zeros(1, 2))
    assert threads == [get_ident()] * 2


def test_without_memory_the_copy_on_the_cpu_proposes(segmenter, image, caplog, monkeypatch):
    def no_memory(*_):
        raise torch.OutOfMemoryError('CUDA out of memory')
    expected = SamProposer(segmenter, points_per_side=2, **EVERYTHING).propose(Frame(image))
    small = Sam2Segmenter(segmenter._model)
    monkeypatch.setattr(small, 'embed', no_memory)
    found = SamProposer(small, points_per_side=2, **EVERYTHING).propose(Frame(image))
    assert np.array_equal(found, expected)
    assert 'the CPU proposes' in caplog.text


def test_a_model_of_video_lends_its_parts(family, model, tmp_path):
    prefix = {'sam2': 'Sam2Video', 'edgetam': 'EdgeTamVideo'}[family]
    video = make_tiny_video(getattr(transformers, f'{prefix}Model'),
                            getattr(transformers, f'{prefix}Config'), model)
    loaded = MAKERS[family][1](save(video, tmp_path / 'video'))._model.state_dict()
    weights = video.state_dict()
    assert loaded.keys() == model.state_dict().keys()
    assert all(torch.equal(weights[name], value) for name, value in loaded.items())


def test_the_other_model_of_the_family_is_refused(family, folder):
    other = next(name for name in MAKERS if name != family)
    with pytest.raises(ModelError, match=f"holds a model of type '{family}'; expected .*{other}"):
        make_proposer({'source': other, 'weights': str(folder)}, 'cpu')
