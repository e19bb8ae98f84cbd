"""The launch files: everything that they name is there, and they load where ROS is installed."""
import ast
from pathlib import Path
import runpy

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
LAUNCH_FILES = sorted((REPOSITORY / 'launch').glob('*.launch.py'))
PARAMETER_FILES = sorted(path for path in (REPOSITORY / 'config').glob('*.yaml')
                         if path.name != 'gz_bridge.yaml')


def calls(path, name):
    """Return all calls of a function in a file."""
    return [node for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and getattr(node.func, 'id', '') == name]


def keywords(call):
    """Return the keyword arguments of a call that are plain values."""
    return {item.arg: item.value.value for item in call.keywords
            if isinstance(item.value, ast.Constant)}


def declared(path):
    """Return the launch arguments of a file with what is said of each."""
    return {call.args[0].value: call for call in calls(path, 'DeclareLaunchArgument')}


def offered(path):
    """Return the names of a file's arguments, and of those that it has from the one beside it."""
    beside = [node.args[0].value for node in ast.walk(ast.parse(path.read_text()))
              if isinstance(node, ast.Call) and getattr(node.func, 'attr', '') == 'with_name']
    return {*declared(path), *(name for file in beside for name in declared(path.with_name(file)))}


def files_named(path):
    """Return the files under share/ris_ros that a launch file names."""
    lists = [call.args[0].elts for call in calls(path, 'PathJoinSubstitution')]
    return ['/'.join(part.value for part in parts[1:]) for parts in lists
            if getattr(parts[0], 'id', '') == 'share']


def test_there_are_launch_files():
    assert {path.name for path in LAUNCH_FILES} >= {
        'ris.launch.py', 'builtin_sim.launch.py', 'sim.launch.py'}


@pytest.mark.parametrize('path', LAUNCH_FILES, ids=lambda path: path.name)
def test_every_argument_is_described_and_used(path):
    arguments = declared(path)
    for name, call in arguments.items():
        described = [item for item in call.keywords if item.arg == 'description']
        assert described, name
    source = path.read_text()
    for name in arguments:
        prefix, _, suffix = name.rpartition('_')
        assert (f"LaunchConfiguration('{name}')" in source or f"'{name}': " in source
                or (suffix == 'topic' and f"'{prefix}'" in source)), name


@pytest.mark.parametrize('path', LAUNCH_FILES, ids=lambda path: path.name)
def test_every_used_argument_is_declared(path):
    used = {call.args[0].value for call in calls(path, 'LaunchConfiguration')
            if isinstance(call.args[0], ast.Constant)}
    assert used <= offered(path)


@pytest.mark.parametrize('path', LAUNCH_FILES, ids=lambda path: path.name)
def test_every_executable_is_installed(path):
    installed = (REPOSITORY / 'CMakeLists.txt').read_text()
    for call in calls(path, 'Node') + calls(path, 'LifecycleNode'):
        named = keywords(call)
        if named['package'] != 'ris_ros':
            continue
        assert f'scripts/{named["executable"]}' in installed
        assert (REPOSITORY / 'scripts' / named['executable']).stat().st_mode & 0o111


@pytest.mark.parametrize('path', LAUNCH_FILES, ids=lambda path: path.name)
def test_every_file_that_is_named_exists(path):
    named = files_named(path)
    assert named
    assert [name for name in named if not (REPOSITORY / name).is_file()] == []


@pytest.mark.parametrize('path', PARAMETER_FILES, ids=lambda path: path.name)
def test_parameter_files_speak_to_nodes_that_are_launched(path):
    nodes = {keywords(call).get('name') for launch_file in LAUNCH_FILES
             for call in calls(launch_file, 'Node') + calls(launch_file, 'LifecycleNode')}
    for key, content in yaml.safe_load(path.read_text()).items():
        assert key.removeprefix('/**/') in nodes
        assert content['ros__parameters']


@pytest.mark.parametrize('path', LAUNCH_FILES, ids=lambda path: path.name)
def test_launch_file_loads(path):
    pytest.importorskip('launch_ros', reason='launch_ros is not on PyPI')
    from launch.launch_description_sources import PythonLaunchDescriptionSource
    source = PythonLaunchDescriptionSource(str(path))
    description = source.try_get_launch_description_without_context()
    arguments = {argument.name for argument in description.get_launch_arguments()}
    assert arguments >= offered(path)


@pytest.mark.parametrize(('file', 'function', 'given'), [
    ('ris.launch.py', 'make_node', {}),
    ('ris.launch.py', 'make_node', {'autostart': 'false', 'profile': 'robot'}),
    ('builtin_sim.launch.py', 'make_camera', {}),
    ('builtin_sim.launch.py', 'make_camera', {'seed': '4', 'world': 'table.sdf'}),
    ('voice.launch.py', 'make_speech', {}),
    ('voice.launch.py', 'make_speech', {'wake_phrase': 'robot', 'push_to_talk': 'true'}),
])
def test_nodes_are_made_with_the_arguments_that_are_given_and_no_others(file, function, given):
    pytest.importorskip('launch_ros', reason='launch_ros is not on PyPI')
    from launch import LaunchContext
    from launch_ros.utilities import evaluate_parameters, normalize_parameters
    make = runpy.run_path(str(REPOSITORY / 'launch' / file))
    context = LaunchContext()
    context.launch_configurations.update(dict.fromkeys(make['OVERRIDES'], ''), **given)
    overrides = normalize_parameters([make['overrides'](context, make['OVERRIDES'])])
    assert evaluate_parameters(context, overrides) == (
        {name: yaml.safe_load(value) for name, value in given.items()},)
    assert len(make[function](context)) == 1
