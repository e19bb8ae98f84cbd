# SPDX-License-Identifier: Apache-2.0
"""What the nouns of a command name is looked for; what is meant is decided as ever."""
from dataclasses import replace

import numpy as np
import pytest
from simulated_table import lay_out

from ris_ros import Frame, Pipeline
from ris_ros.conversation import Conversation
from ris_ros.geometry.masks import intersection_over_union
from ris_ros.grounding.appearance import says_only_the_noun
from ris_ros.grounding.concepts import ConceptSearch, nouns_of
from ris_ros.grounding.confidence import Calibration
from ris_ros.proposals.concepts import ConceptMasks

THINGS = [('mug', 'red', -0.24, 0.0), ('mug', 'blue', -0.08, 0.0), ('mug', 'green', 0.08, 0.0),
          ('bowl', 'red', 0.26, 0.05)]


class Knowing:
    """Finds the things of a noun in a simulated picture, and proposes nothing without one."""

    def __init__(self, masks, proposals=None):
        self._masks, self.asked = masks, []
        self._proposals = masks[:0] if proposals is None else proposals

    def propose(self, frame, give_way=lambda: None):
        """Return the masks that it was given."""
        return self._proposals

    def find(self, frame, noun):
        """Return the masks of a category with a score of .9."""
        self.asked.append(noun)
        which = [thing[0] == noun for thing in THINGS]
        return ConceptMasks(self._masks[which], np.full(sum(which), 0.9, np.float32))


@pytest.fixture(scope='module')
def table():
    image, masks = lay_out(*THINGS, size=(480, 360))
    return Frame(image), masks


@pytest.fixture(scope='module')
def embedded():
    return Pipeline.load('embedded')


def pipeline_of(embedded, proposer, **decision):
    """Return the pipeline of the profile with another proposer."""
    profile = replace(embedded.profile, decision=replace(embedded.profile.decision, **decision))
    return replace(embedded, profile=profile, proposer=proposer,
                   concepts=ConceptSearch(proposer, embedded.encoder))


@pytest.mark.parametrize(('text', 'nouns'), [
    ('the left mug that is not red', ('mug',)),
    ('the mug left of the red bowl on the tray', ('mug', 'bowl', 'tray')),
    ('all the mugs next to the mug', ('mug',)),
    ('the thing between the two bowls', ('bowl',)), ('the largest object', ()),
    ('the mug in front of me', ('mug',)), ('the cup without a handle', ('cup',)),
    ('the ball that is not in the bowl', ('ball', 'bowl'))])
def test_nouns_of_the_target_and_its_anchors_are_looked_for(embedded, text, nouns):
    assert nouns_of(embedded.parse(text)) == nouns


@pytest.mark.parametrize(('text', 'meant'), [
    ('the left mug that is not red', 1), ('the green mug', 2), ('the bowl', 3),
    ('the mug next to the bowl', 2), ('the rightmost mug', 2)])
@pytest.mark.parametrize('calibration', [None, Calibration()], ids=['fitted', 'not fitted'])
def test_one_of_all_that_the_noun_finds_is_decided_on(embedded, table, text, meant, calibration):
    frame, masks = table
    decision = {} if calibration is None else {'calibration': calibration}
    pipeline = pipeline_of(embedded, Knowing(masks), **decision)
    answer = pipeline.ground(pipeline.index(frame), text)
    assert answer.status.name == 'FOUND', answer.message
    assert intersection_over_union(answer.mask, masks[meant]) > 0.9


@pytest.mark.parametrize(('text', 'only'), [
    ('the mug', True), ('the leftmost mug', True), ('the two mugs', True), ('a bowl', True),
    ('the mug that is not red', True), ('the red mug', False), ('the coffee mug', False),
    ('the big mug', True)])
def test_the_image_model_is_asked_only_for_what_the_noun_leaves_open(embedded, text, only):
    assert says_only_the_noun(embedded.parse(text)) == only


def test_a_noun_that_nothing_fits_is_not_found_even_without_a_fit(embedded, table):
    frame, masks = table
    pipeline = pipeline_of(embedded, Knowing(masks, masks), calibration=Calibration())
    assert pipeline.ground(pipeline.index(frame), 'the banana').status.name == 'NOT_FOUND'


def test_a_choice_from_the_answer_before_is_found_among_what_was_found(embedded, table):
    frame, masks = table
    conversation = Conversation(pipeline := pipeline_of(embedded, Knowing(masks)))
    scene = pipeline.index(frame)
    first = conversation.answer(scene, 'take the mug', now=0.0)
    assert first.status.name == 'AMBIGUOUS'
    second = conversation.answer(scene, 'the second one', now=1.0)
    assert second.status.name == 'FOUND'
    assert np.array_equal(second.mask, first.candidates[1].mask)


def test_a_picture_is_asked_once_for_each_noun(embedded, table):
    frame, masks = table
    pipeline = pipeline_of(embedded, finder := Knowing(masks))
    scene = pipeline.index(frame)
    for text in ('the red mug', 'the blue mug', 'the mug next to the bowl', 'the bowl'):
        pipeline.ground(scene, text)
    assert finder.asked == ['mug', 'bowl']
    pipeline.ground(pipeline.index(Frame(frame.image)), 'the mug')
    assert finder.asked == ['mug', 'bowl', 'mug']


def test_each_camera_keeps_what_the_same_model_has_found_in_its_picture(embedded, table):
    frame, masks = table
    one = pipeline_of(embedded, finder := Knowing(masks))
    other = replace(one, concepts=one.concepts.for_another_camera())
    scene = one.index(frame)
    for pipeline in (one, other, one):
        pipeline.ground(scene, 'the red mug')
    assert finder.asked == ['mug', 'mug']


def test_what_is_found_replaces_the_same_outline_and_leaves_the_others(embedded, table):
    frame, masks = table
    shaved = masks.copy()
    shaved[:, ::7] = False
    pipeline = pipeline_of(embedded, Knowing(masks, shaved))
    scene = pipeline.index(frame)
    asked = pipeline.look_for(scene, pipeline.parse('the mug'))
    assert np.array_equal(asked.masks, np.concatenate([masks[:3], shaved[3:]]))
    np.testing.assert_allclose(asked.noun_chances['mug'], [0.9, 0.9, 0.9, 0.01])
    assert 'bowl' not in asked.noun_chances, 'nobody asked'
    assert pipeline.look_for(asked, pipeline.parse('the red mug')) is asked


def test_a_later_picture_that_shows_the_same_keeps_its_stamp(embedded, table):
    frame, masks = table
    pipeline = pipeline_of(embedded, finder := Knowing(masks))
    scene, later = pipeline.index(frame), replace(frame, stamp=7.0)
    query = pipeline.parse('the mug')
    pipeline.look_for(scene, query)
    again = pipeline.look_for(scene.seen_again(later), query)
    assert again.frame is later
    assert list(again.noun_chances) == ['mug']
    assert finder.asked == ['mug']


def test_other_proposers_are_not_asked(embedded, table):
    scene = embedded.index(table[0])
    assert embedded.look_for(scene, embedded.parse('the mug')) is scene
