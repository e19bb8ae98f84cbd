# SPDX-License-Identifier: Apache-2.0
"""The node's benchmark runs, with both cameras, and its figures are those of this run."""
import json

from ris_ros.cli.main import main


def test_short_run(tmp_path, domain, monkeypatch, capsys):
    monkeypatch.setenv('ROS_DOMAIN_ID', str(domain))
    status = main([
        'bench', '--node', '--commands', '6', '--camera-seconds', '1', '--json', '--out',
        str(tmp_path), '--profile', 'robot', '--random-weights', '--small', '--device', 'cpu'])
    run = capsys.readouterr()
    logs = '\n'.join(log.read_text() for log in tmp_path.rglob('*.log'))
    assert status == 0, run.err + logs
    figures = json.loads(run.out)
    assert sum(figures['statuses'].values()) == figures['commands'] == 6
    assert set(figures['statuses']) <= {'FOUND', 'NOT_FOUND', 'AMBIGUOUS'}
    assert 0 < figures['latency']['p50'] <= figures['latency']['p95']
    for receiver, counts in figures['pictures'].items():
        assert 0 < counts['received'], receiver
        # The node counts for itself, up to a second of pictures later.
        assert counts['received'] <= counts['sent'] + 60 * receiver.startswith('node'), receiver
    assert figures['cpu_share']['commands'] > 0
    assert figures['memory']['first'] > 100
    assert float(figures['diagnostics']['index longest chunk (s)']) > 0
    assert (tmp_path / 'node.png').is_file()
    assert json.loads((tmp_path / 'node.json').read_text()) == figures
