"""What the proposer offers of training pictures is judged, kept and given to the batches."""
import numpy as np

from training.captions import Attributes
from training.dataset import MATCH, NO_MATCH, make_batch
from training.model import Vocabulary
from training.offers import judged, write_offers
from training.scenes import ShardObject, open_shards, write_shard


def box(rows, columns):
    mask = np.zeros((120, 160), bool)
    mask[rows[0]:rows[1], columns[0]:columns[1]] = True
    return mask


LABELS = np.uint8(1) * box((20, 60), (20, 60)) + np.uint8(2) * box((20, 60), (60, 100))
OUTLINE, PART, BOTH, HALF = (box((22, 60), (20, 60)), box((20, 30), (60, 100)),
                             box((20, 110), (20, 100)), box((20, 60), (60, 82)))


class Offering:
    """Offers the same masks of each picture."""

    def propose(self, frame):
        """Return an outline, a part, a group and what is neither right nor wrong."""
        return np.stack([OUTLINE, PART, BOTH, HALF])


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
    write_offers(str(tmp_path / 'train_0000'), Offering())
    scene = open_shards(tmp_path, 'train')[0].scene(0)
    assert [len(masks) for masks in scene.outlines] == [1, 0]
    assert np.array_equal(scene.outlines[0][0], OUTLINE)
    # The group is offered twice: by the proposer, and as what stands together.
    assert len(scene.wrong) == 3
    batch = make_batch(np.random.default_rng(0), [scene] * 6, Vocabulary())
    count = len(batch.classes)
    assert count == 12
    assert len(batch.crops) > count
    assert (batch.truth[:, count:] == NO_MATCH).all()
    assert (batch.truth == MATCH).any()
    assert len(batch.token_masks) == len(batch.masked) == len(batch.crops)
