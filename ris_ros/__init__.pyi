# SPDX-License-Identifier: Apache-2.0
# The public names for tools that read types; __init__.py imports them when they are asked for.
from ris_ros.frame import CameraModel, Frame
from ris_ros.overlay import draw_overlay
from ris_ros.pipeline import Pipeline

__all__ = ['CameraModel', 'Frame', 'Pipeline', 'draw_overlay']
__version__: str
