# SPDX-License-Identifier: Apache-2.0
"""The programs of the nodes print their help, and refuse arguments that they do not know."""
import subprocess
import sys

import pytest

# Each test starts a program.
pytestmark = pytest.mark.slow
PATIENCE_S = 60


def run(module, *arguments):
    """Run the module of a program."""
    return subprocess.run([sys.executable, '-m', module, *arguments],
                          capture_output=True, text=True, timeout=PATIENCE_S, check=False)


@pytest.mark.parametrize(('module', 'usage'), [
    ('ris_ros.node.ris_node', 'Usage: ris_node [--namespaces NAME ...]'),
    ('ris_ros.node.speech_node', 'Usage: ris_speech'),
    ('ris_sim.node.camera', 'Usage: ris_camera')])
def test_a_program_prints_its_help(module, usage):
    ended = run(module, '--help')
    assert ended.returncode == 0
    assert ended.stdout.startswith(usage)
    assert '--params-file FILE' in ended.stdout


@pytest.mark.parametrize('module', ['ris_ros.node.speech_node', 'ris_sim.node.camera'])
def test_a_program_without_arguments_refuses_those_that_it_does_not_know(module):
    ended = run(module, 'hello', '--ros-args', '-r', '__ns:=/robot')
    assert ended.returncode == 2
    assert "The arguments 'hello' are not known" in ended.stderr
