# SPDX-License-Identifier: Apache-2.0
"""A node bears a small flood over DDS, and its death is told."""
import json
import os
from pathlib import Path
import signal
import subprocess
import sys
import time

import pytest

from ris_lab.fuzz.flood_report import FloodReport, MemorySample, RequestCount, flood_table
from ris_lab.fuzz.ledger import CommandCount
from ris_lab.processes import child_environment
from ris_ros.cli.main import main

WITHIN_S = 600
# Of the node, its models and some floods; a message that is kept for ever would soon exceed it.
MOST_MB = 1600


def flood(folder, domain, *words):
    """Start `ris fuzz`."""
    return subprocess.Popen(
        [sys.executable, '-m', 'ris_ros.cli.main', 'fuzz', '--out', folder, *words],
        env=child_environment() | {'ROS_DOMAIN_ID': str(domain), 'OMP_NUM_THREADS': '1'},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_every_command_of_a_small_flood_is_answered_once(tmp_path, domain):
    run = flood(tmp_path, domain, '--messages', '500', '--seed', '3')
    out, errors = run.communicate(timeout=WITHIN_S)
    assert run.returncode == 0, out + errors + (tmp_path / 'ris_node.log').read_text()
    assert out.endswith('every command answered once\n')
    assert '500/500' in errors
    report = json.loads((tmp_path / 'fuzz.json').read_text())
    assert sum(report['sent'].values()) >= 500
    for count in report['commands'].values():
        assert count['sent'] == count['answered'] > 10
        assert count['twice'] == 0
    assert {'FOUND', 'NOT_FOUND', 'BAD_COMMAND', 'STOPPED'} <= report['statuses'].keys()
    assert all(f'{topic} (hostile)' in report['sent']
               for topic in ('image', 'image/compressed', 'depth', 'camera_info'))
    assert report['requests']['transitions']['answered'] >= 4
    assert max(sample['megabytes'] for sample in report['memory']) < MOST_MB
    assert 'Traceback' not in (tmp_path / 'ris_node.log').read_text()


def test_a_node_that_dies_is_told(tmp_path, domain):
    run = flood(tmp_path, domain, '--messages', '1000000', '--patience', '5')
    log = tmp_path / 'ris_node.log'
    deadline = time.monotonic() + WITHIN_S
    while not (log.is_file() and 'Replaced by' in log.read_text()):
        assert time.monotonic() < deadline
        assert run.poll() is None
        time.sleep(.05)
    os.kill(int(Path(f'/proc/{run.pid}/task/{run.pid}/children').read_text()), signal.SIGKILL)
    out, errors = run.communicate(timeout=WITHIN_S)
    assert run.returncode == 1, out + errors
    assert 'The process ris_ros.node.ris_node has ended' in out


def report(**changes):
    good = {'seconds': 9.0, 'sent': {'image': 40, 'topic': 10}, 'requests': {
        'parameters': RequestCount(3, 3)}, 'commands': {'topic': CommandCount(10, 10, 0)},
        'statuses': {'FOUND': 10}, 'unasked': 0,
        'memory': [MemorySample(t, 900.0 + t / 60) for t in range(0, 600, 10)], 'fault': ''}
    return FloodReport(**{**good, **changes})


def test_the_table_ends_with_what_it_comes_to():
    lines = flood_table(report()).splitlines()
    assert lines[-1] == 'fuzz: 50 messages in 9 s, every command answered once'
    assert lines[-2].endswith('900 at first, 910 at most, 910 at last; means of the quarters 901, '
                              '904, 906, 909; +1.0 a minute after the first fifth')


@pytest.mark.parametrize('changes', [
    {'commands': {'topic': CommandCount(10, 9, 0)}}, {'commands': {'topic': CommandCount(9, 9, 1)}},
    {'requests': {'parameters': RequestCount(3, 2)}}, {'unasked': 1}, {'fault': 'It has ended.'}])
def test_whatever_is_lost_or_doubled_is_no_good_end(changes):
    bad = report(**changes)
    assert not bad.is_good
    assert flood_table(bad).endswith(changes.get('fault', 'not every command was answered once'))


@pytest.mark.parametrize(('words', 'sentence'), [
    (['--messages', '0'], '--messages is 0; expected 1 or more'),
    (['--rate', '-1'], '--rate is -1.0; expected 0 or more'),
    (['--patience', '0'], '--patience is 0.0; expected seconds above 0'),
    (['--rate', 'nan'], '--rate is nan; expected 0 or more')])
def test_wrong_arguments_give_a_sentence(words, sentence, capsys):
    assert main(['fuzz', *words]) == 2
    assert sentence in capsys.readouterr().err
