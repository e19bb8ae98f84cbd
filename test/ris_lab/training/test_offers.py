# SPDX-License-Identifier: Apache-2.0
"""What the proposer offers of training pictures is judged, kept and given to the batches."""
import numpy as np

from ris_lab.training.captions import Attributes
from ris_lab.training.dataset import MATCH, NO_MATCH, make_batch
from ris_lab.training.model import Vocabulary
from ris_lab.training.offers import judged, write_offers
from ris_lab.training.scenes import ShardObject, open_shards, read_frames, write_depths, write_shard
from ris_ros.frame import CameraModel


def box(rows, columns):
    mask = np.zeros((120, 160), bool)
    mask[rows[0]:rows[1], columns[0]:columns[1]] = True
    return mask


LABELS = np.uint8(1) * box((20, 60), (20, 60)) + np.uint8(2) * box((20, 60), (60, 100))
OUTLINE, PART, BOTH, HALF = (box((22, 60), (20, 60)), box((20, 30), (60, 100)),
                             box((20, 110), (20, 100)), box((20, 60), (60, 82)))


CAMERA = CameraModel(150.0, 151.0, 79.5, 59.5, 160, 120)


class Offering:
    """Offers the same masks of each picture, and a group where it sees depth."""

    def propose(self, frame):
        """Return an outline, a part, maybe a group, and what is neither right nor wrong."""
        masks = [OUTLINE, PART, HALF]
        return np.stack(masks if frame.depth is None else [*masks, BOTH])


def test_outlines_and_wrong_masks_are_told_apart():
    found = list(judged(np.stack([OUTLINE, PART, BOTH, HALF]), LABELS))
    assert [number for _, number in found] == [1, 0, 0]
    assert [mask.sum() for mask, _ in found] == [OUTLINE.sum(), PART.sum(), BOTH.sum()]


def test_batches_hold_what_is_offered_and_no_caption_finds_what_is_wrong(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (1, 120, 160, 3), np.uint8)
    objects = [ShardObject(Attributes('mug', 'red', 'plain'), 1.0),
               ShardObject(Attributes('ball', 'red', 'plain'), 1.0)]
    write_shard(tmp_path / 'train_0000', images, LABELS[None], [objects])
    assert open_shards(tmp_path, 'train')[0].scene(0).wrong == ()
    write_depths(tmp_path / 'train_0000', np.ones((1, 120, 160), np.float32), [CAMERA])
    write_offers(str(tmp_path / 'train_0000'), Offering())
    scene = open_shards(tmp_path, 'train')[0].scene(0)
    assert [len(masks) for masks in scene.outlines] == [2, 0]
    assert np.array_equal(scene.outlines[0][0].unpacked(), OUTLINE)
    assert sorted(mask.unpacked().sum() for mask in scene.wrong) == [
        PART.sum(), PART.sum(), BOTH.sum()]
    batch = make_batch(np.random.default_rng(0), [scene] * 6, Vocabulary())
    count = len(batch.classes)
    assert count == 12
    assert len(batch.crops) > count
    assert (batch.truth[:, count:] == NO_MATCH).all()
    assert (batch.truth == MATCH).any()
    # Four of the six scenes are also seen as a whole.
    assert len(batch.images) == 4
    assert batch.crop_scenes[batch.masked].unique().tolist() == [0, 1, 2, 3]
    assert len(batch.token_masks) == len(batch.masked)


def test_a_shard_keeps_what_the_robot_saw(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (1, 120, 160, 3), np.uint8)
    depths = np.random.default_rng(1).uniform(0.5, 3, (1, 120, 160)).astype(np.float32)
    depths[0, :4] = 0
    depths[0, 4] = 9  # farther than can be kept
    objects = [ShardObject(Attributes('mug', 'red', 'plain'), 1.0)]
    write_depths(tmp_path / 'train_0000', depths, [CAMERA])
    write_shard(tmp_path / 'train_0000', images, LABELS[None], [objects])
    frame, = read_frames(str(tmp_path / 'train_0000'))
    assert np.array_equal(frame.image, images[0])
    assert frame.camera == CAMERA
    assert (frame.depth[:5] == 0).all()
    assert abs(frame.depth[5:] - depths[0, 5:]).max() < 1e-4
