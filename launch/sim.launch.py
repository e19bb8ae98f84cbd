# SPDX-License-Identifier: Apache-2.0
"""Start Gazebo with one of the worlds, the bridge to ROS, RViz, and ris_node before its camera."""
from math import pi
from pathlib import Path
from xml.etree import ElementTree

from ament_index_python.packages import PackageNotFoundError, get_package_share_directory
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription, OpaqueFunction
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare

from ris_ros.errors import RisError
from ris_ros.launch_arguments import check_file, check_names, read_boolean, viewer_remappings
from ris_ros.launching import include_ris
from ris_ros.node.spinning import make_room_for_images

OPTICAL_ROTATION = (-pi / 2, 0, -pi / 2)  # REP 103: z forward, x right, y down
SIM_TIME = {'use_sim_time': True}


def check_packages(*names):
    """Raise RuntimeError that says what to install where a package is missing."""
    missing = []
    for name in names:
        try:
            get_package_share_directory(name)
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        packages = ' '.join(f'ros-$ROS_DISTRO-{name.replace("_", "-")}' for name in missing)
        raise RuntimeError(f'sim.launch.py needs {", ".join(missing)}, which ris_ros does not '
                           f'depend on: sudo apt install {packages}. Without Gazebo, start '
                           'builtin_sim.launch.py.')


def find_world(world):
    """Return the path of a world that is given by its name or as a file."""
    worlds = Path(get_package_share_directory('ris_ros')) / 'worlds'
    path = Path(world).expanduser().resolve() if world.endswith('.sdf') else worlds / f'{world}.sdf'
    if not path.is_file():
        names = ', '.join(sorted(file.stem for file in worlds.glob('*.sdf')))
        raise RuntimeError(f'There is no world {world!r}; expected {names} or the path of an SDF '
                           'file.')
    return path


def camera_pose(world):
    """Return x, y, z, roll, pitch and yaw of the world file's RGB-D camera."""
    try:
        root = ElementTree.parse(world).getroot()
    except ElementTree.ParseError as error:
        raise RisError(f'The world {world} is not XML: {error}.') from error
    for model in root.iterfind('world/model'):
        if model.find('link/sensor[@type="rgbd_camera"]') is not None:
            return [float(word) for word in model.findtext('pose', '0 0 0 0 0 0').split()]
    raise RuntimeError(f'The world {world} has no model with a sensor of type rgbd_camera.')


def static_transform(parent, child, pose):
    """Make the node that publishes where a frame is in another one."""
    flags = ('--x', '--y', '--z', '--roll', '--pitch', '--yaw')
    values = [word for flag, value in zip(flags, pose, strict=True) for word in (flag, str(value))]
    return Node(package='tf2_ros', executable='static_transform_publisher',
                name=f'{child}_publisher', parameters=[SIM_TIME],
                arguments=[*values, '--frame-id', parent, '--child-frame-id', child])


def make_gazebo(world, headless):
    """Include Gazebo, running at once; headless: only the server, which draws without a screen."""
    options = '-r -s --headless-rendering' if headless else '-r'
    gazebo = PathJoinSubstitution([FindPackageShare('ros_gz_sim'), 'launch', 'gz_sim.launch.py'])
    return IncludeLaunchDescription(PythonLaunchDescriptionSource(gazebo), launch_arguments={
        'gz_args': f"{options} '{world}'", 'on_exit_shutdown': 'true'}.items())


def is_headless(context):
    """Return whether there are to be no windows."""
    return read_boolean('headless', LaunchConfiguration('headless').perform(context))


def check_simulation(context):
    """Raise an error that says what is wrong or missing where the simulation cannot run."""
    arguments = context.launch_configurations
    check_names(arguments)
    check_file('bridge_file', arguments['bridge_file'])
    if not is_headless(context):
        check_file('rviz_file', arguments['rviz_file'])
    check_packages('ros_gz_sim', 'ros_gz_bridge', 'tf2_ros',
                   *(() if is_headless(context) else ('rviz2',)))
    camera_pose(find_world(arguments['world']))


def make_simulation(context):
    """Make Gazebo, the bridge, the camera's frames and, unless headless, RViz."""
    headless = is_headless(context)
    world = find_world(LaunchConfiguration('world').perform(context))
    make_room_for_images()  # in the bridge and in RViz too, which inherit the environment
    actions = [
        make_gazebo(world, headless),
        Node(package='ros_gz_bridge', executable='parameter_bridge', name='gz_bridge',
             output='screen',
             parameters=[{'config_file': LaunchConfiguration('bridge_file')}, SIM_TIME]),
        static_transform('world', 'camera_link', camera_pose(world)),
        static_transform('camera_link', 'camera_optical_frame', (0, 0, 0, *OPTICAL_ROTATION))]
    if not headless:
        actions.append(Node(package='rviz2', executable='rviz2', name='rviz', output='log',
                            parameters=[SIM_TIME],
                            remappings=viewer_remappings(
                                context.launch_configurations['namespace']),
                            arguments=['-d', LaunchConfiguration('rviz_file')]))
    return actions


def generate_launch_description():
    """Describe the arguments, the simulation and the included node."""
    share = FindPackageShare('ris_ros')
    return LaunchDescription([
        DeclareLaunchArgument(
            'world', default_value='tabletop_1',
            description='Packaged world (tabletop_1 to tabletop_8) or the path of an SDF file.'),
        DeclareLaunchArgument(
            'headless', default_value='false',
            description='true: no windows; Gazebo runs as a server, and RViz does not start.'),
        DeclareLaunchArgument(
            'bridge_file', default_value=PathJoinSubstitution([share, 'config', 'gz_bridge.yaml']),
            description='YAML file that says what ros_gz_bridge bridges.'),
        DeclareLaunchArgument(
            'rviz_file', default_value=PathJoinSubstitution([share, 'rviz', 'gazebo.rviz']),
            description='Configuration of RViz.'),
        OpaqueFunction(function=check_simulation),  # before any process starts
        include_ris(__file__, {
            'image_topic': '/camera/image', 'camera_info_topic': '/camera/camera_info',
            'depth_topic': '/camera/depth_image', 'use_sim_time': 'true'}),
        OpaqueFunction(function=make_simulation),
    ])
