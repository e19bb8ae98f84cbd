"""Start the built-in simulated camera and ris_node in front of it; needs no Gazebo."""
from pathlib import Path

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription, OpaqueFunction
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare

from ris_ros.launching import overrides

OVERRIDES = {'world': str, 'seed': int}


def make_camera(context):
    """Make the camera; the arguments that are given go before its file."""
    return [Node(
        package='ris_ros', executable='ris_camera', name='ris_camera', output='screen',
        parameters=[LaunchConfiguration('camera_params_file'), overrides(context, OVERRIDES)],
        arguments=['--ros-args', '--log-level', LaunchConfiguration('log_level')])]


def generate_launch_description():
    """Describe the arguments, the camera and the included node."""
    share = FindPackageShare('ris_ros')
    # Its arguments are this file's as well: first, so that they have values.
    ris = PythonLaunchDescriptionSource(str(Path(__file__).with_name('ris.launch.py')))
    return LaunchDescription([
        IncludeLaunchDescription(ris, launch_arguments={
            'image_topic': 'image', 'camera_info_topic': 'camera_info',
            'depth_topic': 'depth'}.items()),
        DeclareLaunchArgument(
            'world', default_value='',
            description='SDF world file; empty: as in camera_params_file.'),
        DeclareLaunchArgument(
            'seed', default_value='',
            description='Of the drawn world, where no file is given; '
                        'empty: as in camera_params_file.'),
        DeclareLaunchArgument(
            'camera_params_file',
            default_value=PathJoinSubstitution([share, 'config', 'camera.yaml']),
            description='YAML file with the parameters of ris_camera.'),
        OpaqueFunction(function=make_camera),
    ])
