# SPDX-License-Identifier: Apache-2.0
"""The images, the compose files and the workflows name only what is there."""
from pathlib import Path
import re
import shlex

import yaml

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = (ROOT / 'docker' / 'Dockerfile').read_text()
COMPOSE = yaml.safe_load((ROOT / 'docker' / 'compose.yaml').read_text())
WORKFLOWS = {path.name: yaml.safe_load(path.read_text())
             for path in sorted((ROOT / '.github' / 'workflows').glob('*.yml'))}


def steps():
    """Return (workflow, text) of each step that runs a command."""
    return [(name, step['run']) for name, workflow in WORKFLOWS.items()
            for job in workflow['jobs'].values() for step in job['steps'] if 'run' in step]


def test_what_the_image_copies_is_there():
    copied = [source for line in re.findall(r'^COPY (.*)$', DOCKERFILE, re.MULTILINE)
              for source in line.split()[:-1]]
    assert len(copied) >= 5
    assert all((ROOT / source).exists() for source in copied)


def test_the_image_does_not_run_as_root():
    user = re.findall(r'^USER (.*)$', DOCKERFILE, re.MULTILINE)
    assert user == ['10001']
    assert DOCKERFILE.index('USER 10001') < DOCKERFILE.index('ENTRYPOINT')


def test_the_composed_services_call_programs_and_arguments_that_exist():
    launch = (ROOT / 'launch' / 'ris.launch.py').read_text()
    arguments = set(re.findall(r"'(\w+)'", launch)) | {
        f'{topic}_topic' for topic in ('image', 'camera_info', 'depth')}
    for name in ('camera', 'node', 'console', 'fetch'):
        words = shlex.split(COMPOSE['services'][name]['command'])
        assert words[:3] in (['ros2', 'run', 'ris_ros'], ['ros2', 'launch', 'ris_ros'])
        if words[1] == 'run':
            assert (ROOT / 'scripts' / words[3]).is_file()
        else:
            assert (ROOT / 'launch' / words[3]).is_file()
            assert {word.partition(':=')[0] for word in words[4:]} <= arguments


def test_all_services_share_network_memory_and_weights():
    for service in COMPOSE['services'].values():
        assert (service['network_mode'], service['ipc']) == ('host', 'host')
        assert service['volumes'] == ['models:/models']
    assert 'RIS_MODELS_DIR=/models' in DOCKERFILE


def test_every_script_that_a_workflow_runs_is_there():
    scripts = [path for _, text in steps() for path in re.findall(
        r'(?:^|\s|ris_ros/)(\.ci/\w+(?:\.py)?|scripts/\w+)', text)]
    assert len(scripts) >= 5
    assert all((ROOT / path).is_file() for path in scripts)


def test_every_folder_of_tests_that_a_workflow_names_is_there():
    text = (ROOT / '.github' / 'workflows' / 'ros.yml').read_text()
    folders = set(re.findall(r'test/[\w/]+', text))
    assert len(folders) >= 6
    assert all((ROOT / folder).is_dir() for folder in folders)


def test_the_workflows_run_on_every_python_that_is_supported():
    matrix = WORKFLOWS['test.yml']['jobs']['wheels']['strategy']['matrix']
    assert matrix['python'] == ['3.10', '3.11', '3.12', '3.13']
    assert WORKFLOWS['release.yml']['jobs']['wheels']['strategy']['matrix']['python'] == \
        matrix['python']
