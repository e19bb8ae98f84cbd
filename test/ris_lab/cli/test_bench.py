# SPDX-License-Identifier: Apache-2.0
"""The arguments of ris bench: what it measures, and the sentences for what it cannot."""
import pytest

from ris_lab.benchmark.node_run import NodeWorkload
from ris_ros.cli.main import main, make_parser


@pytest.mark.parametrize(('words', 'sentence'), [
    (['--threads', '0'], '--threads takes numbers of 1 or more'),
    (['--node', '--commands', '0'], '--commands is 0; expected 1 or more'),
    (['--node', '--kind', 'nonsense'], "--kind is 'nonsense'; expected one of still, "),
    (['--gpu', '--device', 'nonsense'], "torch cannot use the device 'nonsense'"),
    (['--gpu', '--json'], 'leave out --json')])
def test_what_cannot_be_measured_is_said_in_a_sentence(words, sentence, capsys):
    assert main(['bench', *words]) == 2
    assert sentence in capsys.readouterr().err


def test_a_node_and_a_gpu_are_not_measured_at_once(capsys):
    with pytest.raises(SystemExit):
        main(['bench', '--node', '--gpu'])
    assert 'not allowed with argument --node' in capsys.readouterr().err


def test_the_defaults_are_those_of_the_workload():
    args = make_parser().parse_args(['bench', '--node'])
    assert NodeWorkload() == NodeWorkload(args.profile, args.policy, args.kind, args.commands,
                                          args.interval, args.camera_seconds)
