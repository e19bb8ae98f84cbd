# SPDX-License-Identifier: Apache-2.0
"""Path-trace exported scenes: run by the Python of the environment that has bpy."""
from __future__ import annotations

import argparse
import json
from pathlib import Path
import sys
import time

import bpy
from mathutils import Matrix, Vector
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from blender_materials import make_material, truth_material
from room import environment

# A half of the pictures has the flat response of a plain sensor, a half the film-like curve that
# cameras with automatic tone mapping have.
VIEWS = ('Standard', 'AgX')


def add_pieces(described: dict, meshes: dict[str, np.ndarray]) -> None:
    """Put every piece into the scene; its pass index is its label."""
    for number, piece in enumerate(described['pieces']):
        vertices, faces = meshes[f'vertices_{number}'], meshes[f'faces_{number}']
        mesh = bpy.data.meshes.new('mesh')
        mesh.from_pydata(vertices.tolist(), [], faces.tolist())
        mesh.polygons.foreach_set('use_smooth', np.ones(len(faces), bool))
        mesh.normals_split_custom_set_from_vertices(meshes[f'normals_{number}'].tolist())
        mesh.materials.append(make_material(piece['surface'], piece['label'] == 0))
        thing = bpy.data.objects.new('piece', mesh)
        thing.matrix_world = Matrix(piece['matrix'])
        thing.pass_index = piece['label']
        thing.visible_shadow = not piece['is_wall']
        bpy.context.collection.objects.link(thing)


def add_camera(described: dict) -> None:
    """Put the camera into the scene; Blender's looks along -z with y up."""
    camera = bpy.data.cameras.new('camera')
    camera.sensor_fit = 'HORIZONTAL'
    camera.angle_x = 2 * np.arctan(described['width'] / (2 * described['focal']))
    camera.clip_start = .01
    pose = np.eye(4)
    pose[:3, :3] = np.array(described['rotation']) @ np.diag([1, -1, -1])
    pose[:3, 3] = described['position']
    thing = bpy.data.objects.new('camera', camera)
    thing.matrix_world = Matrix(pose.tolist())
    bpy.context.collection.objects.link(thing)
    bpy.context.scene.camera = thing


def add_lights(described: dict) -> None:
    """Put the sun and the lamps into the scene.

    White paper that a sun of strength pi, or a lamp of 4 pi^2 watts at one metre, shines on
    straight has radiance 1, which is the unit of the description.
    """
    light = described['light']
    sun = bpy.data.lights.new('sun', 'SUN')
    sun.energy, sun.color = np.pi * light['intensity'], light['colour']
    sun.angle = 2 * light['softness']
    thing = bpy.data.objects.new('sun', sun)
    thing.rotation_euler = Vector(light['direction']).to_track_quat('Z', 'Y').to_euler()
    bpy.context.collection.objects.link(thing)
    for lamp in described['lamps']:
        bulb = bpy.data.lights.new('lamp', 'POINT')
        bulb.energy, bulb.color = 4 * np.pi ** 2 * lamp['intensity'], lamp['colour']
        bulb.shadow_soft_size = .04
        thing = bpy.data.objects.new('lamp', bulb)
        thing.location = lamp['position']
        bpy.context.collection.objects.link(thing)


def add_room(described: dict, rng: np.random.Generator) -> None:
    """Surround the scene by a room that lights it and is mirrored."""
    panorama = environment(described['sky'], described['ground'], rng)
    height, width, _ = panorama.shape
    image = bpy.data.images.new('room', width, height, float_buffer=True, is_data=True)
    image.pixels.foreach_set(np.dstack([panorama, np.ones((height, width))])[::-1]
                             .astype(np.float32).ravel())
    world = bpy.data.worlds.new('world')
    bpy.context.scene.world = world
    world.use_nodes = True
    nodes, links = world.node_tree.nodes, world.node_tree.links
    texture = nodes.new('ShaderNodeTexEnvironment')
    texture.image = image
    links.new(texture.outputs['Color'], nodes['Background'].inputs['Color'])
    nodes['Background'].inputs['Strength'].default_value = described['light']['ambient']


def prepare(described: dict) -> bpy.types.Scene:
    """Empty Blender and set the size of the picture."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = 'CYCLES'
    scene.render.threads_mode, scene.render.threads = 'FIXED', 1
    scene.render.resolution_x, scene.render.resolution_y = described['width'], described['height']
    return scene


def take_picture(scene: bpy.types.Scene, path: Path, samples: int, view: str) -> np.ndarray:
    """Return the (H, W, 3) uint8 picture."""
    scene.cycles.samples, scene.cycles.use_denoising, scene.cycles.max_bounces = samples, True, 5
    # Accurate prefiltering denoises three pictures in place of one.
    scene.cycles.denoising_prefilter = 'FAST'
    scene.view_settings.view_transform = view
    scene.render.image_settings.file_format = 'PNG'
    return np.rint(255 * render(scene, path.with_suffix('.png'))).astype(np.uint8)


def take_truth(scene: bpy.types.Scene, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return depth (H, W) float32 in metres and labels (H, W) uint8 at the pixels' centres."""
    scene.cycles.samples, scene.cycles.use_denoising, scene.cycles.max_bounces = 1, False, 0
    scene.cycles.pixel_filter_type, scene.cycles.filter_width = 'BLACKMAN_HARRIS', .01
    scene.view_layers[0].material_override = truth_material()
    scene.world.node_tree.nodes['Background'].inputs['Strength'].default_value = 0
    settings = scene.render.image_settings
    settings.file_format, settings.color_depth = 'OPEN_EXR', '32'
    truth = render(scene, path.with_suffix('.exr'))
    return truth[..., 0], np.rint(truth[..., 1]).astype(np.uint8)


def render(scene: bpy.types.Scene, path: Path) -> np.ndarray:
    """Render to a file and return (H, W, 3) float32."""
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(str(path))
    image.colorspace_settings.name = 'Non-Color'
    pixels = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(pixels)
    path.unlink()
    return pixels.reshape(image.size[1], image.size[0], 4)[::-1, :, :3]


def main() -> None:
    """Render the scenes that have no picture yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--scenes', type=Path, required=True, help='folder of exported scenes')
    parser.add_argument('--samples', type=int, default=16)
    arguments = parser.parse_args()
    folders = sorted(arguments.scenes.glob('scene_*'))
    for number, folder in enumerate(folders):
        done = folder / 'blender.npz'
        if done.exists():
            continue
        begin = time.process_time()
        described = json.loads((folder / 'scene.json').read_text())
        scene = prepare(described)
        add_pieces(described, np.load(folder / 'meshes.npz'))
        add_camera(described)
        add_lights(described)
        add_room(described, np.random.default_rng(number))
        image = take_picture(scene, folder / 'blender', arguments.samples, VIEWS[number % 2])
        depth, labels = take_truth(scene, folder / 'blender')
        np.savez_compressed(done, image=image, depth=depth, labels=labels)
        print(f'{folder.name}: {time.process_time() - begin:.1f} CPU seconds', flush=True)


if __name__ == '__main__':
    main()
