# SPDX-License-Identifier: Apache-2.0
"""The Python road with the embedded profile: frames, commands and answers on rendered scenes."""
import numpy as np
import pytest
from simulated_table import SEED, lay_out
from world_checks import WORLDS

from ris_ros import Frame, Pipeline
from ris_ros.errors import FrameError, ModelError
from ris_ros.status import Status
from ris_sim.dataset import surface_centroid
from ris_sim.expressions.generator import generate_expressions
from ris_sim.rendering.depth_effects import add_depth_noise
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene
from ris_sim.worlds.sdf_reader import read_world

pytestmark = pytest.mark.slow


@pytest.fixture(scope='module')
def pipeline():
    return Pipeline.load('embedded')


@pytest.fixture(scope='module')
def scenes():
    """Return scenes of held-out shapes with their renderings and attribute expressions."""
    found = []
    for number in range(8):
        rng = np.random.default_rng([SEED, number])
        scene = sample_scene(rng, 'test')
        rendering = Renderer().render(scene)
        expressions = generate_expressions(scene, rendering.labels, rng, 3, ('attribute',))
        found.append((rendering, expressions, scene))
    return found


def overlap(first, second):
    return (first & second).sum() / (first | second).sum()


def test_attribute_commands_find_their_object(pipeline, scenes):
    right = []
    for rendering, expressions, _ in scenes:
        frame = Frame(rendering.image, rendering.depth, rendering.camera)
        index = pipeline.index(frame)
        for expression in expressions:
            grounding = pipeline.refer(index, expression.text)
            truth = rendering.labels == expression.target_index + 1
            right.append(grounding.mask is not None and overlap(grounding.mask, truth) >= 0.5)
    assert len(right) >= 16
    assert np.mean(right) >= 0.8


def test_noise_of_depth_seldom_moves_the_position_of_a_bowl_with_a_ball_in_it(pipeline):
    world = read_world(WORLDS / 'tabletop_1.sdf')
    rendering = Renderer().render(world)
    truth = surface_centroid(rendering, 1)
    rng = np.random.default_rng(0)
    errors = []
    for _ in range(20):
        depth = add_depth_noise(rendering.depth, rng, rendering.shiny)
        index = pipeline.index(Frame(rendering.image, depth, rendering.camera))
        errors.append(np.linalg.norm(pipeline.refer(index, 'the bowl').position - truth))
    # In the other frames a half of the bowl is taken for all of it.
    assert np.mean(np.array(errors) < .02) >= .8
    assert max(errors) < .06


def test_without_depth_there_is_a_mask_but_no_position(pipeline, scenes):
    rendering, expressions, _ = scenes[0]
    grounding = pipeline.refer(pipeline.index(Frame(rendering.image)), expressions[0].text)
    assert grounding.mask.shape == rendering.labels.shape
    assert grounding.position is None
    assert 'no depth' in grounding.best.position_note
    u, v = grounding.centroid
    rows, columns = np.nonzero(grounding.mask)
    assert (u, v) == pytest.approx((columns.mean(), rows.mean()))


def test_given_masks_take_the_place_of_proposals(pipeline, scenes):
    rendering, expressions, _ = scenes[0]
    count = rendering.labels.max()
    masks = np.array([rendering.labels == label for label in range(count + 2)][1:])
    index = pipeline.index(Frame(rendering.image), masks)  # the last of them is empty
    assert len(index.masks) == len(index.boxes) == len(index.features) == masks.any((1, 2)).sum()
    grounding = pipeline.refer(index, expressions[0].text)
    assert any((grounding.mask == mask).all() for mask in masks)


@pytest.mark.parametrize(('command', 'meant'), [
    ('the mug next to the leftmost bowl', 0), ('the mug next to the bowl on the right', 1),
    ('the mug next to the bowl left of the banana', 0),
    ('the banana between the two bowls', 4), ('the bowl not left of the banana', 3)])
def test_an_anchor_has_a_place_and_relations_of_its_own(pipeline, command, meant):
    image, masks = lay_out(
        ('mug', 'red', -0.14, -0.08), ('mug', 'red', 0.14, -0.08), ('bowl', 'blue', -0.16, 0.08),
        ('bowl', 'blue', 0.16, 0.08), ('banana', 'yellow', 0.0, 0.06),
        ('banana', 'yellow', 0.0, -0.2))
    grounding = pipeline.ground(pipeline.index(Frame(image), masks), command)
    assert grounding.status is Status.FOUND, grounding.message
    assert (grounding.mask == masks[meant]).all()


@pytest.mark.parametrize(('command', 'meant'), [
    ('the mug that is not red', 1), ('the mug that is not blue', 0),
    ('a bowl which is not green', 3)])
def test_what_is_denied_is_not_meant(pipeline, command, meant):
    image, masks = lay_out(('mug', 'red', -0.14, -0.06), ('mug', 'blue', 0.14, -0.06),
                           ('bowl', 'green', -0.12, 0.12), ('bowl', 'yellow', 0.12, 0.12))
    grounding = pipeline.ground(pipeline.index(Frame(image), masks), command)
    assert grounding.status is Status.FOUND, grounding.message
    assert (grounding.mask == masks[meant]).all()


def test_a_shade_that_is_denied_is_one_colour(pipeline):
    image, masks = lay_out(('mug', 'cyan', -0.14, -0.06), ('mug', 'red', 0.14, -0.06))
    grounding = pipeline.ground(pipeline.index(Frame(image), masks),
                                'the mug that is not light blue')
    assert grounding.status is Status.FOUND, grounding.message
    assert (grounding.mask == masks[1]).all()


def test_what_is_excluded_is_not_answered(pipeline):
    image, masks = lay_out(('mug', 'red', -0.14, -0.06), ('mug', 'blue', 0.14, -0.06))
    scene = pipeline.index(Frame(image), masks)
    query = pipeline.parse('the mug')
    for left, taken in enumerate(masks[::-1]):
        grounding = pipeline.answer(scene, query, excluded=[taken])
        assert grounding.status is Status.FOUND
        assert (grounding.mask == masks[left]).all()
        assert len(grounding.candidates) == 1


def test_masks_of_another_size_are_refused(pipeline, scenes):
    with pytest.raises(FrameError, match='masks have shape'):
        pipeline.index(Frame(scenes[0][0].image), np.ones((1, 4, 4), bool))


def test_masks_that_are_empty_or_no_numbers_mean_nothing(pipeline, scenes):
    frame = Frame(scenes[0][0].image)
    masks = np.full((2, 480, 640), np.nan)
    masks[1, 100:200, 100:200] = 1
    assert pipeline.index(frame, masks).masks.sum((1, 2)).tolist() == [10000]
    assert len(pipeline.index(frame, masks[:1]).masks) == 0
    assert len(pipeline.index(frame, []).masks) == 0
    with pytest.raises(FrameError, match='masks have type'):
        pipeline.index(frame, np.full((1, 480, 640), 'x'))


def test_a_scene_without_objects_has_nothing(pipeline, scenes):
    index = pipeline.index(Frame(scenes[0][0].image), np.zeros((0, 480, 640), bool))
    grounding = pipeline.ground(index, 'the red mug')
    assert grounding.status is Status.NOT_FOUND
    assert grounding.mask is None


@pytest.mark.parametrize(('text', 'status'), [
    ('', Status.BAD_COMMAND), (' \t\n', Status.BAD_COMMAND), ('mug ' * 2500, Status.BAD_COMMAND),
    ('stop', Status.STOPPED), ('turn around', Status.NOT_FOUND)])
def test_commands_without_an_object_get_a_status(pipeline, scenes, text, status):
    index = pipeline.index(Frame(scenes[0][0].image), np.ones((1, 480, 640), bool))
    grounding = pipeline.ground(index, text)
    assert grounding.status is status
    assert grounding.message.endswith('.')


@pytest.mark.parametrize('text', ['赤いマグ', 'prends la tasse rouge', 'nimm nicht den roten Ball'])
def test_other_languages_are_refused_in_a_sentence(pipeline, scenes, text):
    index = pipeline.index(Frame(scenes[0][0].image), np.ones((1, 480, 640), bool))
    grounding = pipeline.ground(index, text)
    assert grounding.status is Status.BAD_COMMAND
    assert grounding.message.startswith('I understand English only')


def test_a_picture_in_place_of_its_index_is_a_sentence(pipeline, scenes):
    image = scenes[0][0].image
    for answer in (pipeline.ground, pipeline.refer):
        with pytest.raises(FrameError, match=r'not from a ndarray; index it first'):
            answer(image, 'the red mug')
    with pytest.raises(FrameError, match=r'pipeline\.index\(Frame\(image\)\)'):
        pipeline.index(image)


@pytest.mark.parametrize('text', ['🤖🤖', '\x00'])
def test_texts_without_letters_are_answered_somehow(pipeline, scenes, text):
    index = pipeline.index(Frame(scenes[0][0].image), np.ones((1, 480, 640), bool))
    assert pipeline.ground(index, text).status in (
        Status.FOUND, Status.NOT_FOUND, Status.AMBIGUOUS, Status.BAD_COMMAND)


def test_missing_weights_are_named():
    with pytest.raises(ModelError, match='nowhere'):
        Pipeline.load('embedded', weights='nowhere.safetensors')
    with pytest.raises(ModelError, match='does not exist'):
        Pipeline.load('paper', weights='nowhere.pt')
