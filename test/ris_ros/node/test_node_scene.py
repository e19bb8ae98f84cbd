# SPDX-License-Identifier: Apache-2.0
"""The scene over DDS: what is remembered, what is held, and many texts at once."""

import pytest
from ros_graph import LATCHED, running
from table_camera import TableCamera

from ris_ros.msg import Grounding, Scene, SceneObject

BOWL, RED, BLUE = ('bowl', 'green', -.16, 0), ('mug', 'red', .16, -.06), ('mug', 'blue', 0, .1)
FULL = (BOWL, RED, BLUE)
WITHOUT_BLUE = (BOWL, RED)


@pytest.fixture(scope='module')
def graph(client, domain):
    """Show a table to a node that tracks; wait until it sees the blue mug in space."""
    client.camera = TableCamera(client.node, FULL, WITHOUT_BLUE)
    timer = client.node.create_timer(.1, client.camera.show)
    with running('ris_ros.node.ris_node', domain, max_image_age=60.0, mode='track'):
        client.await_active()
        client.scenes = client.listen(Scene, 'ris_node/scene', LATCHED)
        client.wait(lambda: client.ask('the blue mug').position_status == Grounding.FOUND,
                    'images')
        yield client
    timer.cancel()


def known(graph):
    """Return the objects of the newest scene by their ids."""
    return {one.id: one for one in graph.scenes[-1].objects} if graph.scenes else {}


def test_the_scene_lists_the_things_by_id_with_looks_place_and_time(graph):
    blue = graph.ask('the blue mug')
    graph.wait(lambda: len(known(graph)) >= 3, 'three things')
    one = known(graph)[blue.object_id]
    assert blue.candidates[0].object_id == blue.object_id
    assert (one.name, one.presence) == ('blue mug', SceneObject.VISIBLE)
    assert one.position.header.frame_id == 'optical'
    assert abs(one.position.point.z - blue.position.z) < .03
    assert one.last_seen.sec >= one.first_seen.sec
    assert sorted(known(graph)) == [one.id for one in graph.scenes[-1].objects]


def test_a_thing_that_is_taken_away_is_gone_and_has_its_id_when_it_is_back(graph):
    id_ = graph.ask('the blue mug').object_id
    graph.camera.things = WITHOUT_BLUE
    gone = graph.wait(lambda: known(graph)[id_].presence == SceneObject.GONE and known(graph)[id_],
                      'the mug to be gone')
    later = graph.scenes[-1].header.stamp
    assert gone.last_seen.sec + gone.last_seen.nanosec * 1e-9 < later.sec + later.nanosec * 1e-9
    past = graph.ask('the blue mug you saw before')
    assert (past.status, past.object_id) == (Grounding.NOT_FOUND, id_)
    assert past.message.startswith('The blue mug that I saw before is gone: I last saw it ')
    assert ' m in front of the camera' in past.message
    missing = graph.ask('where is the blue mug')
    assert (missing.status, missing.object_id) == (Grounding.ANSWERED, id_)
    assert 'A blue mug was last seen ' in missing.message
    graph.camera.things = FULL
    graph.wait(lambda: known(graph)[id_].presence == SceneObject.VISIBLE, 'the mug')
    assert graph.ask('the blue mug').object_id == id_


def test_a_second_command_disturbs_no_held_object_and_each_has_its_id(graph):
    targets = []
    graph.grounding.on_target(targets.append)
    graph.grounding.let_go()
    bowl, red = graph.ask('the green bowl', 'first'), graph.ask('the red mug', 'second')
    assert graph.ask('the yellow banana').status == Grounding.NOT_FOUND
    assert graph.ask('the mug').status == Grounding.AMBIGUOUS
    assert bowl.object_id != red.object_id

    def held():
        return {one.object_id: one.command_id for one in targets[-8:]
                if one.status == Grounding.FOUND}
    graph.wait(lambda: held() == {bowl.object_id: 'first', red.object_id: 'second'},
               'both objects')
    graph.wait(lambda: {id_ for id_, one in known(graph).items() if one.held} == set(held()),
               'both in the scene')
    assert graph.grounding.let_go(bowl.object_id) == [bowl.object_id]
    graph.wait(lambda: [id_ for id_, one in known(graph).items() if one.held] == [red.object_id],
               'the bowl to be let go')
    assert graph.ask('stop').status == Grounding.STOPPED
    graph.wait(lambda: not any(one.held for one in known(graph).values()), 'nothing to be held')


def test_many_texts_are_answered_from_one_image_each_exactly_once(graph):
    texts = ['the green bowl', 'the red mug', 'the other one', 'the yellow banana',
             'how many mugs are there', '', 'x' * 1001, 'the mug']
    listed = graph.ask('the mug')
    count = len(graph.answers)
    answers = graph.grounding.ground_all(texts, 600, 'all')
    assert [one.status for one in answers] == [
        Grounding.FOUND, Grounding.FOUND, Grounding.BAD_COMMAND, Grounding.NOT_FOUND,
        Grounding.ANSWERED, Grounding.BAD_COMMAND, Grounding.BAD_COMMAND, Grounding.AMBIGUOUS]
    assert [one.command for one in answers] == texts
    assert [one.command_id for one in answers] == [f'all/{n}' for n in range(1, 9)]
    stamps = {(one.header.stamp.sec, one.header.stamp.nanosec) for one in answers
              if one.candidates}
    assert len(stamps) == 1
    assert not answers[0].mask.data
    graph.wait(lambda: len(graph.answers) >= count + len(texts), 'all answers on the topic')
    assert sorted(one.command_id for one in graph.answers[count:]) == [
        f'all/{n}' for n in range(1, 9)]
    # It is no part of the dialogue.
    assert graph.ask('the second one').box == listed.candidates[1].box


def test_no_text_and_a_thousand_are_answered_and_stop_ends_all(graph):
    assert graph.grounding.ground_all([], 600) == []
    refused, = graph.grounding.ground_all(['the mug'] * 1000, 600, 'many')
    assert (refused.status, refused.command_id) == (Grounding.BAD_COMMAND, 'many')
    assert 'at most 100' in refused.message
    hundred = graph.grounding.ground_all(['the red mug'] * 100, 600)
    assert {one.status for one in hundred} == {Grounding.FOUND}
    answers = graph.grounding.ground_all(['the red mug'] * 60 + ['stop'] + ['the red mug'], 600)
    assert answers[60].status == Grounding.STOPPED
    assert answers[61].status == Grounding.UNKNOWN
    assert {one.status for one in answers[:60]} <= {Grounding.FOUND, Grounding.UNKNOWN}


def test_starting_over_forgets_what_was_seen(graph):
    before = graph.ask('the blue mug').object_id
    assert graph.ask('start over').status == Grounding.STOPPED
    assert graph.ask('the blue mug').object_id > before
    graph.wait(lambda: known(graph) and min(known(graph)) > before, 'new ids')
