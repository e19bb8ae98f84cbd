# SPDX-License-Identifier: Apache-2.0
"""Arguments of launch files are read and checked without launch, each with a sentence."""
from dataclasses import fields
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from ris_ros.errors import RisError
from ris_ros.launch_arguments import (
    Override,
    check_cameras,
    check_choice,
    check_file,
    check_names,
    check_parameter_file,
    override_values,
    parameter_overrides,
    read_boolean,
)
from ris_ros.node.parameters import DESCRIPTORS, Settings

CONFIG = Path(__file__).resolve().parents[2] / 'config'
ALL = parameter_overrides(
    Settings, DESCRIPTORS, {item.name: item.name for item in fields(Settings)})
SEED = {'seed': Override('seed', int, 'Seed.', 0, 2**31 - 1)}


def test_values_have_the_types_of_their_parameters():
    given_values = {'mode': 'track', 'max_image_age': '5', 'autostart': 'false', 'threads': '2',
                    'device': '0', 'weights': '', 'something_else': 'x'}
    assert override_values(given_values, ALL) == {
        'mode': 'track', 'max_image_age': 5.0, 'autostart': False, 'threads': 2, 'device': '0'}


def test_ranges_are_those_of_the_node():
    assert (ALL['threads'].least, ALL['threads'].most) == (0, 256)
    assert (ALL['least_confidence'].least, ALL['least_confidence'].most) == (0.0, 1.0)


@pytest.mark.parametrize(('name', 'text', 'expected'), [
    ('threads', 'abc', 'a whole number from 0 to 256'),
    ('threads', '2.5', 'a whole number from 0 to 256'),
    ('threads', '-1', 'a whole number from 0 to 256'),
    ('max_image_age', 'abc', 'a number from 0.01 to 3600.0'),
    ('max_image_age', 'nan', 'a number from 0.01 to 3600.0'),
    ('max_image_age', '1e9', 'a number from 0.01 to 3600.0'),
    ('autostart', 'perhaps', 'true or false'),
])
def test_a_wrong_value_gives_a_sentence(name, text, expected):
    with pytest.raises(RisError) as caught:
        override_values({name: text}, ALL)
    assert str(caught.value) == f'The launch argument {name} is {text!r}; expected {expected}.'


def test_a_seed_that_is_no_number_gives_a_sentence():
    with pytest.raises(RisError, match=r"^The launch argument seed is 'abc'; expected a whole "
                                       r'number from 0 to 2147483647\.$'):
        override_values({'seed': 'abc'}, SEED)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.sampled_from(sorted(ALL)), st.text(max_size=12))
def test_any_text_gives_a_value_or_a_sentence(name, text):
    try:
        values, sentence = override_values({name: text}, ALL), ''
    except RisError as error:
        values, sentence = {}, str(error)
    if text and not sentence:
        assert type(values[name]) is ALL[name].kind
    else:
        assert sentence == '' or sentence.startswith(f'The launch argument {name} is ')


@pytest.mark.parametrize(('text', 'value'), [('true', True), ('True', True), ('1', True),
                                             ('false', False), ('FALSE', False), ('0', False)])
def test_booleans_are_read(text, value):
    assert read_boolean('headless', text) is value


@pytest.mark.parametrize('arguments', [
    {}, {'namespace': ''}, {'namespace': '/'}, {'namespace': 'robot1'}, {'namespace': '/a/b_2'},
    {'log_level': 'DEBUG'}, {'log_level': 'ris_node:=debug'},
    {'image_topic': '/camera/camera/color/image_raw', 'depth_topic': 'depth'},
    {'image_topic': '~/image', 'command_topic': '{node}/command'}])
def test_good_names_pass(arguments):
    check_names(arguments)


@pytest.mark.parametrize(('arguments', 'sentence'), [
    ({'namespace': 'robot-1'}, r"namespace is 'robot-1'; expected words of letters"),
    ({'namespace': 'a//b'}, 'expected words of letters'),
    ({'namespace': '1st'}, 'expected words of letters'),
    ({'log_level': 'verbose'}, 'expected debug, info, warn, error or fatal'),
    ({'image_topic': 'a b'}, "image_topic is 'a b'; expected the name of a topic"),
    ({'depth_topic': ''}, "depth_topic is ''; expected the name of a topic"),
    ({'command_topic': '/a/'}, 'expected the name of a topic')])
def test_wrong_names_give_a_sentence(arguments, sentence):
    with pytest.raises(RisError, match=sentence):
        check_names(arguments)


def test_another_word_than_the_choices_gives_a_sentence():
    check_choice('engine', '', ['moonshine', 'whisper'])
    check_choice('engine', 'whisper', ['moonshine', 'whisper'])
    with pytest.raises(RisError, match="engine is 'siri'; expected moonshine or whisper"):
        check_choice('engine', 'siri', ['moonshine', 'whisper'])


def test_a_file_that_is_not_there_is_named(tmp_path):
    for check in (check_file, check_parameter_file):
        for path in (tmp_path, tmp_path / 'none.yaml', ''):
            with pytest.raises(RisError, match=r'names the file .* which does not exist'):
                check('params_file', str(path))


@pytest.mark.parametrize('name', ['ris.yaml', 'camera.yaml', 'voice.yaml'])
def test_our_parameter_files_pass(name):
    check_parameter_file('params_file', str(CONFIG / name))


@pytest.mark.parametrize(('content', 'sentence'), [
    (b'ris_node: {ros__parameters: [', 'is no YAML file'), (b'\xff\xfe\x00', 'is no YAML file'),
    (b'', 'holds no parameters'), (b'- a', 'holds no parameters'),
    (b'mode: track', 'holds no parameters'), (b'ris_node: {mode: track}', 'holds no parameters')])
def test_a_file_without_parameters_gives_a_sentence(tmp_path, content, sentence):
    path = tmp_path / 'params.yaml'
    path.write_bytes(content)
    with pytest.raises(RisError, match=sentence):
        check_parameter_file('params_file', str(path))
    path.write_text('/robot1:\n  ris_node:\n    ros__parameters: {mode: track}\n')
    check_parameter_file('params_file', str(path))


CAMERA = {'namespace': '', 'image_topic': 'image', 'camera_info_topic': 'info',
          'depth_topic': 'depth'}


@pytest.mark.parametrize('given', ['', 'left right', 'left,right', '/left/ a/b'])
def test_cameras_of_several_namespaces_pass(given):
    check_cameras({**CAMERA, 'namespaces': given})


@pytest.mark.parametrize(('changes', 'sentence'), [
    ({'namespace': 'robot'}, 'expected one of them'),
    ({'depth_topic': '/depth'}, 'all nodes would listen to one camera'),
    ({'namespaces': 'left left'}, 'twice'), ({'namespaces': 'left 2'}, "holds '2'")])
def test_cameras_that_cannot_be_told_apart_give_a_sentence(changes, sentence):
    with pytest.raises(RisError, match=sentence):
        check_cameras({**CAMERA, 'namespaces': 'left right', **changes})
