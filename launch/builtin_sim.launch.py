# SPDX-License-Identifier: Apache-2.0
"""Start the built-in simulated camera and ris_node in front of it; needs no Gazebo."""
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare

from ris_ros.launch_arguments import (
    Override,
    check_file,
    check_names,
    check_parameter_file,
    override_values,
)
from ris_ros.launching import declare, given, include_ris, missing_modules, shut_down

TOPICS = ('image', 'camera_info', 'depth')
OVERRIDES = {
    'world': Override('world', str, 'SDF world file.'),
    'seed': Override('seed', int, 'Seed of the drawn world, where no file is given.',
                     0, 2**31 - 1),
}


def check_arguments(context):
    """Raise RisError that says which argument is wrong."""
    arguments = context.launch_configurations
    check_names(arguments)
    check_parameter_file('camera_params_file', arguments['camera_params_file'])
    override_values(arguments, OVERRIDES)
    if arguments['world']:
        check_file('world', arguments['world'])


def check_simulator(context):
    """Raise RuntimeError that says what to install where the simulated camera cannot run."""
    missing = missing_modules(['ris_sim', 'trimesh', 'embreex'])
    if 'ris_sim' in missing:
        raise RuntimeError('builtin_sim.launch.py needs the Python package ris_sim, which is not '
                           'installed: build ris_ros without the CMake option RIS_ROBOT_ONLY.')
    if missing:
        raise RuntimeError('builtin_sim.launch.py needs the extra [sim] of ris_ros, of which '
                           f'{" and ".join(missing)} is not installed: run '
                           "pip install -r requirements/sim.txt in ris_ros's source folder.")


def make_camera(context):
    """Make the camera; the arguments that are given go before its file."""
    return [Node(
        package='ris_ros', executable='ris_camera', name='ris_camera',
        namespace=LaunchConfiguration('namespace'), output='screen',
        parameters=[LaunchConfiguration('camera_params_file'), given(context, OVERRIDES)],
        remappings=[(topic, LaunchConfiguration(f'{topic}_topic')) for topic in TOPICS],
        arguments=['--ros-args', '--log-level', LaunchConfiguration('log_level')],
        on_exit=shut_down)]


def generate_launch_description():
    """Describe the arguments, the camera and the included node."""
    share = FindPackageShare('ris_ros')
    return LaunchDescription([
        *declare(OVERRIDES, 'camera_params_file'),
        DeclareLaunchArgument(
            'camera_params_file',
            default_value=PathJoinSubstitution([share, 'config', 'camera.yaml']),
            description='YAML file with the parameters of ris_camera.'),
        # Before any process starts:
        OpaqueFunction(function=check_arguments),
        OpaqueFunction(function=check_simulator),
        include_ris(__file__, {f'{topic}_topic': topic for topic in TOPICS}),
        OpaqueFunction(function=make_camera),
    ])
