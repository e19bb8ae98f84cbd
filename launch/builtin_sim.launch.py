"""Start the built-in simulated camera and ris_node in front of it; needs no Gazebo."""
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue
from launch_ros.substitutions import FindPackageShare


def generate_launch_description():
    """Describe the arguments, the camera and the included node."""
    share = FindPackageShare('ris_ros')
    ris = PythonLaunchDescriptionSource(PathJoinSubstitution([share, 'launch', 'ris.launch.py']))
    return LaunchDescription([
        DeclareLaunchArgument(
            'world', default_value='', description='SDF world file; empty: drawn from seed.'),
        DeclareLaunchArgument(
            'seed', default_value='0', description='Of the drawn world, where no file is given.'),
        DeclareLaunchArgument(
            'camera_params_file',
            default_value=PathJoinSubstitution([share, 'config', 'camera.yaml']),
            description='YAML file with the parameters of ris_camera.'),
        DeclareLaunchArgument(
            'profile', default_value='',
            description='Packaged profile or the path of a YAML file; empty: as in ris.yaml.'),
        DeclareLaunchArgument(
            'log_level', default_value='info', description='debug, info, warn, error or fatal.'),
        Node(
            package='ris_ros', executable='ris_camera', name='ris_camera', output='screen',
            parameters=[
                LaunchConfiguration('camera_params_file'),
                {'world': ParameterValue(LaunchConfiguration('world'), value_type=str),
                 'seed': ParameterValue(LaunchConfiguration('seed'), value_type=int)}],
            arguments=['--ros-args', '--log-level', LaunchConfiguration('log_level')]),
        IncludeLaunchDescription(ris, launch_arguments={
            'image_topic': 'image', 'camera_info_topic': 'camera_info', 'depth_topic': 'depth',
            'profile': LaunchConfiguration('profile'),
            'log_level': LaunchConfiguration('log_level')}.items()),
    ])
