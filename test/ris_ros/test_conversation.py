# SPDX-License-Identifier: Apache-2.0
"""Dialogues about tables with mugs, by the embedded profile with the true masks."""
from dataclasses import replace

import pytest
from simulated_table import lay_out

from ris_ros import Frame, Pipeline
from ris_ros.conversation import Conversation
from ris_ros.geometry.masks import grasp_pixel
from ris_ros.grounding.pointing import Pointed, Region
from ris_ros.language.alternatives import Alternative
from ris_ros.language.dialogue import Act
from ris_ros.status import Status
from ris_ros.tracking.known_object import SceneSighting
from ris_ros.tracking.scene_memory import SceneMemory

MUGS = (('mug', 'red', -.16, -.06), ('mug', 'red', .16, -.06), ('mug', 'blue', 0, .1),
        ('bowl', 'green', 0, -.14))


@pytest.fixture(scope='module')
def pipeline():
    return Pipeline.load('embedded')


@pytest.fixture(scope='module')
def table(pipeline):
    """Return the indexed table; proposal k shows thing k."""
    return index(pipeline, MUGS)


@pytest.fixture
def talk(pipeline, table):
    """Return a function that says something and returns the status and which things answer."""
    conversation = Conversation(pipeline)

    def say(text, scene=table, now=0.0, **settings):
        say.answer = conversation.answer(scene, text, now, **settings)
        return say.answer.status, [
            next(k for k, mask in enumerate(scene.masks) if (mask == thing.mask).all())
            for thing in say.answer.objects]

    say.conversation = conversation
    return say


def index(pipeline, things, **view):
    image, masks = lay_out(*things, **view)
    return pipeline.index(Frame(image), masks)


def at_time(scene, stamp):
    """Return a scene of another time."""
    return replace(scene, frame=replace(scene.frame, stamp=stamp))


def ambiguous(talk):
    """Ask for one of the two red mugs; return them in the order in which they are listed."""
    status, listed = talk('the red mug')
    assert status is Status.AMBIGUOUS
    assert sorted(listed) == [0, 1]
    return listed


def test_one_of_the_list_then_it_then_the_other(talk):
    first, second = ambiguous(talk)
    assert talk('the second one') == (Status.FOUND, [second])
    assert 'number 2' in talk.answer.message
    assert talk.answer.expression == 'the red mug'
    assert talk('pick it up') == (Status.FOUND, [second])
    assert talk('no, the other one') == (Status.FOUND, [first])
    assert talk('number two') == (Status.FOUND, [second])


def test_numbers_are_those_of_the_answers_list(talk):
    for number, thing in enumerate(ambiguous(talk), 1):
        assert talk(f'number {number}') == (Status.FOUND, [thing])


def test_all_of_the_list(talk, table):
    listed = ambiguous(talk)
    assert talk('both of them') == (Status.FOUND, listed)
    assert (talk.answer.mask == table.masks[:2].any(axis=0)).all()


def test_the_noun_is_kept_in_mind(talk):
    ambiguous(talk)
    assert talk('the blue one') == (Status.FOUND, [2])
    assert talk.answer.expression == 'the blue mug'


@pytest.mark.parametrize(('chosen', 'word'), [(0, 'left'), (1, 'right')])
def test_what_a_word_chose_from_the_list_leaves_the_other_one(talk, chosen, word):
    ambiguous(talk)
    assert talk(f'the {word} one') == (Status.FOUND, [chosen])
    assert talk('the other one') == (Status.FOUND, [1 - chosen])
    assert talk('it') == (Status.FOUND, [1 - chosen])


def test_another_one_than_what_was_found(talk):
    assert talk('the blue mug') == (Status.FOUND, [2])
    assert talk('another one') == (Status.NOT_FOUND, [])
    assert talk.answer.message == 'Nothing else matches "the blue mug".'
    assert talk('it') == (Status.FOUND, [2])


def test_what_was_not_found_still_gives_the_noun(talk):
    assert talk('the yellow mug next to the bowl on the floor')[0] is Status.NOT_FOUND
    assert talk('it')[0] is Status.BAD_COMMAND
    assert talk('the blue one') == (Status.FOUND, [2])


def test_small_talk_changes_nothing(talk):
    _, second = ambiguous(talk)
    assert talk('thank you very much')[0] is Status.NOT_FOUND
    assert talk('the second one') == (Status.FOUND, [second])


@pytest.mark.parametrize('text', [
    "don't touch the mug", "don't pick it up", "don't take the second one",
    'leave the blue mug alone'])
def test_what_is_forbidden_is_never_the_answer(talk, text):
    blue = talk('the blue mug')
    assert blue[0] is Status.FOUND
    assert talk(text) == (Status.NOT_FOUND, [])
    assert 'leave alone' in talk.answer.message
    assert talk('it') == blue


def test_it_means_nothing_at_first_nor_after_the_timeout(talk):
    assert talk('it') == (Status.BAD_COMMAND, [])
    assert 'name' in talk.answer.message
    assert talk('the blue mug', now=1.0) == (Status.FOUND, [2])
    assert talk('it', now=60.0) == (Status.FOUND, [2])
    assert talk('it', now=120.1)[0] is Status.BAD_COMMAND
    talk('the blue mug', now=130.0, timeout=0.0)
    assert talk('it', now=130.0, timeout=0.0)[0] is Status.BAD_COMMAND


def test_stop_is_answered_and_reset_forgets(talk):
    talk('the blue mug')
    assert talk('stop') == (Status.STOPPED, [])
    assert talk('it') == (Status.FOUND, [2])
    assert talk('start over')[0] is Status.STOPPED
    assert talk('it')[0] is Status.BAD_COMMAND


@pytest.mark.parametrize('act', [Act.STOP, Act.RESET])
def test_an_answer_that_was_interrupted_is_not_remembered(pipeline, table, act):
    conversation = Conversation(pipeline)

    class Interrupted:
        """The pipeline, interrupted while it answers."""

        parse, look_for = pipeline.parse, pipeline.look_for

        def answer(self, *args):
            conversation.interrupt(act)
            return pipeline.answer(*args)

    conversation._pipeline = Interrupted()
    assert conversation.answer(table, 'the blue mug', 0.0).status is Status.FOUND
    assert conversation.answer(table, 'it', 1.0).status is Status.BAD_COMMAND


def test_it_is_found_again_where_it_and_the_camera_have_moved(talk, pipeline):
    first, second = ambiguous(talk)
    talk('the second one')
    moved = [(*thing[:2], thing[2] - .1, thing[3] + .05) for thing in MUGS]
    later = index(pipeline, moved[::-1], yaw=.1)
    assert talk('it', later) == (Status.FOUND, [len(MUGS) - 1 - second])
    assert talk('the other one', later) == (Status.FOUND, [len(MUGS) - 1 - first])


def test_what_has_gone_is_not_found_again(talk, pipeline):
    talk('the blue mug')
    rest = index(pipeline, [thing for thing in MUGS if thing[1] != 'blue'])
    assert talk('it', rest) == (Status.NOT_FOUND, [])
    assert 'not seen any more' in talk.answer.message
    assert talk('it') == (Status.FOUND, [2])


def test_text_without_words_is_refused_and_changes_nothing(talk):
    talk('the blue mug')
    assert talk(' ')[0] is Status.BAD_COMMAND
    assert talk('it') == (Status.FOUND, [2])


def test_a_question_is_answered_and_kept_in_mind(talk):
    status, mugs = talk('how many mugs are there?')
    assert status is Status.ANSWERED
    assert sorted(mugs) == [0, 1, 2]
    assert talk('the left one') == (Status.FOUND, [0])
    assert talk('where is it') == (Status.ANSWERED, [0])
    assert 'left of the bowl' in talk.answer.message
    assert talk('how many of them are red')[0] is Status.ANSWERED
    assert talk.answer.message == 'I see two red mugs.'
    assert talk('take the second one')[0] is Status.FOUND


@pytest.mark.parametrize('text', [
    'where is the blue mug', 'is there another one', 'what is it', 'what colour is it',
    'do you see it', 'how many are there', 'which is the nearest', 'where is the second one',
    'what do you see', 'where is kill switch', 'how big is the blue mug'])
def test_whatever_a_question_follows_its_answer_is_never_a_target(talk, text):
    assert talk('the blue mug') == (Status.FOUND, [2])
    talk(text)
    assert talk.answer.status is Status.ANSWERED
    assert talk.answer.best is None


def test_a_question_may_be_about_the_neighbours_of_it(talk):
    assert talk('the bowl') == (Status.FOUND, [3])
    assert talk('what is left of it') == (Status.ANSWERED, [0])
    assert 'red mug' in talk.answer.message


def test_a_question_about_nothing_is_refused(talk):
    assert talk('where is it')[0] is Status.BAD_COMMAND
    assert talk('how many are there')[0] is Status.BAD_COMMAND


@pytest.fixture
def point(talk, table):
    """Return a function that says something and points at a thing of the table, or at a box."""
    def say(text, thing=None, box=None, **settings):
        region = Region(*(box or grasp_pixel(table.masks[thing])))
        return talk(text, pointed=Pointed(region), **settings)
    return say


def test_this_is_what_is_pointed_at(talk, point):
    assert point('this', 3) == (Status.FOUND, [3])
    assert talk.answer.message == 'Found what was pointed at: a green bowl.'
    assert point('take this mug', 1) == (Status.FOUND, [1])
    assert talk('the other one')[0] is Status.FOUND
    assert point('what is this', 2) == (Status.ANSWERED, [2])
    assert talk.answer.message == 'It is a blue mug.'


def test_what_is_pointed_at_is_an_anchor(point):
    assert point('the one left of this', 3) == (Status.FOUND, [0])
    assert point('take the mug right of this', 3) == (Status.FOUND, [1])
    assert point('what is left of this', 3) == (Status.ANSWERED, [0])


def test_what_is_pointed_at_is_rejected(point):
    assert point('not this, the blue one', 0) == (Status.FOUND, [2])
    assert point('not this one', 0) == (Status.FOUND, [1])


def test_a_click_on_a_numbered_candidate_chooses_its_number(talk, point):
    listed = ambiguous(talk)
    assert point('this', listed[1]) == (Status.FOUND, [listed[1]])
    assert 'number 2' in talk.answer.message
    assert talk('no, the other one') == (Status.FOUND, [listed[0]])


def test_words_choose_within_a_box(talk, point):
    everything = (0, 0, 640, 480)
    assert point('the blue mug', box=everything) == (Status.FOUND, [2])
    assert point('these', box=everything)[1] == [0, 1, 2, 3]
    assert point('this', box=everything)[0] is Status.BAD_COMMAND
    assert point('the mug', 3)[0] is Status.NOT_FOUND
    assert 'does not look like' in talk.answer.message


@pytest.mark.parametrize(('box', 'status', 'reason'), [
    ((5, 5), Status.NOT_FOUND, 'no object at the pixel'),
    ((640, 10), Status.BAD_COMMAND, 'outside'), ((0, 480, 9, 9), Status.BAD_COMMAND, 'outside')])
def test_a_click_on_nothing_is_refused_with_a_reason_and_changes_nothing(
        talk, point, box, status, reason):
    blue = talk('the blue mug')
    assert point('this', box=box) == (status, [])
    assert reason in talk.answer.message
    assert talk('it') == blue


def test_pointing_does_not_hold_up_a_stop(talk, point):
    assert point('stop', 2) == (Status.STOPPED, [])


def glance(memory, scene, things):
    """Let a memory look at a scene whose first proposals are things; return what it recalls."""
    seen = SceneSighting(scene)
    memory.look(seen, range(len(things)), {})
    return memory.recall(seen)


@pytest.mark.slow
def test_the_mug_you_saw_before_is_found_or_said_to_be_gone_and_since_when(pipeline, table, talk):
    memory = SceneMemory()
    glance(memory, at_time(table, 0.0), MUGS)
    recalled = glance(memory, at_time(index(pipeline, MUGS), 10.0), MUGS)
    assert talk('take the blue mug you saw before', remembered=recalled) == (Status.FOUND, [2])
    without_blue = MUGS[:2] + MUGS[3:]
    empty = at_time(index(pipeline, without_blue), 22.0)
    recalled = glance(memory, empty, without_blue)
    assert talk('the blue mug from before', empty, remembered=recalled) == (Status.NOT_FOUND, [])
    assert talk.answer.message.startswith(
        'The blue mug that I saw before is hidden or gone: I last saw it 12 s ago, ')
    id_ = talk.answer.object_id
    assert talk('the blue mug', empty, remembered=recalled)[0] is Status.NOT_FOUND
    assert 'A blue mug was last seen 12 s ago, ' in talk.answer.message
    assert talk('where is the blue mug', empty, remembered=recalled)[0] is Status.ANSWERED
    assert 'was last seen 12 s ago' in talk.answer.message
    assert talk.answer.object_id == id_
    assert talk('the yellow banana you saw before', empty, remembered=recalled)[0] is (
        Status.NOT_FOUND)
    assert 'Nor do I remember one.' in talk.answer.message


@pytest.mark.slow
def test_what_came_later_is_not_the_mug_you_saw_before(pipeline, talk):
    memory, rest = SceneMemory(), MUGS[3:]
    for stamp, things in ((0.0, (*rest, MUGS[0])), (1.0, (*rest, MUGS[0])), (2.0, rest)):
        glance(memory, at_time(index(pipeline, things), stamp), things)
    now = (*rest, ('mug', 'blue', -.2, -.2))
    scene = at_time(index(pipeline, now), 3.0)
    recalled = glance(memory, scene, now)
    assert talk('the mug', scene, remembered=recalled) == (Status.FOUND, [1])
    assert talk('the mug from before', scene, remembered=recalled)[0] is Status.NOT_FOUND
    assert 'I last saw it 2 s ago' in talk.answer.message


def hear(talk, scene, *texts):
    """Let a recogniser give texts with their chances; return the status and the message."""
    answer = talk.conversation.answer_heard(scene, [Alternative(*text) for text in texts], 0.0)
    return answer.status, answer.message


def test_what_was_said_is_what_means_something_in_the_scene(talk, table):
    status, message = hear(talk, table, ('the blue mud', .5), ('the blue mug', .4))
    assert status is Status.FOUND
    assert message.startswith('Heard "the blue mud", understood "the blue mug". Found')
    assert talk('pick it up') == (Status.FOUND, [2])


def test_replies_to_the_last_answer_are_chosen_too(talk, table):
    second = ambiguous(talk)[1]
    assert hear(talk, table, ('the second gun', .5), ('the second one', .4))[0] is Status.FOUND
    assert talk('pick it up') == (Status.FOUND, [second])


def test_what_was_hardly_heard_is_asked_again_and_chosen_by_nothing(talk, table):
    status, message = hear(talk, table, ('the blue mug', .3), ('the blue mud', .05))
    assert status is Status.AMBIGUOUS
    assert message == ('Heard "the blue mug"; that is not sure enough. Please say it again.')
    assert talk('the blue mug') == (Status.FOUND, [2])


def test_an_alternative_never_stops_and_a_heard_stop_always_does(talk, table):
    assert hear(talk, table, ('the blue mop', .5), ('stop', .4))[0] is not Status.STOPPED
    assert hear(talk, table, ('stop', .5), ('the blue mug', .4))[0] is Status.STOPPED
