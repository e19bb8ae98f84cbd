# SPDX-License-Identifier: Apache-2.0
"""``ris`` where only the robot's part is installed."""
import json
from pathlib import Path
import re
import subprocess
import sys

import numpy as np
import pytest

from ris_ros.cli.main import OPTIONAL_COMMANDS, main
from ris_ros.image_files import write_image

ROOT = Path(__file__).resolve().parents[3]
_RIS_WITHOUT = """
import sys
hidden, arguments = sys.argv[1].split(), sys.argv[2:]
sys.modules.update(dict.fromkeys(hidden))
from ris_ros.cli.main import main
sys.exit(main(arguments))
"""


def ris_without(hidden, *arguments):
    """Run ``ris`` in a process that cannot import the hidden modules."""
    return subprocess.run([sys.executable, '-c', _RIS_WITHOUT, ' '.join(hidden), *arguments],
                          capture_output=True, text=True, check=False)


def lacking(name):
    """Return a function that cannot import a module."""
    def run(args):
        raise ModuleNotFoundError(f'No module named {name!r}', name=name)
    return run


def required(name):
    """Return the modules of the packages that a file of requirements names."""
    lines = (ROOT / name).read_text().splitlines()
    return {re.match(r'[\w.-]+', line)[0] for line in lines if line[:1].isalpha()}


@pytest.fixture
def hide(monkeypatch):
    """Return a function that hides a package from imports."""
    def hide_package(package):
        for name in [package, *(name for name in sys.modules if name.startswith(f'{package}.'))]:
            monkeypatch.setitem(sys.modules, name, None)
    return hide_package


@pytest.mark.parametrize('arguments', [['--out', 'x'], ['--help'], [], ['-h', '--', 'x']])
@pytest.mark.parametrize('command', OPTIONAL_COMMANDS)
def test_a_command_of_a_missing_package_says_what_to_install(hide, capsys, command, arguments):
    package = OPTIONAL_COMMANDS[command].partition('.')[0]
    hide(package)
    assert main([command, *arguments]) == 2
    out, error = capsys.readouterr()
    assert error == (f'ris {command}: It needs the package {package}, which is not installed; '
                     'build ris_ros without the CMake option RIS_ROBOT_ONLY.\n')
    assert not out


def test_a_command_without_its_requirements_names_their_file(tmp_path):
    ended = ris_without(['trimesh'], 'simulate', '--out', str(tmp_path / 'scenes'))
    assert (ended.returncode, ended.stdout) == (2, '')
    assert ended.stderr == (
        'ris simulate: It needs the package trimesh, which is not installed; '
        "run pip install -r requirements/sim.txt in ris_ros's folder.\n")
    assert not (tmp_path / 'scenes').exists()


def test_help_names_what_is_missing(hide, capsys):
    hide('ris_lab')
    with pytest.raises(SystemExit) as ended:
        main(['--help'])
    assert ended.value.code == 0
    text = ' '.join(capsys.readouterr().out.split())
    assert 'evaluate It needs the package ris_lab' in text
    assert 'simulate render labelled scenes' in text


@pytest.mark.parametrize(('missing', 'advice'), [
    ('rclpy', 'source its setup file'), ('ris_ros.msg', 'source its setup file'),
    ('ray.util', 'needs the package ray')])
def test_a_package_missed_by_a_running_command_is_named_too(monkeypatch, capsys, missing, advice):
    monkeypatch.setattr('ris_lab.cli.demo.run', lacking(missing))
    assert main(['demo']) == 2
    assert advice in capsys.readouterr().err


def test_a_fault_of_ours_is_not_taken_for_a_missing_package(monkeypatch):
    monkeypatch.setattr('ris_lab.cli.demo.run', lacking('ris_lab.demo.gone'))
    with pytest.raises(ModuleNotFoundError, match='gone'):
        main(['demo'])


@pytest.mark.slow
def test_the_robots_commands_need_none_of_the_extras(tmp_path):
    write_image(tmp_path / 'grey.png', np.full((48, 64, 3), 120, np.uint8))
    extras = required('requirements/sim.txt') | required('requirements/lab.txt')
    hidden = [*extras - required('requirements.txt'), 'ris_sim', 'ris_lab']
    assert {'trimesh', 'embreex', 'matplotlib', 'ray'} <= {*hidden}
    parsed = ris_without(hidden, 'parse', 'the red mug')
    assert json.loads(parsed.stdout)['expression'] == 'the red mug'
    listed = ris_without(hidden, 'models', 'list')
    assert (listed.returncode, listed.stderr) == (0, '')
    grounded = ris_without(hidden, 'ground', str(tmp_path / 'grey.png'), 'the red mug', '--json',
                           '--out', str(tmp_path))
    assert (grounded.returncode, grounded.stderr) == (0, '')
    assert json.loads(grounded.stdout)['status'] == 'NOT_FOUND'
    assert (tmp_path / 'grey_1_the_red_mug_overlay.png').is_file()


@pytest.mark.parametrize(('command', 'package'), [('console', 'nicegui'), ('mcp', 'mcp')])
def test_a_room_that_lacks_a_package_says_what_to_install(command, package):
    run = ris_without([package], command)
    assert (run.returncode, run.stderr) == (2, (
        f'ris {command}: It needs the package {package}, which is not installed; run pip install '
        f"-r requirements/{command}.txt in ris_ros's folder.\n"))
