# SPDX-License-Identifier: Apache-2.0
"""``ris simulate``: its files can be read back and say the truth."""
import argparse
import json

from full_disk import full_disk
import numpy as np
import pytest

from ris_ros.errors import RisError
from ris_ros.image_files import read_camera, read_depth, read_image
from ris_sim.cli import simulate
from ris_sim.rendering.camera_pipeline import sample_camera_pipeline
from ris_sim.rendering.renderer import Renderer
from ris_sim.rendering.sensor_depth import sample_sensor
from ris_sim.sampling.scenes import sample_scene
from ris_sim.style import Style


def call(*args):
    parser = argparse.ArgumentParser()
    simulate.add_parser(parser.add_subparsers())
    parsed = parser.parse_args(['simulate', *map(str, args)])
    return parsed.func(parsed)


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp('data')
    assert call('--seed', 3, '--scenes', 3, '--out', out, '--size', 320, 240, '--absent') == 0
    return out


def test_files_fit_each_other(folder):
    for scene in sorted(folder.glob('scene_*')):
        image, depth = read_image(scene / 'image.png'), read_depth(scene / 'depth.png')
        labels = read_image(scene / 'labels.png')[..., 0]
        camera = read_camera(scene / 'camera_info.yaml')
        truth = np.load(scene / 'depth_true.npz')['depth']
        assert image.shape[:2] == depth.shape == labels.shape == truth.shape == (240, 320)
        assert (camera.width, camera.height) == (320, 240)
        valid = depth > 0
        assert valid.mean() > .5
        assert np.median(np.abs(depth - truth)[valid]) < .004


def test_expressions_point_to_their_masks(folder):
    expressions = 0
    for scene in sorted(folder.glob('scene_*')):
        labels = read_image(scene / 'labels.png')[..., 0]
        names = {o['name']: o['label'] for o in json.loads(
            (scene / 'scene.json').read_text())['objects']}
        for line in (scene / 'expressions.jsonl').read_text().splitlines():
            record = json.loads(line)
            expressions += 1
            if record['target'] is None:
                several = record['kind'] in ('plural', 'ambiguous', 'dialogue')
                assert (len(record['target_labels']) > 1) == several
                assert several or record['kind'] == 'absent'
                assert set(record['target_labels']) <= set(names.values())
                assert record['mask'] is None
                continue
            mask = read_image(scene / record['mask'])[..., 0] > 0
            assert names[record['target']] == record['target_label']
            np.testing.assert_array_equal(mask, labels == record['target_label'])
    assert expressions == json.loads((folder / 'simulation.json').read_text())['expressions'] > 5


def test_poses_project_onto_the_masks(folder):
    for scene in sorted(folder.glob('scene_*')):
        camera = read_camera(scene / 'camera_info.yaml')
        labels = read_image(scene / 'labels.png')[..., 0]
        for thing in json.loads((scene / 'scene.json').read_text())['objects']:
            rows, columns = np.nonzero(labels == thing['label'])
            assert len(rows) == thing['pixels']
            if not len(rows):
                continue
            x, y, z = thing['optical']['visible_surface']
            u, v = camera.fx * x / z + camera.cx, camera.fy * y / z + camera.cy
            assert columns.min() <= u <= columns.max()
            assert rows.min() <= v <= rows.max()
            gap = np.subtract(thing['optical']['centre'], (x, y, z))
            assert np.linalg.norm(gap) < max(thing['extents'])


def test_same_seed_writes_the_same_files(folder, tmp_path):
    call('--seed', 3, '--scenes', 1, '--out', tmp_path, '--size', 320, 240, '--absent')
    files = sorted(p.relative_to(tmp_path) for p in tmp_path.glob('scene_*/**/*.*')
                   if p.suffix != '.npz')
    assert len(files) > 6
    for name in files:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_contact_sheet_shows_every_scene(folder):
    assert read_image(folder / 'contact_sheet.png').shape[1] == 4 * 400


@pytest.mark.parametrize('bad', [('--scenes', 0), ('--seed', -1), ('--size', 2, 2)])
def test_bad_arguments_are_named(tmp_path, bad):
    with pytest.raises(RisError, match=bad[0]):
        call('--out', tmp_path, *bad)


@pytest.mark.parametrize('limit', [1000, 70_000])
def test_files_that_find_the_disk_full_are_there_in_full_or_not_at_all(folder, tmp_path, limit):
    with full_disk(limit), pytest.raises(RisError, match=r'cannot be written: File too large\.'):
        call('--seed', 3, '--scenes', 3, '--out', tmp_path, '--size', 320, 240, '--absent')
    for path in tmp_path.rglob('*'):
        if path.is_file():
            assert path.read_bytes() == (folder / path.relative_to(tmp_path)).read_bytes()
    assert not (tmp_path / 'simulation.json').exists()


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(RisError, match='a file exists where its folder should be'):
        call('--scenes', 1, '--size', 64, 48, '--out', tmp_path / 'file' / 'data')


def test_home_scenes_are_taken_by_whole_cameras(tmp_path):
    out = tmp_path / 'home'
    assert call('--style', 'home', '--scenes', 1, '--out', out, '--size', 160, 120) == 0
    folder = out / 'scene_0000'
    rng = np.random.default_rng([0, 0])
    scene = sample_scene(rng, 'test', style=Style.HOME)
    rendering = Renderer(160, 120).render(scene)
    taken = sample_camera_pipeline(rng).photograph(rendering.image, rng)
    np.testing.assert_array_equal(read_image(folder / 'image.png'), taken)
    measured = sample_sensor(rng).measure(rendering, rng)
    np.testing.assert_allclose(read_depth(folder / 'depth.png'), measured, atol=6e-4)
