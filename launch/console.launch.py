# SPDX-License-Identifier: Apache-2.0
"""Start the operator's page, and with voice:=true a speech node that hears its microphone."""
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare

from ris_ros.errors import RisError
from ris_ros.launch_arguments import (
    Override,
    check_file,
    check_names,
    check_parameter_file,
    override_values,
    read_boolean,
)
from ris_ros.launching import (
    declare,
    is_sim_time,
    missing_modules,
    shared_arguments,
    shut_down,
)

# Those of `ris console`, which has more to say of them.
OVERRIDES = {
    'host': Override('host', str, 'Address to listen on; 0.0.0.0 for other computers, too, which '
                                  'are asked for a token.'),
    'port': Override('port', int, 'Port of the page.', 0, 65535),
    'stop_port': Override('stop_port', int, 'Port of STOP.', 0, 65535),
    'token_file': Override('token_file', str, 'File that holds the token.'),
    'certificate': Override('certificate', str, 'PEM file, for HTTPS.'),
    'key': Override('key', str, "PEM file, the certificate's key."),
    'rate': Override('rate', float, 'The most pictures a second.', 0.1, 60.0),
}
FILES = ('token_file', 'certificate', 'key')


def check_arguments(context):
    """Raise RisError that says which argument is wrong."""
    arguments = context.launch_configurations
    check_names(arguments)
    for name in ('open_browser', 'voice'):
        read_boolean(name, arguments[name])
    is_sim_time(context)
    check_parameter_file('voice_params_file', arguments['voice_params_file'])
    override_values(arguments, OVERRIDES)
    for name in FILES:
        if arguments[name]:
            check_file(name, arguments[name])


def check_packages(context):
    """Raise RisError that says what to install where the page cannot be served."""
    if missing_modules(['nicegui']):
        raise RisError('console.launch.py needs the extra [console] of ris_ros: run '
                       "pip install -r requirements/console.txt in ris_ros's source folder.")


def make_page(context):
    """Make the page's process; the arguments that are given go to `ris console`."""
    given = override_values(context.launch_configurations, OVERRIDES)
    words = [word for name, value in given.items()
             for word in (f'--{name.replace("_", "-")}', str(value))]
    if not read_boolean('open_browser', LaunchConfiguration('open_browser').perform(context)):
        words.append('--no-browser')
    return [Node(
        package='ris_ros', executable='ris', namespace=LaunchConfiguration('namespace'),
        output='screen', parameters=[{'use_sim_time': is_sim_time(context)}],
        arguments=['console', *words, '--ros-args', '--log-level',
                   LaunchConfiguration('log_level')],
        on_exit=shut_down)]


def make_speech(context):
    """Make the speech node, where it is wanted."""
    if not read_boolean('voice', LaunchConfiguration('voice').perform(context)):
        return []
    return [Node(
        package='ris_ros', executable='ris_speech', name='ris_speech',
        namespace=LaunchConfiguration('namespace'), output='screen',
        parameters=[
            LaunchConfiguration('voice_params_file'),
            {'source': 'topic', 'use_sim_time': is_sim_time(context)}],
        arguments=['--ros-args', '--log-level', LaunchConfiguration('log_level')])]


def generate_launch_description():
    """Describe the arguments, the page and the speech node."""
    share = FindPackageShare('ris_ros')
    return LaunchDescription([
        *shared_arguments(),
        *declare(OVERRIDES, '`ris console`'),
        DeclareLaunchArgument(
            'open_browser', default_value='true',
            description='Open the page, where there is a screen.'),
        DeclareLaunchArgument(
            'voice', default_value='false',
            description='Start a speech node that hears what operators say while they hold the '
                        'button to talk.'),
        DeclareLaunchArgument(
            'voice_params_file',
            default_value=PathJoinSubstitution([share, 'config', 'voice.yaml']),
            description='YAML file with the parameters of ris_speech; its source is the page.'),
        # Before any process starts:
        OpaqueFunction(function=check_arguments),
        OpaqueFunction(function=check_packages),
        OpaqueFunction(function=make_page),
        OpaqueFunction(function=make_speech),
    ])
