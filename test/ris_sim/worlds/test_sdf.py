# SPDX-License-Identifier: Apache-2.0
"""World files are read as they were written, Gazebo's parser accepts them, bad ones are named."""
from dataclasses import replace
from pathlib import Path
import shutil
import subprocess

import numpy as np
import pytest
import yaml

from ris_ros.errors import RisError
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene
from ris_sim.scene import Lamp, Material, Wall
from ris_sim.worlds.sdf_reader import read_world
from ris_sim.worlds.sdf_writer import write_world

WORLDS = Path(__file__).parents[3] / 'worlds'
NAMES = [f'tabletop_{number}' for number in range(1, 9)]
RENDERER = Renderer(320, 240)


@pytest.fixture(scope='module')
def commands():
    return yaml.safe_load((WORLDS / 'commands.yaml').read_text())


@pytest.fixture(scope='module')
def worlds():
    return {name: read_world(WORLDS / f'{name}.sdf') for name in NAMES}


@pytest.fixture(scope='module')
def labels(worlds):
    return {name: RENDERER.render(scene).labels for name, scene in worlds.items()}


@pytest.fixture
def written(tmp_path, make_object, make_scene):
    path = tmp_path / 'world.sdf'
    write_world(path, make_scene(make_object('cube')))
    return path


@pytest.mark.parametrize('seed', [21, 27, 40])
def test_round_trip_shows_the_same_picture(tmp_path, seed):
    scene = sample_scene(np.random.default_rng(seed), 'test')
    write_world(tmp_path / 'a.sdf', scene)
    again = read_world(tmp_path / 'a.sdf')
    one, other = RENDERER.render(scene), RENDERER.render(again)
    assert (one.labels == other.labels).mean() > .9995
    assert np.median(np.abs(one.depth - other.depth)) < 1e-5
    assert np.abs(one.image.astype(int) - other.image).mean() < .5
    for a, b in zip(scene.objects, again.objects, strict=True):
        assert (a.name, a.category, a.colour, a.material, a.size_word, a.variant, a.lying,
                a.support, a.contained) == (
            b.name, b.category, b.colour, b.material, b.size_word, b.variant, b.lying,
            b.support, b.contained)
        np.testing.assert_allclose(a.extents, b.extents, atol=1e-4)
        np.testing.assert_allclose(a.position, b.position, atol=1e-6)


@pytest.fixture
def room(make_object, make_scene):
    """Return a scene with lamps, walls and an apple in a bowl."""
    bowl = make_object('bowl', 'white', scale=1.4)
    apple = replace(make_object('apple', scale=.6), position=(0.0, 0.0, .006),
                    support=bowl.name, contained=True)
    scene = make_scene(bowl, apple)
    walls = (Wall((0.0, 1.1, -.7), -1.5, (6.0, 2.5), Material((.2, .5, .9), texture='bricks')),
             Wall((-1.2, 0.0, -.7), 0.1, (5.0, 2.0), Material((.8, .8, .7))))
    lamps = (Lamp((-.6, .2, 1.1), .6, (1.0, .9, .8)), Lamp((.5, 0.0, 1.4), 1.2, (.9, .95, 1.0)))
    return replace(scene, lamps=lamps, table=replace(scene.table, walls=walls),
                   camera=replace(scene.camera, pitch=.4))


@pytest.fixture
def room_file(tmp_path, room):
    path = tmp_path / 'room.sdf'
    write_world(path, room)
    return path


def test_round_trip_keeps_lamps_walls_and_supports(room, room_file):
    bowl = room.objects[0]
    again = read_world(room_file)
    assert again.lamps == room.lamps
    for a, b in zip(room.table.walls, again.table.walls, strict=True):
        np.testing.assert_allclose(a.position, b.position, atol=1e-5)
        assert (a.yaw, a.size, a.surface) == (b.yaw, b.size, b.surface)
    assert [(t.support, t.contained) for t in again.objects] == [(None, False), (bowl.name, True)]
    one, other = RENDERER.render(room), RENDERER.render(again)
    assert (one.labels == other.labels).mean() > .9995
    assert np.abs(one.depth - other.depth).max() < 1e-3
    assert np.abs(one.image.astype(int) - other.image).mean() < .5


def test_unknown_support_is_named(room, room_file):
    text = room_file.read_text()
    support = f'support="{room.objects[0].name}"'
    assert support in text
    room_file.write_text(text.replace(support, 'support="shelf"'))
    with pytest.raises(RisError, match="support 'shelf'"):
        read_world(room_file)


def check_with_gazebo(path):
    """Let Gazebo's parser judge a world; skip the test where it is not installed."""
    tool = shutil.which('gz') or shutil.which('ign')
    if tool is None:
        pytest.skip('neither gz nor ign is installed')
    check = subprocess.run([tool, 'sdf', '-k', str(path)], check=False,
                           capture_output=True, text=True, timeout=60)
    if 'Valid' not in check.stdout and 'not a' in check.stderr:
        pytest.skip(f'{tool} has no sdf command')
    assert check.returncode == 0, check.stderr
    assert 'Valid.' in check.stdout
    assert 'Warning' not in check.stderr


@pytest.mark.parametrize('name', [*NAMES, 'relations'])
def test_parser_of_gazebo_takes_the_world(name):
    check_with_gazebo(WORLDS / f'{name}.sdf')


def test_parser_of_gazebo_takes_a_written_room(room_file):
    check_with_gazebo(room_file)


def test_worlds_show_many_kinds_of_things(worlds):
    things = [thing for scene in worlds.values() for thing in scene.objects]
    assert len({thing.category for thing in things}) >= 14
    assert len({thing.colour for thing in things}) >= 10
    assert {thing.size_word for thing in things} == {'small', 'medium', 'large'}
    assert len({scene.table.surface.texture for scene in worlds.values()}) >= 4
    assert {thing.contained for thing in things if thing.support} == {False, True}
    # Shapes of the held-out split only.
    assert all(thing.variant >= 40 for thing in things)


def test_commands_mean_visible_objects(commands, worlds, labels):
    assert list(commands) == NAMES
    kinds = []
    for name, world in commands.items():
        objects = [thing.name for thing in worlds[name].objects]
        for command in world['commands']:
            kinds.append(command['kind'])
            assert (command['target'] is None) == (command['kind'] == 'absent')
            if command['target'] is not None:
                label = objects.index(command['target']) + 1
                assert (labels[name] == label).mean() > .0015
    assert kinds.count('attribute') >= 24
    assert len(kinds) - kinds.count('attribute') >= 12
    assert {'attribute', 'size', 'position', 'relation', 'absent'} == set(kinds)


def test_the_laid_table_shows_what_its_commands_mean():
    plan = yaml.safe_load((WORLDS / 'relations.yaml').read_text())['relations']['commands']
    scene = read_world(WORLDS / 'relations.sdf')
    labels = RENDERER.render(scene).labels
    seen = {thing.name for i, thing in enumerate(scene.objects, 1) if (labels == i).mean() > .0015}
    for command in plan:
        meant = command['target'] or []
        assert ({meant} if isinstance(meant, str) else {*meant}) <= seen
    assert {command['kind'] for command in plan} >= {
        'left_of', 'right_of', 'above', 'below', 'on', 'in', 'behind', 'in_front_of', 'near',
        'between', 'with', 'part_of'}


def test_meshes_are_few_and_small():
    assert sum(path.stat().st_size for path in WORLDS.rglob('*') if path.is_file()) < 6e6


def test_plain_sdf_without_our_extras_is_read(written):
    text = written.read_text()
    lines = [line for line in text.splitlines() if '<ris:' not in line]
    body = '\n'.join(lines).replace('<light type', '<light  type')
    body = body.replace('<mesh>', '<sphere><radius>0.05</radius></sphere><mesh>')
    written.write_text(body)
    scene = read_world(written)
    assert scene.objects[0].extents == pytest.approx((.1, .1, .1), abs=2e-3)
    assert scene.objects[0].category == scene.objects[0].name
    assert (RENDERER.render(scene).labels == 1).any()


@pytest.mark.parametrize(('old', 'new', 'message'), [
    ('name="table"', 'name="desk"', 'no model named "table"'),
    ('<uri>meshes/', '<uri>nowhere/', 'does not exist'),
    ('<uri>meshes/', '<uri>model://x/', 'not a file beside the world'),
    ('type="rgbd_camera"', 'type="lidar"', '0 models with a camera'),
    ('type="directional"', 'type="spot"', 'no <light>'),
    ('<mesh>', '<heightmap/><mesh>', "geometry 'heightmap'"),
    ('<model name="floor">', '<include/><model name="floor">', 'includes'),
    ('</world>', '', 'not XML'),
    ('texture="plain"', 'texture="velvet"', "texture 'velvet'"),
    ('variant="45"', 'variant="x"', 'variant of <model>'),
    ('<horizontal_fov>', '<horizontal_fov>wide ', 'expected 1 numbers')])
def test_bad_worlds_are_named(written, old, new, message):
    text = written.read_text()
    assert old in text
    written.write_text(text.replace(old, new))
    with pytest.raises(RisError, match=message):
        read_world(written)


def test_tilted_objects_are_refused(written, make_object):
    scene = read_world(written)
    x, y, z = scene.objects[0].position
    text = written.read_text()
    pose = f'<pose>{x:g} {y:g} {z:g} 0 0 0.3</pose>'
    assert pose in text
    written.write_text(text.replace(pose, '<pose>0 0 0 0.5 0 0.3</pose>'))
    with pytest.raises(RisError, match='tilted'):
        read_world(written)


def test_missing_world_is_named(tmp_path):
    with pytest.raises(RisError, match='cannot be opened'):
        read_world(tmp_path / 'none.sdf')
