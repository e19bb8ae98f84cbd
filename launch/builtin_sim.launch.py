"""Start the built-in simulated camera and ris_node in front of it; needs no Gazebo."""
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
    ris = PythonLaunchDescriptionSource(PathJoinSubstitution([share, 'launch', 'ris.launch.py']))
    return LaunchDescription([
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
        DeclareLaunchArgument(
            'profile', default_value='',
            description='Packaged profile or the path of a YAML file; empty: as in ris.yaml.'),
        DeclareLaunchArgument(
            'log_level', default_value='info', description='debug, info, warn, error or fatal.'),
        OpaqueFunction(function=make_camera),
        IncludeLaunchDescription(ris, launch_arguments={
            'image_topic': 'image', 'camera_info_topic': 'camera_info', 'depth_topic': 'depth',
            'profile': LaunchConfiguration('profile'),
            'log_level': LaunchConfiguration('log_level')}.items()),
    ])
