# SPDX-License-Identifier: Apache-2.0
"""Shards give back what was rendered, and batches say what is true of it."""
from dataclasses import replace

import numpy as np
import pytest

from ris_lab.training.captions import Attributes
from ris_lab.training.dataset import MATCH, UNDECIDED, Batches, make_batch
from ris_lab.training.model import Vocabulary
from ris_lab.training.scenes import ShardObject, open_shards, write_maps, write_shard

MUG, BALL, BRICK, JAR = (Attributes('mug', 'red', 'plain'), Attributes('ball', 'blue', 'metal'),
                         Attributes('brick', 'green', 'striped'), Attributes('jar', 'pink', 'wood'))


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (2, 240, 320, 3), np.uint8)
    labels = np.zeros((2, 240, 320), np.uint8)
    labels[:, 20:80, 30:90] = 1
    labels[:, 100:160, 30:90] = 2
    labels[:, 100:160, 150:210] = 3
    labels[:, 200:205, 0:9] = 4
    objects = [ShardObject(MUG, 1.0), ShardObject(BALL, .35), ShardObject(BRICK, .1),
               ShardObject(JAR, 1.0)]
    write_shard(tmp_path / 'train_0000', images, labels, [objects, objects])
    return tmp_path


def test_a_scene_has_the_objects_of_which_enough_shows(folder):
    scene, = [shard.scene(1) for shard in open_shards(folder, 'train')]
    assert scene.things == (MUG, BALL)
    assert scene.hidden == {1}
    assert [mask.sum() for mask in scene.masks] == [3600, 3600]


def test_a_split_has_its_own_shards_only(folder):
    assert open_shards(folder, 'test') == []


def test_batches_match_captions_with_crops(folder):
    # With its parts known, a scene gets no labels, so that its things keep their colours.
    scene = replace(open_shards(folder, 'train')[0].scene(0), parts=np.zeros((240, 320), np.uint8))
    rng = np.random.default_rng(0)
    for _ in range(3):
        batch = make_batch(rng, [scene] * 6, Vocabulary())
        objects = len(batch.classes)
        assert objects == 12
        assert batch.crops.shape[1:] == (128, 128, 3)
        assert batch.truth.shape == (len(batch.tokens), len(batch.crops))
        assert (batch.truth[:, objects:] != MATCH).all()
        # The same scene six times: a caption of one mug is one of all mugs.
        assert (batch.truth[:, 0:objects:2] == batch.truth[:, :1]).all()
        assert (batch.truth == MATCH).any()
        assert (batch.truth == UNDECIDED).sum() < batch.truth.numel() / 2


def test_a_home_scene_has_background_and_parts(folder):
    maps = {name: np.full((2, 240, 320), value, np.uint8)
            for value, name in enumerate(('background', 'parts'), 3)}
    write_maps(folder / 'train_0000', maps)
    scene = open_shards(folder, 'train')[0].scene(1)
    assert scene.photographed
    assert (scene.background == 3).all()
    assert (scene.parts == 4).all()


def test_an_empty_folder_says_what_to_run(tmp_path):
    with pytest.raises(FileNotFoundError, match='run ris train render first'):
        next(iter(Batches([tmp_path], seed=0, scenes=1)))
