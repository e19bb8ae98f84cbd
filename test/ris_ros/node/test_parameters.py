"""Parameters: described, bounded, and the YAML files name all of them and no others."""
from dataclasses import asdict, fields
from pathlib import Path

import pytest
from rclpy.parameter import Parameter
import yaml

from ris_ros.errors import RisError
from ris_ros.node.parameters import DESCRIPTORS, Settings, check, verdict
from ris_ros.node.settings import changed

CONFIG = Path(__file__).resolve().parents[3] / 'config'


def test_every_parameter_is_described():
    assert {item.name for item in fields(Settings)} == set(DESCRIPTORS)
    assert all(descriptor.description for descriptor in DESCRIPTORS.values())


def test_defaults_are_allowed():
    check(Settings())


def test_yaml_file_has_every_parameter_with_its_default():
    tree = yaml.safe_load((CONFIG / 'ris.yaml').read_text())
    assert tree['/**/ris_node']['ros__parameters'] == asdict(Settings())


@pytest.mark.parametrize(('name', 'value', 'sentence'), [
    ('profile', ' ', 'profile is empty'),
    ('device', 'gpu', "device is 'gpu'; expected cpu, openvino, cuda"),
    ('image_transport', 'theora', "image_transport is 'theora'; expected raw or compressed"),
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
