# SPDX-License-Identifier: Apache-2.0
"""Questions are told from commands, and what they ask about is found."""
import pytest

from ris_ros.language.dialogue import Act, interruption, resolve_question
from ris_ros.language.questions import QuestionKind as Kind


@pytest.mark.parametrize(('text', 'kind', 'about'), [
    ('what do you see', Kind.SCENE, 'all the objects'),
    ('Robot, can you tell me what you see?', Kind.SCENE, 'all the objects'),
    ('describe the scene', Kind.SCENE, 'all the objects'),
    ('how many mugs are there', Kind.COUNT, 'all the mugs'),
    ('how many red mugs do you see on the plate?', Kind.COUNT, 'all the red mugs on the plate'),
    ('how many of the mugs are red', Kind.COUNT, 'all the red mugs'),
    ('tell me how many snacks there are on the shelf', Kind.COUNT, 'all the snacks on the shelf'),
    ('how many of them are red', Kind.COUNT, 'the red ones'),
    ('is there a red ball', Kind.EXISTENCE, 'a red ball'),
    ('can you see the toy car', Kind.EXISTENCE, 'the toy car'),
    ('have you seen my red scarf anywhere', Kind.EXISTENCE, 'my red scarf'),
    ('is the mug left of the bowl', Kind.EXISTENCE, 'the mug left of the bowl'),
    ('is there anything red', Kind.EXISTENCE, 'a red thing'),
    ('what is left of the bowl', Kind.PLACE, 'all the objects left of the bowl'),
    ("what's on the plate?", Kind.PLACE, 'all the objects on the plate'),
    ('is there anything on the plate', Kind.PLACE, 'all the objects on the plate'),
    ('which is the biggest', Kind.CHOICE, 'the biggest one'),
    ('which of the mugs is the nearest', Kind.CHOICE, 'the nearest mug'),
    ('which mug is left of the bowl', Kind.CHOICE, 'the mug that is left of the bowl'),
    ('where is the mug', Kind.WHERE, 'the mug'),
    ('wheres my phone', Kind.WHERE, 'my phone'),
    ('where is the pink soda can', Kind.WHERE, 'the pink soda can'),
    ('how many cans can you see', Kind.COUNT, 'all the cans'),
    ('is there a can on the table', Kind.EXISTENCE, 'a can on the table'),
    ('could you tell me where the scissors are', Kind.WHERE, 'the scissors'),
    ('I lost my keys. Where are they?', Kind.WHERE, 'them'),
    ('how far away is the mug', Kind.WHERE, 'the mug'),
    ('what is this', Kind.IDENTITY, 'this'),
    ('what is that yellow thing', Kind.IDENTITY, 'that yellow thing'),
    ('what colour is the mug', Kind.COLOUR, 'the mug'),
    ('What is the color of the backpack?', Kind.COLOUR, 'the backpack'),
    ('what is the monitor sitting on', Kind.OTHER, ''),
    ('how many legs does the stool have', Kind.OTHER, ''),
    ('is the mug red', Kind.OTHER, ''),
])
def test_a_question_has_a_kind_and_objects(language, text, kind, about):
    question = language.parse(text).question
    assert (question.kind, question.text) == (kind, about)


@pytest.mark.parametrize('text', [
    'the mug', 'take the mug', 'can you give me the mug', 'can you find the mug', 'stop',
    'where is the mug? Bring it to me', 'where is the mug and bring it to me',
    'take what is on the plate', 'show me what is on the plate', 'put it where the bowl is',
    "why don't you take the mug", 'how about the red one', 'what time is it', 'where', 'how many',
    'check if the door is open', 'the one that is red', "don't touch the mug. Where is it?",
    'is it possible for you to grab the mug', 'have a look at the mug', ''.join(['?'] * 9)])
def test_a_command_is_no_question(language, text):
    assert language.parse(text).question is None


def test_a_question_is_no_order_to_stop(language):
    asked = language.parse('where is kill switch').question
    assert interruption(asked.text)  # alone these words are an order
    assert not interruption('where is kill switch')
    assert resolve_question(language.parse(asked.text), None, 0.0).act is Act.GROUND


def test_the_papers_rule_knows_no_questions(nlp):
    from ris_ros.language.command import Language

    assert Language(nlp, 'paper').parse('where is the mug').question is None
