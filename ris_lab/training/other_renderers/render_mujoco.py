# SPDX-License-Identifier: Apache-2.0
"""Rasterise exported scenes with MuJoCo: run by the Python of the environment that has it.

Nothing needs a display: MUJOCO_GL=egl, or osmesa where there is no EGL.
"""
from __future__ import annotations

import argparse
import json
from pathlib import Path
import sys

import mujoco
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from patterns import PERIODS, pattern
from room import blurred, environment

TEXTURE = 256
# Highlights of a fixed-function rasteriser; metal is mostly what it mirrors.
SPECULAR, METAL_SPECULAR = .35, .8
# The share of the ambient light that comes from the camera, so that shadows show shape.
HEADLIGHT = .3


def display_light(light: dict, sky: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Return ambient light and sun, RGB, for a renderer that adds up display values.

    What is in full sun and what is in full shadow gets the brightness that linear light gives it.
    """
    shadow = light['ambient'] * np.array(sky)
    lit = shadow + light['intensity'] * np.array(light['colour'])
    return shadow ** (1 / 2.2), lit ** (1 / 2.2) - shadow ** (1 / 2.2)


def lamp_light(lamp: dict, before: np.ndarray) -> np.ndarray:
    """Return what a lamp adds, RGB in display values, in the middle of the table."""
    distance = np.linalg.norm(lamp['position'])
    lit = before ** 2.2 + lamp['intensity'] / distance ** 2 * np.array(lamp['colour'])
    return lit ** (1 / 2.2) - before


def paint(surface: dict, rng: np.random.Generator) -> np.ndarray:
    """Return the (S, S, 3) uint8 texture of a surface."""
    mix = pattern(surface['texture'], TEXTURE, rng)[..., None]
    first, second = np.array(surface['colour']), np.array(surface['second'])
    return np.rint(255 * (first * (1 - mix) + second * mix)).astype(np.uint8)


def mirrored_room(surface: dict, panorama: np.ndarray) -> np.ndarray:
    """Return a texture with the room as metal of a surface's colour shows it, a row a height."""
    seen = blurred(panorama, surface['roughness'])
    rows = np.linspace(0, len(seen) - 1, TEXTURE).astype(int)
    columns = np.linspace(0, seen.shape[1] - 1, TEXTURE).astype(int)
    seen = seen[rows][:, columns] * np.array(surface['colour']) ** 2.2
    return np.rint(255 * np.clip(seen, 0, 1) ** (1 / 2.2)).astype(np.uint8)


def mirror_places(points: np.ndarray, normals: np.ndarray, eye: np.ndarray) -> np.ndarray:
    """Return where in the panorama the (V, 2) mirrored rays from the camera end."""
    ray = points - eye
    ray /= np.linalg.norm(ray, axis=1, keepdims=True)
    ray -= 2 * (ray * normals).sum(axis=1, keepdims=True) * normals
    around = np.arctan2(ray[:, 1], ray[:, 0]) / (2 * np.pi) + .5
    return np.stack([around, np.arccos(np.clip(ray[:, 2], -1, 1)) / np.pi], axis=1)


def texture_places(local: np.ndarray, surface: dict, is_background: bool) -> np.ndarray:
    """Return (V, 2) texture coordinates, the pattern's second axis across its bands."""
    # Phases are those of the built-in renderer: a small thing may show only one or two bands.
    phase = local * surface['scale'] + surface['seed'] * np.array([1, .7, .3])
    along = phase[:, 0] + (0 if is_background else phase[:, 1])
    return np.stack([along, phase[:, 1 if is_background else 2]], axis=1) / PERIODS


def add_piece(spec: mujoco.MjSpec, number: int, piece: dict, meshes: dict, eye: np.ndarray,
              panorama: np.ndarray, rng: np.random.Generator) -> None:
    """Add a piece with its mesh, texture and material."""
    surface, pose, name = piece['surface'], np.array(piece['matrix']), f'piece_{number}'
    local, faces = meshes[f'vertices_{number}'], meshes[f'faces_{number}']
    points = local @ pose[:3, :3].T + pose[:3, 3]
    normals = meshes[f'normals_{number}'] @ pose[:3, :3].T
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    is_metal = surface['metallic'] > .5
    picture = mirrored_room(surface, panorama) if is_metal else paint(surface, rng)
    places = (mirror_places(points, normals, eye) if is_metal
              else texture_places(local, surface, piece['label'] == 0))
    spec.add_mesh(name=name, uservert=points.ravel(), usernormal=normals.ravel(),
                  usertexcoord=places.ravel(), userface=faces.ravel(),
                  userfacenormal=faces.ravel(), userfacetexcoord=faces.ravel(),
                  inertia=mujoco.mjtMeshInertia.mjMESH_INERTIA_SHELL)
    texture = spec.add_texture(name=name, type=mujoco.mjtTexture.mjTEXTURE_2D, width=TEXTURE,
                               height=TEXTURE, nchannel=3)
    texture.data = picture.tobytes()
    material = spec.add_material(
        name=name, specular=METAL_SPECULAR if is_metal else SPECULAR,
        shininess=1 - surface['roughness'])
    material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = name
    spec.worldbody.add_geom(name=name, type=mujoco.mjtGeom.mjGEOM_MESH, meshname=name,
                            material=name, contype=0, conaffinity=0)


def build(described: dict, meshes: dict, rng: np.random.Generator) -> mujoco.MjModel:
    """Return the scene as a model with one camera."""
    spec = mujoco.MjSpec()
    light, rotation = described['light'], np.array(described['rotation'])
    spec.visual.global_.offwidth = described['width']
    spec.visual.global_.offheight = described['height']
    spec.visual.quality.shadowsize, spec.visual.quality.offsamples = 4096, 8
    spec.visual.map.znear, spec.visual.map.zfar = .05, 20
    spec.stat.extent, spec.stat.center = 1, [0, 0, 0]
    ambient, sun = display_light(light, described['sky'])
    spec.visual.headlight.ambient = ambient * (1 - HEADLIGHT)
    spec.visual.headlight.diffuse = ambient * HEADLIGHT
    spec.visual.headlight.specular = [0] * 3
    spec.worldbody.add_light(
        type=mujoco.mjtLightType.mjLIGHT_DIRECTIONAL, castshadow=True,
        pos=3 * np.array(light['direction']), dir=-np.array(light['direction']),
        diffuse=sun, specular=sun)
    for lamp in described['lamps']:
        position = np.array(lamp['position'])
        spec.worldbody.add_light(
            type=mujoco.mjtLightType.mjLIGHT_SPOT, castshadow=True, pos=position, dir=-position,
            cutoff=70, exponent=0, attenuation=[1, 0, 0], diffuse=lamp_light(lamp, ambient + sun),
            specular=[.5] * 3)
    field = 2 * np.arctan(described['height'] / (2 * described['focal']))
    turned = np.empty(4)
    mujoco.mju_mat2Quat(turned, (rotation @ np.diag([1, -1, -1])).ravel())
    spec.worldbody.add_camera(name='camera', pos=described['position'], quat=turned,
                              fovy=float(np.degrees(field)))
    panorama = environment(described['sky'], described['ground'], rng)
    eye = np.array(described['position'])
    for number, piece in enumerate(described['pieces']):
        add_piece(spec, number, piece, meshes, eye, panorama, rng)
    return spec.compile()


def render(model: mujoco.MjModel, described: dict) -> dict[str, np.ndarray]:
    """Return the picture (H, W, 3) uint8, depth (H, W) float32 metres and labels (H, W) uint8."""
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    with mujoco.Renderer(model, described['height'], described['width']) as renderer:
        def take() -> np.ndarray:
            renderer.update_scene(data, 'camera')
            for geom in renderer.scene.geoms[:renderer.scene.ngeom]:
                if described['pieces'][geom.objid]['is_wall']:
                    # Decoration casts no shadow: walls let light through from behind.
                    geom.category = mujoco.mjtCatBit.mjCAT_DECOR
            return renderer.render().copy()
        image = take()
        renderer.enable_depth_rendering()
        depth = take()
        renderer.disable_depth_rendering()
        renderer.enable_segmentation_rendering()
        geoms = take()[..., 0]
    of_geom = np.array([*(piece['label'] for piece in described['pieces']), 0], np.uint8)
    depth[geoms < 0] = 0
    return {'image': image, 'depth': depth, 'labels': of_geom[geoms]}


def main() -> None:
    """Render the scenes that have no picture yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--scenes', type=Path, required=True, help='folder of exported scenes')
    arguments = parser.parse_args()
    for number, folder in enumerate(sorted(arguments.scenes.glob('scene_*'))):
        done = folder / 'mujoco.npz'
        if done.exists():
            continue
        described = json.loads((folder / 'scene.json').read_text())
        meshes = dict(np.load(folder / 'meshes.npz'))
        model = build(described, meshes, np.random.default_rng(number))
        np.savez_compressed(done, **render(model, described))


if __name__ == '__main__':
    main()
