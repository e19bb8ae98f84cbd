# SPDX-License-Identifier: Apache-2.0
"""Gazebo's side: world files, bridge, launch file and RViz speak of the same topics and frames."""
from pathlib import Path
import re
import runpy
from xml.etree import ElementTree

import pytest
import yaml

from ris_sim.worlds.sdf_writer import OPTICAL_FRAME

REPOSITORY = Path(__file__).resolve().parents[2]
LAUNCH = REPOSITORY / 'launch' / 'sim.launch.py'
WORLDS = sorted((REPOSITORY / 'worlds').glob('*.sdf'))
# What an rgbd_camera sensor publishes below its <topic> (gz-sensors, RgbdCameraSensor).
SENSOR_TOPICS = {
    'image': 'gz.msgs.Image', 'depth_image': 'gz.msgs.Image', 'points': 'gz.msgs.PointCloudPacked',
    'camera_info': 'gz.msgs.CameraInfo'}
# The pairs of types that ros_gz_bridge converts.
CONVERTED = {
    'gz.msgs.Clock': 'rosgraph_msgs/msg/Clock', 'gz.msgs.Image': 'sensor_msgs/msg/Image',
    'gz.msgs.PointCloudPacked': 'sensor_msgs/msg/PointCloud2',
    'gz.msgs.CameraInfo': 'sensor_msgs/msg/CameraInfo'}


@pytest.fixture
def bridged():
    entries = yaml.safe_load((REPOSITORY / 'config' / 'gz_bridge.yaml').read_text())
    return {entry['gz_topic_name']: entry for entry in entries}


@pytest.fixture
def displays():
    content = yaml.safe_load((REPOSITORY / 'rviz' / 'gazebo.rviz').read_text())
    return content['Visualization Manager']


def test_all_topics_of_the_sensor_and_the_clock_are_bridged(bridged):
    sensor = ElementTree.parse(WORLDS[0]).find('.//sensor')
    topic = sensor.findtext('topic')
    types = {f'/{topic}/{name}': kind for name, kind in SENSOR_TOPICS.items()}
    types['/clock'] = 'gz.msgs.Clock'
    assert {name: entry['gz_type_name'] for name, entry in bridged.items()} == types
    for entry in bridged.values():
        assert entry['ros_type_name'] == CONVERTED[entry['gz_type_name']]
        # /clock in both directions would have Gazebo hear itself.
        assert entry['direction'] == 'GZ_TO_ROS'


@pytest.mark.parametrize('path', WORLDS, ids=lambda path: path.stem)
def test_worlds_have_what_gazebo_needs_to_send_pictures(path):
    world = ElementTree.parse(path).find('world')
    systems = {plugin.get('name'): plugin for plugin in world.iterfind('plugin')}
    assert systems.keys() == {f'gz::sim::systems::{name}' for name in (
        'Physics', 'UserCommands', 'SceneBroadcaster', 'Sensors')}
    assert systems['gz::sim::systems::Sensors'].findtext('render_engine') == 'ogre2'
    sensor = world.find('model/link/sensor')
    assert (sensor.get('type'), sensor.findtext('topic')) == ('rgbd_camera', 'camera')
    # Harmonic and Ionic read either of them, Jetty the first alone.
    assert sensor.findtext('gz_frame_id') == OPTICAL_FRAME
    assert sensor.findtext('camera/optical_frame_id') == OPTICAL_FRAME
    for uri in world.iterfind('.//mesh/uri'):
        assert (path.parent / uri.text).is_file()


def test_the_node_listens_to_what_is_bridged(bridged):
    named = dict(re.findall(r"'(\w+_topic)': '(/[\w/]+)'", LAUNCH.read_text()))
    assert named.keys() == {'image_topic', 'camera_info_topic', 'depth_topic'}
    assert set(named.values()) <= {entry['ros_topic_name'] for entry in bridged.values()}


def test_frames_of_the_launch_file_are_those_of_the_files(bridged, displays):
    source = LAUNCH.read_text()
    assert f"static_transform('camera_link', '{OPTICAL_FRAME}'" in source
    assert "static_transform('world', 'camera_link'" in source
    assert bridged['/camera/points']['frame_id'] == 'camera_link'
    assert displays['Global Options']['Fixed Frame'] == 'world'


def test_rviz_shows_topics_that_are_there(bridged, displays):
    published = (REPOSITORY / 'ris_ros' / 'node' / 'outputs.py').read_text()
    topics = [display['Topic']['Value'] for display in displays['Displays'] if 'Topic' in display]
    assert len(topics) == len(set(topics)) == 7
    for topic in topics:
        own = topic.removeprefix('/ris_node/')
        assert topic in bridged or f"'~/{own}'" in published, topic


@pytest.mark.parametrize('path', WORLDS, ids=lambda path: path.stem)
def test_pose_of_the_camera_is_read_from_the_world(path):
    pytest.importorskip('launch_ros', reason='launch_ros is not on PyPI')
    from ris_sim.worlds.sdf_reader import read_world
    make = runpy.run_path(str(LAUNCH))
    camera = read_world(path).camera
    assert make['camera_pose'](path) == [
        *camera.position, camera.roll, camera.pitch, camera.yaw]


def test_a_world_that_is_not_there_is_named():
    pytest.importorskip('launch_ros', reason='launch_ros is not on PyPI')
    make = runpy.run_path(str(LAUNCH))
    with pytest.raises(RuntimeError, match=r"no world 'kitchen'; expected .*tabletop_1"):
        make['find_world']('kitchen')


def test_missing_packages_are_named():
    pytest.importorskip('launch_ros', reason='launch_ros is not on PyPI')
    make = runpy.run_path(str(LAUNCH))
    with pytest.raises(RuntimeError, match=r'ros_gz_none.*ros-\$ROS_DISTRO-ros-gz-none'):
        make['check_packages']('launch_ros', 'ros_gz_none')
