# SPDX-License-Identifier: Apache-2.0
"""Labelled scenes as files, which ``ris simulate`` writes and evaluation reads.

A data set is a folder with ``simulation.json`` and one folder for each scene::

    scene_0000/image.png         RGB, as a camera takes it
    scene_0000/depth.png         with noise, 16-bit, millimetres, 0 invalid
    scene_0000/depth_true.npz    'depth', (H, W) float32 metres without noise
    scene_0000/labels.png        8-bit, 0 background, i + 1 for the object of index i
    scene_0000/camera_info.yaml  ROS calibration
    scene_0000/scene.json        objects with poses in the world and the optical frame
    scene_0000/expressions.jsonl one expression a line, with the truth
    scene_0000/masks/1.png       0 or 255; the file's name is the label
"""
from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
import json
from pathlib import Path

import cv2
import numpy as np
import yaml

from ris_ros.files import write_whole
from ris_ros.frame import CameraModel
from ris_ros.geometry.lens import back_project
from ris_ros.image_files import write_image
from ris_sim.expressions.expression import Expression
from ris_sim.rendering.camera_effects import photograph
from ris_sim.rendering.camera_pipeline import sample_camera_pipeline
from ris_sim.rendering.depth_effects import add_depth_noise
from ris_sim.rendering.renderer import Rendering
from ris_sim.rendering.sensor_depth import sample_sensor
from ris_sim.scene import Scene

# Colours of the expressions on a sheet, size of a tile, and height of a line of text, in pixels.
INKS = ((255, 70, 70), (80, 220, 90), (90, 160, 255), (255, 210, 50), (230, 110, 255),
        (90, 230, 230))
TILE = (400, 300)
LINE_HEIGHT = 14


def write_scene(folder: Path, scene: Scene, rendering: Rendering,
                expressions: Sequence[Expression], rng: np.random.Generator) -> np.ndarray:
    """Write one scene's folder.

    Args:
        folder: to write.
        scene: with the objects.
        rendering: of the scene.
        expressions: for the scene.
        rng: draws the camera's effects.

    Returns:
        The (H, W, 3) uint8 image that was written.

    Raises:
        RisError: A file cannot be written.
    """
    if scene.metering is None:
        image = photograph(rendering.image, rng)
        measured = add_depth_noise(rendering.depth, rng, rendering.shiny)
    else:
        image = sample_camera_pipeline(rng).photograph(rendering.image, rng)
        measured = sample_sensor(rng).measure(rendering, rng)
    write_image(folder / 'image.png', image)
    write_image(folder / 'depth.png', millimetres(measured))
    true_depth = BytesIO()
    np.savez_compressed(true_depth, depth=rendering.depth)
    write_whole(folder / 'depth_true.npz', true_depth.getvalue())
    write_image(folder / 'labels.png', rendering.labels)
    for label in np.unique(rendering.labels[rendering.labels > 0]):
        mask = np.where(rendering.labels == label, 255, 0).astype(np.uint8)
        write_image(folder / 'masks' / f'{label}.png', mask)
    write_camera_info(folder / 'camera_info.yaml', rendering.camera)
    write_whole(folder / 'scene.json', json.dumps(describe(scene, rendering), indent=1) + '\n')
    lines = [json.dumps(as_record(e, scene)) + '\n' for e in expressions]
    write_whole(folder / 'expressions.jsonl', ''.join(lines))
    return image


def millimetres(depth: np.ndarray) -> np.ndarray:
    """Convert (H, W) metres to uint16 millimetres."""
    return np.rint(np.clip(depth * 1000, 0, 65535)).astype(np.uint16)


def as_record(expression: Expression, scene: Scene) -> dict[str, object]:
    """Convert an expression to plain JSON values.

    target and mask are None unless one object is meant. target_labels are the labels of a plural,
    or of all objects that an ambiguous expression may mean.
    """
    index = expression.target_index
    return {
        'kind': expression.kind, 'text': expression.text, 'phrase': expression.phrase,
        'detail': expression.detail, 'target': None if index is None else scene.objects[index].name,
        'target_label': None if index is None else index + 1,
        'target_labels': [i + 1 for i in expression.targets], 'before': list(expression.before),
        'mask': None if index is None else f'masks/{index + 1}.png',
        'matching': [scene.objects[i].name for i in expression.matching_indices]}


def describe(scene: Scene, rendering: Rendering) -> dict[str, object]:
    """Convert a scene's objects and camera to plain JSON values, in metres and radians."""
    camera = scene.camera
    return {
        'camera': {'position': list(camera.position),
                   'roll_pitch_yaw': [camera.roll, camera.pitch, camera.yaw],
                   'world_from_optical': camera.rotation.round(9).tolist()},
        'objects': [describe_object(scene, rendering, i) for i in range(len(scene.objects))]}


def describe_object(scene: Scene, rendering: Rendering, index: int) -> dict[str, object]:
    """Convert one object to plain JSON values; visible_surface is None when it is hidden."""
    thing, label = scene.objects[index], index + 1
    centre = np.array([thing.position]) + np.array([0, 0, thing.extents[2] / 2])
    surface = surface_centroid(rendering, label)
    return {
        'name': thing.name, 'label': label, 'category': thing.category, 'colour': thing.colour,
        'material': thing.material, 'size': thing.size_word, 'scale': thing.scale,
        'variant': thing.variant, 'lying': thing.lying,
        'support': thing.support, 'contained': thing.contained, 'extents': list(thing.extents),
        'world': {'position': list(thing.position), 'yaw': thing.yaw},
        'optical': {'centre': scene.camera.to_optical(centre)[0].tolist(),
                    'visible_surface': None if surface is None else surface.tolist()},
        'pixels': int((rendering.labels == label).sum())}


def surface_centroid(rendering: Rendering, label: int) -> np.ndarray | None:
    """Return the mean (3,) of an object's visible points in the optical frame, metres, or None."""
    rows, columns = np.nonzero((rendering.labels == label) & (rendering.depth > 0))
    if not len(rows):
        return None
    depth = rendering.depth[rows, columns].astype(np.float64)
    return back_project(columns, rows, depth, rendering.camera).mean(axis=0)


def write_camera_info(path: Path, camera: CameraModel) -> None:
    """Write intrinsics as a ROS calibration file (camera_info_manager's YAML)."""
    k = [camera.fx, 0.0, camera.cx, 0.0, camera.fy, camera.cy, 0.0, 0.0, 1.0]
    p = [*k[:3], 0.0, *k[3:6], 0.0, *k[6:], 0.0]
    identity = np.eye(3).ravel().tolist()
    write_whole(path, yaml.safe_dump({
        'image_width': camera.width, 'image_height': camera.height,
        'camera_name': 'simulated_camera', 'camera_matrix': matrix(3, 3, k),
        'distortion_model': 'plumb_bob', 'distortion_coefficients': matrix(1, 5, [0.0] * 5),
        'rectification_matrix': matrix(3, 3, identity), 'projection_matrix': matrix(3, 4, p),
    }, sort_keys=False))


def matrix(rows: int, columns: int, values: Sequence[float]) -> dict[str, object]:
    """Convert a matrix to the calibration file's form."""
    return {'rows': rows, 'cols': columns, 'data': [float(v) for v in values]}


def tile(image: np.ndarray, labels: np.ndarray, expressions: Sequence[Expression]) -> np.ndarray:
    """Draw one scene: its targets outlined, and each expression below in its target's colour.

    Args:
        image: (H, W, 3) uint8 RGB.
        labels: (H, W) uint8 of the rendering.
        expressions: for the scene; those that do not fit the space are left out.
    """
    picture = cv2.resize(image, TILE, interpolation=cv2.INTER_AREA)
    caption = np.zeros((LINE_HEIGHT * len(INKS) + 6, TILE[0], 3), np.uint8)
    for row, (expression, ink) in enumerate(zip(expressions, INKS, strict=False)):
        meant = expression.targets or (expression.target_index,)
        if meant != (None,):
            mask = np.isin(labels, np.add(meant, 1)).astype(np.uint8)
            mask = cv2.resize(mask, TILE, interpolation=cv2.INTER_NEAREST)
            # Two expressions may mean one object, so later outlines are drawn further out.
            mask = cv2.dilate(mask, np.ones((2 * row + 1, 2 * row + 1), np.uint8))
            contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
            cv2.drawContours(picture, contours, -1, ink, 1, cv2.LINE_AA)
        text = f'{expression.kind[:4]}: {" / ".join((*expression.before, expression.text))}'
        cv2.putText(caption, text, (4, LINE_HEIGHT * (row + 1)), cv2.FONT_HERSHEY_SIMPLEX, .38,
                    ink, 1, cv2.LINE_AA)
    return np.vstack([picture, caption])


def contact_sheet(tiles: Sequence[np.ndarray], columns: int = 4) -> np.ndarray:
    """Arrange (H, W, 3) tiles of one size in rows."""
    padded = [*tiles, *[np.zeros_like(tiles[0])] * (-len(tiles) % columns)]
    rows = [np.hstack(padded[i:i + columns]) for i in range(0, len(padded), columns)]
    return np.vstack(rows)
