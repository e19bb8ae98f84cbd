# SPDX-License-Identifier: Apache-2.0
"""Parameters: described, bounded, and the YAML files name all of them and no others."""
from dataclasses import asdict, fields
import itertools
from pathlib import Path
import re

import pytest
from rclpy.parameter import Parameter
import yaml

from ris_ros.errors import RisError
from ris_ros.node.parameters import (
    CHOICES,
    DESCRIPTORS,
    ImageGeometry,
    ImageTransport,
    IndexPolicy,
    LiveSettings,
    Mode,
    Settings,
    changed,
    check,
    verdict,
)
from ris_ros.profile import load_profile, profile_names

CONFIG = Path(__file__).resolve().parents[3] / 'config'


def test_every_parameter_is_described():
    assert {item.name for item in fields(Settings)} == set(DESCRIPTORS)
    assert all(descriptor.description for descriptor in DESCRIPTORS.values())


def test_every_choice_of_an_enumerated_parameter_is_described_and_allowed():
    for name, choices in CHOICES.items():
        for choice in choices:
            value = getattr(choice, 'value', choice)
            assert f' {value}: ' in DESCRIPTORS[name].description
            assert verdict(Settings(), [Parameter(name, value=value)]).successful


def test_every_member_of_the_enums_is_a_choice():
    for name, kind in (('image_transport', ImageTransport), ('image_geometry', ImageGeometry),
                       ('index_policy', IndexPolicy), ('mode', Mode)):
        assert list(CHOICES[name]) == list(kind)


def test_offered_profiles_are_those_that_a_camera_can_feed():
    offered = re.search(r'\((.*)\)', DESCRIPTORS['profile'].description).group(1).split(', ')
    assert offered == [name for name in profile_names()
                       if load_profile(name).proposals['source'] != 'given']


def test_defaults_are_allowed():
    check(Settings())


def test_yaml_file_has_every_parameter_with_its_default():
    tree = yaml.safe_load((CONFIG / 'ris.yaml').read_text())
    assert tree['/**/ris_node']['ros__parameters'] == asdict(Settings())


@pytest.mark.parametrize(('name', 'value', 'sentence'), [
    ('profile', ' ', 'profile is empty'),
    ('device', 'gpu', "device is 'gpu'; expected cpu, cuda"),
    ('device', 'openvino', "device is 'openvino'; expected cpu, cuda, cuda:N or mps"),
    ('image_transport', 'theora', "image_transport is 'theora'; expected raw or compressed"),
    ('index_policy', 'never',
     "index_policy is 'never'; expected continuous or on_change or on_command"),
    ('mode', 'tracked', "mode is 'tracked'; expected answer or track"),
    ('precision', 'fp8', "precision is 'fp8'; expected auto or fp32 or bf16 or fp16"),
])
def test_bad_values_are_refused_with_a_sentence(name, value, sentence):
    result = verdict(Settings(), [Parameter(name, value=value)])
    assert not result.successful
    assert sentence in result.reason
    with pytest.raises(RisError, match=sentence):
        check(changed(Settings(), [Parameter(name, value=value)]))


def test_good_values_are_taken_over_and_foreign_parameters_left_alone():
    changes = [Parameter('device', value='cuda:1'), Parameter('use_sim_time', value=True)]
    assert verdict(Settings(), changes).successful
    assert changed(Settings(), changes) == Settings(device='cuda:1')


def test_change_puts_other_settings_in_force_and_leaves_those_before_as_they_were():
    live = LiveSettings(Settings())
    before = live.value
    live.change([Parameter('mode', value='track'), Parameter('index_rate', value=5.0)])
    assert (live.value.mode, live.value.index_rate) == (Mode.TRACK, 5.0)
    assert before == Settings()


@pytest.mark.parametrize(('policy', 'unasked', 'from_unchanged', 'whole'), [
    # whole: for each of (refresh is due, command waits), whether the whole frame is indexed
    ('continuous', True, False, {(False, False), (False, True), (True, False), (True, True)}),
    ('on_change', True, True, {(True, False)}),
    ('on_command', False, False, {(True, False), (True, True)}),
])
def test_index_policy_says_what_is_indexed_when(policy, unasked, from_unchanged, whole):
    policy = IndexPolicy(policy)
    assert policy.indexes_unasked is unasked
    assert policy.answers_from_unchanged is from_unchanged
    cases = itertools.product((False, True), repeat=2)
    assert {case for case in cases if policy.indexes_whole_frame(*case)} == whole
