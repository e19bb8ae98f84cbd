# SPDX-License-Identifier: Apache-2.0
"""Answers to questions about scenes laid out by hand, with a perfect eye or a doubtful one."""
from dataclasses import replace

import numpy as np
import pytest
from rectangle_scenes import SURE, Eye, scene

from ris_ros.errors import ModelError
from ris_ros.geometry.location import Location
from ris_ros.grounding.decision import DecisionSettings
from ris_ros.language.command import Language
from ris_ros.language.questions import QuestionKind
from ris_ros.questions.naming import read_nouns
from ris_ros.questions.replies import Respondent
from ris_ros.questions.viewer import Viewer
from ris_ros.questions.wording import counted, with_article
from ris_ros.status import Status

THINGS = [
    ('red mug', 30, 40, 10, 10, 1.2), ('blue mug', 62, 60, 10, 10, 1.0),
    ('white bowl', 90, 60, 14, 14, 1.0), ('green box', 150, 50, 40, 30, 1.1),
    ('gray gizmo', 20, 85, 8, 8, .75)]
NOUNS = ('mug', 'bowl', 'box', 'ball')
NAMES = [f'{name} thing' for name, *_ in THINGS]
INDEX = scene(*THINGS)


@pytest.fixture(scope='module')
def language():
    return Language.load()


@pytest.fixture
def ask(language):
    """Return a function that asks about a scene and returns the answer."""
    def answer(text, index=INDEX, eye=None, settings=SURE, viewer=None):
        question = language.parse(text).question
        about = language.parse(question.text or text)
        respondent = Respondent(index, eye or Eye(NAMES), settings, NOUNS,
                                viewer or Viewer())
        return respondent.answer(question, about)
    return answer


def things(answer):
    return [one.proposal for one in answer.objects]


@pytest.mark.parametrize(('text', 'objects', 'message'), [
    ('what do you see', [4, 0, 1, 2, 3],
     'I see a gray thing, a red mug, a blue mug, a white bowl and a green box.'),
    ('how many mugs are there', [0, 1], 'I see two mugs.'),
    ('how many red mugs', [0], 'I see one red mug.'),
    ('how many balls', [], 'I see no balls.'),
    ('is there a red ball', [], 'No, I see no red ball.'),
    ('is there a red mug', [0], 'Yes, I see a red mug.'),
    ('are there any mugs', [0, 1], 'Yes, I see two mugs.'),
    ('are there three mugs', [0, 1], 'Not exactly: I see two mugs.'),
    ('what is left of the bowl', [4, 0, 1],
     'I see a gray thing, a red mug and a blue mug left of the bowl.'),
    ('what is left of the ball', [], 'I see no ball.'),
    ('what is the gray thing', [4], 'It has no name that I am sure of; it looks gray.'),
    ('what colour is the bowl', [2], 'The bowl is white.'),
    ('where is the ball', [], 'I see no ball.'),
    ('how heavy is the bowl', [2], None),
    ('which is the heaviest', [], None)])
def test_an_answer_has_objects_a_count_and_a_sentence(ask, text, objects, message):
    answer = ask(text)
    assert answer.status is Status.ANSWERED
    assert sorted(things(answer)) == sorted(objects)
    assert answer.count == len(objects)
    if message:
        assert answer.message == message
    else:
        assert 'cannot' in answer.message


def test_an_answer_has_no_target_to_act_on(ask):
    answer = ask('where is the bowl')
    assert answer.count == 1
    assert (answer.best, answer.position, answer.centroid) == (None, None, None)
    assert answer.question is QuestionKind.WHERE
    assert answer.objects[0].name == 'white bowl'


def test_a_place_is_told_in_metres_from_the_camera_and_the_neighbour(ask):
    assert ask('where is the bowl').message == (
        'The bowl is 1.00 m in front of the camera, 0.05 m to its left and 0.05 m below it, '
        '0.14 m right of the blue mug.')
    assert ask('which is the biggest').message.startswith(
        'The biggest one is a green box 1.10 m in')


def test_a_place_is_told_from_the_robots_frame(ask):
    ahead = np.array([[0, 0, 1], [-1, 0, 0], [0, -1, 0]], float)  # of a camera that looks ahead
    robot = Viewer('base_link', ahead, np.array([0.2, 0, 0.5]))
    assert ask('where is the bowl', viewer=robot).message.startswith(
        'The bowl is 1.20 m ahead of base_link, 0.05 m to its left and 0.45 m above it')
    assert 'at x 1.20, y 0.05, z 0.45 m in map' in ask(
        'where is the bowl', viewer=replace(robot, frame='map')).message
    lost = Viewer(note='Places are told from the camera. TF has no way.')
    assert ask('where is the bowl', viewer=lost).message.endswith('TF has no way.')


def test_without_depth_a_place_is_told_in_the_picture_with_the_reason(ask):
    message = ask('where is the red mug', index=scene(*THINGS, deep=False)).message
    assert message.startswith('The red mug is on the left of the picture')
    assert 'no depth' in message


def test_in_doubt_the_answer_says_so(ask):
    eye = Eye(NAMES, {('gray gizmo thing', 'the mug'): 48.5})
    answer = ask('how many mugs', eye=eye)
    assert answer.message == 'I see two mugs; a third thing may be one.'
    assert answer.count == 2
    assert [one.proposal for one in answer.candidates] == [*things(answer), 4]
    eye = Eye(NAMES, {('gray gizmo thing', 'the ball'): 48.5})
    assert ask('is there a ball', eye=eye).message == 'I am not sure: one thing may be a ball.'
    assert ask('how many balls', eye=eye).message == (
        'I see no ball for sure; one thing may be one.')


def test_an_uncalibrated_profile_says_that_it_guesses(ask):
    answer = ask('how many mugs', settings=DecisionSettings())
    assert not answer.calibrated
    assert answer.message.endswith('The confidence is a guess, because the profile is not '
                                   'calibrated.')


def test_an_empty_scene_is_answered(ask):
    empty = scene()
    assert ask('what do you see', index=empty).message == 'I see nothing.'
    assert ask('how many mugs', index=empty).message == 'I see no mugs.'
    assert ask('where is the mug', index=empty).message == 'I see no mug.'


def test_small_words():
    assert counted(['red mug', 'something', 'red mug', 'apple', 'something']) == (
        'two red mugs, an apple and two other things')
    assert counted(['something']) == 'one thing'
    assert [with_article(noun) for noun in ('apple', 'scissors', 'mug')] == [
        'an apple', 'scissors', 'a mug']
    here = Location((5.0, 5.0), (5, 5))
    assert Viewer().tell(here, (100, 100)) == 'at the top left of the picture'


def test_a_list_of_nouns_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(ModelError, match='cannot be read'):
        read_nouns(str(tmp_path / 'none.txt'))
    (tmp_path / 'empty.txt').write_text('\n')
    with pytest.raises(ModelError, match='is empty'):
        read_nouns(str(tmp_path / 'empty.txt'))
