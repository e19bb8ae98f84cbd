# SPDX-License-Identifier: Apache-2.0
"""Own pictures with boxes: what is read, what is refused, and how an answer is compared."""
import json

import cv2
import numpy as np
import pytest

from ris_lab.evaluation.datasets import read_samples
from ris_lab.evaluation.labelled_box import LabelledBox
from ris_lab.evaluation.sample import load_frame
from ris_ros.cli.main import main
from ris_ros.errors import RisError
from ris_ros.frame import CameraModel

SIZE = (60, 80)
BALL = {'text': 'the red ball', 'kind': 'attribute', 'box': [10, 20, 31, 41],
        'visible_point': [20, 30]}
ABSENT = {'text': 'the blue mug', 'kind': 'absent', 'box': None}
INTRINSICS = {'fx': 70.0, 'fy': 71.0, 'cx': 40.0, 'cy': 30.0, 'width': 80, 'height': 60}


@pytest.fixture
def folder(tmp_path):
    """Write a picture of a red ball, and depth in steps of .1 mm."""
    image = np.full((*SIZE, 3), 190, np.uint8)
    cv2.circle(image, (20, 30), 10, (30, 30, 220), -1)
    cv2.imwrite(str(tmp_path / 'ball.png'), image)
    cv2.imwrite(str(tmp_path / 'depth.png'), np.full(SIZE, 8000, np.uint16))
    return tmp_path


def write(folder, **fields):
    """Write pictures.json with one picture."""
    entry = {'id': 'ball', 'color_path': 'ball.png', 'expressions': [BALL, ABSENT], **fields}
    (folder / 'pictures.json').write_text(json.dumps([entry]))


def read(folder, split=''):
    return read_samples('pictures', folder, split, 'default', '')


def test_each_expression_is_one_sample_with_its_box(folder):
    write(folder)
    ball, absent = read(folder)
    assert ball.sentences == ('the red ball',)
    assert ball.expected == 'FOUND'
    assert ball.target().sum() == 21 * 21
    assert ball.objects().shape == (1, *SIZE)
    assert absent.target is None
    assert absent.expected == 'NOT_FOUND'
    assert absent.kind == 'absent'


def test_depth_and_intrinsics_come_along_in_the_stated_scale(folder):
    write(folder, depth_path='depth.png', depth_scale=0.0001, **INTRINSICS)
    frame = load_frame(read(folder)[0])
    assert frame.depth[0, 0] == pytest.approx(0.8)
    assert frame.camera == CameraModel(70.0, 71.0, 40.0, 30.0, 80, 60)


def test_calibration_file_may_stand_in_place_of_intrinsics(folder):
    (folder / 'camera.yaml').write_text(
        'image_width: 80\nimage_height: 60\n'
        'camera_matrix: {data: [70, 0, 40, 0, 71, 30, 0, 0, 1]}\n')
    write(folder, depth_path='depth.png', camera_info_path='camera.yaml')
    assert load_frame(read(folder)[0]).camera.fy == 71


def test_split_chooses_pictures_and_none_takes_all(folder):
    write(folder, split='kitchen')
    assert len(read(folder)) == len(read(folder, 'kitchen')) == 2
    with pytest.raises(RisError, match="no references in split 'office'"):
        read(folder, 'office')


def test_masks_are_compared_by_their_boxes_and_must_cover_the_point():
    box = LabelledBox(10, 20, 31, 41, (20, 30))
    ring = np.zeros(SIZE, bool)
    ring[20:41, 10:31] = True
    assert box.covered_box(ring).sum() == 441
    ring[25:36, 15:26] = False
    assert not box.covered_box(ring).any(), 'a hole where the point is'
    assert LabelledBox(10, 20, 31, 41).covered_box(ring).sum() == 441, 'no point, no such check'
    assert not box.covered_box(np.zeros(SIZE, bool)).any()


@pytest.mark.parametrize(('fields', 'reason'), [
    ({'expressions': [{**BALL, 'box': [10, 20, 90, 41]}]}, 'not within the picture'),
    ({'expressions': [{**BALL, 'box': [10, 20]}]}, 'not enough values'),
    ({'expressions': [{**BALL, 'visible_point': [1, 1]}]}, 'not within its box'),
    ({'expressions': [{**BALL, 'text': ' '}]}, 'the text of an expression'),
    ({'expressions': [{'text': 'the ball'}]}, "KeyError\\('box'\\)"),
    ({'expressions': None}, 'not iterable'),
    ({'color_path': 5}, 'unsupported operand'),
    ({'color_path': 'none.png'}, 'none.png'),
    ({'depth_path': 'depth.png', 'fx': 'wide'}, 'cannot be used')])
def test_entry_that_is_not_as_described_is_named(folder, fields, reason):
    write(folder, **fields)
    with pytest.raises(RisError, match=reason):
        read(folder)


@pytest.mark.parametrize('text', ['', '{', '{}', '[3]', '[null]', '[[]]', '"list"', '[' * 9999])
def test_file_that_is_no_list_of_pictures_is_refused(folder, text):
    (folder / 'pictures.json').write_text(text)
    with pytest.raises(RisError, match=r'pictures\.json'):
        read(folder)


def test_own_pictures_are_judged_with_a_report(folder, tmp_path, capsys):
    write(folder)
    out = tmp_path / 'out'
    assert not main(['evaluate', '--dataset', 'pictures', '--root', str(folder),
                     '--out', str(out)])
    told = capsys.readouterr().out
    assert 'of 1 targets, refused ones included' in told
    assert 'recall@.5' in told
    summary = json.loads((out / 'summary.json').read_text())
    assert summary['first']['own proposals'] == {'targets': 1, 'first': 1}
    verdicts = summary['verdicts']['own proposals']
    assert verdicts['attribute']['right'] == 1
    assert verdicts['absent']['right'] == 1
    assert 'the red ball' in (out / 'report.html').read_text()
