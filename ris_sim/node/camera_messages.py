# SPDX-License-Identifier: Apache-2.0
"""Messages of the simulated RGB-D camera: its pictures, and the truth about them."""
from __future__ import annotations

import json

import numpy as np
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header

from ris_ros.frame import CameraModel
from ris_ros.node.conversions import from_pixels
from ris_sim.dataset import surface_centroid
from ris_sim.rendering.renderer import Rendering
from ris_sim.scene import Camera, Scene, SceneObject

DEPTH_ENCODINGS = ('32FC1', '16UC1')


def to_camera_info(model: CameraModel, header: Header) -> CameraInfo:
    """Convert the intrinsics of an ideal pinhole camera to a message."""
    message = CameraInfo(header=header, width=model.width, height=model.height,
                         distortion_model='plumb_bob', d=[0.0] * 5)
    message.k = np.array([model.fx, 0, model.cx, 0, model.fy, model.cy, 0, 0, 1], float)
    message.r = np.eye(3).ravel()
    message.p = np.insert(message.k.reshape(3, 3), 3, 0.0, axis=1).ravel()
    return message


def to_depth_image(depth: np.ndarray, encoding: str, header: Header) -> Image:
    """Convert depth to an image as REP 118 requires.

    Args:
        depth: (H, W) float32 metres, 0 or NaN where invalid.
        encoding: one of DEPTH_ENCODINGS.
        header: of the message.
    """
    valid = np.isfinite(depth) & (depth > 0)
    if encoding == '16UC1':
        millimetres = np.where(valid, np.rint(depth * 1000), 0)
        return from_pixels(np.clip(millimetres, 0, 65535).astype(np.uint16), encoding, header)
    return from_pixels(np.where(valid, depth, np.float32(np.nan)), encoding, header)


def truth_json(scene: Scene, rendering: Rendering, header: Header, world: str) -> str:
    """Return the objects of a scene as JSON, with world, stamp and frame_id.

    Each object has its label in truth/labels, name, category, colour, material, size_word,
    position and orientation (a quaternion x, y, z, w) of the centre of its footprint,
    surface_centroid (the mean of its visible points in the noiseless depth; null when it is
    hidden), and visible_pixels. Positions are metres in the camera's optical frame.
    """
    return json.dumps({
        'world': world,
        'stamp': {'sec': header.stamp.sec, 'nanosec': header.stamp.nanosec},
        'frame_id': header.frame_id,
        'objects': [_describe(thing, label, scene.camera, rendering)
                    for label, thing in enumerate(scene.objects, 1)],
    })


def _describe(thing: SceneObject, label: int, camera: Camera,
              rendering: Rendering) -> dict[str, object]:
    """Return the truth about one object as plain JSON values."""
    centroid = surface_centroid(rendering, label)
    position = camera.to_optical(np.array([thing.position]))[0]
    return {
        'label': label, 'name': thing.name, 'category': thing.category, 'colour': thing.colour,
        'material': thing.material, 'size_word': thing.size_word,
        'position': position.tolist(),
        'orientation': _orientation(thing, camera),
        'surface_centroid': None if centroid is None else centroid.tolist(),
        'visible_pixels': int((rendering.labels == label).sum()),
    }


def _orientation(thing: SceneObject, camera: Camera) -> list[float]:
    """Return an object's orientation in the optical frame as a quaternion x, y, z, w."""
    # Imported here, because SciPy's rotations take .3 s and only the camera's truth needs them.
    from scipy.spatial.transform import Rotation
    about_z = Rotation.from_euler('z', thing.yaw).as_matrix()
    return Rotation.from_matrix(camera.rotation.T @ about_z).as_quat().tolist()
