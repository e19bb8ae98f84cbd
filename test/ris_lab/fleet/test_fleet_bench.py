# SPDX-License-Identifier: Apache-2.0
"""The bench runs small: a pool of its own, robots, nodes over DDS, and deaths of replicas."""
import cv2
import pytest

from ris_lab.cli import pool_bench
from ris_ros.cli.main import main, make_parser
from ris_ros.errors import RisError

ROBOTS = (1, 2)


@pytest.fixture(scope='module')
def page(tmp_path_factory, domain):
    """Run the command on very little; return its folder and its page."""
    pytest.importorskip('grpc', reason='Ray Serve is not installed (requirements/pool.txt)')
    out = tmp_path_factory.mktemp('bench')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('ROS_DOMAIN_ID', str(domain))
        assert main(['pool', 'bench', '--robots', *map(str, ROBOTS), '--seconds', '0.6',
                     '--cost-frames', '2', '--commands', '8', '--nodes', '2', '--kill-every', '1.5',
                     '--profile', 'embedded', '--only-first', '--size', '160', '120',
                     '--out', str(out)]) == 0
    return out, (out / 'fleet_figures.md').read_text()


def test_no_command_to_two_nodes_is_lost_or_answered_twice_while_replicas_die(page):
    _, text = page
    assert '8 commands to 2 nodes over DDS, each with an id' in text
    assert '0 lost, 0 answered twice, 0 without a verdict' in text
    assert 'killed (0 in' not in text


def test_the_page_has_each_pace_ratios_costs_plans_and_a_plot(page):
    out, text = page
    for robots in ROBOTS:
        for pace in ('as the node', 'saturated'):
            assert f'| one replica | {pace} | {robots} | ' in text
        assert text.count(f'| one replica | {robots} | ') == 1  # the model is checked with it
    assert '| `embedded` | ' in text
    assert text.count('the camera is still') == text.count('the camera is moving') == 2
    assert 'never answers (patience 0.5 s)' in text
    assert '![Throughput, times, share and fairness by robots](fleet_embedded.png)' in text
    assert cv2.imread(str(out / 'fleet_embedded.png')).shape[:2] == (860, 1500)


def test_what_cannot_be_measured_is_refused():
    args = make_parser().parse_args(['pool', 'bench', '--robots', '0'])
    with pytest.raises(RisError, match='--robots'):
        pool_bench.run(args)
