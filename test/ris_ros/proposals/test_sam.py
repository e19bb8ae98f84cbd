# SPDX-License-Identifier: Apache-2.0
"""Segment Anything with its own classes, made small and with random weights."""
import sys

import numpy as np
import pytest

torch = pytest.importorskip('torch')
pytest.importorskip('segment_anything')

from segment_anything import sam_model_registry  # noqa: E402
from tiny_sam import make_tiny_sam  # noqa: E402

from ris_ros import Frame  # noqa: E402
from ris_ros.errors import ModelError  # noqa: E402
from ris_ros.proposals.sam import SamSegmenter, load_sam  # noqa: E402
from ris_ros.proposals.sam_proposer import SamProposer  # noqa: E402

EVERYTHING = {'pred_iou_thresh': -1e9, 'stability_score_thresh': 0.0, 'box_nms_thresh': 2.0}


@pytest.fixture(scope='module')
def tiny_sam():
    return make_tiny_sam()


@pytest.fixture(scope='module')
def frame():
    return Frame(np.random.default_rng(0).integers(0, 255, (48, 64, 3), dtype=np.uint8))


def test_masks_have_the_frames_size(tiny_sam, frame):
    proposer = SamProposer(SamSegmenter(tiny_sam), points_per_side=2, **EVERYTHING)
    masks = proposer.propose(frame)
    assert masks.dtype == bool
    assert masks.shape[1:] == (48, 64)
    assert 3 < len(masks) <= 12
    assert masks.any((1, 2)).all()


def test_the_number_of_masks_is_limited(tiny_sam, frame):
    proposer = SamProposer(SamSegmenter(tiny_sam), points_per_side=2, max_masks=2, **EVERYTHING)
    assert len(proposer.propose(frame)) == 2


def test_it_gives_way_between_blocks_and_points(tiny_sam, frame):
    def stop():
        raise InterruptedError
    pauses = []
    proposer = SamProposer(SamSegmenter(tiny_sam), points_per_side=4, **EVERYTHING)
    masks = proposer.propose(frame, lambda: pauses.append(None))
    # Four points at a time.
    assert len(pauses) == len(tiny_sam.image_encoder.blocks) + 4
    assert np.array_equal(masks, proposer.propose(frame))
    with pytest.raises(InterruptedError):
        proposer.propose(frame, stop)


def test_no_mask_above_the_threshold_gives_none(tiny_sam, frame):
    proposer = SamProposer(SamSegmenter(tiny_sam), points_per_side=1, pred_iou_thresh=1e9)
    assert proposer.propose(frame).shape == (0, 48, 64)


def test_a_checkpoint_is_loaded_for_evaluation(tmp_path):
    # One number per tensor, stretched to its shape, keeps the file small.
    weights = {
        name: torch.full((1,), 0.5).expand(tensor.shape)
        for name, tensor in sam_model_registry['vit_b']().state_dict().items()}
    torch.save(weights, tmp_path / 'sam.pth')
    model = load_sam(tmp_path / 'sam.pth', 'vit_b')
    assert not model.training
    assert all((tensor == 0.5).all() for tensor in model.state_dict().values())


def test_an_unknown_type_is_refused(tmp_path):
    with pytest.raises(ModelError, match="'vit_x'; choose from vit_b"):
        load_sam(tmp_path / 'sam.pth', 'vit_x')


def test_a_missing_checkpoint_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r'sam\.pth does not exist'):
        load_sam(tmp_path / 'sam.pth')


def test_a_broken_checkpoint_is_refused(tmp_path):
    (tmp_path / 'sam.pth').write_bytes(b'half a download')
    with pytest.raises(ModelError, match='cannot be read'):
        load_sam(tmp_path / 'sam.pth')


def test_a_checkpoint_that_holds_code_is_refused(tmp_path):
    torch.save({'run': np.random.default_rng}, tmp_path / 'sam.pth')
    with pytest.raises(ModelError, match='cannot be read'):
        load_sam(tmp_path / 'sam.pth')


@pytest.mark.parametrize('content', [{'weight': torch.zeros(3)}, [1, 2, 3]])
def test_another_models_checkpoint_is_refused(tmp_path, content):
    torch.save(content, tmp_path / 'sam.pth')
    with pytest.raises(ModelError, match=r'not hold the weights of SAM vit_b .*Set model_type to'
                                         r'|no state dict'):
        load_sam(tmp_path / 'sam.pth')


def test_without_the_library_the_command_that_installs_it_is_told(tmp_path, monkeypatch):
    torch.save({'weight': torch.zeros(3)}, tmp_path / 'sam.pth')
    monkeypatch.setitem(sys.modules, 'segment_anything', None)
    with pytest.raises(ModelError, match=r'segment_anything, .*pip install -r requirements\.txt'):
        load_sam(tmp_path / 'sam.pth')
