"""Start ris_node and a speech node that hears its commands."""
from pathlib import Path

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription, OpaqueFunction
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue
from launch_ros.substitutions import FindPackageShare

from ris_ros.launching import overrides

OVERRIDES = {'engine': str, 'weights': str, 'source': str, 'device': str, 'wake_phrase': str,
             'push_to_talk': bool}


def make_speech(context):
    """Make the speech node; the arguments that are given go before its file."""
    return [Node(
        package='ris_ros', executable='ris_speech', name='ris_speech',
        namespace=LaunchConfiguration('namespace'), output='screen',
        parameters=[
            LaunchConfiguration('voice_params_file'),
            {'use_sim_time': ParameterValue(LaunchConfiguration('use_sim_time'), value_type=bool)},
            overrides(context, OVERRIDES)],
        remappings=[('command', LaunchConfiguration('command_topic')),
                    ('audio', LaunchConfiguration('audio_topic'))],
        arguments=['--ros-args', '--log-level', LaunchConfiguration('log_level')])]


def generate_launch_description():
    """Describe the arguments, the speech node and the included node."""
    share = FindPackageShare('ris_ros')
    # Its arguments are this file's as well: first, so that they have values.
    ris = PythonLaunchDescriptionSource(str(Path(__file__).with_name('ris.launch.py')))
    return LaunchDescription([
        IncludeLaunchDescription(ris),
        DeclareLaunchArgument(
            'engine', default_value='',
            description='moonshine, pocketsphinx or whisper; empty: as in voice_params_file.'),
        DeclareLaunchArgument(
            'weights', default_value='',
            description="Folder of the engine's model files; empty: as in voice_params_file."),
        DeclareLaunchArgument(
            'source', default_value='',
            description='microphone, topic, or the path of a WAV file; '
                        'empty: as in voice_params_file.'),
        DeclareLaunchArgument(
            'device', default_value='',
            description="The microphone's name or number; empty: as in voice_params_file."),
        DeclareLaunchArgument(
            'wake_phrase', default_value='',
            description='What every command must begin with; empty: as in voice_params_file.'),
        DeclareLaunchArgument(
            'push_to_talk', default_value='',
            description='true: commands only while the topic push_to_talk is true; '
                        'empty: as in voice_params_file.'),
        DeclareLaunchArgument(
            'voice_params_file',
            default_value=PathJoinSubstitution([share, 'config', 'voice.yaml']),
            description='YAML file with the parameters of ris_speech.'),
        DeclareLaunchArgument(
            'audio_topic', default_value='audio',
            description='Sound, with source:=topic (16-bit samples of 16 kHz, one channel).'),
        OpaqueFunction(function=make_speech),
    ])
