# SPDX-License-Identifier: Apache-2.0
"""Every command that README and docs show is run, or a reason is named and its form checked."""
from pathlib import Path
import re
import shlex
import subprocess
import sys

from documented_commands import NOT_RUN, ROOT, Reason, Shown, commands, shown
import numpy as np
import pytest
import yaml

from ris_lab.processes import child_environment
import ris_ros
from ris_ros.cli.main import main, make_parser
from ris_ros.image_files import read_image, write_image
from ris_ros.msg import Grounding, Target
from ris_ros.node.parameters import Settings, changed, check
from ris_ros.policy import PERMISSIONS
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene

ALL = shown()
RUN = [one for one in ALL if not one.is_python and one.reason is None]
PROGRAMS = [one for one in ALL if one.is_python]
# The programs in Python that a test of its own runs: they need a node, or weights.
PROGRAMS_ELSEWHERE = {
    'client.wait_until_active': 'test/ris_ros/client/test_grounding_client.py',
    'backbone_from_state(': 'test/ris_ros/encoder/test_golden.py'}


@pytest.fixture(scope='module')
def desk(tmp_path_factory):
    """Make a folder with the files that the commands name, and a frame of them."""
    folder = tmp_path_factory.mktemp('desk')
    rendering = Renderer().render(sample_scene(np.random.default_rng(770100), 'test'))
    k = rendering.camera
    calibration = (f'image_width: 640\nimage_height: 480\ncamera_matrix: {{rows: 3, cols: 3, '
                   f'data: [{k.fx}, 0, {k.cx}, 0, {k.fy}, {k.cy}, 0, 0, 1]}}\n')
    own = folder / 'FOLDER'
    own.mkdir()
    for place, name in ((folder, 'picture'), (own, 'desk')):
        depth = 'depth.png' if name == 'picture' else 'desk_depth.png'
        write_image(place / f'{name}.png', rendering.image)
        write_image(place / depth, np.rint(rendering.depth * 1000).astype(np.uint16))
        camera = 'calibration.yaml' if name == 'picture' else 'camera.yaml'
        (place / camera).write_text(calibration)
    page = (ROOT / 'docs' / 'evaluation.md').read_text()
    (own / 'pictures.json').write_text(re.search(r'```json\n(.*?)```', page, re.DOTALL)[1])
    for name in ('ris_ros', 'requirements'):
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.mark.parametrize('one', RUN, ids=[f'{one.page}: {one.text[:60]}' for one in RUN])
def test_a_command_that_is_shown_runs(one, desk, monkeypatch):
    monkeypatch.chdir(desk)
    monkeypatch.setenv('RIS_MODELS_DIR', str(desk / 'models'))
    if one.text.startswith('ris '):
        assert main(shlex.split(one.text)[1:]) == 0
        return
    environment = child_environment()
    environment['PATH'] = f'{Path(sys.executable).parent}:{environment["PATH"]}'
    environment['PYTHONPATH'] = str(ROOT)
    ended = subprocess.run(['bash', '-c', one.text], env=environment, capture_output=True,
                           text=True, timeout=60, check=False)
    # grep ends with 1 where it finds nothing, which the page explains.
    assert ended.returncode <= one.text.startswith('grep '), ended.stderr


@pytest.mark.parametrize('program', PROGRAMS, ids=[one.page for one in PROGRAMS])
def test_a_program_that_is_shown_runs(program, desk, capsys, monkeypatch):
    monkeypatch.chdir(desk)
    elsewhere = [path for words, path in PROGRAMS_ELSEWHERE.items() if words in program.text]
    code = compile(program.text, program.page, 'exec')
    if elsewhere:
        assert (ROOT / elsewhere[0]).is_file()
        return
    depth = np.full((480, 640), .9, np.float32)
    names = {'image': read_image(desk / 'picture.png'), 'depth': depth, 'fx': 615., 'fy': 615.,
             'cx': 320., 'cy': 240., 'width': 640, 'height': 480}
    exec(code, names)
    assert 'answer' not in names or capsys.readouterr().out


@pytest.mark.parametrize(
    'one', [one for one in ALL if one.text.startswith('ris ')],
    ids=lambda one: f'{one.page}: {one.text[:60]}')
def test_every_command_of_ris_has_arguments_that_exist(one):
    text = re.sub(r'\$PWD/', '', one.text).removesuffix('&')
    make_parser().parse_args(shlex.split(text.partition(' --ros-args')[0])[1:])


def launches():
    """Return (page, file, arguments) of each of our launch files that a page starts."""
    for one in ALL:
        if found := re.match(r'ros2 launch ris_ros (\S+)(.*)', one.text):
            yield one.page, found[1], re.findall(r'(\w+):=', found[2])


def test_every_launch_file_and_argument_that_is_shown_exists():
    known = {path.name: path.read_text() for path in (ROOT / 'launch').iterdir()}
    shared = (ROOT / 'ris_ros' / 'launching.py').read_text() + known['ris.launch.py']
    found = list(launches())
    assert len(found) > 8
    for page, file, arguments in found:
        assert file in known, page
        for argument in arguments:
            assert f"'{argument.removesuffix('_topic')}'" in known[file] + shared, (page, argument)


def fill(message, values):
    """Set the fields of a message from a dictionary, as the ros2 command does."""
    for name, value in values.items():
        if isinstance(value, dict):
            fill(getattr(message, name), value)
        else:
            setattr(message, name, value)


def test_every_message_that_is_shown_fits_its_type():
    pattern = re.compile(r'ros2 (?:service call|action send_goal(?: --feedback)?|topic pub --once) '
                         r'(\S+) (\w+)/(\w+)/(\w+) "(.*)"$')
    found = [(one, match) for one in ALL if (match := pattern.match(one.text))]
    assert len(found) > 8
    for one, match in found:
        name, package, kind, type_, values = match.groups()
        if package not in ('ris_ros', 'std_msgs'):  # not on this machine
            assert one.page in ('docs/examples.md',)
            continue
        module = __import__(f'{package}.{kind}', fromlist=[type_])
        interface = getattr(module, type_)
        interface = {'msg': interface, 'srv': getattr(interface, 'Request', None),
                     'action': getattr(interface, 'Goal', None)}[kind]
        fill(interface(), yaml.safe_load(values))
        used = {f'/ris_node/{topic[2:]}' if topic.startswith('~/') else f'/{topic}'
                for use in vars(PERMISSIONS['ris_node']).values() for topic in use}
        plain = re.sub(r'^/\w+(?=/ris_node/)', '', name)  # without its namespace
        assert plain in used | {'/ris_node/ground_all'}, one.page


def test_every_topic_that_is_listened_to_is_published_and_has_the_field():
    pattern = re.compile(r'ros2 topic (?:echo|hz)(?: --once)? (/\S+)(?: --field (\w+))?$')
    found = [one for one in ALL if re.match('ros2 topic (?!pub)', one.text)]
    assert len(found) > 5
    camera = (ROOT / 'launch' / 'ris.launch.py').read_text()
    for one in found:
        match = pattern.match(one.text)
        assert match, one.text
        node, _, topic = match[1].strip('/').partition('/')
        if node in PERMISSIONS:
            assert f'~/{topic}' in PERMISSIONS[node].publishes, one.page
        else:
            assert match[1] in camera, one.page
        if match[2]:
            kind = {'grounding': Grounding, 'target': Target}[topic]
            assert match[2] in kind.get_fields_and_field_types(), one.page


def test_every_program_and_service_of_a_container_that_is_shown_exists():
    programs = [(one.page, program) for one in ALL
                for program in re.findall(r'ros2 run ris_ros (\S+)', one.text)]
    assert programs
    assert all((ROOT / 'scripts' / program).is_file() for _, program in programs)
    composed = yaml.safe_load((ROOT / 'docker' / 'compose.yaml').read_text())['services']
    profiles = {profile for service in composed.values() for profile in service.get('profiles', [])}
    arguments = (ROOT / 'docker' / 'Dockerfile').read_text()
    docker = [one.text for one in ALL if one.reason is Reason.DOCKER]
    assert docker
    for text in docker:
        assert set(re.findall(r'compose.* run --rm (\w+)', text)) <= set(composed)
        assert set(re.findall(r'--profile (\w+)', text)) <= profiles
        assert all(f'ARG {name}' in arguments for name in re.findall(r'--build-arg (\w+)', text))


def test_every_parameter_that_is_shown_can_be_set():
    found = [match for one in ALL
             if (match := re.match(r'ros2 param set /ris_node (\w+) (\S+)', one.text))]
    assert found
    for match in found:
        assert hasattr(Settings(), match[1])
        check(changed(Settings(), [type('Given', (), {'name': match[1], 'value': match[2]})]))


def test_every_file_that_a_command_names_is_there():
    files = [(one.page, file) for one in ALL if not one.is_python for file in re.findall(
        r'(?<![\w/~.$])((?:scripts|docker|examples|worlds|requirements|test|ris_ros/profiles)'
        r'/[\w./-]+)', one.text)]
    assert len(files) > 15
    missing = [(page, file) for page, file in files if not (ROOT / file).exists()]
    assert not missing


def test_no_reason_is_left_over():
    # What stays would stop the tests the day a page shows it, so it may be named before.
    stale = [start for start, reason in NOT_RUN.items() if reason is not Reason.STAYS
             and not any(one.text.startswith(start) for one in ALL)]
    assert not stale


def test_a_block_becomes_commands():
    assert commands('a  # says a\n\nb \\\n    c\nd #e') == ['a', 'b c', 'd #e']
    assert Shown('p', 'ros2 node list').reason is not None
    assert Shown('p', 'ris parse "a"').reason is None
    assert Path(ris_ros.__file__).is_relative_to(ROOT)
