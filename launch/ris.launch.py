# SPDX-License-Identifier: Apache-2.0
"""Start ris_node on a robot: its camera's topics go in, answers to commands come out."""
from dataclasses import replace

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import LifecycleNode, Node
from launch_ros.substitutions import FindPackageShare

from ris_ros.launch_arguments import (
    check_cameras,
    check_names,
    check_parameter_file,
    override_values,
    parameter_overrides,
    split_namespaces,
)
from ris_ros.launching import declare, given, is_sim_time, shared_arguments
from ris_ros.node.parameters import DESCRIPTORS, Settings, check

TOPICS = ('image', 'camera_info', 'depth', 'command')
OVERRIDES = parameter_overrides(Settings, DESCRIPTORS, {
    'profile': 'profile',
    'weights': 'weights',
    'device': 'device',
    'precision': 'precision',
    'image_transport': 'image_transport',
    'image_geometry': 'image_geometry',
    'index_policy': 'index_policy',
    'max_image_age': 'max_image_age',
    'mode': 'mode',
    'target_frame': 'target_frame',
    'autostart': 'autostart',
})


def check_arguments(context):
    """Raise RisError that says which argument is wrong."""
    arguments = context.launch_configurations
    check_names(arguments)
    check_cameras(arguments)
    is_sim_time(context)
    check_parameter_file('params_file', arguments['params_file'])
    check(replace(Settings(), **override_values(arguments, OVERRIDES)))


def make_node(context):
    """Make the process; the arguments that are given go before params_file."""
    remappings = [(topic, LaunchConfiguration(f'{topic}_topic')) for topic in TOPICS]
    # With image_transport: compressed, the node listens to <image_topic>/compressed.
    remappings.append(('image/compressed', [LaunchConfiguration('image_topic'), '/compressed']))
    parameters = [
        LaunchConfiguration('params_file'),
        {'use_sim_time': is_sim_time(context)},
        given(context, OVERRIDES)]
    level = ['--ros-args', '--log-level', LaunchConfiguration('log_level')]
    if namespaces := split_namespaces(LaunchConfiguration('namespaces').perform(context)):
        # Without name and namespace, which would be those of every node in the process.
        return [Node(
            package='ris_ros', executable='ris_node', output='screen', parameters=parameters,
            remappings=remappings, arguments=['--namespaces', *namespaces, *level])]
    return [LifecycleNode(
        package='ris_ros', executable='ris_node', name='ris_node',
        namespace=LaunchConfiguration('namespace'), output='screen', parameters=parameters,
        remappings=remappings, arguments=level)]


def generate_launch_description():
    """Describe the arguments and the node."""
    share = FindPackageShare('ris_ros')
    return LaunchDescription([
        *shared_arguments(),
        DeclareLaunchArgument(
            'namespaces', default_value='',
            description='Namespaces of several cameras, such as "left right": one process with a '
                        'node for each, on one set of models. The topics of the camera are then '
                        'names within each namespace, without a slash before them.'),
        DeclareLaunchArgument(
            'params_file', default_value=PathJoinSubstitution([share, 'config', 'ris.yaml']),
            description='YAML file with the parameters of ris_node.'),
        *declare(OVERRIDES, 'params_file'),
        # The topics of realsense2_camera, started with align_depth.enable:=true.
        DeclareLaunchArgument(
            'image_topic', default_value='/camera/camera/color/image_raw',
            description='The colour image. Where the lens distorts, the word "rect" or "raw" in '
                        'its name tells whether it is rectified, else image_geometry.'),
        DeclareLaunchArgument(
            'camera_info_topic', default_value='/camera/camera/color/camera_info',
            description='The camera info of that image.'),
        DeclareLaunchArgument(
            'depth_topic', default_value='/camera/camera/aligned_depth_to_color/image_raw',
            description='Depth registered to the colour image; without it there is no position. '
                        'realsense2_camera sends it with align_depth.enable:=true.'),
        DeclareLaunchArgument(
            'command_topic', default_value='command',
            description='Commands in plain text (std_msgs/String).'),
        OpaqueFunction(function=check_arguments),  # before any process starts
        OpaqueFunction(function=make_node),
    ])
