# SPDX-License-Identifier: Apache-2.0
"""``ris policy`` prints or writes the policy, or says what is wrong with its arguments."""
import pytest

from ris_ros.cli.main import main
from ris_ros.policy import make_policy


def test_the_policy_is_printed(capsys):
    assert main(['policy']) == 0
    assert capsys.readouterr().out == make_policy()


def test_the_policy_is_written_for_other_topics(tmp_path):
    file = tmp_path / 'policy.xml'
    assert main(['policy', 'ris_node', '--namespace', '/left', '--remap', 'image:=/cam/rgb',
                 '-r', 'depth:=/cam/depth', '--image-transport', 'compressed',
                 '--out', str(file)]) == 0
    assert file.read_text() == make_policy(
        ('ris_node',), '/left', {'image': '/cam/rgb', 'depth': '/cam/depth'}, compressed=True)


@pytest.mark.parametrize(('arguments', 'sentence'), [
    (['ris_nod'], "There is no node 'ris_nod'; expected some of ris_node, "),
    (['--remap', 'image=/cam'], "The remapping 'image=/cam' is none; expected OLD:=NEW"),
    (['--out', '/nowhere/policy.xml'], 'No such file or directory')])
def test_what_cannot_be_done_is_a_sentence(capsys, arguments, sentence):
    assert main(['policy', *arguments]) == 2
    assert sentence in capsys.readouterr().err
