# SPDX-License-Identifier: Apache-2.0
"""An index that is kept up to date answers as one that is built from nothing."""
from dataclasses import replace
import gc
import itertools

import numpy as np
import pytest
import torch

from ris_ros.chunks import no_pause
from ris_ros.conversation import Conversation
from ris_ros.encoder.encoding import encode
from ris_ros.frame import Frame
from ris_ros.index.scene_index import SceneIndex
from ris_ros.index.updater import UpdateKind, Updater
from ris_ros.pipeline import Pipeline
from ris_ros.status import Status
from ris_sim.rendering.camera_effects import sensor_noise
from ris_sim.rendering.depth_effects import add_depth_noise
from ris_sim.rendering.renderer import Renderer
from ris_sim.streams import make_stream

NOISE = .006, .01
# The noise of the camera alone turns over what is answered with less confidence, and moves the
# edges of a thing of some pixels' width.
SURE, CLEAR = .65, .95


@pytest.fixture(scope='module')
def pipeline():
    return Pipeline.load('embedded')


@pytest.fixture(scope='module')
def streams():
    """Return a function that gives the first shots of a stream; each is rendered once."""
    made = {}

    def shots(kind, count=7):
        if kind not in made:
            stream = make_stream(kind, seed=1, count=7, rate=5.0)
            made[kind] = [], stream.shots(Renderer(320, 240))
        rendered, others = made[kind]
        rendered.extend(itertools.islice(others, max(0, count - len(rendered))))
        return rendered[:count]
    return shots


def again(shot, seed):
    """Return another noisy picture of what a shot shows."""
    rng = np.random.default_rng(seed)
    rendering = shot.rendering
    return Frame(sensor_noise(rendering.image, *NOISE, rng),
                 add_depth_noise(rendering.depth, rng, rendering.shiny), rendering.camera,
                 shot.frame.stamp)


def same(one, other, least=.9):
    """Return whether two answers are equal: the status, and the mask of what was found."""
    if one.status != other.status or one.status is not Status.FOUND:
        return one.status == other.status
    return (one.mask & other.mask).sum() >= least * (one.mask | other.mask).sum()


def best_overlaps(masks, others):
    """Return for each of (N, H, W) masks its highest IoU with one of the others."""
    return np.array([max((np.count_nonzero(mask & other) / np.count_nonzero(mask | other)
                          for other in others), default=0) for mask in masks])


@pytest.mark.slow
@pytest.mark.parametrize(('kind', 'count', 'cheap'), [
    ('still', 5, {UpdateKind.UNCHANGED}),
    ('other_moves', 6, {UpdateKind.UNCHANGED, UpdateKind.PART}),
    ('panning', 3, {UpdateKind.WHOLE}),
    ('light_change', 4, {UpdateKind.UNCHANGED, UpdateKind.WHOLE})])
def test_every_frame_is_known_as_by_a_full_rebuild(pipeline, streams, kind, count, cheap):
    """Asked for where the camera's noise does not decide: where two rebuilds agree clearly.

    The masks that both rebuilds have are known, the features are those of the frame, and the
    answers are those of a rebuild.
    """
    shots = streams(kind, count)
    texts = [f'the {thing.colour} {thing.category}' for thing in shots[0].scene.objects]
    updater, kinds, compared, held = Updater(pipeline.proposer, pipeline.encoder, 1000), [], 0, []
    for number, shot in enumerate(shots):
        scene = (update := updater.update(shot.frame)).scene
        kinds.append(update.kind)
        assert scene.frame is shot.frame
        fresh = encode(pipeline.encoder, shot.frame.image, scene.masks, None, None, no_pause)
        assert torch.cosine_similarity(torch.from_numpy(fresh.features),
                                       torch.from_numpy(scene.features)).min() > .9
        rebuilt = [pipeline.index(shot.frame), pipeline.index(again(shot, number))]
        masks = rebuilt[0].masks[best_overlaps(rebuilt[0].masks, rebuilt[1].masks) > .9]
        held += best_overlaps(masks, scene.masks).tolist()
        for text in texts:
            full, other = (pipeline.ground(index, text) for index in rebuilt)
            if min(full.confidence, other.confidence) > SURE and same(full, other, CLEAR):
                compared += 1
                assert same(pipeline.ground(scene, text), full), (number, text)
    assert kinds[0] is UpdateKind.WHOLE
    assert set(kinds[1:]) & cheap, kinds
    assert compared > .5 * len(shots) * len(texts)
    assert np.mean(np.array(held) > .8) > .9


@pytest.mark.slow
def test_masks_that_are_kept_show_nothing_that_moved(pipeline, streams):
    updater, kept, before = Updater(pipeline.proposer, pipeline.encoder, 1000), 0, None
    for shot in streams('other_moves'):
        update = updater.update(shot.frame)
        if update.kind is UpdateKind.PART:
            whole = SceneIndex.of(shot.frame, update.scene.masks, update.scene.features)
            assert np.array_equal(update.scene.boxes, whole.boxes)
            assert np.array_equal(update.scene.overlaps, whole.overlaps)
            old = {mask.tobytes() for mask in before[0].masks}
            moved = shot.rendering.labels != before[1]
            for mask in update.scene.masks:
                if mask.tobytes() in old:
                    kept += 1
                    assert (mask & moved).sum() <= .03 * mask.sum()
        before = update.scene, shot.rendering.labels
    assert kept


def test_unchanged_frame_keeps_all_but_the_frame(pipeline, streams):
    updater = Updater(pipeline.proposer, pipeline.encoder, 1000)
    first = updater.update(streams('still')[0].frame)
    second = updater.update(streams('still')[1].frame)
    assert (second.kind, second.reused) == (UpdateKind.UNCHANGED, 1.0)
    assert second.scene.masks is first.scene.masks
    assert second.scene.frame is streams('still')[1].frame


def test_frame_without_changes_is_told_by_looking_alone(pipeline, streams):
    updater = Updater(pipeline.proposer, pipeline.encoder, 1000)
    first, second = (shot.frame for shot in streams('still')[:2])
    assert updater.unchanged(first) is None
    known = updater.update(first)
    same = updater.unchanged(second)
    assert (same.kind, same.scene.frame) == (UpdateKind.UNCHANGED, second)
    assert same.scene.masks is known.scene.masks
    assert updater.unchanged(Frame(second.image)) is None
    assert updater.unchanged(streams('other_moves')[-1].frame) is None


def test_small_thing_that_is_put_down_is_found(pipeline, streams):
    shot = streams('still')[0]
    height, width = shot.frame.size
    free = np.argwhere(shot.rendering.labels == 0)
    near = free[np.abs(free - (height * .55, width * .5)).sum(1).argsort()]
    place = next((row, column) for row, column in near if not shot.rendering.labels[
        row - 14:row + 14, column - 14:column + 14].any())
    where = np.s_[place[0] - 6:place[0] + 6, place[1] - 6:place[1] + 6]
    image, depth = shot.frame.image.copy(), shot.frame.depth.copy()
    image[where], depth[where] = (210, 20, 30), shot.rendering.depth[where] - .03
    updater = Updater(pipeline.proposer, pipeline.encoder, 1000)
    updater.update(shot.frame)
    update = updater.update(replace(shot.frame, image=image, depth=depth))
    assert update.kind is UpdateKind.PART
    assert update.reused > .5
    thing = np.zeros((height, width), bool)
    thing[where] = True
    assert max((mask & thing).sum() / (mask | thing).sum() for mask in update.scene.masks) > .6


def test_building_from_nothing_is_due_after_so_many_frames(pipeline, streams):
    frame = streams('still')[0].frame
    updater, due, kinds = Updater(pipeline.proposer, pipeline.encoder, 3), [], []
    for _ in range(5):
        due.append(updater.is_due)
        work = updater.renew if updater.is_due else updater.update
        kinds.append(work(frame).kind)
    assert due == [False, False, False, True, False]
    same, whole = UpdateKind.UNCHANGED, UpdateKind.WHOLE
    assert kinds == [whole, same, same, whole, same]


def test_for_another_camera_all_is_looked_at_again(pipeline, streams):
    frame = streams('still')[0].frame
    updater = Updater(pipeline.proposer, pipeline.encoder, 1000)
    updater.update(frame)
    assert updater.update(Frame(frame.image)).kind is UpdateKind.WHOLE


def test_update_that_is_broken_off_does_no_harm(pipeline, streams):
    class Broken(Exception):
        pass

    def give_way():
        raise Broken
    first, *_, last = (shot.frame for shot in streams('other_moves'))
    updater = Updater(pipeline.proposer, pipeline.encoder, 1000)
    before = updater.update(first)
    with pytest.raises(Broken):
        updater.update(last, give_way)
    assert updater.update(first).scene.masks is before.scene.masks
    assert updater.update(last).kind is not UpdateKind.UNCHANGED


def test_proposer_that_knows_no_parts_looks_at_all_that_is_not_unchanged(pipeline, streams):
    class Whole:
        def propose(self, frame, give_way):
            return pipeline.proposer.propose(frame, give_way)
    updater = Updater(Whole(), pipeline.encoder, 1000)
    first, *_, last = (shot.frame for shot in streams('other_moves'))
    updater.update(first)
    update = updater.update(last)
    assert update.kind is UpdateKind.WHOLE
    assert update.reused > 0  # crops that look as before
    np.testing.assert_array_equal(update.scene.masks, pipeline.index(last).masks)


def test_picture_without_anything_is_indexed_too(pipeline):
    updater = Updater(pipeline.proposer, pipeline.encoder, 1000)
    grey = Frame(np.full((240, 320, 3), 120, np.uint8))
    assert len(updater.update(grey).scene.masks) == 0
    assert updater.update(grey).kind is UpdateKind.UNCHANGED
    darker = Frame(np.full((240, 320, 3), 80, np.uint8))
    assert len(updater.update(darker).scene.features) == 0


@pytest.mark.slow
def test_commands_and_frames_leave_nothing_behind(pipeline, streams):
    texts = ['the red mug', 'the brown pan left of the bowl', 'stop', 'all boxes', 'the other one',
             'the second one', 'pick up the thing that is not red', 'asdf']
    frames = itertools.cycle(shot.frame for shot in streams('still'))
    updater = Updater(pipeline.proposer, pipeline.encoder, 1000)
    conversation = Conversation(pipeline)

    def say_all(times):
        for text in times * texts:
            conversation.answer(updater.update(next(frames)).scene, text, now=0.0)
        gc.collect()
        return len(gc.get_objects())
    before = say_all(2)
    assert say_all(5) - before < len(texts)  # after five times as many commands and frames
