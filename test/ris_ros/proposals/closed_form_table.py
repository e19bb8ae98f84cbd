# SPDX-License-Identifier: Apache-2.0
"""A camera over a table, ray cast in closed form: the truth of the proposals' tests."""
import numpy as np

from ris_ros import CameraModel, Frame

CAMERA = CameraModel(fx=260.0, fy=260.0, cx=159.5, cy=119.5, width=320, height=240)
HEIGHT = 0.7
PITCH = np.radians(50)

# Optical axes in the table's frame (x right, y away, z up), as columns.
ROTATION = np.array([
    [1, 0, 0],
    [0, -np.sin(PITCH), np.cos(PITCH)],
    [0, -np.cos(PITCH), -np.sin(PITCH)]])
ORIGIN = np.array([0, -HEIGHT / np.tan(PITCH), HEIGHT])
TABLE_COLOUR = (150, 120, 90)


def _rays():
    v, u = np.mgrid[:CAMERA.height, :CAMERA.width]
    optical = np.stack(
        [(u - CAMERA.cx) / CAMERA.fx, (v - CAMERA.cy) / CAMERA.fy, np.ones(u.shape)], -1)
    return optical @ ROTATION.T


def render(boxes=(), spheres=(), table=True):
    """Return a frame and (H, W) labels: 0 table, 1.. the boxes, then the spheres.

    boxes: (low corner, high corner, colour).  spheres: (centre, radius, colour).
    """
    rays = _rays()
    depth = np.full(rays.shape[:2], np.inf)
    labels = np.zeros(depth.shape, int)
    image = np.empty((*depth.shape, 3), np.uint8)
    image[:] = TABLE_COLOUR
    if table:
        depth = -ORIGIN[2] / rays[..., 2]
    shapes = [_box(rays, *box[:2]) for box in boxes] + [
        _sphere(rays, *sphere[:2]) for sphere in spheres]
    colours = [shape[2] for shape in (*boxes, *spheres)]
    for label, (distance, colour) in enumerate(zip(shapes, colours, strict=True), 1):
        nearer = distance < depth
        depth, labels = np.where(nearer, distance, depth), np.where(nearer, label, labels)
        image[nearer] = colour
    depth = np.where(np.isfinite(depth), depth, 0).astype(np.float32)
    return Frame(image, depth, CAMERA), labels


def _box(rays, low, high):
    with np.errstate(divide='ignore', invalid='ignore'):
        one, other = (np.array(low) - ORIGIN) / rays, (np.array(high) - ORIGIN) / rays
    near, far = np.minimum(one, other).max(-1), np.maximum(one, other).min(-1)
    return np.where((near <= far) & (near > 0), near, np.inf)


def _sphere(rays, centre, radius):
    offset = ORIGIN - np.array(centre)
    a, b = (rays ** 2).sum(-1), 2 * rays @ offset
    root = b ** 2 - 4 * a * (offset @ offset - radius ** 2)
    return np.where(root > 0, (-b - np.sqrt(np.maximum(root, 0))) / (2 * a), np.inf)


def with_noise(frame, seed=0, holes=0.02):
    """Return the frame with a depth camera's noise and holes."""
    random = np.random.default_rng(seed)
    depth = frame.depth + random.normal(0, 0.002, frame.depth.shape).astype(np.float32)
    depth[random.random(depth.shape) < holes] = 0
    return Frame(frame.image, depth, frame.camera)


def best_iou(masks, truth):
    """Return the IoU of the mask that fits the truth best, 0 where there is none."""
    return max((float((mask & truth).sum() / (mask | truth).sum()) for mask in masks), default=0.0)
