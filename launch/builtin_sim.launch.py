"""Start the built-in simulated camera and ris_node in front of it; needs no Gazebo."""
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare

from ris_ros.launching import Override, declare, given, include_ris, missing_modules

OVERRIDES = {
    'world': Override('world', str, 'SDF world file.'),
    'seed': Override('seed', int, 'Seed of the drawn world, where no file is given.'),
}


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
        package='ris_ros', executable='ris_camera', name='ris_camera', output='screen',
        parameters=[LaunchConfiguration('camera_params_file'), given(context, OVERRIDES)],
        arguments=['--ros-args', '--log-level', LaunchConfiguration('log_level')])]


def generate_launch_description():
    """Describe the arguments, the camera and the included node."""
    share = FindPackageShare('ris_ros')
    return LaunchDescription([
        *declare(OVERRIDES, 'camera_params_file'),
        DeclareLaunchArgument(
            'camera_params_file',
            default_value=PathJoinSubstitution([share, 'config', 'camera.yaml']),
            description='YAML file with the parameters of ris_camera.'),
        OpaqueFunction(function=check_simulator),  # before any process starts
        include_ris(__file__, {
            'image_topic': 'image', 'camera_info_topic': 'camera_info', 'depth_topic': 'depth'}),
        OpaqueFunction(function=make_camera),
    ])
