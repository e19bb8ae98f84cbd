# SPDX-License-Identifier: Apache-2.0
"""A node in the test's own process, so that faults can be put into it."""
from contextlib import contextmanager
import threading

import numpy as np
import rclpy
from rclpy.executors import MultiThreadedExecutor
from rclpy.qos import QoSProfile
from sensor_msgs.msg import CameraInfo, Image, PointCloud2
from std_msgs.msg import Header

from ris_ros.msg import Grounding
from ris_ros.node.conversions import from_pixels
from ris_ros.node.ris_node import THREADS, RisNode
from ris_sim.node.camera_messages import to_camera_info, to_depth_image
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene

TEXT = 'the red thing'


class Rig:
    """A node in this process, the camera before it and a client that speaks to it over DDS."""

    def __init__(self, node, client):
        self.node, self.client = node, client
        rendering = Renderer(320, 240).render(sample_scene(np.random.default_rng(3), 'test'))
        reliable = QoSProfile(depth=1)
        camera = client.node
        self.image, self.depth, self.info = (
            camera.create_publisher(kind, topic, reliable) for kind, topic in (
                (Image, 'image'), (Image, 'depth'), (CameraInfo, 'camera_info')))
        self.rendering = rendering

    def show(self):
        """Publish one frame with a stamp of now."""
        header = Header(stamp=self.client.node.get_clock().now().to_msg(), frame_id='optical')
        self.info.publish(to_camera_info(self.rendering.camera, header))
        self.depth.publish(to_depth_image(self.rendering.depth, '16UC1', header))
        self.image.publish(from_pixels(self.rendering.image, 'rgb8', header))

    def ask(self, way, id_):
        """Command by the topic, the service or the action; return the answer."""
        self.show()
        if way == 'topic':
            return self.client.say(f'{TEXT} {id_}')
        if way == 'service':
            return self.client.ask(f'{TEXT} {id_}', id_)
        return self.client.goal_end(self.client.send_goal(f'{TEXT} {id_}', []))[1]

    def answers_to(self, id_):
        """Return all that was published in answer to a command."""
        return [answer for answer in self.client.answers if answer.command == f'{TEXT} {id_}']


@contextmanager
def node_of_this_process(domain, client, **parameters):
    """Spin a node with some parameters; give the rig once a frame with depth has come."""
    rclpy.init(domain_id=domain, args=['--ros-args', *(
        word for name, value in parameters.items() for word in ('-p', f'{name}:={value}'))])
    node = RisNode()
    executor = MultiThreadedExecutor(THREADS)
    executor.add_node(node)
    spinning = threading.Thread(target=executor.spin, daemon=True)
    spinning.start()
    client.await_active()
    # So that these are made too.
    for kind, topic in ((Image, 'overlay'), (PointCloud2, 'cloud')):
        client.listen(kind, f'ris_node/{topic}')
    rig = Rig(node, client)

    def is_ready():
        rig.show()
        return client.ask('the red thing').position_status == Grounding.FOUND
    client.wait(is_ready, 'a frame with depth')
    yield rig
    node.close()
    executor.shutdown()
    spinning.join(20)
    node.destroy_node()
    rclpy.try_shutdown()
