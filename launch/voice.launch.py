# SPDX-License-Identifier: Apache-2.0
"""Start ris_node and a speech node that hears its commands."""
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare

from ris_ros.launch_arguments import (
    check_choice,
    check_names,
    check_parameter_file,
    override_values,
    parameter_overrides,
)
from ris_ros.launching import declare, given, include_ris, is_sim_time
from ris_ros.node.speech_parameters import DESCRIPTORS, ENGINES, SpeechSettings

# The names device and weights belong to ris.launch.py, which is included.
OVERRIDES = parameter_overrides(SpeechSettings, DESCRIPTORS, {
    'engine': 'engine',
    'speech_weights': 'weights',
    'source': 'source',
    'microphone': 'device',
    'wake_phrase': 'wake_phrase',
    'push_to_talk': 'push_to_talk',
})


def check_arguments(context):
    """Raise RisError that says which argument is wrong."""
    arguments = context.launch_configurations
    check_names(arguments)
    check_parameter_file('voice_params_file', arguments['voice_params_file'])
    override_values(arguments, OVERRIDES)
    check_choice('engine', arguments['engine'], ENGINES)


def make_speech(context):
    """Make the speech node; the arguments that are given go before its file."""
    return [Node(
        package='ris_ros', executable='ris_speech', name='ris_speech',
        namespace=LaunchConfiguration('namespace'), output='screen',
        parameters=[
            LaunchConfiguration('voice_params_file'),
            {'use_sim_time': is_sim_time(context)},
            given(context, OVERRIDES)],
        remappings=[('command', LaunchConfiguration('command_topic')),
                    ('audio', LaunchConfiguration('audio_topic'))],
        arguments=['--ros-args', '--log-level', LaunchConfiguration('log_level')])]


def generate_launch_description():
    """Describe the arguments, the speech node and the included node."""
    share = FindPackageShare('ris_ros')
    return LaunchDescription([
        *declare(OVERRIDES, 'voice_params_file'),
        DeclareLaunchArgument(
            'voice_params_file',
            default_value=PathJoinSubstitution([share, 'config', 'voice.yaml']),
            description='YAML file with the parameters of ris_speech.'),
        DeclareLaunchArgument(
            'audio_topic', default_value='audio',
            description='Sound, with source:=topic (16-bit samples of 16 kHz, one channel).'),
        OpaqueFunction(function=check_arguments),  # before any process starts
        include_ris(__file__, {}),
        OpaqueFunction(function=make_speech),
    ])
