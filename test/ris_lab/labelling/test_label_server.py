# SPDX-License-Identifier: Apache-2.0
"""Labels over real HTTP: saved at once, never overwritten unseen, and read by the evaluation."""
import json
import os
from pathlib import Path
import shutil
import tempfile

from label_tab import serving
import numpy as np
import pytest

from ris_lab.evaluation.datasets import read_samples
from ris_lab.evaluation.sample import load_frame
from ris_lab.labelling.outlines import Outlines
from ris_ros.errors import RisError
from ris_ros.profile import load_profile
from ris_ros.proposals.sources import make_proposer

BALL = {'text': 'the red ball', 'box': [10, 20, 31, 41], 'visible_point': [20, 30]}
ABSENT = {'text': 'the blue mug', 'box': None}


def save(tab, expressions, number=0, version=None):
    if version is None:
        version = tab.ask(f'/labels/{number}')[1]['version']
    return tab.ask(f'/labels/{number}', {'expressions': expressions, 'version': version})


def test_pictures_are_listed_without_depth_and_other_files(tab):
    status, found = tab.ask('/pictures')
    assert status == 200
    assert [(one['name'], one['width'], one['height'], one['labels'])
            for one in found['pictures']] == [('a', 80, 60, 0), ('b', 80, 60, 0)]
    assert found['needed'] == {'targets': 30, 'absent': 10}


def test_page_and_pictures_are_sent(tab, folder):
    for path, part in (('/', b'label.js'), ('/label.js', b'pictures'), ('/label.css', b'.outline')):
        status, data = tab.ask(path)
        assert status == 200
        assert part in data
        assert b'http://' not in data.replace(b'http://www.w3.org/2000/svg', b''), 'all is local'
    assert tab.ask('/picture/1') == (200, (folder / 'b.png').read_bytes())


def test_saved_labels_are_what_the_evaluation_reads(tab, folder):
    status, saved = save(tab, [BALL, ABSENT])
    assert status == 200
    assert saved['tally'] == {'targets': 1, 'absent': 1}
    ball, absent = read_samples('pictures', folder, '', 'default', '')
    assert ball.sentences == ('the red ball',)
    assert ball.box.point == (20, 30)
    assert ball.target().sum() == 21 * 21
    assert absent.target is None
    assert absent.kind == 'absent'
    frame = load_frame(ball)
    assert frame.depth[0, 0] == pytest.approx(0.8), 'the depth beside the picture comes along'
    assert frame.camera.fy == 71


def test_a_second_start_goes_on_with_what_is_labelled(folder):
    with serving(folder) as tab:
        save(tab, [BALL])
    before = json.loads((folder / 'pictures.json').read_text())
    before[0]['split'] = 'kitchen'
    (folder / 'pictures.json').write_text(json.dumps(before))
    with serving(folder) as tab:
        assert tab.ask('/labels/0')[1]['expressions'] == [BALL]
        save(tab, [ABSENT], number=1)
        save(tab, [], number=0)
    after = json.loads((folder / 'pictures.json').read_text())
    assert after[0]['split'] == 'kitchen', 'settings that a person wrote stay'
    assert [len(one['expressions']) for one in after] == [0, 1]


def test_a_second_tab_overwrites_nothing_unseen(tab):
    version = tab.ask('/labels/0')[1]['version']
    assert save(tab, [BALL], version=version)[0] == 200
    status, told = save(tab, [ABSENT], version=version)
    assert status == 409
    assert 'Another tab has changed' in told['error']
    assert tab.ask('/labels/0')[1]['expressions'] == [BALL]


def test_another_program_that_changes_the_file_is_noticed(tab, folder):
    save(tab, [BALL])
    (folder / 'pictures.json').write_text('[]')
    status, told = save(tab, [BALL, ABSENT])
    assert status == 409
    assert 'Another program has changed' in told['error']
    assert (folder / 'pictures.json').read_text() == '[]'


@pytest.mark.parametrize(('label', 'reason'), [
    ({**BALL, 'text': ' '}, 'text'), ({'text': 'x'}, 'box'), ({**BALL, 'box': [1, 2]}, 'values'),
    ({**BALL, 'box': [0, 0, 81, 9]}, 'not within the picture of 80 x 60'),
    ({**BALL, 'visible_point': [79, 59]}, 'not within its box'), (None, 'NoneType'),
    ({**BALL, 'text': 'x' * 501}, '501 characters'), ({**BALL, 'box': [1, 2, float('inf'), 4]},
                                                       'infinity')])
def test_a_label_that_cannot_be_used_is_refused_with_a_reason(tab, folder, label, reason):
    status, told = save(tab, [label])
    assert status == 400
    assert reason in told['error']
    assert not (folder / 'pictures.json').exists()


@pytest.mark.parametrize(('path', 'sent', 'headers', 'status'), [
    ('/labels/9', {'expressions': [], 'version': ''}, {}, 404), ('/labels/9', None, {}, 404),
    ('/picture/../../etc/passwd', None, {}, 404), ('/none', None, {}, 404),
    ('/labels/0', b'{', {}, 400), ('/labels/0', b'[]', {}, 400),
    ('/labels/0', {'expressions': 3, 'version': ''}, {}, 400),
    ('/labels/0', b'', {'Content-Length': '99999999999'}, 400),
    ('/pictures', None, {'Host': 'evil.example'}, 403),
    ('/pictures', None, {'Origin': 'http://evil.example'}, 403)])
def test_strange_requests_get_one_answer(tab, path, sent, headers, status):
    found, told = tab.ask(path, sent, **headers)
    assert found == status
    assert told['error']
    assert tab.ask('/pictures')[0] == 200


def test_outlines_can_be_clicked(folder):
    proposer = make_proposer(load_profile('embedded').proposals, 'cpu')
    with serving(folder, Outlines(proposer)) as tab:
        status, found = tab.ask('/outlines/1')
    assert status == 200
    sides = [np.abs(np.subtract(one['box'], [40, 20, 61, 41])).max() for one in found]
    ball = found[int(np.argmin(sides))]
    assert min(sides) <= 3, 'the ball has an outline'
    u, v = ball['point']
    assert np.hypot(u - 50, v - 30) < 8
    assert all(0 <= x < 80 and 0 <= y < 60 for x, y in ball['polygon'])


@pytest.mark.parametrize(('text', 'reason'), [
    ('{', 'cannot be read'), ('[{"id": "a"}]', "KeyError\\('color_path'\\)"),
    ('[{"id": "a", "color_path": "a.png", "expressions": [{"text": "x", "box": [9, 9, 3, 3]}]}]',
     'not within the picture')])
def test_labels_that_somebody_edited_badly_are_left_alone(folder, text, reason):
    (folder / 'pictures.json').write_text(text)
    with pytest.raises(RisError, match=f'{reason}.*Mend the file, or move it away'), \
            serving(folder):
        pass
    assert (folder / 'pictures.json').read_text() == text


def test_folders_that_cannot_be_labelled_are_named(folder, tmp_path):
    empty = tmp_path / 'empty'
    empty.mkdir()
    for wrong, reason in ((empty, 'no pictures in'), (tmp_path / 'none', 'no folder')):
        with pytest.raises(RisError, match=reason), serving(wrong):
            pass
    (folder / 'b.png').write_bytes(b'no picture')
    with pytest.raises(RisError, match=r'b\.png'), serving(folder):
        pass


def test_a_folder_that_is_read_only_is_named(folder):
    # Root may write everywhere, so it becomes nobody for a moment.
    locked, user = tempfile.mkdtemp(), os.geteuid()
    shutil.copy(folder / 'a.png', locked)
    os.chmod(locked, 0o555)
    try:
        if user == 0:
            os.seteuid(65534)
        with pytest.raises(RisError, match=r'cannot be written to .*labels are saved there'), \
                serving(Path(locked)):
            pass
    finally:
        os.seteuid(user)
        os.chmod(locked, 0o755)
        shutil.rmtree(locked)
