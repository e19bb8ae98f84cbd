# SPDX-License-Identifier: Apache-2.0
"""The camera: colour, depth and labels of a scene by ray casting on the CPU."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_ros.frame import CameraModel, Frame
from ris_sim.rendering.exposure import compressed, metered_gains
from ris_sim.rendering.glow import add_glow
from ris_sim.rendering.parts import part_numbers
from ris_sim.rendering.raycast import Hits, SceneTriangles, pixel_rays
from ris_sim.rendering.shading import shade, to_srgb
from ris_sim.scene import Material, Scene

# What a depth camera loses on full metal, and for each unit of roughness below .4.
METAL_LOSS, GLOSS_LOSS = .35, .5
# What it loses on a surface that all light passes.
CLEAR_LOSS = .8
# Offsets (x, y), in pixels, of the four rays of a pixel at an edge.
SUBPIXELS = np.float32([[-.375, -.125], [.125, -.375], [.375, .125], [-.125, .375]])


@dataclass(frozen=True, eq=False)
class Rendering:
    """A picture with its truth; depth and labels are those of the pixels' centres.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        depth: (H, W) float32 metres along the optical axis, without noise, 0 for none.
        labels: (H, W) uint8, 0 for the background, i + 1 for objects[i].
        camera: intrinsics.
        shiny: (H, W) float32, the share that a depth camera loses on metal and gloss, 0 to 1;
            None when unknown.
        background: (H, W) uint8, 0 for none, i + 1 for thing i of the scene's background, whose
            pixels are 0 in labels; None when unknown.
        parts: (H, W) uint8, 0 where there is no object, else the number of the part in it; a
            printed element, such as a label, a logo or a picture, counts as a part of its own.
            None when unknown.
    """

    image: np.ndarray
    depth: np.ndarray
    labels: np.ndarray
    camera: CameraModel
    shiny: np.ndarray | None = None
    background: np.ndarray | None = None
    parts: np.ndarray | None = None

    def frame(self, stamp: float = 0.0) -> Frame:
        """Return image, depth and intrinsics as a frame without noise."""
        return Frame(self.image, self.depth, self.camera, stamp)


@dataclass(frozen=True)
class Renderer:
    """Renders scenes at one image size; the same scene gives the same picture, bit for bit.

    Attributes:
        width: pixels.
        height: pixels.
    """

    width: int = 640
    height: int = 480

    def render(self, scene: Scene) -> Rendering:
        """Render a scene."""
        world = SceneTriangles(scene)
        model = scene.camera.model(self.width, self.height)
        rows, columns = np.mgrid[:self.height, :self.width].astype(np.float32)
        hits = world.cast(*pixel_rays(scene.camera, model, columns.ravel(), rows.ravel()))
        shaded = shade(scene, world, model, hits, (self.height, self.width))
        colour = shaded.colour
        add_glow(world, model, hits, colour)
        labels = np.where(hits.hit, world.label[hits.primitive], 0).astype(np.uint8)
        depth = np.where(hits.hit, hits.distance, 0).astype(np.float32)
        shape = (self.height, self.width)
        gains = None
        if scene.metering is not None:
            gains = metered_gains(scene, scene.metering, colour.reshape(*shape, 3))
            colour = compressed(colour * gains, scene.metering.shoulder)
        edges = np.flatnonzero(self._edges(world, hits, depth, shaded.normals))
        if len(edges):
            colour[edges] = self._supersample(scene, world, model, edges, shaded.space, gains)
        losses = np.float32([loss_of(surface) for surface in world.surfaces])
        shiny = np.where(hits.hit, losses[world.surface[hits.primitive]], 0)
        background = np.where(hits.hit, world.background[hits.primitive], 0).astype(np.uint8)
        return Rendering(to_srgb(colour).reshape(*shape, 3), depth.reshape(shape),
                         labels.reshape(shape), model, shiny.reshape(shape),
                         background.reshape(shape), part_numbers(world, hits).reshape(shape))

    def _edges(self, world: SceneTriangles, hits: Hits, depth: np.ndarray,
               normals: np.ndarray) -> np.ndarray:
        """Mark pixels whose surface, depth or normal differs from a neighbour's."""
        shape = (self.height, self.width)
        surface = np.where(hits.hit, world.surface[hits.primitive] + 1, 0).reshape(shape)
        depth, normals = depth.reshape(shape), normals.reshape(*shape, 3)
        edge = np.zeros(shape, bool)
        for a, b in ((np.s_[:, 1:], np.s_[:, :-1]), (np.s_[1:], np.s_[:-1])):
            differs = surface[a] != surface[b]
            same = ~differs & (surface[a] > 2)
            near = np.abs(depth[a] - depth[b]) < .02 * depth[b]
            bent = np.einsum('...i,...i', normals[a], normals[b]) < .85
            differs |= same & (bent | ~near)
            edge[a] |= differs
            edge[b] |= differs
        return edge.ravel()

    def _supersample(self, scene: Scene, world: SceneTriangles, model: CameraModel,
                     pixels: np.ndarray, space: np.ndarray,
                     gains: np.ndarray | None) -> np.ndarray:
        """Return (N, 3) linear colours of pixels, each the mean of four rays.

        space: (H * W,) ambient occlusion of each pixel. gains: (3,) of the scene's metering.
        """
        v, u = np.divmod(pixels.astype(np.float32), np.float32(self.width))
        columns = (u[:, None] + SUBPIXELS[:, 0]).ravel()
        rows = (v[:, None] + SUBPIXELS[:, 1]).ravel()
        hits = world.cast(*pixel_rays(scene.camera, model, columns, rows))
        colour = shade(scene, world, model, hits, np.repeat(space[pixels], len(SUBPIXELS))).colour
        add_glow(world, model, hits, colour)
        if gains is not None:
            colour = compressed(colour * gains, scene.metering.shoulder)
        # Clipping before the mean keeps highlights from leaving jagged edges.
        return np.minimum(colour, 1).reshape(-1, len(SUBPIXELS), 3).mean(axis=1)


def loss_of(surface: Material) -> float:
    """Return the share, 0 to 1, of a surface that a depth camera loses.

    It loses light to reflections and, on transparent surfaces, to what lies behind.
    """
    gloss = METAL_LOSS * surface.metallic + GLOSS_LOSS * max(0.0, .4 - surface.roughness)
    return min(1.0, gloss + CLEAR_LOSS * surface.transmission)
