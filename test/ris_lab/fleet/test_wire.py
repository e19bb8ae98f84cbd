# SPDX-License-Identifier: Apache-2.0
"""The bytes of windows and replies are those of real messages."""
import numpy as np
import pytest

from ris_lab.fleet.batching import run_batches
from ris_lab.fleet.fallback import run_fallback
from ris_lab.fleet.loads import PATIENCE_S
from ris_lab.fleet.robot import record_streams
from ris_lab.fleet.wire import many_masks, reply_bytes, run_window_bytes
from ris_ros.node.parameters import Settings
from ris_ros.pipeline import Pipeline


@pytest.fixture(scope='module')
def pipeline():
    return Pipeline.load('embedded')


@pytest.fixture(scope='module')
def streams():
    return record_streams(2, 2)


def test_a_tenth_of_a_picture_takes_60_kb_at_most_as_jpeg_and_more_without_loss(pipeline, streams):
    found = {each.colour: each for each in run_window_bytes(pipeline, streams)}
    assert found['jpeg'].most <= 60_000
    assert found['jpeg'].reply < found['jpeg'].mean < found['png'].mean < found['raw'].mean
    assert all(each.mean <= each.most for each in found.values())


def test_a_reply_grows_with_its_masks_and_with_the_length_of_a_feature(pipeline, streams):
    masks = many_masks(pipeline, streams, 100)
    assert masks.shape == (100, 480, 640)
    assert masks.any((1, 2)).all()
    wide, narrow = reply_bytes(masks, 512), reply_bytes(masks, 128)
    assert wide - narrow == pytest.approx(100 * 384 * 4, abs=64)
    assert narrow > reply_bytes(masks[:10], 128) > 10 * 128 * np.float32().nbytes


def test_frames_are_indexed_together_and_apart(pipeline, streams):
    cost = run_batches(pipeline, streams, 3)
    assert cost.frames == 3
    assert cost.ratio == cost.together / cost.apart > 0


def test_a_robot_whose_pool_is_silent_has_an_index_after_its_patience(pipeline, streams):
    times = run_fallback(pipeline, streams, 2)
    assert Settings().pool_patience == PATIENCE_S == times.patience
    assert times.first > PATIENCE_S
    assert PATIENCE_S < times.later[0] <= times.later[1] <= times.later[2]
