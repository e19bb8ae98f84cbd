# SPDX-License-Identifier: Apache-2.0
"""A camera with depth that shows one simulated table or another, over DDS."""
from sensor_msgs.msg import CameraInfo, Image
from simulated_table import render
from std_msgs.msg import Header

from ris_ros.node.camera_inputs import sensor_qos
from ris_ros.node.conversions import from_pixels
from ris_sim.node.camera_messages import to_camera_info, to_depth_image


class TableCamera:
    """Shows the table of ``things``, which is one of those that it was made with."""

    def __init__(self, node, *tables):
        self.tables = {things: render(*things, size=(320, 240)) for things in tables}
        self.things = tables[0]
        self._node = node
        self._image, self._depth, self._info = (
            node.create_publisher(kind, topic, sensor_qos()) for kind, topic in (
                (Image, 'image'), (Image, 'depth'), (CameraInfo, 'camera_info')))

    def show(self):
        """Publish a picture with a stamp of now."""
        header = Header(stamp=self._node.get_clock().now().to_msg(), frame_id='optical')
        table = self.tables[self.things]
        self._info.publish(to_camera_info(table.camera, header))
        self._depth.publish(to_depth_image(table.depth, '16UC1', header))
        self._image.publish(from_pixels(table.image, 'rgb8', header))
