# SPDX-License-Identifier: Apache-2.0
"""A scene as one triangle soup, and rays cast into it with Embree."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ris_ros.errors import RisError
from ris_ros.frame import CameraModel
from ris_sim.scene import Camera, Material, Scene, SceneObject, Table, Wall
from ris_sim.shapes.mesh import Mesh, box, cylinder, moved, scaled, shaded

try:
    from embreex import rtcore_scene
    from embreex.mesh_construction import TriangleMesh
except ImportError as error:
    raise RisError(
        'The built-in simulator casts rays with Embree, and its Python package embreex is not '
        'installed: `pip install embreex` (wheels for x86-64; on another processor it builds '
        'from source against an installed Embree). All else in ris_ros works without it.'
    ) from error

# Half the side of the floor, metres.
FLOOR_HALF = 5.0
# Surfaces of more transmission than this throw no shadow.
CLEAR = .6
# Rays a side that measure a silhouette.
GRID = 40


@dataclass(frozen=True, eq=False)
class Hits:
    """Where rays met a surface; all arrays have one entry per ray.

    Attributes:
        origins: (N, 3) float32 of the rays.
        directions: (N, 3) float32 of the rays.
        hit: bool, whether the ray met anything.
        distance: in lengths of the ray's direction.
        primitive: index of the triangle.
        u: barycentric coordinate.
        v: barycentric coordinate.
    """

    origins: np.ndarray
    directions: np.ndarray
    hit: np.ndarray
    distance: np.ndarray
    primitive: np.ndarray
    u: np.ndarray
    v: np.ndarray


@dataclass(frozen=True, eq=False)
class Piece:
    """One mesh of a scene.

    Attributes:
        mesh: in the coordinates of its pose.
        surface: its material.
        pose: the object or wall that it belongs to; None for a mesh in world coordinates.
        label: 0 for all but objects, i + 1 for object i.
        background: 0 for all but the background, i + 1 for thing i of it.
    """

    mesh: Mesh
    surface: Material
    pose: SceneObject | Wall | None = None
    label: int = 0
    background: int = 0


class TriangleSoup:
    """Triangles in world coordinates, (T, 3, 3) float32 corners, to cast rays into."""

    def __init__(self, corners: np.ndarray) -> None:
        self.corners = np.ascontiguousarray(corners, np.float32)
        self._embree = rtcore_scene.EmbreeScene(robust=True)
        TriangleMesh(self._embree, self.corners.reshape(-1, 3),
                     np.arange(3 * len(self.corners), dtype=np.int32).reshape(-1, 3))

    def cast(self, origins: np.ndarray, directions: np.ndarray) -> Hits:
        """Find the first triangle along each of N rays, (N, 3) float32 origins and directions."""
        found = self._embree.run(origins, directions, output=True)
        primitive = found['primID']
        return Hits(origins, directions, primitive >= 0, found['tfar'], primitive,
                    found['u'], found['v'])

    def occluded(self, origins: np.ndarray, directions: np.ndarray,
                 reach: np.ndarray | None = None) -> np.ndarray:
        """Tell for each ray whether it meets anything.

        Args:
            origins: (N, 3) float32.
            directions: (N, 3) float32.
            reach: (N,) float32, how far to look in lengths of the direction; None for no limit.
        """
        return self._embree.run(origins, directions, dists=reach, query='OCCLUDED') >= 0


def soup_of(things: Iterable[SceneObject]) -> TriangleSoup:
    """Collect the triangles of objects where they stand."""
    return TriangleSoup(np.concatenate([thing.to_world(part.mesh.vertices)[part.mesh.faces]
                                for thing in things for part in thing.parts]))


def bounds_of(thing: SceneObject) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and the highest corner of an object's bounding box in the world."""
    points = np.concatenate([thing.to_world(part.mesh.vertices) for part in thing.parts])
    return points.min(axis=0), points.max(axis=0)


class SceneTriangles(TriangleSoup):
    """All triangles of a scene in world coordinates.

    Attributes:
        surfaces: the distinct materials.
        label: (T,) 0 for table, room and background, i + 1 for object i.
        background: (T,) 0 for all but the background, i + 1 for thing i of the background.
        surface: (T,) index of the material.
        part: for each material, the number of its part in the object, from 1; the elements that
            are printed on a part have the numbers after it. 0 for table and room.
        corners: (T, 3, 3) in the world.
        corner_normals: (T, 3, 3) in the world.
        corner_locals: (T, 3, 3) in object coordinates, in which textures are defined.
        occlusion: metres within which things keep ambient light away.
        blockers: the triangles that keep light away; the room's and clear ones do not.
    """

    def __init__(self, scene: Scene) -> None:
        self.surfaces: list[Material] = []
        self.occlusion = np.float32(scene.light.occlusion)
        numbers: list[int] = []
        following, last = 0, 0
        corners, normals, local, labels, behind, surface = [], [], [], [], [], []
        for piece in pieces(scene):
            mesh, pose, label = piece.mesh, piece.pose, piece.label
            world = mesh.vertices if pose is None else pose.to_world(mesh.vertices)
            turned = mesh.normals if pose is None else pose.turn(mesh.normals)
            corners.append(world[mesh.faces])
            normals.append(turned[mesh.faces])
            local.append(mesh.vertices[mesh.faces])
            labels.append(np.full(len(mesh.faces), label, np.uint8))
            behind.append(np.full(len(mesh.faces), piece.background, np.uint8))
            surface.append(np.full(len(mesh.faces), len(self.surfaces), np.int32))
            self.surfaces.append(piece.surface)
            following, last = following if label == last else 1, label
            numbers.append(following if label else 0)
            following += 1 + printed_elements(piece.surface)
        self.part = np.array(numbers)
        super().__init__(np.concatenate(corners))
        self.corner_normals = np.concatenate(normals)
        self.corner_locals = np.concatenate(local)
        self.label, self.surface = np.concatenate(labels), np.concatenate(surface)
        self.background = np.concatenate(behind)
        clear = np.array([surface.transmission > CLEAR for surface in self.surfaces])
        blocks = (self.label > 0) | (self.background > 0) | (self.surface == 0)
        blocks &= ~clear[self.surface]
        self.blockers = TriangleSoup(self.corners[blocks])
        self._boxes = [bounds_of(thing) for thing in (*scene.objects, *scene.background)]
        if scene.background:
            top = self.corners[self.surface == 0]
            self._boxes.append((top.min(axis=(0, 1)), top.max(axis=(0, 1))))

    def face_normals(self, triangle: np.ndarray) -> np.ndarray:
        """Return (N, 3) normals of triangles, of any length, in their object's coordinates."""
        a, b, c = self.corner_locals.take(triangle, axis=0).transpose(1, 0, 2)
        return np.cross(b - a, c - a)

    def near_things(self, points: np.ndarray, reach: float) -> np.ndarray:
        """Tell which of (N, 3) points are within a distance of an object's bounding box."""
        near = np.zeros(len(points), bool)
        for low, high in self._boxes:
            near |= ((points > low - reach) & (points < high + reach)).all(axis=1)
        return near


def printed_elements(surface: Material) -> int:
    """Count the elements that are printed on a surface."""
    return 0 if surface.print is None else int(surface.print.regions.max())


def pieces(scene: Scene) -> Iterator[Piece]:
    """Yield everything that is visible; the table top is first and the floor second."""
    table = scene.table
    yield Piece(table_mesh(table), table.surface)
    yield Piece(floor_mesh(table.floor_z), table.floor)
    for wall in table.walls:
        yield Piece(wall_mesh(*wall.size), wall.surface, wall)
    for i, thing in enumerate(scene.objects):
        for part in thing.parts:
            yield Piece(part.mesh, part.surface, thing, label=i + 1)
    for i, thing in enumerate(scene.background):
        for part in thing.parts:
            yield Piece(part.mesh, part.surface, thing, background=i + 1)


def table_mesh(table: Table) -> Mesh:
    """Build the table top, a slab whose upper side is z = 0."""
    if table.is_round:
        top = scaled(cylinder(.5, table.thickness, 64), *table.size, 1)
    else:
        top = box(*table.size, table.thickness)
    return shaded(moved(top, *table.centre, -table.thickness))


def floor_mesh(z: float) -> Mesh:
    """Build the floor, a large square at a height in metres."""
    h = FLOOR_HALF
    vertices = np.array([[-h, -h, z], [h, -h, z], [h, h, z], [-h, h, z]], np.float32)
    normals = np.tile(np.float32([0, 0, 1]), (4, 1))
    return Mesh(vertices, normals, np.array([[0, 1, 2], [0, 2, 3]], np.int32))


def wall_mesh(width: float, height: float) -> Mesh:
    """Build a wall's face, a rectangle in the face's coordinates (along, up, out)."""
    w = width / 2
    vertices = np.array([[-w, 0, 0], [w, 0, 0], [w, height, 0], [-w, height, 0]], np.float32)
    normals = np.tile(np.float32([0, 0, 1]), (4, 1))
    return Mesh(vertices, normals, np.array([[0, 1, 2], [0, 2, 3]], np.int32))


def pixel_rays(camera: Camera, model: CameraModel, columns: np.ndarray,
               rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Compute the rays through pixels.

    Args:
        camera: pose.
        model: intrinsics.
        columns: (N,) float32.
        rows: (N,) float32.

    Returns:
        Origins and directions, (N, 3) float32 each; a direction is 1 long along the optical axis.
    """
    optical = np.stack([(columns - model.cx) / model.fx, (rows - model.cy) / model.fy,
                        np.ones_like(columns)], axis=1).astype(np.float32)
    directions = np.ascontiguousarray(optical @ camera.rotation.T.astype(np.float32))
    origins = np.broadcast_to(np.float32(camera.position), directions.shape)
    return np.ascontiguousarray(origins), directions


def visible_share(thing: SceneObject, others: Sequence[SceneObject], camera: Camera,
                  model: CameraModel) -> float:
    """Compute the visible share, 0 to 1, of an object's whole silhouette.

    The silhouette is what would be visible if nothing stood in front of it and the image had no
    border. It is measured with GRID x GRID rays over its bounding rectangle.

    Args:
        thing: the object.
        others: all other objects.
        camera: pose.
        model: intrinsics.
    """
    alone = soup_of([thing])
    points = camera.to_optical(alone.corners.reshape(-1, 3))
    points = points[points[:, 2] > .01]
    if not len(points):
        return 0.0
    u = model.fx * points[:, 0] / points[:, 2] + model.cx
    v = model.fy * points[:, 1] / points[:, 2] + model.cy
    steps = ((np.arange(GRID, dtype=np.float32) + np.float32(.5)) / GRID)
    columns, rows = np.meshgrid(u.min() + np.float32(np.ptp(u)) * steps,
                                v.min() + np.float32(np.ptp(v)) * steps)
    columns, rows = columns.ravel().astype(np.float32), rows.ravel().astype(np.float32)
    hits = alone.cast(*pixel_rays(camera, model, columns, rows))
    seen = (hits.hit & (columns > -.5) & (columns < model.width - .5)
            & (rows > -.5) & (rows < model.height - .5))
    if others and seen.any():
        reach = hits.distance[seen] - np.float32(1e-4)
        seen[seen] = ~soup_of(others).occluded(
            hits.origins[seen], hits.directions[seen], reach)
    return float(seen.sum() / max(1, hits.hit.sum()))


def before(scene: Scene, thing: SceneObject) -> list[SceneObject]:
    """Return the background things that may hide an object: nearer, in the same directions."""
    mine = _outline(scene.camera, thing)
    found = []
    for other in scene.background:
        its = _outline(scene.camera, other)
        apart = (its[:2, 0] > mine[:2, 1]).any() or (its[:2, 1] < mine[:2, 0]).any()
        if not apart and its[2, 0] < mine[2, 1]:
            found.append(other)
    return found


def _outline(camera: Camera, thing: SceneObject) -> np.ndarray:
    """Return the ranges of right/forward, down/forward and forward of a bounding box, (3, 2)."""
    low, high = bounds_of(thing)
    corners = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1])
                        for z in (low[2], high[2])])
    x, y, z = camera.to_optical(corners).T
    if z.min() < .05:
        # What is beside the camera may be anywhere.
        return np.array([[-np.inf, np.inf], [-np.inf, np.inf], [z.min(), z.max()]])
    return np.array([[(x / z).min(), (x / z).max()], [(y / z).min(), (y / z).max()],
                     [z.min(), z.max()]])
