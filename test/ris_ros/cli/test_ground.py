# SPDX-License-Identifier: Apache-2.0
"""``ris ground`` on files: JSON, masks and overlays; and the sentences for bad files."""
import json
from pathlib import Path
import subprocess
import sys

import numpy as np
from PIL import Image
import pytest

from ris_ros.cli.ground import as_record
from ris_ros.cli.main import main
from ris_ros.geometry.location import Location
from ris_ros.grounding.result import Candidate, Grounding
from ris_ros.image_files import read_image, write_image
from ris_ros.status import Status
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene

sys.path.append(str(Path(__file__).resolve().parents[2]))
from full_disk import files_in, full_disk
from simulated_table import lay_out

# Each command loads its models.
pytestmark = pytest.mark.slow


@pytest.fixture(scope='module')
def files(tmp_path_factory):
    """Write a rendered scene as a picture, depth, calibration and label image."""
    folder = tmp_path_factory.mktemp('ground')
    rendering = Renderer().render(sample_scene(np.random.default_rng(770100), 'test'))
    write_image(folder / 'image.png', rendering.image)
    write_image(folder / 'depth.png', np.rint(rendering.depth * 1000).astype(np.uint16))
    write_image(folder / 'labels.png', rendering.labels)
    k = rendering.camera
    (folder / 'camera.yaml').write_text(
        f'image_width: 640\nimage_height: 480\ncamera_matrix: {{rows: 3, cols: 3, '
        f'data: [{k.fx}, 0, {k.cx}, 0, {k.fy}, {k.cy}, 0, 0, 1]}}\n')
    return folder, rendering


def test_json_has_the_answer_and_names_its_files(files, tmp_path, capsys):
    folder, rendering = files
    assert main(['ground', str(folder / 'image.png'), 'pick up the object', 'turn around', 'stop',
                 '--json', '--depth', str(folder / 'depth.png'), '--camera-info',
                 str(folder / 'camera.yaml'), '--masks', str(folder / 'labels.png'), '--out',
                 str(tmp_path)]) == 0
    found, nothing, stopped = map(json.loads, capsys.readouterr().out.splitlines())
    x, y, width, height = found['box']
    overlay = read_image(found['overlay'])
    assert overlay.shape[1] == rendering.image.shape[1]
    assert overlay.shape[0] > rendering.image.shape[0]  # there is a caption below
    mask = read_image(found['mask'])[..., 0] > 0
    rows, columns = np.nonzero(mask)
    assert (columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1) == (
        x, y, width, height)
    assert found['centroid'] == pytest.approx([columns.mean(), rows.mean()], abs=0.01)
    assert found['position'][2] == pytest.approx(rendering.depth[mask].mean(), abs=0.02)
    assert nothing['status'] == 'NOT_FOUND'
    assert nothing['box'] is nothing['mask'] is nothing['position'] is None
    assert nothing['grasp'] is nothing['position_covariance'] is None
    assert nothing['candidates'] == []
    assert stopped['status'] == 'STOPPED'


def test_a_calibration_of_a_lens_that_distorts_gives_one_note_on_stderr(files, tmp_path):
    folder, rendering = files
    k = rendering.camera
    (tmp_path / 'distorts.yaml').write_text(
        f"""{(folder / 'camera.yaml').read_text()}
distortion_coefficients: {{data: [-0.3, 0.1, 0, 0, 0]}}
projection_matrix: {{data: [{k.fx}, 0, {k.cx}, 0, 0, {k.fy}, {k.cy}, 0, 0, 0, 1, 0]}}
""")
    ended = subprocess.run(
        [sys.executable, '-m', 'ris_ros.cli.main', 'ground', str(folder / 'image.png'), 'stop',
         '--camera-info', str(tmp_path / 'distorts.yaml'), '--masks', str(folder / 'labels.png'),
         '--out', str(tmp_path)], capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0
    assert ended.stderr.count('its P is taken, so the picture must be rectified') == 1
    assert 'rectified' not in ended.stdout


def test_files_that_belong_together_give_one_place_whatever_they_state(files, tmp_path, capsys):
    """An orientation turns the picture no more than its depth; P goes before a K that differs."""
    folder, rendering = files
    k = rendering.camera
    exif = Image.Exif()
    exif[0x0112] = 3
    Image.fromarray(rendering.image).save(tmp_path / 'turned.png', exif=exif)
    (tmp_path / 'rectified.yaml').write_text(
        f'image_width: 640\nimage_height: 480\ncamera_matrix: {{data: [{2 * k.fx}, 0, 9, 0, '
        f'{2 * k.fy}, 9, 0, 0, 1]}}\nprojection_matrix: {{data: [{k.fx}, 0, {k.cx}, 0, 0, {k.fy}, '
        f'{k.cy}, 0, 0, 0, 1, 0]}}\n')
    places = []
    for image, camera in ((folder / 'image.png', folder / 'camera.yaml'),
                          (tmp_path / 'turned.png', tmp_path / 'rectified.yaml')):
        assert main(['ground', str(image), 'pick up the object', '--json',
                     '--depth', str(folder / 'depth.png'), '--camera-info', str(camera),
                     '--masks', str(folder / 'labels.png'), '--out', str(tmp_path)]) == 0
        record = json.loads(capsys.readouterr().out)
        places.append({key: record[key] for key in ('box', 'centroid', 'grasp', 'position')})
    assert places[0]['position'] is not None
    assert places[0] == places[1]


def test_json_has_the_fields_of_the_message(files, tmp_path, capsys):
    folder, _ = files
    assert main(['ground', str(folder / 'image.png'), 'pick up the object', '--json',
                 '--depth', str(folder / 'depth.png'), '--camera-info', str(folder / 'camera.yaml'),
                 '--masks', str(folder / 'labels.png'), '--out', str(tmp_path)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer['status'] in ('FOUND', 'AMBIGUOUS')
    assert answer['calibrated'] is True
    assert 0 < answer['confidence'] <= 1
    candidates = answer['candidates']
    assert [candidate['rank'] for candidate in candidates] == [*range(1, len(candidates) + 1)]
    assert 1 <= answer['count'] <= len(candidates)
    best = candidates[0]
    for name in ('box', 'centroid', 'grasp', 'score', 'position', 'position_covariance',
                 'valid_depth_ratio', 'position_note'):
        assert best[name] == answer[name]
    mask = read_image(answer['mask'])[..., 0] > 0
    u, v = best['grasp']
    assert mask[v, u]
    covariance = np.reshape(best['position_covariance'], (3, 3))
    assert np.allclose(covariance, covariance.T)
    assert (np.linalg.eigvalsh(covariance) > 0).all()
    assert .9 < best['valid_depth_ratio'] <= 1
    assert best['position_note'] == ''


def test_a_missing_depth_image_is_the_reason_for_no_position(files, tmp_path, capsys):
    assert main(['ground', str(files[0] / 'image.png'), 'the object', '--json', '--out',
                 str(tmp_path), '--masks', str(files[0] / 'labels.png')]) == 0
    for place in json.loads(capsys.readouterr().out)['candidates']:
        assert place['position'] is place['position_covariance'] is None
        assert place['valid_depth_ratio'] is None
        assert 'has no depth image' in place['position_note']


def test_depth_without_a_calibration_gives_one_hint_on_stderr(files, tmp_path, capsys):
    folder, _ = files
    assert main(['ground', str(folder / 'image.png'), 'what do you see', 'the object', '--out',
                 str(tmp_path), '--depth', str(folder / 'depth.png'), '--masks',
                 str(folder / 'labels.png')]) == 0
    said = capsys.readouterr()
    assert said.err.count('--camera-info FILE') == 1
    assert said.out.count('no position: the frame has no camera model') > 1


def test_json_knows_neither_nan_nor_infinity():
    nowhere = Location((float('nan'), float('nan')), (0, 0))
    candidate = Candidate(np.zeros((2, 2), bool), (0, 0, 0, 0), float('nan'), nowhere)
    grounding = Grounding(Status.FOUND, '', margin=float('inf'), candidates=(candidate,), count=1)
    record = as_record('the mug', grounding, None, Path('overlay.png'))
    json.dumps(record, allow_nan=False)
    assert record['margin'] is record['score'] is None
    assert record['centroid'] == [None, None]


def test_texts_are_one_conversation(tmp_path, capsys):
    image, masks = lay_out(('mug', 'red', -.16, -.06), ('mug', 'red', .16, -.06),
                           ('mug', 'blue', 0, .1), alike=True)
    write_image(tmp_path / 'mugs.png', image)
    np.savez(tmp_path / 'masks.npz', masks=masks)
    said = ['the red mug', 'the left one', 'the other one', 'it', 'no, the blue one']
    words = ['ground', str(tmp_path / 'mugs.png'), *said, '--json', '--out', str(tmp_path),
             '--masks', str(tmp_path / 'masks.npz')]
    assert main([*words, '--dialogue']) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer['status'] for answer in answers] == ['AMBIGUOUS', *['FOUND'] * 4]
    for answer, meant in zip(answers[1:], (0, 1, 1, 2), strict=True):
        assert (read_image(answer['mask'])[..., 0] > 0).tolist() == masks[meant].tolist()
    assert answers[4]['expression'] == 'the blue mug'


def test_text_output_is_for_people(files, tmp_path, capsys):
    assert main(['ground', str(files[0] / 'image.png'), 'the object', '--out', str(tmp_path),
                 '--masks', str(files[0] / 'labels.png')]) == 0
    assert 'no position' in capsys.readouterr().out


@pytest.mark.parametrize(('arguments', 'sentence'), [
    (['none.png', 'the mug'], 'cannot be opened'),
    (['{image}', 'the mug', '--profile', 'nonsense'], 'no profile'),
    (['{image}', 'the mug', '--weights', 'none.safetensors'], 'does not exist'),
    (['{image}', 'the mug', '--depth', '{image}'], '16-bit'),
    (['{image}', 'the mug', '--out', '{image}'], 'exists'),
    (['{image}', 'the mug', '--profile', 'paper'], 'does not exist')])
def test_mistakes_are_a_sentence_and_status_two(files, tmp_path, capsys, monkeypatch, arguments,
                                                sentence):
    monkeypatch.setenv('RIS_MODELS_DIR', str(tmp_path))
    filled = [word.format(image=files[0] / 'image.png') for word in arguments]
    assert main(['ground', '--out', str(tmp_path), *filled]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert 'Traceback' not in error


@pytest.mark.parametrize('fault', ['full', 'no folder'])
def test_an_answer_that_cannot_be_written_is_told_in_a_sentence(files, tmp_path, capsys, fault):
    folder, _ = files
    out = tmp_path / 'file' / 'out' if fault == 'no folder' else tmp_path / 'out'
    if fault == 'no folder':
        out.parent.write_text('')
    with full_disk(1000 if fault == 'full' else -1):
        assert main(['ground', str(folder / 'image.png'), 'the object', '--out', str(out),
                     '--masks', str(folder / 'labels.png')]) == 2
    said = capsys.readouterr()
    assert said.out == ''
    assert said.err.startswith(f'ris ground: {out}')
    assert 'cannot be written: ' in said.err
    assert files_in(tmp_path) == (['file'] if fault == 'no folder' else [])


def test_a_question_is_answered_in_a_sentence(files, tmp_path, capsys):
    folder, _ = files
    assert main(['ground', str(folder / 'image.png'), 'how many objects are there?', '--json',
                 '--masks', str(folder / 'labels.png'), '--out', str(tmp_path)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer['status'], answer['question']) == ('ANSWERED', 'count')
    assert answer['message'].startswith('I see ')
    assert answer['count'] == len([one for one in answer['candidates'] if one['confidence'] >= .5])
    assert answer['position'] is None


def test_the_exit_status_tells_whether_a_text_could_be_read(files, tmp_path, capsys):
    folder, _ = files
    common = ['ground', str(folder / 'image.png'), '--masks', str(folder / 'labels.png'), '--out',
              str(tmp_path)]
    assert main([*common, '', 'nimm die rote Tasse']) == 1
    assert capsys.readouterr().out.count('BAD_COMMAND') == 2
    assert main([*common, '', 'the telescope']) == 0
