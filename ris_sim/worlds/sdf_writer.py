# SPDX-License-Identifier: Apache-2.0
"""Write a scene as an SDF 1.9 world for Gazebo and the built-in camera.

Elements and attributes of the namespace ``ris`` carry what SDF cannot express, such as procedural
textures and the names of colours. Gazebo ignores them.
"""
from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from ris_sim.scene import Camera, Daylight, Lamp, Material, Scene, SceneObject, Table, Wall
from ris_sim.shapes.mesh import write_obj
from ris_sim.worlds.sdf_elements import NAMESPACE, add_text, format_numbers, ris_name

PLUGINS = (('gz-sim-physics-system', 'gz::sim::systems::Physics'),
           ('gz-sim-user-commands-system', 'gz::sim::systems::UserCommands'),
           ('gz-sim-scene-broadcaster-system', 'gz::sim::systems::SceneBroadcaster'),
           ('gz-sim-sensors-system', 'gz::sim::systems::Sensors'))
OPTICAL_FRAME = 'camera_optical_frame'
FLOOR_SIZE = 10.0  # metres
DENSITY = 400.0  # kilograms per cubic metre
LAMP_RANGE = 10.0  # metres
WALL_THICKNESS = .1  # metres


def write_world(path: Path, scene: Scene, width: int = 640, height: int = 480) -> None:
    """Write a scene as an SDF file, and its meshes into the folder meshes beside it.

    Args:
        path: of the SDF file.
        scene: to write.
        width: of the camera's pictures, pixels.
        height: of the camera's pictures, pixels.
    """
    ElementTree.register_namespace('ris', NAMESPACE)
    root = Element('sdf', version='1.9')
    world = SubElement(root, 'world', name=path.stem)
    for filename, name in PLUGINS:
        plugin = SubElement(world, 'plugin', filename=filename, name=name)
        if name.endswith('Sensors'):
            add_text(plugin, 'render_engine', 'ogre2')
    surroundings = SubElement(world, 'scene')
    add_text(surroundings, 'ambient', format_numbers([scene.light.ambient] * 3 + [1]))
    add_text(surroundings, 'background', format_numbers([*scene.table.wall, 1]))
    add_text(surroundings, 'shadows', 'true')
    add_light(world, scene.light)
    for number, lamp in enumerate(scene.lamps, 1):
        add_lamp(world, f'lamp_{number}', lamp)
    add_floor(world, scene.table)
    for number, wall in enumerate(scene.table.walls, 1):
        add_wall(world, f'wall_{number}', wall)
    add_table(world, scene.table)
    for thing in scene.objects:
        add_object(world, thing, path.parent)
    add_camera(world, scene.camera, width, height)
    ElementTree.indent(root)
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(root).write(path, encoding='utf-8', xml_declaration=True)


def add_light(world: Element, light: Daylight) -> None:
    """Add the sun."""
    sun = SubElement(world, 'light', type='directional', name='sun')
    add_text(sun, 'pose', format_numbers([*np.multiply(light.direction, 5), 0, 0, 0]))
    add_text(sun, 'cast_shadows', 'true')
    add_text(sun, 'intensity', format_numbers([light.intensity]))
    add_text(sun, 'diffuse', format_numbers([*light.colour, 1]))
    add_text(sun, 'specular', format_numbers([*np.multiply(light.colour, .5), 1]))
    add_text(sun, 'direction', format_numbers(np.negative(light.direction)))
    add_text(sun, ris_name('softness'), format_numbers([light.softness]))


def add_lamp(world: Element, name: str, lamp: Lamp) -> None:
    """Add a lamp whose light falls with the square of the distance."""
    light = SubElement(world, 'light', type='point', name=name)
    add_text(light, 'pose', format_numbers([*lamp.position, 0, 0, 0]))
    add_text(light, 'cast_shadows', 'true')
    add_text(light, 'intensity', format_numbers([lamp.intensity]))
    add_text(light, 'diffuse', format_numbers([*lamp.colour, 1]))
    add_text(light, 'specular', format_numbers([*np.multiply(lamp.colour, .5), 1]))
    fall = SubElement(light, 'attenuation')
    for tag, value in (('range', LAMP_RANGE), ('constant', 0), ('linear', 0), ('quadratic', 1)):
        add_text(fall, tag, format_numbers([value]))


def add_model(world: Element, name: str, pose: Iterable[float], static: bool) -> tuple:
    """Add a model with one link; return both."""
    model = SubElement(world, 'model', name=name)
    if static:
        add_text(model, 'static', 'true')
    add_text(model, 'pose', format_numbers(pose))
    return model, SubElement(model, 'link', name='link')


def add_shape(link: Element, name: str, geometry: Element, surface: Material) -> Element:
    """Add a geometry to a link, as collision and as visual; return the visual."""
    collision = SubElement(link, 'collision', name=f'{name}_collision')
    collision.append(deepcopy(geometry))
    visual = SubElement(link, 'visual', name=name)
    visual.append(geometry)
    material = SubElement(visual, 'material')
    shine = .04 + .5 * (1 - surface.roughness) * (.3 + surface.metallic)
    add_text(material, 'ambient', format_numbers([*surface.colour, 1]))
    add_text(material, 'diffuse', format_numbers([*surface.colour, 1]))
    add_text(material, 'specular', format_numbers([shine] * 3 + [1]))
    metal = SubElement(SubElement(material, 'pbr'), 'metal')
    add_text(metal, 'metalness', format_numbers([surface.metallic]))
    add_text(metal, 'roughness', format_numbers([surface.roughness]))
    SubElement(visual, ris_name('surface'), {
        'texture': surface.texture, 'second': format_numbers(surface.second),
        'scale': format_numbers([surface.scale]), 'seed': format_numbers([surface.seed]),
        'metallic': format_numbers([surface.metallic]),
        'roughness': format_numbers([surface.roughness])})
    return visual


def box_geometry(size: Iterable[float]) -> Element:
    """Return the geometry of a box."""
    geometry = Element('geometry')
    add_text(SubElement(geometry, 'box'), 'size', format_numbers(size))
    return geometry


def mesh_geometry(uri: str, scale: float) -> Element:
    """Return the geometry of a mesh file."""
    geometry = Element('geometry')
    mesh = SubElement(geometry, 'mesh')
    add_text(mesh, 'uri', uri)
    add_text(mesh, 'scale', format_numbers([scale] * 3))
    return geometry


def add_floor(world: Element, table: Table) -> None:
    """Add the floor as a plane."""
    _, link = add_model(world, 'floor', [0, 0, table.floor_z, 0, 0, 0], static=True)
    geometry = Element('geometry')
    plane = SubElement(geometry, 'plane')
    add_text(plane, 'normal', '0 0 1')
    add_text(plane, 'size', format_numbers([FLOOR_SIZE] * 2))
    add_shape(link, 'floor', geometry, table.floor)


def add_wall(world: Element, name: str, wall: Wall) -> None:
    """Add a wall as a box behind its face, which casts no shadow."""
    width, height = wall.size
    centre = wall.to_world(np.array([[0, height / 2, -WALL_THICKNESS / 2]]))[0]
    _, link = add_model(world, name, [*centre, 0, 0, wall.yaw], static=True)
    visual = add_shape(link, 'face', box_geometry([WALL_THICKNESS, width, height]), wall.surface)
    visual.insert(0, Element('cast_shadows'))
    visual[0].text = 'false'


def add_table(world: Element, table: Table) -> None:
    """Add the table top, its upper side at z = 0."""
    _, link = add_model(world, 'table', [*table.centre, -table.thickness / 2, 0, 0, 0], static=True)
    add_shape(link, 'top', box_geometry([*table.size, table.thickness]), table.surface)


def add_object(world: Element, thing: SceneObject, folder: Path) -> None:
    """Add an object and write its meshes."""
    model, link = add_model(world, thing.name, [*thing.position, 0, 0, thing.yaw], static=False)
    standing = {} if thing.support is None else {
        'support': thing.support, 'contained': str(thing.contained).lower()}
    SubElement(model, ris_name('object'), {
        'category': thing.category, 'colour': thing.colour, 'material': thing.material,
        'size': thing.size_word, 'variant': str(thing.variant),
        'lying': str(thing.lying).lower(), **standing})
    add_inertia(link, thing.extents)
    stem = f'{thing.category.replace(" ", "_")}_{thing.variant}{"_lying" if thing.lying else ""}'
    for part in thing.parts:
        uri = f'meshes/{stem}_{part.role}.obj'
        write_obj(folder / uri, part.mesh)
        # Textures are defined in the mesh's own coordinates, but a reader applies <scale> first.
        surface = replace(part.surface, scale=part.surface.scale / thing.scale)
        add_shape(link, part.role, mesh_geometry(uri, thing.scale), surface)


def add_inertia(link: Element, extents: Iterable[float]) -> None:
    """Add the inertia of a box of light material."""
    x, y, z = extents
    mass = DENSITY * x * y * z
    inertial = SubElement(link, 'inertial')
    add_text(inertial, 'pose', format_numbers([0, 0, z / 2, 0, 0, 0]))
    add_text(inertial, 'mass', f'{mass:.6g}')
    inertia = SubElement(inertial, 'inertia')
    moments = {'ixx': y * y + z * z, 'iyy': x * x + z * z, 'izz': x * x + y * y}
    for name in ('ixx', 'ixy', 'ixz', 'iyy', 'iyz', 'izz'):
        add_text(inertia, name, f'{mass / 12 * moments.get(name, 0):.6g}')


def add_camera(world: Element, camera: Camera, width: int, height: int) -> None:
    """Add the RGB-D camera."""
    _, link = add_model(world, 'camera',
                        [*camera.position, camera.roll, camera.pitch, camera.yaw], static=True)
    sensor = SubElement(link, 'sensor', name='rgbd_camera', type='rgbd_camera')
    add_text(sensor, 'always_on', 'true')
    add_text(sensor, 'update_rate', '10')
    add_text(sensor, 'topic', 'camera')
    add_text(sensor, 'gz_frame_id', OPTICAL_FRAME)
    lens = SubElement(sensor, 'camera')
    add_text(lens, 'horizontal_fov', format_numbers([camera.horizontal_fov]))
    image = SubElement(lens, 'image')
    add_text(image, 'width', str(width))
    add_text(image, 'height', str(height))
    add_text(image, 'format', 'R8G8B8')
    clip = SubElement(lens, 'clip')
    add_text(clip, 'near', '0.1')
    add_text(clip, 'far', '10')
    add_text(lens, 'optical_frame_id', OPTICAL_FRAME)
