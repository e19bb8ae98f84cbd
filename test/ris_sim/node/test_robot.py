# SPDX-License-Identifier: Apache-2.0
"""The simulator's robot as it is commanded over DDS, without pictures."""
from types import SimpleNamespace

from geometry_msgs.msg import PoseStamped
import numpy as np
import pytest
from std_msgs.msg import Header
from std_srvs.srv import Trigger
from world_checks import WORLDS

from ris_sim.node.robot import (
    RAISED_M,
    TURN_RAD_S,
    WHEEL_SPEED_M_S,
    SimulatedRobot,
    driven,
)
from ris_sim.scene import Camera
from ris_sim.worlds.sdf_reader import read_world

FRAME = 'camera'
CAMERA = Camera((-1.5, .2, .8), .02, .5, 3.0, 1.0)
CYLINDER = 3  # index of tabletop_1's yellow cylinder


class Bench:
    """A robot on the client's own node, and its world."""

    def __init__(self, client):
        self.client = client
        self.world = SimpleNamespace(scene=read_world(WORLDS / 'tabletop_1.sdf'))
        self.robot = SimulatedRobot(client.node, FRAME, lambda: self.world.scene, self._change)
        self._poses = client.listen(PoseStamped, 'gripper/pose')
        self._publishers = {topic: client.node.create_publisher(PoseStamped, topic, 10)
                            for topic in ('gripper/target', 'goal_pose')}

    def _change(self, scene):
        self.world.scene = scene

    def send(self, topic, point, frame_id=FRAME, x_axis=(1.0, 0.0, 0.0, 0.0)):
        """Publish a pose, and step until nothing has changed for a while."""
        pose = PoseStamped(header=Header(frame_id=frame_id))
        pose.pose.position.x, pose.pose.position.y, pose.pose.position.z = map(float, point)
        q = pose.pose.orientation
        q.w, q.x, q.y, q.z = x_axis
        self.client.wait(self._publishers[topic].get_subscription_count, topic)
        self._publishers[topic].publish(pose)
        for _ in range(20):
            self.client.spin_for(.02)
        self.run()

    def run(self):
        """Let six seconds pass."""
        for _ in range(60):
            self.robot.step(.1)

    def call(self, name):
        """Call a service of the gripper."""
        return self.client.call(Trigger, f'gripper/{name}', Trigger.Request())

    def tip(self):
        """Return where the gripper says that it is."""
        self._poses.clear()
        self.robot.publish(Header(frame_id=FRAME))
        point = self.client.wait(lambda: self._poses, 'the pose')[0].pose.position
        return np.array([point.x, point.y, point.z])

    @property
    def camera(self):
        """The camera where it stands."""
        return self.world.scene.camera

    def middle(self, index):
        """Return the middle of an object in the camera's frame."""
        thing = self.world.scene.objects[index]
        return self.camera.to_optical(np.array(
            [np.add(thing.position, (0, 0, thing.extents[2] / 2))]))[0]


@pytest.fixture(scope='module')
def bench(client):
    return Bench(client)


def test_without_a_target_the_gripper_refuses_to_close(bench):
    response = bench.call('close')
    assert not response.success
    assert 'no target yet' in response.message
    assert bench.call('open').success
    assert bench.robot.shown(bench.world.scene) is bench.world.scene


@pytest.mark.parametrize('topic', ['gripper/target', 'goal_pose'])
@pytest.mark.parametrize(('point', 'frame_id'), [((0, 0, .5), 'map'), ((0, np.nan, .5), FRAME)])
def test_poses_that_make_no_sense_are_not_followed(bench, topic, point, frame_id):
    before = bench.world.scene
    bench.send(topic, point, frame_id)
    assert bench.world.scene is before
    assert bench.robot.shown(before) is before


def test_it_grasps_lifts_carries_and_lets_go(bench):
    before = bench.world.scene.objects
    target = bench.middle(CYLINDER)
    bench.send('gripper/target', target)
    np.testing.assert_allclose(bench.tip(), target, atol=1e-6)
    response = bench.call('close')
    assert (response.success, response.message) == (True, before[CYLINDER].name)
    assert bench.call('raise').success
    bench.run()
    lifted = bench.world.scene.objects[CYLINDER].position
    assert lifted[2] == pytest.approx(RAISED_M - before[CYLINDER].extents[2] / 2, abs=1e-3)
    bench.send('gripper/target', target)
    assert bench.world.scene.objects[CYLINDER].position == pytest.approx(
        before[CYLINDER].position, abs=1e-6)
    assert bench.call('open').message == ''
    assert bench.call('raise').success
    bench.run()
    for one, other in zip(before, bench.world.scene.objects, strict=True):
        assert one.position == pytest.approx(other.position, abs=1e-3)


def test_it_drives_to_a_goal_in_its_own_frame(bench):
    start = bench.camera
    # The x axis of this pose is the camera's z axis: straight on.
    bench.send('goal_pose', (0, 0, -.4), x_axis=(.5**.5, 0.0, -.5**.5, 0.0))
    back = start.rotation[:2, 2] * -.4
    assert bench.camera.position == pytest.approx((*np.add(start.position[:2], back),
                                                   start.position[2]))
    assert bench.camera.pitch == start.pitch
    ahead = start.rotation[:2, 2]
    assert np.arctan2(*ahead[::-1]) == pytest.approx(bench.camera.yaw, abs=1e-6)


def test_another_world_finds_an_idle_robot(bench):
    bench.robot.stop()
    assert not bench.call('close').success


def test_it_arrives_keeping_height_and_tilt():
    camera, steps = CAMERA, 0
    while (following := driven(camera, [-.6, 0], -3.0, .2)) != camera:
        assert np.hypot(*np.subtract(following.position, camera.position)[:2]) \
            <= WHEEL_SPEED_M_S * .2 + 1e-9
        camera, steps = following, steps + 1
        assert steps < 50
    assert camera.position == pytest.approx((-.6, 0, .8))
    assert np.cos(camera.yaw + 3.0) == pytest.approx(1)
    assert (camera.roll, camera.pitch) == (CAMERA.roll, CAMERA.pitch)


def test_it_turns_the_shorter_way():
    camera = driven(CAMERA, CAMERA.position[:2], -3.0, .1)
    assert camera.yaw == pytest.approx(3.0 + .1 * TURN_RAD_S)
