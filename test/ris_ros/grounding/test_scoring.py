# SPDX-License-Identifier: Apache-2.0
"""Queries meet scenes laid out by hand: what can be said, with a perfect eye or a doubtful one."""
import numpy as np
import pytest
from rectangle_scenes import SURE, Eye, scene
import torch

from ris_ros.grounding.decision import DecisionSettings, decide
from ris_ros.grounding.scoring import Scorer
from ris_ros.index.scene_index import SceneIndex
from ris_ros.language.command import Language
from ris_ros.language.query import Anchor, Query, Relation, RelationType
from ris_ros.status import Status

THINGS = [
    ('red mug', 30, 40, 10, 10, 1.2), ('blue mug', 62, 60, 10, 10, 1.0),
    ('red mug', 100, 80, 10, 10, .8), ('white bowl', 80, 60, 14, 14, 1.0),
    ('green box', 150, 50, 40, 30, 1.1), ('yellow apple', 150, 45, 8, 8, 1.07),
    ('yellow apple', 20, 85, 8, 8, .75), ('big jar', 120, 20, 18, 18, 1.6),
    ('small jar', 180, 85, 8, 8, .8)]
NAMES = [thing[0] for thing in THINGS]
INDEX = scene(*THINGS)
EYE = Eye(NAMES)


class GivenScores:
    """Rates proposals by scores that are known before."""

    def __init__(self, scores):
        self._scores = scores

    def rate(self, visual, sentence, phrase, anchors):
        """Return the scores."""
        return torch.from_numpy(self._scores)


@pytest.fixture(scope='module')
def language():
    return Language.load()


def ask(query, settings=SURE, index=INDEX, eye=EYE, excluded=()):
    beliefs = Scorer(index, eye, settings).score(query, excluded)
    assert beliefs.none + beliefs.alone.sum() + beliefs.several == pytest.approx(1)
    return decide(query, beliefs, settings, index)


def numbers(grounding):
    return sorted(thing.proposal for thing in grounding.objects)


def test_looks_alone(language):
    assert numbers(ask(language.parse('the blue mug'))) == [1]


@pytest.mark.parametrize(('text', 'expected'), [
    ('the leftmost mug', 0), ('the second mug from the left', 1), ('the nearest mug', 2),
    ('the small jar', 8), ('the biggest jar', 7), ('the mug on the right', 2),
    ('the mug next to the bowl', 1), ('the mug right of the bowl', 2),
    ('the mug in front of the bowl', 2), ('the mug behind the bowl', 0),
    ('the apple on the box', 5), ('the apple that is not on the box', 6),
    ('the mug that is not red', 1), ('the bowl between the two red mugs', 3),
    ('the bowl between the blue mug and the leftmost mug', None),
    ('the mug next to the bowl left of the box', 1), ('the red mug left of the white bowl', 0),
    ('the jar right of the apple that is on the box', 8), ('the object in the box', 5),
    ('the leftmost red mug behind the bowl', 0), ('the red mug closest to me', 2),
    ('the box with the apple', 4), ('the blue mug on the table', 1),
    ('the blue mug with a handle', 1), ('the farthest thing', 7)])
def test_one_object_is_meant(language, text, expected):
    grounding = ask(language.parse(text))
    if expected is None:
        assert grounding.status is Status.NOT_FOUND
        return
    assert grounding.status is Status.FOUND, grounding.message
    assert numbers(grounding) == [expected]
    assert grounding.confidence > .5
    assert grounding.calibrated


@pytest.mark.parametrize(('text', 'looks'), [
    ('the yellow mug', False), ('the telescope', False), ('the fifth mug from the left', True),
    ('the mug right of the green box', True), ('the bowl behind the big jar', True),
    ('the mug next to the telescope', True), ('the apple in the bowl', True)])
def test_nothing_fits(language, text, looks):
    grounding = ask(language.parse(text))
    assert grounding.status is Status.NOT_FOUND, grounding.message
    assert grounding.count == 0
    assert grounding.message.startswith('Something looks like' if looks else 'Nothing looks like')


@pytest.mark.parametrize(('text', 'expected'), [
    ('the mug', [0, 1, 2]), ('the red mug', [0, 2]), ('pick up an apple', [5, 6]),
    ('the mug left of the green box', [0, 1, 2])])
def test_several_fit(language, text, expected):
    grounding = ask(language.parse(text))
    assert grounding.status is Status.AMBIGUOUS, grounding.message
    assert numbers(grounding) == expected


@pytest.mark.parametrize(('text', 'expected'), [
    ('all the mugs', [0, 1, 2]), ('every one of the mugs', [0, 1, 2]),
    ('both red mugs', [0, 2]), ('the apples', [5, 6]),
    ('all the mugs left of the bowl', [0, 1]), ('every jar', [7, 8]),
    ('the two leftmost mugs', [0, 1]), ('all mugs that are not red', [1]),
    ('all the things on the left', [0, 1, 3, 6])])
def test_plurals(language, text, expected):
    grounding = ask(language.parse(text))
    assert grounding.status is Status.FOUND, grounding.message
    assert numbers(grounding) == expected
    union = np.logical_or.reduce(INDEX.masks[expected])
    assert (grounding.mask == union).all()


def test_two_are_asked_for_and_three_fit(language):
    grounding = ask(language.parse('the two mugs'))
    assert grounding.status is Status.AMBIGUOUS
    assert grounding.count == 3


def test_more_are_asked_for_than_there_are(language):
    grounding = ask(language.parse('both bowls'))
    assert numbers(grounding) == [3]
    assert 'where 2 are said to be' in grounding.message


def test_a_plural_may_have_more_than_ten(language):
    things = [('red mug', 10 + 15 * (i % 12), 20 + 30 * (i // 12), 8, 8, 1.0) for i in range(24)]
    index = scene(*things)
    grounding = ask(language.parse('all the mugs'), index=index, eye=Eye(['red mug'] * 24))
    assert grounding.count == len(grounding.candidates) == 24
    assert ask(language.parse('the mug'), index=index, eye=Eye(['red mug'] * 24)).count == 24


def test_the_doubt_about_the_anchor_is_summed_over(language):
    # What might be the bowl is right of one mug and left of the other.
    index = scene(('mug', 60, 50, 10, 10, 1.), ('bowl', 100, 50, 10, 10, 1.),
                  ('plate', 20, 50, 10, 10, 1.))
    query = language.parse('the mug left of the bowl')
    unsure = Eye(['mug', 'bowl', 'plate'],
                 {('bowl', 'the bowl'): 52.0, ('plate', 'the bowl'): 48.0})
    sure = ask(query, index=index, eye=Eye(['mug', 'bowl', 'plate']))
    doubtful = ask(query, index=index, eye=unsure)
    # The odds of the two anchors are exp(.6) and exp(-.6), those of none 1.
    one, other = np.exp(.6), np.exp(-.6)
    assert sure.candidates[0].confidence > .97
    beliefs = Scorer(index, unsure, SURE).score(query)
    assert beliefs.likely[0] == pytest.approx(.98 * one / (1 + one + other), abs=.15)
    assert doubtful.candidates[0].confidence < sure.candidates[0].confidence


def test_the_speakers_left_is_the_cameras_right(language):
    settings = DecisionSettings(viewpoint='speaker', calibration=SURE.calibration)
    assert numbers(ask(language.parse('the leftmost mug'), settings)) == [2]
    assert numbers(ask(language.parse('the mug left of the bowl'), settings)) == [2]


def test_what_is_excluded_is_left_out(language):
    grounding = ask(language.parse('the red mug'), excluded=[INDEX.masks[0]])
    assert grounding.status is Status.FOUND
    assert numbers(grounding) == [2]
    assert ask(language.parse('the bowl'), excluded=[INDEX.masks[3]]).status is Status.NOT_FOUND


@pytest.mark.parametrize('settings', [
    SURE, DecisionSettings(), DecisionSettings(forced=True)])
def test_where_only_looks_are_said_the_best_score_wins(settings):
    rng = np.random.default_rng(4)
    query = Query('the mug', 'the mug', 'the mug', 'mug', sentence='the mug', phrase='the mug')
    for _ in range(20):
        scores = rng.normal(45, 10, len(THINGS))
        beliefs = Scorer(INDEX, GivenScores(scores), settings).score(query)
        assert beliefs.masks[int(np.argmax(beliefs.meant))] == np.argmax(scores)
        assert (np.argsort(-beliefs.meant, kind='stable') == np.arange(len(beliefs.meant))).all()


def test_a_forced_answer_is_the_likeliest(language):
    grounding = ask(language.parse('the yellow mug'), DecisionSettings(forced=True))
    assert grounding.status is Status.FOUND
    assert grounding.count == 1


def test_without_a_fit_answers_say_so(language):
    unfitted = DecisionSettings()
    grounding = ask(language.parse('the blue mug'), unfitted)
    assert (grounding.status, grounding.calibrated) == (Status.FOUND, False)
    assert 'not calibrated' in grounding.message
    assert ask(language.parse('the red mug'), unfitted).status is Status.AMBIGUOUS
    # It never says that nothing looks like it: only that nothing is where it is said to be.
    assert ask(language.parse('the telescope'), unfitted).status is not Status.NOT_FOUND
    assert ask(language.parse('the fifth bowl from the left'), unfitted).status is Status.NOT_FOUND


def test_relations_without_depth(language):
    flat = scene(*THINGS, deep=False)
    for text, expected in (('the mug in front of the bowl', 2), ('the mug next to the bowl', 1),
                           ('the apple on the box', 5), ('the nearest mug', 2)):
        assert numbers(ask(language.parse(text), index=flat)) == [expected]


def test_an_anchor_without_parts_is_its_words():
    relation = Relation(RelationType.LEFT_OF, 'the blue mug')
    query = Query('', 'the red mug', 'the red mug', 'mug', relations=(relation,),
                  attributes=('red',), sentence='the red mug', phrase='the red mug')
    assert numbers(ask(query)) == [0]
    nested = Relation(RelationType.NEAR, 'the bowl', (Anchor('the bowl', 'bowl', relations=(
        Relation(RelationType.LEFT_OF, 'the box', (Anchor('the box', 'box'),)),)),))
    query = Query('', 'the mug', 'the mug', 'mug', relations=(nested,), sentence='the mug',
                  phrase='the mug')
    assert numbers(ask(query)) == [1]


def bowl_with_apple(*more):
    """Return a table with an apple in a bowl whose outline holds both, and one elsewhere."""
    index = scene(('bowl', 60, 50, 40, 30, 1.), ('apple', 60, 48, 10, 10, .97),
                  ('apple', 150, 50, 10, 10, 1.), *more)
    masks = index.masks.copy()
    masks[0] |= masks[1]
    names = ['bowl', 'apple', 'apple', *(name for name, *_ in more)]
    return SceneIndex.of(index.frame, masks, index.features), Eye(names)


def test_what_lies_in_the_outline_of_a_bowl_is_in_it(language):
    index, eye = bowl_with_apple()
    assert numbers(ask(language.parse('the apple in the bowl'), index=index, eye=eye)) == [1]
    assert numbers(ask(language.parse('the bowl with the apple'), index=index, eye=eye)) == [0]


def test_what_lies_in_a_larger_outline_must_look_more_like_what_is_said(language):
    index, eye = bowl_with_apple()
    strict = DecisionSettings(part_penalty=60.0, calibration=SURE.calibration)
    assert ask(language.parse('the apple'), index=index, eye=eye).status is Status.AMBIGUOUS
    assert numbers(ask(language.parse('the apple'), strict, index, eye)) == [2]
    assert numbers(ask(language.parse('the apple in the bowl'), strict, index, eye)) == [1]
    assert numbers(ask(language.parse('all the things'), strict, index, eye)) == [0, 2]


def test_who_tells_one_from_others_sees_several(language):
    # Two that may be mugs as likely as not: said to be the left one, it is more likely a mug.
    index = scene(('mug', 30, 50, 10, 10, 1.), ('cup', 100, 50, 10, 10, 1.))
    eye = Eye(['mug', 'cup'], {('mug', 'the mug'): 48.0, ('cup', 'the mug'): 48.0})
    looks = Scorer(index, eye, SURE).score(language.parse('the mug')).looks
    told = Scorer(index, eye, SURE).score(language.parse('the leftmost mug')).looks
    assert looks == pytest.approx([.354, .354], abs=.01)
    assert told == pytest.approx([.599, .599], abs=.01)


def test_a_plural_has_a_second_one_sooner_than_a_first(language):
    index = scene(*(('mug', 30 + 60 * i, 50, 10, 10, 1.) for i in range(3)))
    eye = Eye(['mug', 'cup', 'can'], {('cup', 'the mug'): 44.0, ('can', 'the mug'): 44.0})
    assert numbers(ask(language.parse('all the mugs'), index=index, eye=eye)) == [0, 1]
    eye = Eye(['mug', 'cup', 'can'])
    assert numbers(ask(language.parse('all the mugs'), index=index, eye=eye)) == [0]


def test_an_empty_scene_has_nothing(language):
    empty = scene()
    grounding = ask(language.parse('the mug left of the bowl'), index=empty, eye=Eye([]))
    assert grounding.status is Status.NOT_FOUND
    assert 'No object was found' in grounding.message


@pytest.mark.parametrize(('text', 'sentence'), [
    ('the blue mug left of the purple banana', 'nothing looks like "the purple banana".'),
    ('the blue mug between the red mug and the purple banana',
     'nothing looks like "the purple banana".'),
    ('the blue mug right of the big jar', 'nothing is where "the blue mug right of the big jar"')])
def test_an_anchor_that_is_not_seen_is_named(language, text, sentence):
    grounding = ask(language.parse(text))
    assert grounding.status is Status.NOT_FOUND
    assert grounding.message.startswith('Something looks like "the blue mug", but')
    assert sentence in grounding.message
