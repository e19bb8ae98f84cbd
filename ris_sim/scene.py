# SPDX-License-Identifier: Apache-2.0
"""The parts of a simulated scene: objects, camera, lights, table and room, all frozen."""
from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from ris_ros.frame import CameraModel
from ris_sim.shapes.mesh import Mesh

Colour = tuple[float, float, float]
Vector = tuple[float, float, float]


class Projection(Enum):
    """How a flat print comes onto a part.

    Attributes:
        BOX: the print holds three faces side by side, front, side and top; the opposite faces
            show them again.
        CYLINDER: the print goes once around z, from the bottom of the picture to its top.
        TOP: the print lies on the upper side and is cut off at the print's box.
        FRONT: the print faces along -y.
    """

    BOX = 'box'
    CYLINDER = 'cylinder'
    TOP = 'top'
    FRONT = 'front'


@dataclass(frozen=True, eq=False)
class Print:
    """A picture that is printed on a part.

    Attributes:
        image: (h, w, 3) uint8 sRGB.
        regions: (h, w) uint8; 0 for the ground, another number for each printed element, such as
            a logo, a picture or a block of text.
        projection: how it comes onto the part.
        low: the lowest corner of the printed part's bounding box, in the object's coordinates.
        high: the highest corner.
        lying: whether the object lies on its side; corners and projection are then those of the
            object as it stood, before it was turned by 90 degrees about y.
    """

    image: np.ndarray
    regions: np.ndarray
    projection: Projection
    low: Vector
    high: Vector
    lying: bool = False


@dataclass(frozen=True)
class Material:
    """How a surface looks.

    Attributes:
        colour: sRGB, 0 to 1.
        second: the texture's other colour, sRGB, 0 to 1.
        texture: a key of textures.TEXTURES.
        scale: texture periods per metre.
        seed: shifts the texture.
        metallic: 0 to 1.
        roughness: 0 to 1.
        print: a picture in place of colour and texture, or None.
        transmission: share of the light that comes straight through, 0 to 1; the colour tints it.
        sheen: how bright the rim of fabric is, 0 to 1.
        coat: strength of a clear, sharp gloss over the material, 0 to 1.
        emission: light of its colour that it gives off, as much as a white surface reflects at 1.
    """

    colour: Colour
    second: Colour = (1.0, 1.0, 1.0)
    texture: str = 'plain'
    scale: float = 1.0
    seed: float = 0.0
    metallic: float = 0.0
    roughness: float = 0.6
    print: Print | None = None
    transmission: float = 0.0
    sheen: float = 0.0
    coat: float = 0.0
    emission: float = 0.0


@dataclass(frozen=True, eq=False)
class Part:
    """A part of an object.

    Attributes:
        role: one of catalogue.ROLES; parts of one role share a material.
        mesh: in the object's own coordinates.
        surface: its material.
    """

    role: str
    mesh: Mesh
    surface: Material


@dataclass(frozen=True, eq=False)
class SceneObject:
    """One object on the table.

    Attributes:
        name: unique in the scene.
        category: one of catalogue.HOME_CATEGORIES.
        colour: a key of colours.COLOURS, or '' when no colour covers most of it; then no colour
            word names it, and any of its colours may.
        material: one of colours.HOME_MATERIALS.
        size_word: 'small', 'medium' or 'large'.
        scale: factor on the variant's size.
        variant: number of its shape in the category.
        lying: whether it lies on its side.
        position: of the centre of its footprint in the world, metres; z is its lowest point.
        yaw: about the vertical, radians.
        extents: size along its own axes in metres, scale included.
        parts: its meshes and their materials.
        support: name of the object that it stands on or lies in; None for the table.
        contained: whether it lies in its support rather than on it.
    """

    name: str
    category: str
    colour: str
    material: str
    size_word: str
    scale: float
    variant: int
    lying: bool
    position: Vector
    yaw: float
    extents: Vector
    parts: tuple[Part, ...]
    support: str | None = None
    contained: bool = False

    def to_world(self, points: np.ndarray) -> np.ndarray:
        """Map (N, 3) points of the object's meshes into the world."""
        return self.turn(points * np.float32(self.scale)) + np.asarray(self.position, np.float32)

    def turn(self, vectors: np.ndarray) -> np.ndarray:
        """Turn (N, 3) vectors by the object's yaw."""
        c, s = np.float32(np.cos(self.yaw)), np.float32(np.sin(self.yaw))
        return np.stack([c * vectors[:, 0] - s * vectors[:, 1],
                         s * vectors[:, 0] + c * vectors[:, 1], vectors[:, 2]], axis=1)


@dataclass(frozen=True)
class Camera:
    """Pose and field of view of the camera.

    Attributes:
        position: in the world, metres.
        roll: of the camera link (x forward, y left, z up, as in SDF), radians.
        pitch: of the camera link, radians.
        yaw: of the camera link, radians.
        horizontal_fov: radians.
    """

    position: Vector
    roll: float
    pitch: float
    yaw: float
    horizontal_fov: float

    @property
    def rotation(self) -> np.ndarray:
        """(3, 3) rotation from optical coordinates (x right, y down, z forward) to the world."""
        angles = [self.roll, self.pitch, self.yaw]
        (cr, cp, cy), (sr, sp, sy) = np.cos(angles), np.sin(angles)
        link = np.array([[cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr],
                         [sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr],
                         [-sp, cp * sr, cp * cr]])
        return link @ np.array([[0, 0, 1], [-1, 0, 0], [0, -1, 0]])

    def to_optical(self, points: np.ndarray) -> np.ndarray:
        """Map (N, 3) world points into the camera's optical frame."""
        return (np.asarray(points) - self.position) @ self.rotation

    def model(self, width: int, height: int) -> CameraModel:
        """Return the intrinsics at an image size; integer pixel coordinates are pixel centres."""
        focal = width / (2 * np.tan(self.horizontal_fov / 2))
        return CameraModel(focal, focal, (width - 1) / 2, (height - 1) / 2, width, height)


@dataclass(frozen=True)
class Daylight:
    """The sun, and the ambient light.

    Attributes:
        direction: unit vector towards the sun.
        intensity: of the sun.
        colour: linear RGB of the sun.
        ambient: intensity of the ambient light.
        softness: angular radius of the sun in radians.
        sky: linear RGB of the ambient light.
        occlusion: metres within which things keep ambient light away.
        is_smooth: whether penumbras are drawn in their full width, without grain.
    """

    direction: Vector
    intensity: float
    colour: Colour
    ambient: float
    softness: float
    sky: Colour = (1.0, 1.0, 1.0)
    occlusion: float = .12
    is_smooth: bool = False


@dataclass(frozen=True)
class Lamp:
    """A small lamp over the table.

    Attributes:
        position: in the world, metres.
        intensity: at one metre; it falls with the square of the distance.
        colour: linear RGB.
        radius: metres.
        is_smooth: as in Daylight.
    """

    position: Vector
    intensity: float
    colour: Colour
    radius: float = .04
    is_smooth: bool = False


@dataclass(frozen=True)
class Wall:
    """An upright wall that stands on the floor.

    Attributes:
        position: of the foot of its face, metres.
        yaw: direction of the face's normal, radians.
        size: width and height in metres.
        surface: its material.
    """

    position: Vector
    yaw: float
    size: tuple[float, float]
    surface: Material

    def to_world(self, points: np.ndarray) -> np.ndarray:
        """Map (N, 3) points of the face (along, up, out) into the world."""
        return self.turn(points) + np.asarray(self.position, np.float32)

    def turn(self, vectors: np.ndarray) -> np.ndarray:
        """Turn (N, 3) vectors of the face (along, up, out) into the world."""
        c, s = np.float32(np.cos(self.yaw)), np.float32(np.sin(self.yaw))
        along, up, out = vectors.T
        return np.stack([c * out - s * along, s * out + c * along, up], axis=1)


@dataclass(frozen=True)
class Table:
    """A table top with z = 0 on its upper side, and the room around it.

    Attributes:
        size: x and y in metres.
        thickness: metres.
        surface: material of the table top.
        floor: material of the floor.
        floor_z: height of the floor, metres.
        wall: sRGB of the background beyond floor and walls.
        walls: of the room.
        centre: x and y of the table top's middle in metres.
        is_round: whether the table top is an ellipse rather than a rectangle.
    """

    size: tuple[float, float]
    thickness: float
    surface: Material
    floor: Material
    floor_z: float
    wall: Colour
    walls: tuple[Wall, ...] = ()
    centre: tuple[float, float] = (0.0, 0.0)
    is_round: bool = False


@dataclass(frozen=True)
class Metering:
    """How the camera chooses its exposure and white balance.

    Attributes:
        level: linear brightness, 0 to 1, that the picture's middle gets.
        adaptation: share of the light's tint that the white balance takes away, 0 to 1.
        gains: of red, green and blue, the white balance's error.
        shoulder: linear brightness from which highlights are compressed; 1 for a hard limit.
    """

    level: float
    adaptation: float
    gains: Colour = (1.0, 1.0, 1.0)
    shoulder: float = 1.0


@dataclass(frozen=True, eq=False)
class Scene:
    """Objects on a table, seen by a camera.

    Attributes:
        objects: what expressions may name.
        camera: pose and field of view.
        light: the sun and the ambient light.
        table: with the room around it.
        lamps: of the room.
        background: furniture, people, robots and the like, which are never a target.
        metering: of the camera; None for a fixed exposure.
    """

    objects: tuple[SceneObject, ...]
    camera: Camera
    light: Daylight
    table: Table
    lamps: tuple[Lamp, ...] = ()
    background: tuple[SceneObject, ...] = ()
    metering: Metering | None = None
