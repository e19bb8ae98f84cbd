# SPDX-License-Identifier: Apache-2.0
"""The launch files: everything that they name is there, and they load where ROS is installed."""
import ast
from pathlib import Path
import re
import runpy
import subprocess
import sys

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
LAUNCH_FILES = sorted((REPOSITORY / 'launch').glob('*.launch.py'))
SHARED = REPOSITORY / 'ris_ros' / 'launching.py'
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
    """Return the launch arguments that a file describes itself, with their descriptions."""
    shared = declared(SHARED) if calls(path, 'shared_arguments') else {}
    return shared | {call.args[0].value: call for call in calls(path, 'DeclareLaunchArgument')
                     if isinstance(call.args[0], ast.Constant)}


def overrides(path):
    """Return the launch arguments of a file that go before a file of parameters.

    The value of each is the name of its parameter, or the call that makes it.
    """
    tables = [node.value for node in ast.parse(path.read_text()).body
              if isinstance(node, ast.Assign) and node.targets[0].id == 'OVERRIDES']
    tables = [table.args[2] if isinstance(table, ast.Call) else table for table in tables]
    return {key.value: value.value if isinstance(value, ast.Constant) else value.args[0].value
            for table in tables for key, value in zip(table.keys, table.values, strict=True)}


def own_arguments(path):
    """Return the names of a file's own launch arguments."""
    return {*declared(path), *overrides(path)}


def offered(path):
    """Return the names of a file's arguments and of those of ris.launch.py if it includes that."""
    beside = own_arguments(path.with_name('ris.launch.py')) if calls(path, 'include_ris') else set()
    return own_arguments(path) | beside


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


@pytest.mark.parametrize(('file', 'parameters'), [
    ('ris', 'ris'), ('builtin_sim', 'camera'), ('voice', 'voice')])
def test_every_override_is_a_parameter(file, parameters):
    path = REPOSITORY / 'launch' / f'{file}.launch.py'
    content, = yaml.safe_load((REPOSITORY / 'config' / f'{parameters}.yaml').read_text()).values()
    assert overrides(path)
    assert set(overrides(path).values()) <= content['ros__parameters'].keys()


def test_common_parameters_of_the_node_are_launch_arguments():
    assert overrides(REPOSITORY / 'launch' / 'ris.launch.py').keys() == {
        'profile', 'weights', 'device', 'precision', 'image_transport', 'image_geometry',
        'index_policy', 'max_image_age', 'mode', 'target_frame', 'autostart'}


def test_a_file_that_includes_the_node_does_not_use_the_names_of_its_arguments():
    node = own_arguments(REPOSITORY / 'launch' / 'ris.launch.py')
    including = [path for path in LAUNCH_FILES if calls(path, 'include_ris')]
    assert {path.name for path in including} == {
        'builtin_sim.launch.py', 'sim.launch.py', 'voice.launch.py'}
    for path in including:
        assert not own_arguments(path) & node, path.name


def test_default_topics_are_those_of_todays_realsense_driver():
    topics = {name: keywords(call)['default_value']
              for name, call in declared(REPOSITORY / 'launch' / 'ris.launch.py').items()
              if name.endswith('_topic')}
    assert topics == {
        'image_topic': '/camera/camera/color/image_raw',
        'camera_info_topic': '/camera/camera/color/camera_info',
        'depth_topic': '/camera/camera/aligned_depth_to_color/image_raw',
        'command_topic': 'command'}


def test_parameters_are_described_without_the_libraries_of_the_models():
    # ros2 launch runs with the system's Python, which does not see a virtual environment.
    modules = ('ris_ros.node.parameters', 'ris_ros.node.speech_parameters', 'ris_ros.node.spinning')
    loaded = subprocess.run(
        [sys.executable, '-c', f'import sys, {", ".join(modules)}; print(*sys.modules)'],
        check=True, capture_output=True, text=True).stdout.split()
    assert set(modules) <= set(loaded)
    assert not {'torch', 'cv2', 'scipy', 'spacy', 'open_clip', 'segment_anything'} & set(loaded)


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
def test_our_nodes_share_a_namespace(path):
    for call in calls(path, 'Node') + calls(path, 'LifecycleNode'):
        # Those of several cameras have theirs from the command line.
        if (keywords(call)['package'] == 'ris_ros'
                and "['--namespaces', *namespaces" not in ast.unparse(call)):
            namespace, = [ast.unparse(item.value) for item in call.keywords
                          if item.arg == 'namespace']
            assert namespace == "LaunchConfiguration('namespace')"


@pytest.mark.parametrize('path', LAUNCH_FILES, ids=lambda path: path.name)
def test_what_can_fail_is_checked_before_any_process_starts(path):
    # An exception in a launch file leaves the processes that it has started running.
    actions = [ast.unparse(call) for call in calls(path, 'LaunchDescription')[0].args[0].elts]
    kinds = ['check' if 'function=check_' in action else 'start'
             for action in actions if 'OpaqueFunction' in action or 'include_ris' in action]
    assert kinds[0] == 'check'
    assert kinds == sorted(kinds)


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
    arguments = {argument.name: argument for argument in description.get_launch_arguments()}
    assert arguments.keys() >= offered(path)
    for name in overrides(path):
        assert 'Empty: as in ' in arguments[name].description


@pytest.mark.parametrize(('file', 'function', 'given', 'parameters'), [
    ('ris.launch.py', 'make_node', {}, {}),
    ('ris.launch.py', 'make_node', {'autostart': 'false', 'profile': 'robot'},
     {'autostart': False, 'profile': 'robot'}),
    ('ris.launch.py', 'make_node', {'max_image_age': '5', 'mode': 'track', 'device': 'cuda:1'},
     {'max_image_age': 5.0, 'mode': 'track', 'device': 'cuda:1'}),
    ('builtin_sim.launch.py', 'make_camera', {}, {}),
    ('builtin_sim.launch.py', 'make_camera', {'seed': '4', 'world': 'table.sdf'},
     {'seed': 4, 'world': 'table.sdf'}),
    ('voice.launch.py', 'make_speech', {}, {}),
    ('voice.launch.py', 'make_speech', {'wake_phrase': 'robot', 'push_to_talk': 'true'},
     {'wake_phrase': 'robot', 'push_to_talk': True}),
    ('voice.launch.py', 'make_speech', {'microphone': '3', 'speech_weights': '/models'},
     {'device': '3', 'weights': '/models'}),
])
def test_nodes_are_made_with_the_arguments_that_are_given_and_no_others(
        file, function, given, parameters):
    pytest.importorskip('launch_ros', reason='launch_ros is not on PyPI')
    from launch import LaunchContext
    from launch_ros.utilities import evaluate_parameters, normalize_parameters
    make = runpy.run_path(str(REPOSITORY / 'launch' / file))
    context = LaunchContext()
    context.launch_configurations.update(
        dict.fromkeys(make['OVERRIDES'], ''), use_sim_time='false', **given)
    normalized = normalize_parameters([make['given'](context, make['OVERRIDES'])])
    evaluated, = evaluate_parameters(context, normalized)
    assert evaluated == parameters
    assert {name: type(value) for name, value in evaluated.items()} == {
        name: type(value) for name, value in parameters.items()}
    assert len(make[function](context)) == 1


@pytest.mark.parametrize(('given', 'words'), [
    ({}, []),
    ({'stop_port': '9001', 'host': '0.0.0.0', 'open_browser': 'false'},
     ['--host', '0.0.0.0', '--stop-port', '9001', '--no-browser'])])
def test_the_page_gets_the_arguments_that_are_given(given, words):
    pytest.importorskip('launch_ros', reason='launch_ros is not on PyPI')
    from launch import LaunchContext
    from launch.utilities import perform_substitutions
    made = runpy.run_path(str(REPOSITORY / 'launch' / 'console.launch.py'))
    context = LaunchContext()
    context.launch_configurations.update({
        **dict.fromkeys(made['OVERRIDES'], ''), 'use_sim_time': 'false', 'open_browser': 'true',
        'voice': 'false', 'log_level': 'info', **given})
    page, = made['make_page'](context)
    command = [perform_substitutions(context, part) for part in page.cmd[1:]]
    assert command[:2 + len(words)] == ['console', *words, '--ros-args']
    assert made['make_speech'](context) == []


@pytest.mark.parametrize(('missing', 'sentence'), [
    (['trimesh'], r'needs the extra \[sim\].* trimesh is not installed: run pip install -r '
                  r'requirements/sim.txt'),
    (['trimesh', 'embreex'], 'trimesh and embreex is not installed'),
    (['ris_sim', 'trimesh'], 'ris_sim, which is not installed: .*RIS_ROBOT_ONLY'),
])
def test_what_the_simulated_camera_lacks_is_told_before_any_process_starts(
        missing, sentence, monkeypatch, caplog):
    pytest.importorskip('launch_ros', reason='launch_ros is not on PyPI')
    from launch import LaunchDescription, LaunchService
    from launch.actions import RegisterEventHandler
    from launch.event_handlers import OnProcessStart
    from launch.launch_description_sources import PythonLaunchDescriptionSource
    monkeypatch.setattr('ris_ros.launching.missing_modules', lambda names: missing)
    source = PythonLaunchDescriptionSource(str(REPOSITORY / 'launch' / 'builtin_sim.launch.py'))
    description = source.try_get_launch_description_without_context()
    started = []
    service = LaunchService(noninteractive=True)
    service.include_launch_description(LaunchDescription([
        RegisterEventHandler(OnProcessStart(on_start=lambda event, context: started.append(event))),
        *description.entities]))
    assert service.run() == 1
    assert re.search(sentence, caplog.text)
    assert not started


@pytest.mark.parametrize(('file', 'arguments', 'sentence'), [
    ('ris', {'mode': 'follow'}, "mode is 'follow'; expected answer or track"),
    ('ris', {'device': 'gpu'}, "device is 'gpu'; expected cpu, cuda"),
    ('ris', {'params_file': '/none.yaml'}, 'params_file names the file .* does not exist'),
    ('ris', {'use_sim_time': 'perhaps'}, 'expected true or false'),
    ('builtin_sim', {'seed': 'abc'}, "seed is 'abc'; expected a whole number"),
    ('builtin_sim', {'world': 'none.sdf'}, 'world names the file .* does not exist'),
    ('builtin_sim', {'camera_params_file': ''}, 'camera_params_file names the file'),
    ('builtin_sim', {'max_image_age': 'x'}, "max_image_age is 'x'; expected a number"),
    ('builtin_sim', {'namespace': 'robot-1'}, 'expected words of letters'),
    ('builtin_sim', {'log_level': 'verbose'}, 'expected debug, info, warn, error or fatal'),
    ('voice', {'engine': 'siri'}, "engine is 'siri'; expected moonshine"),
    ('voice', {'push_to_talk': 'perhaps'}, 'expected true or false'),
    ('console', {'voice': 'perhaps'}, 'expected true or false'),
    ('console', {'port': '80800'}, "port is '80800'; expected a whole number from 0 to 65535"),
    ('console', {'key': '/none.pem'}, 'key names the file .* does not exist'),
    ('sim', {'headless': 'perhaps'}, 'expected true or false'),
    ('sim', {'bridge_file': '/none.yaml'}, 'bridge_file names the file'),
])
def test_a_wrong_argument_gives_a_sentence_before_any_process_starts(
        file, arguments, sentence, monkeypatch, caplog, tmp_path):
    pytest.importorskip('launch_ros', reason='launch_ros is not on PyPI')
    from launch import LaunchDescription, LaunchService
    from launch.actions import IncludeLaunchDescription, RegisterEventHandler
    from launch.event_handlers import OnProcessStart
    from launch.launch_description_sources import PythonLaunchDescriptionSource
    monkeypatch.setattr('launch_ros.substitutions.FindPackageShare.find',
                        lambda self, name: str(REPOSITORY))
    source = PythonLaunchDescriptionSource(str(REPOSITORY / 'launch' / f'{file}.launch.py'))
    started = []
    service = LaunchService(noninteractive=True)
    service.include_launch_description(LaunchDescription([
        RegisterEventHandler(OnProcessStart(on_start=lambda event, context: started.append(event))),
        IncludeLaunchDescription(source, launch_arguments=arguments.items())]))
    assert service.run() == 1
    assert re.search(sentence, caplog.text)
    assert not started


def test_the_camera_and_the_node_meet_in_their_namespace():
    pytest.importorskip('launch_ros', reason='launch_ros is not on PyPI')
    from launch import LaunchContext
    context = LaunchContext()
    context.launch_configurations.update(
        namespace='robot1', use_sim_time='false', log_level='info', params_file='',
        camera_params_file='', command_topic='command',
        **{f'{topic}_topic': topic for topic in ('image', 'camera_info', 'depth')})
    nodes = []
    for file, make in (('ris', 'make_node'), ('builtin_sim', 'make_camera')):
        made = runpy.run_path(str(REPOSITORY / 'launch' / f'{file}.launch.py'))
        node, = made[make](context)
        node._perform_substitutions(context)
        nodes.append(node)
    assert [node.node_name for node in nodes] == ['/robot1/ris_node', '/robot1/ris_camera']
    remappings = [dict(node.expanded_remapping_rules) for node in nodes]
    assert remappings[1].items() <= remappings[0].items()


def test_packages_that_the_nodes_could_not_import_are_found():
    pytest.importorskip('launch_ros', reason='launch_ros is not on PyPI')
    from ris_ros.launching import missing_modules
    assert missing_modules(['json', 'no_such_package', 'sys']) == ['no_such_package']
