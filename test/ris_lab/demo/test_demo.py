# SPDX-License-Identifier: Apache-2.0
"""The whole road: simulated camera, node and commands over DDS, judged by the truth."""
from pathlib import Path
import re
import subprocess
import sys

from ris_lab.demo.demo import read_quick_plan
from ris_lab.processes import child_environment

REPOSITORY = Path(__file__).resolve().parents[3]


def test_demo_finds_what_it_is_told(tmp_path, domain):
    run = subprocess.run(
        [sys.executable, '-m', 'ris_ros.cli.main', 'demo', '--out', tmp_path,
         '--worlds', REPOSITORY / 'worlds'],
        env=child_environment() | {'ROS_DOMAIN_ID': str(domain)},
        capture_output=True, text=True, timeout=600, check=False)
    logs = '\n'.join(log.read_text() for log in tmp_path.glob('*.log'))
    assert run.returncode == 0, run.stderr + logs
    right, total = map(int, re.search(r'demo: (\d+) of (\d+) right', run.stdout).groups())
    assert total >= 60
    named, of = map(int, re.search(r'attribute: (\d+) of (\d+) right', run.stdout).groups())
    assert named >= 0.7 * of, run.stdout
    assert right >= named
    worlds = {line.split()[1] for line in run.stdout.splitlines() if line[:3] in ('ok ', '-- ')}
    assert len(worlds) >= 9
    kinds = {line.split()[2] for line in run.stdout.splitlines() if line[:3] in ('ok ', '-- ')}
    assert kinds >= {'left_of', 'right_of', 'above', 'below', 'on', 'in', 'behind', 'in_front_of',
                     'near', 'between', 'with', 'part_of', 'ambiguous', 'dialogue', 'plural'}
    # What the models have no part in.
    for status in ('NO_IMAGE', 'NO_TF', 'STALE_IMAGE', 'LOST', 'STOPPED', 'BAD_COMMAND'):
        assert re.search(rf'^ok .* {status} ', run.stdout, re.M), (status, run.stdout)
    assert re.search('^(ok|--) .* NO_DEPTH ', run.stdout, re.M), run.stdout
    assert float(re.search(r'peak memory ([\d.]+) GB', run.stdout)[1]) <= 1.5
    pictures = len(list(tmp_path.glob('*_right.png')))
    assert right - pictures == 5  # NO_IMAGE, STALE_IMAGE, LOST and two STOPPED have none
    assert (tmp_path / 'sheet.png').is_file()


def test_the_quick_demo_has_six_commands_for_one_world_and_a_choice_after_a_doubt():
    (world, entries), = read_quick_plan(REPOSITORY / 'worlds').items()
    assert world.is_file()
    assert len(entries) == 6
    kinds = [entry['kind'] for entry in entries]
    assert kinds.index('dialogue') == kinds.index('ambiguous') + 1
