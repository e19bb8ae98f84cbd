# SPDX-License-Identifier: Apache-2.0
"""What the page shows: outlines, numbers, and who said what."""
from builtin_interfaces.msg import Time
from geometry_msgs.msg import Point, PointStamped
import numpy as np
from sensor_msgs.msg import Image, RegionOfInterest
from std_msgs.msg import Header

from ris_ros.client.marks import find_mark, mark_of_mask
from ris_ros.console.held_objects import HeldObjects
from ris_ros.console.html_parts import age_text, overlay_svg, scene_html, transcript_html
from ris_ros.console.scene_list import SceneList
from ris_ros.console.transcript import Transcript, console_id
from ris_ros.msg import Candidate, Grounding, Scene, SceneObject, Target
from ris_ros.node.conversions import from_mask
from ris_ros.status import Status


def answer(id_, count=2, status=Status.AMBIGUOUS, size=(64, 48)):
    """Return an answer with three candidates, squares of 8 pixels side by side."""
    candidates = [Candidate(rank=i + 1, box=RegionOfInterest(
        x_offset=5 + 20 * i, y_offset=10, width=8, height=8),
        mask=from_mask(np.ones((8, 8), bool), Header())) for i in range(3)]
    return Grounding(command_id=id_, command='the mug', status=int(status), count=count,
                     message='Two.', candidates=candidates, mask=Image(width=size[0],
                                                                       height=size[1]))


def test_objects_are_numbered_and_runners_up_are_not():
    transcript = Transcript()
    transcript.hear(answer('x'))
    assert [mark.number for mark in transcript.overlay.marks] == [1, 2, 0]
    svg = overlay_svg(transcript.overlay)
    assert svg.count('data-number') == 2
    assert 'viewBox="0 0 64 48"' in svg
    assert svg.count('class="runner-up"') == 1


def test_an_outline_lies_on_the_edge_of_the_mask():
    mask = np.zeros((48, 64), bool)
    mask[10:30, 20:50] = True
    mark, = mark_of_mask(from_mask(mask, Header()), .9)
    assert mark.box == (20, 10, 30, 20)
    assert {tuple(point) for point in mark.loops[0].tolist()} == {
        (20, 10), (49, 10), (49, 29), (20, 29)}
    inside = {(u, v) for u in range(64) for v in range(48) if mark.covers(u, v)}
    assert inside == {(u, v) for v, u in np.argwhere(mask)}


def test_an_empty_mask_has_no_mark():
    assert mark_of_mask(from_mask(np.zeros((48, 64), bool), Header()), .9) == ()


def test_a_pixel_tells_its_object():
    transcript = Transcript()
    transcript.hear(answer('x'))
    assert [transcript.number_at(*pixel) for pixel in ((8, 12), (27, 12), (47, 12), (1, 1))] == [
        1, 2, 0, 0]
    assert find_mark(transcript.overlay.marks, 47, 12).number == 0


def test_a_command_that_was_replaced_leaves_the_outlines():
    transcript = Transcript()
    transcript.hear(answer('x'))
    transcript.hear(Grounding(command_id='y', status=int(Status.UNKNOWN)))
    assert transcript.overlay.id == 'x'
    transcript.hear(Grounding(command_id='z', status=int(Status.STOPPED)))
    assert overlay_svg(transcript.overlay) == ''


def test_the_scene_lists_what_is_held_then_what_is_in_view_then_the_newest():
    scene = SceneList()
    scene.hear(Scene(header=Header(stamp=Time(sec=100)), objects=[
        SceneObject(id=id_, name=name, presence=presence, held=id_ == 5, last_seen=Time(sec=seen),
                    has_position=id_ == 2,
                    position=PointStamped(header=Header(frame_id='map'), point=Point(x=3., z=4.)))
        for id_, name, presence, seen in (
            (1, 'red mug', SceneObject.OUT_OF_VIEW, 40), (2, 'bowl', SceneObject.VISIBLE, 100),
            (3, '<b>', SceneObject.GONE, 70), (4, '', SceneObject.VISIBLE, 100),
            (5, 'ball', SceneObject.HIDDEN, 99))]))
    assert [thing.id for thing in scene.things] == [5, 2, 4, 3, 1]
    items = scene_html(scene.things).split('<li ')[1:]
    assert 'class="held"' in items[0]
    assert 'hidden · seen 1.0 s ago' in items[0]
    assert '5.00 m · in view' in items[1]
    assert 'x 3.00, y 0.00, z 4.00 m in map' in items[1]
    assert 'thing <small>in view' in items[2]
    assert '&lt;b&gt; <small>gone · seen 30 s ago' in items[3]
    assert 'out of view · seen 60 s ago' in items[4]
    assert 'data-thing="2"' in items[1]
    assert (scene.find(3).name, scene.find(9)) == ('<b>', None)
    scene.forget()
    assert scene.things == ()


def test_of_several_held_objects_the_newest_has_its_outline_and_the_others_boxes():
    transcript = Transcript()
    held = HeldObjects(transcript)
    mask = np.zeros((48, 64), bool)
    mask[10:20, 30:40] = True

    def target(command, object_id, status=Status.FOUND):
        return Target(command_id=command, object_id=object_id, status=int(status),
                      box=RegionOfInterest(x_offset=2 * object_id, y_offset=5, width=8, height=9))

    assert not held.is_due()
    for message in (target('a', 1), target('b', 2), target('a', 1)):
        assert not held.hear(message)
    assert held.is_due()
    held.outline(from_mask(mask, Header()))
    assert [(mark.number, mark.box) for mark in transcript.overlay.marks] == [
        (1, (30, 10, 10, 10)), (0, (2, 5, 8, 9))]
    # One of the others is lost, and then the newest.
    assert not held.hear(target('a', 1, Status.LOST))
    assert len(transcript.overlay.marks) == 2
    held.hear(target('a', 1))
    assert held.hear(target('b', 2, Status.LOST))
    assert [mark.number for mark in transcript.overlay.marks] == [0]
    # A newer command for the same object takes the place of the older one.
    assert not held.hear(target('c', 1))
    assert held.hear(target('c', 1, Status.LOST))
    assert transcript.overlay.marks == ()
    held.forget()
    assert not held.is_due()


def test_everybody_sees_who_said_what_whichever_console_it_was():
    transcript = Transcript()
    transcript.ask(console_id('a', 1, 'Ann'), 'Ann', 'the mug')
    for id_ in (console_id('a', 1, 'Ann'), console_id('b', 7, 'Bo B'), 'topic-3', 'mine',
                'mcp-x-1'):
        transcript.hear(answer(id_))
    assert [exchange.who for exchange in transcript.exchanges()] == [
        'language model', 'program', 'topic', 'Bo B', 'Ann']


def test_a_spoken_command_has_the_name_of_who_held_the_button():
    transcript = Transcript()
    transcript.note_spoken('robot find the mug', 'Ann')
    for command, id_ in (('find the mug', 'topic-1'), ('the bowl', 'topic-2'),
                         ('find the mug', 'service-3')):
        transcript.hear(Grounding(command_id=id_, command=command))
    transcript.note_spoken('find the mug', '')
    transcript.hear(Grounding(command_id='topic-4', command='find the mug'))
    transcript.note_misheard('Ann', 'find uh', 'Nothing was understood.')
    assert [exchange.who for exchange in transcript.exchanges()] == [
        'Ann, by voice', 'voice', 'program', 'topic', 'Ann, by voice']


def test_no_text_from_outside_becomes_markup():
    transcript = Transcript()
    transcript.ask('console-1-1 <b>', '<b onclick=x>', '<script>alert(1)</script>' * 999)
    html = transcript_html(transcript.exchanges())
    assert '<script' not in html
    assert '<b onclick' not in html
    assert '(24975 characters)' in html
    assert len(html) < 4000


def test_open_commands_fail_once_and_keep_what_was_answered():
    transcript = Transcript()
    for id_ in ('one', 'two'):
        transcript.ask(id_, 'Ann', id_)
    transcript.hear(answer('one'))
    transcript.fail_open('It went away.')
    assert [(exchange.message, exchange.failed) for exchange in transcript.exchanges()] == [
        ('It went away.', True), ('Two.', False)]
    assert not any(exchange.is_open for exchange in transcript.exchanges())


def test_ages_are_short():
    assert [age_text(age) for age in (None, .26, 12.2, 300)] == ['none yet', '0.3 s', '12 s',
                                                                '5 min']
