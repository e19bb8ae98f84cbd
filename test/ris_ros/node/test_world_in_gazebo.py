# SPDX-License-Identifier: Apache-2.0
"""The same world in Gazebo, by launch/sim.launch.py; runs where Gazebo and launch are installed."""
import os
import shutil
import signal
import subprocess

from ament_index_python.packages import get_package_prefix
import pytest
from ros_graph import TIMEOUT
from world_checks import check_answers

from ris_ros.msg import Grounding

WORLD = 'tabletop_1'


def missing():
    """Return what the launch file needs and this machine lacks."""
    def lacks(package):
        try:
            get_package_prefix(package)
        except (LookupError, OSError):  # not there, or no ROS environment at all
            return True
        return False
    programs = [name for name in ('ros2', 'gz') if shutil.which(name) is None]
    packages = ('ris_ros', 'launch_ros', 'ros_gz_sim', 'ros_gz_bridge', 'tf2_ros')
    return programs + [name for name in packages if lacks(name)]


@pytest.fixture(scope='module')
def graph(client, domain, answering_profile):
    environment = {**os.environ, 'ROS_DOMAIN_ID': str(domain), 'GZ_PARTITION': f'ris_{domain}'}
    launch = subprocess.Popen(
        ['ros2', 'launch', 'ris_ros', 'sim.launch.py', f'world:={WORLD}', 'headless:=true',
         f'profile:={answering_profile}'], env=environment, start_new_session=True)
    try:
        client.wait(lambda: launch.poll() is not None or client.node.count_publishers(
            'ris_node/grounding'), 'the node')
        assert launch.poll() is None, 'the launch has ended'
        client.await_active()
        client.wait(lambda: client.ask('the thing').status == Grounding.FOUND, 'images')
        yield client
        launch.send_signal(signal.SIGINT)
        launch.wait(TIMEOUT)
    finally:
        if launch.poll() is None:
            os.killpg(launch.pid, signal.SIGKILL)
            launch.wait()


@pytest.mark.skipif(bool(missing()), reason=f'not installed here: {", ".join(missing())}')
def test_positions_agree_with_the_world(graph):
    check_answers(graph, WORLD, 'camera_optical_frame')
