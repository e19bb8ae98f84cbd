# SPDX-License-Identifier: Apache-2.0
"""The demo's sheets can be read: tiles keep their size, and what is wrong is told."""
import numpy as np

from ris_lab.demo.pictures import OVERVIEW_KINDS, AnswerTile, write_sheets
from ris_lab.demo.report import CommandResult
from ris_ros.image_files import read_image


def tile(kind, status='FOUND', world='w', before=''):
    result = CommandResult(world, kind, f'a command of kind {kind}', 'FOUND', status, .9, .01, .1)
    return AnswerTile(result, np.full((480, 640, 3), 90, np.uint8), 'found', before)


def test_a_world_with_many_answers_gets_several_sheets(tmp_path):
    write_sheets([*[tile('attribute')] * 13, tile('size', world='other')], tmp_path)
    height, width = tile('attribute').draw(640).shape[:2]
    assert width == 640
    assert read_image(tmp_path / 'sheet_w_1.jpg').shape == (4 * height, 3 * 640, 3)
    assert read_image(tmp_path / 'sheet_w_2.jpg').shape == (height, 3 * 640, 3)
    assert read_image(tmp_path / 'sheet_other.jpg').shape == (height, 3 * 640, 3)


def test_the_overview_has_a_right_answer_of_each_kind(tmp_path):
    wrong = [tile(kind, 'NOT_FOUND') for kind in OVERVIEW_KINDS]
    write_sheets(wrong + [tile(kind) for kind in OVERVIEW_KINDS], tmp_path)
    height = tile('attribute').draw(480).shape[0]
    assert read_image(tmp_path / 'sheet.png').shape == (2 * height, 3 * 480, 3)
    magenta = (read_image(tmp_path / 'sheet.png') == (255, 90, 255)).all(axis=2)
    assert not magenta.any()


def test_a_tile_tells_the_turn_before_and_what_is_wrong():
    plain = tile('dialogue').draw(640)
    assert (tile('dialogue', before='take the mug').draw(640) != plain).any()
    wrong = tile('dialogue', 'NOT_FOUND').draw(640)
    assert (wrong == (255, 90, 255)).all(axis=2).any()
    assert (wrong[:480] == plain[:480]).all()
