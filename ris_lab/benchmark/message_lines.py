# SPDX-License-Identifier: Apache-2.0
"""The line of image messages; it needs ROS."""
from __future__ import annotations

import numpy as np

from ris_lab.benchmark.clip_lines import SIZE
from ris_lab.benchmark.line import Agreement, Line
from ris_lab.benchmark.scene import draw_picture


def message_lines() -> list[Line]:
    """Return the line of putting an image into a message and reading it again; none without ROS."""
    try:
        from sensor_msgs.msg import Image
        from std_msgs.msg import Header
    except ImportError:
        return []
    from ris_ros.node.conversions import from_pixels, to_rgb
    pixels = draw_picture(*SIZE)

    def ours() -> np.ndarray:
        return to_rgb(from_pixels(pixels, 'rgb8', Header()))

    def plain() -> np.ndarray:
        message = Image(height=SIZE[0], width=SIZE[1], encoding='rgb8', step=3 * SIZE[1])
        message.data = pixels.ravel().tolist()
        return np.array(message.data.tolist(), np.uint8).reshape(*SIZE, 3)
    return [Line('image message in and out, 640 x 480', ours, plain, at_least=100, repeats=9,
                 agree=lambda mine, other: Agreement('largest difference', float(
                     np.abs(mine.astype(int) - other).max()), 0),
                 note='against lists')]
