# SPDX-License-Identifier: Apache-2.0
"""Read an SDF world as a scene, so that Gazebo and the built-in camera show the same file.

A world needs a model ``table`` with one box, a directional light, and one sensor of type
rgbd_camera, camera or depth_camera. It may have a model ``floor``, models ``wall_1`` ... with one
box each, point lights, and other models with one link each and upright visuals (mesh, box, sphere,
cylinder). Everything else is refused with a sentence that names it.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np

from ris_ros.errors import RisError
from ris_sim.rendering.textures import TEXTURES
from ris_sim.scene import (
    Camera,
    Daylight,
    Lamp,
    Material,
    Part,
    Scene,
    SceneObject,
    Table,
    Wall,
)
from ris_sim.shapes import mesh as solids
from ris_sim.shapes.mesh import Mesh, read_mesh
from ris_sim.worlds.sdf_elements import (
    label,
    only_link,
    parse_numbers,
    pose_of,
    read_numbers,
    ris_name,
)

CAMERA_TYPES = ('rgbd_camera', 'camera', 'depth_camera')
DEFAULT_FLOOR_Z = -.7
MOST_OBJECTS = 255
WALL_NAME = re.compile(r'wall_\d+')


def read_world(path: Path | str) -> Scene:
    """Read a world file; the size of its pictures is ignored.

    Raises:
        RisError: if the file is missing, is not XML, or holds what the camera cannot show.
    """
    path = Path(path)
    try:
        root = ElementTree.parse(path).getroot()
    except OSError as error:
        raise RisError(f'The world file {path} cannot be opened: {error.strerror}.') from error
    except ElementTree.ParseError as error:
        raise RisError(f'The world file {path} is not XML: {error}.') from error
    world = root.find('world')
    if root.tag != 'sdf' or world is None:
        raise RisError(f'The file {path} is not an SDF world; expected <sdf> with a <world>.')
    try:
        return scene_of(world, path.parent)
    except RisError as error:
        raise RisError(f'The world file {path} cannot be used: {error}') from error


def scene_of(world: Element, folder: Path) -> Scene:
    """Convert a <world> to a scene; its meshes are files below a folder."""
    if world.find('include') is not None:
        raise RisError('it includes other models; put them into the file itself.')
    models = {model.get('name', ''): model for model in world.iterfind('model')}
    if 'table' not in models:
        raise RisError('it has no model named "table".')
    cameras = [model for model in models.values() if camera_sensor(model) is not None]
    if len(cameras) != 1:
        raise RisError(f'it has {len(cameras)} models with a camera sensor; expected one.')
    walls = [model for name, model in models.items() if WALL_NAME.fullmatch(name)]
    rest = [model for name, model in models.items()
            if name not in ('table', 'floor') and model not in (cameras[0], *walls)]
    if len(rest) > MOST_OBJECTS:
        raise RisError(f'it has {len(rest)} objects; an 8-bit label image holds {MOST_OBJECTS}.')
    things = tuple(read_object(model, folder) for model in rest)
    names = {thing.name for thing in things}
    for thing in things:
        if thing.support is not None and thing.support not in names:
            raise RisError(f'the support {thing.support!r} of {thing.name!r} is no model of it.')
    return Scene(things, read_camera(cameras[0]),
                 read_light(world),
                 read_table(world, models['table'], models.get('floor'), walls),
                 tuple(read_lamp(light) for light in world.iterfind('light')
                       if light.get('type') == 'point'))


def camera_sensor(model: Element) -> Element | None:
    """Return the model's camera sensor, or None."""
    sensors = [s for s in model.iterfind('link/sensor') if s.get('type') in CAMERA_TYPES]
    return sensors[0] if sensors else None


def read_camera(model: Element) -> Camera:
    """Read pose and field of view of the camera."""
    sensor = camera_sensor(model)
    lens = sensor.find('camera')
    if lens is None or any(pose_of(sensor)) or any(pose_of(only_link(model))):
        raise RisError('the camera sensor needs a <camera>, and its pose belongs on the model.')
    x, y, z, roll, pitch, yaw = pose_of(model)
    (fov,) = read_numbers(lens, 'horizontal_fov', 1)
    if not 0 < fov < np.pi:
        raise RisError(f"the camera's horizontal_fov is {fov}; expected 0 to 3.14 radians.")
    return Camera((x, y, z), roll, pitch, yaw, fov)


def read_light(world: Element) -> Daylight:
    """Read the sun and the ambient light."""
    suns = [light for light in world.iterfind('light') if light.get('type') == 'directional']
    if not suns:
        raise RisError('it has no <light> of type "directional".')
    sun = suns[0]
    towards = -np.array(read_numbers(sun, 'direction', 3))
    length = np.linalg.norm(towards)
    if length == 0:
        raise RisError('the direction of the sun is 0 0 0.')
    scene = world.find('scene')
    ambient = read_numbers(scene, 'ambient', 4, (.4, .4, .4, 1)) if scene is not None else (.4,)
    return Daylight(tuple((towards / length).tolist()), read_numbers(sun, 'intensity', 1, (1,))[0],
                    read_numbers(sun, 'diffuse', 4, (1, 1, 1, 1))[:3], ambient[0],
                    read_numbers(sun, ris_name('softness'), 1, (.03,))[0])


def read_lamp(light: Element) -> Lamp:
    """Read a point light; its light falls with the square of the distance."""
    return Lamp(pose_of(light)[:3], read_numbers(light, 'intensity', 1, (1,))[0],
                read_numbers(light, 'diffuse', 4, (1, 1, 1, 1))[:3])


def read_box(model: Element) -> tuple[Element, tuple[float, ...]]:
    """Return the visual of a model of one box, and the box's size in metres."""
    visual = only_link(model).find('visual')
    box = visual.find('geometry/box') if visual is not None else None
    if box is None:
        raise RisError(f'{label(model)} must have a visual with a <box>.')
    return visual, read_numbers(box, 'size', 3)


def read_wall(model: Element) -> Wall:
    """Read an upright wall, a box whose visible face points along its own x."""
    visual, (thickness, width, height) = read_box(model)
    x, y, z, roll, pitch, yaw = pose_of(model)
    if roll or pitch:
        raise RisError(f'{label(model)} is tilted; a wall stands upright.')
    wall = Wall((x, y, z), yaw, (width, height), read_surface(visual))
    foot = wall.to_world(np.array([[0, -height / 2, thickness / 2]]))[0]
    return replace(wall, position=tuple(foot.tolist()))


def read_table(world: Element, table: Element, floor: Element | None,
               walls: Sequence[Element]) -> Table:
    """Read table top, floor, walls and background."""
    visual, (x, y, thickness) = read_box(table)
    place = pose_of(table)
    if not np.allclose(place, (0, 0, -thickness / 2, 0, 0, 0), atol=1e-4):
        raise RisError('the table must be level and centred, its upper side at z = 0.')
    scene = world.find('scene')
    wall = read_numbers(scene, 'background', 4, (.7, .7, .7, 1)) if scene is not None else (.7,) * 4
    ground, floor_z = Material((.5, .5, .5)), DEFAULT_FLOOR_Z
    if floor is not None:
        floor_z = pose_of(floor)[2]
        seen = only_link(floor).find('visual')
        ground = read_surface(seen) if seen is not None else ground
    return Table((x, y), thickness, read_surface(visual), ground, floor_z, wall[:3],
                 tuple(read_wall(model) for model in walls))


def read_surface(visual: Element) -> Material:
    """Read a visual's material: its diffuse colour, and its texture if the file has one."""
    material, extra = visual.find('material'), visual.find(ris_name('surface'))
    colour = (.7, .7, .7)
    if material is not None:
        colour = read_numbers(material, 'diffuse', 4, (.7, .7, .7, 1))[:3]
    if extra is None:
        metal = material.find('pbr/metal') if material is not None else None
        if metal is None:
            return Material(colour)
        return Material(colour, metallic=read_numbers(metal, 'metalness', 1, (0,))[0],
                        roughness=read_numbers(metal, 'roughness', 1, (.6,))[0])

    def number(name: str) -> float:
        """Read a number from our own attributes."""
        return parse_numbers(extra.get(name), 1, f'ris:surface {name} of {label(visual)}')[0]
    texture = extra.get('texture', 'plain')
    if texture not in TEXTURES:
        raise RisError(f'{label(visual)} has the texture {texture!r}; '
                       f'expected one of {", ".join(TEXTURES)}.')
    second = parse_numbers(extra.get('second'), 3, f'ris:surface second of {label(visual)}')
    return Material(colour, second, texture, number('scale'), number('seed'), number('metallic'),
                    number('roughness'))


def read_object(model: Element, folder: Path) -> SceneObject:
    """Read a model that stands on the table."""
    x, y, z, roll, pitch, yaw = pose_of(model)
    if roll or pitch:
        raise RisError(f'{label(model)} is tilted; turn the mesh instead, only yaw is understood.')
    parts = []
    for visual in only_link(model).iterfind('visual'):
        if any(pose_of(visual)):
            raise RisError(f'{label(visual)} of {label(model)} has a pose; move the mesh instead.')
        parts.append(Part(visual.get('name', 'main'), read_geometry(visual, folder),
                          read_surface(visual)))
    if not parts:
        raise RisError(f'{label(model)} has no visuals.')
    name = model.get('name', '')
    points = np.concatenate([part.mesh.vertices for part in parts])
    extra = model.find(ris_name('object'))
    about = {} if extra is None else extra.attrib
    return SceneObject(
        name, about.get('category', name), about.get('colour', ''), about.get('material', 'plain'),
        about.get('size', 'medium'), 1.0,
        int(parse_numbers(about.get('variant', '-1'), 1, f'the variant of {label(model)}')[0]),
        about.get('lying') == 'true', (x, y, z), yaw, tuple(np.ptp(points, axis=0).tolist()),
        tuple(parts), about.get('support'), about.get('contained') == 'true')


def read_geometry(visual: Element, folder: Path) -> Mesh:
    """Read the mesh, box, sphere or cylinder of a visual."""
    shape = visual.find('geometry/*')
    kind = '' if shape is None else shape.tag
    if kind == 'mesh':
        uri = shape.findtext('uri') or ''
        if '://' in uri and not uri.startswith('file://'):
            raise RisError(f'the mesh {uri!r} is not a file beside the world.')
        scale = read_numbers(shape, 'scale', 3, (1, 1, 1))
        return read_mesh(folder / uri.removeprefix('file://'), scale)
    if kind == 'box':
        x, y, z = read_numbers(shape, 'size', 3)
        return solids.shaded(solids.moved(solids.box(x, y, z), z=-z / 2))
    if kind == 'sphere':
        return solids.shaded(solids.sphere(read_numbers(shape, 'radius', 1)[0], 4))
    if kind == 'cylinder':
        radius, length = read_numbers(shape, 'radius', 1)[0], read_numbers(shape, 'length', 1)[0]
        return solids.shaded(solids.moved(solids.cylinder(radius, length), z=-length / 2))
    raise RisError(f'{label(visual)} has the geometry {kind!r}; '
                   'expected mesh, box, sphere or cylinder.')
