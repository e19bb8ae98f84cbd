# SPDX-License-Identifier: Apache-2.0
"""The SROS2 policy as a file; test_node_policy.py compares it with the running nodes."""
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ris_ros.errors import RisError
from ris_ros.policy import PERMISSIONS, make_policy

COMMITTED = Path(__file__).resolve().parents[2] / 'config' / 'ris_policy.xml'


def allowed(policy, node):
    """Return the names that a profile allows, by kind and rule."""
    profile = ElementTree.fromstring(policy).find(f'.//profile[@node="{node}"]')
    return {(rules.tag, *rules.attrib): {item.text for item in rules} for rules in profile}


def test_the_committed_file_is_the_policy():
    assert COMMITTED.read_text() == make_policy()


def test_only_those_who_command_may_command():
    policy = make_policy()
    may = {node for node in PERMISSIONS
           if 'command' in allowed(policy, node).get(('topics', 'publish'), ())}
    assert may == {'ris_client', 'ris_console', 'ris_console_stop', 'ris_mcp', 'ris_speech'}


def test_every_node_has_an_enclave_in_its_namespace():
    policy = ElementTree.fromstring(make_policy(('ris_node', 'ris_speech'), '/robot1'))
    assert [enclave.get('path') for enclave in policy.iter('enclave')] == [
        '/robot1/ris_node', '/robot1/ris_speech']
    assert {profile.get('ns') for profile in policy.iter('profile')} == {'/robot1'}


@pytest.mark.parametrize(('remappings', 'compressed', 'image'), [
    ({}, True, 'image/compressed'), ({'image': '/cam/rgb'}, False, '/cam/rgb'),
    ({'image': '/cam/rgb'}, True, '/cam/rgb/compressed')])
def test_remapped_topics_stand_in_place_of_their_own(remappings, compressed, image):
    before = allowed(make_policy(), 'ris_node')
    after = allowed(make_policy(('ris_node',), '/', remappings, compressed), 'ris_node')
    topics = ('topics', 'subscribe')
    assert after[topics] == before[topics] - {'image'} | {image}
    assert {**after, topics: ()} == {**before, topics: ()}


@pytest.mark.parametrize(('namespace', 'remappings', 'sentence'), [
    ('robot1', {}, "namespace 'robot1' is none"), ('/a b', {}, "namespace '/a b' is none"),
    ('/', {'imgae': '/cam'}, "uses the name 'imgae'; expected one of"),
    ('/', {'image': '/cam/*'}, r"'/cam/\*' is no name"), ('/', {'image': ''}, "'' is no name")])
def test_what_is_no_name_is_refused(namespace, remappings, sentence):
    with pytest.raises(RisError, match=sentence):
        make_policy(tuple(PERMISSIONS), namespace, remappings)
