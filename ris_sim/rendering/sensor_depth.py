# SPDX-License-Identifier: Apache-2.0
"""Depth cameras as they are: stereo, structured light and time of flight."""
from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import cv2
import numpy as np

from ris_sim.rendering.depth_losses import (
    cosine_of_view,
    darkness,
    fattened,
    filled,
    glare,
    hidden_from,
    outlines,
    patchy,
    smooth_field,
)
from ris_sim.rendering.renderer import Rendering

# No camera of ours loses more than this share of a picture; a shorter range is not drawn.
MOST_MISSING = .74
CUT_AT_MOST = .62
EDGE_STEP = .02  # metres at 1 m


class SensorKind(Enum):
    """How a depth camera measures."""

    STEREO = 'stereo'
    STRUCTURED_LIGHT = 'structured light'
    TIME_OF_FLIGHT = 'time of flight'


@dataclass(frozen=True)
class DepthSensor:
    """One depth camera, registered to the colour picture.

    Attributes:
        kind: how it measures.
        baseline: metres between its eyes, or from its eye to its light; positive when shadows fall
            to the left of things.
        step: smallest shift, in pixels of a picture 640 wide, that it tells apart; 0 for time of
            flight, which has no steps.
        noise: standard deviation of the shift, in the same pixels, that is new at each pixel.
        waves: standard deviation of the shift that changes over some pixels.
        wave_cell: pixels over which it changes.
        fattening: pixels by which near things grow.
        smoothing: pixels over which surfaces are smoothed; 0 for none.
        edge_loss: share of the pixels at outlines that is lost.
        edge_width: pixels of the outlines.
        flying: share of the pixels at outlines that float between two surfaces.
        patch: pixels, of a picture 640 wide, of the patches that are lost.
        dark_loss: share of black surfaces that is lost.
        shiny_loss: factor on what metal, gloss and glass lose.
        glare_loss: share of overexposed pixels that is lost.
        grazing: cosine of incidence below which surfaces are lost.
        nearest: metres.
        farthest: metres.
        offset: misregistration (x, y) in pixels.
        coarse: pixels of the picture to each of the sensor's own.
        dropout: share that is lost anywhere.
        gaps: pixels between the lines that registration leaves empty; 0 for none.
        fills: whether the driver fills holes.
    """

    kind: SensorKind
    baseline: float
    step: float
    noise: float
    waves: float
    wave_cell: float = 9.0
    fattening: int = 0
    smoothing: float = 0.0
    edge_loss: float = 0.0
    edge_width: int = 3
    flying: float = 0.0
    patch: float = 9.0
    dark_loss: float = 0.0
    shiny_loss: float = 1.0
    glare_loss: float = 0.0
    grazing: float = .15
    nearest: float = .1
    farthest: float = 20.0
    offset: tuple[int, int] = (0, 0)
    coarse: int = 1
    dropout: float = 0.0
    gaps: int = 0
    fills: bool = False

    def measure(self, rendering: Rendering, rng: np.random.Generator) -> np.ndarray:
        """Measure a picture's depth.

        Args:
            rendering: with true depth, and colours and shininess that decide where holes are.
            rng: draws the noise.

        Returns:
            (H, W) float32 metres, 0 where there is none.
        """
        truth = rendering.depth
        # Nothing is as far as the sensor can tell where the picture shows no surface.
        seen = fattened(truth, self.fattening, EDGE_STEP)
        if self.smoothing:
            seen = self._smoothed(seen)
        base = rendering.camera.fx * self.baseline
        measured = self._noisy(seen, base, rng)
        edges = self._ragged_edges(truth, rng)
        measured = self._floating(measured, truth, edges, rng)
        lost = self._lost(rendering, edges, rng) | (truth <= 0) | (measured <= self.nearest)
        if self.kind is not SensorKind.TIME_OF_FLIGHT:
            lost |= hidden_from(seen, base)
        measured = np.where(lost, 0, measured).astype(np.float32)
        measured[measured > self._reach(measured)] = 0
        return self._registered(measured)

    def _smoothed(self, depth: np.ndarray) -> np.ndarray:
        """Smooth surfaces, and low steps between them, but not across outlines."""
        kept = outlines(depth, 2 * EDGE_STEP, 2 * int(self.smoothing) + 1)
        return np.where(kept, depth, cv2.GaussianBlur(depth, (0, 0), self.smoothing))

    def _noisy(self, depth: np.ndarray, base: float, rng: np.random.Generator) -> np.ndarray:
        """Add noise and steps to the shift that the sensor measures, and convert it to depth."""
        scale = depth.shape[1] / 640
        base = abs(base) / scale
        shift = base / np.maximum(depth, .05)
        shift += np.float32(self.noise) * rng.standard_normal(depth.shape, dtype=np.float32)
        shift += np.float32(self.waves) * smooth_field(depth.shape, self.wave_cell * scale, rng)
        if self.step:
            shift = np.rint(shift / self.step) * np.float32(self.step)
        return np.where(depth > .05, base / np.maximum(shift, .5), 0).astype(np.float32)

    def _ragged_edges(self, truth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Mark outlines, whose width changes along their way when they are broad."""
        edges = outlines(truth, EDGE_STEP, self.edge_width)
        if self.edge_width > 3:
            narrow = smooth_field(truth.shape, 7.0, rng) < 0
            edges &= ~narrow | outlines(truth, EDGE_STEP, self.edge_width // 4 * 2 + 1)
        return edges

    def _floating(self, measured: np.ndarray, truth: np.ndarray, edges: np.ndarray,
                  rng: np.random.Generator) -> np.ndarray:
        """Let some pixels at outlines float between the two surfaces."""
        at = np.flatnonzero(edges)
        at = at[rng.random(len(at)) < self.flying]
        kernel = np.ones((3, 3), np.uint8)
        near, far = (cut(truth, kernel).ravel()[at] for cut in (cv2.erode, cv2.dilate))
        measured.ravel()[at] = near + (far - near) * rng.random(len(at), dtype=np.float32)
        return measured

    def _lost(self, rendering: Rendering, edges: np.ndarray,
              rng: np.random.Generator) -> np.ndarray:
        """Mark the pixels that the surface, the outline or chance takes away."""
        cell = self.patch * rendering.depth.shape[1] / 640
        share = np.maximum(self.dark_loss * darkness(rendering.image),
                           self.glare_loss * glare(rendering.image))
        if rendering.shiny is not None:
            share = np.maximum(share, self.shiny_loss * rendering.shiny)
        cosine = cosine_of_view(rendering.depth, rendering.camera.fx)
        share = np.where(edges, share, np.maximum(
            share, np.clip(1.3 - cosine / self.grazing, 0, 1)))
        # A surface is lost where its share is high; a wide field leaves it whole elsewhere.
        lost = patchy(np.clip(share, 0, .98), cell, rng) & (share > .02)
        lost |= edges & patchy(np.full(edges.shape, self.edge_loss, np.float32), 4.0, rng)
        return lost | (rng.random(edges.shape, dtype=np.float32) < self.dropout)

    def _reach(self, measured: np.ndarray) -> float:
        """Return the farthest depth that is kept, so that the range never cuts most away."""
        valid = measured[measured > 0]
        if not len(valid):
            return self.farthest
        room = CUT_AT_MOST - (1 - len(valid) / measured.size)
        kept = 1 - max(0.0, room) * measured.size / len(valid)
        return max(self.farthest, float(np.quantile(valid, max(0.0, min(1.0, kept)))))

    def _registered(self, depth: np.ndarray) -> np.ndarray:
        """Bring the sensor's pixels to those of the colour picture."""
        shape = depth.shape
        if self.coarse > 1:
            own = depth[self.coarse // 2::self.coarse, self.coarse // 2::self.coarse]
            depth = np.repeat(np.repeat(own, self.coarse, 0), self.coarse, 1)
            depth = np.pad(depth, ((0, max(0, shape[0] - depth.shape[0])),
                                   (0, max(0, shape[1] - depth.shape[1]))), 'edge')
            depth = depth[:shape[0], :shape[1]]
        if self.gaps:
            rows, columns = np.indices(shape)
            bend = np.rint(8 * np.where(depth > 0, 1 / np.maximum(depth, .2), 0)).astype(int)
            empty = ((columns + bend) % self.gaps == 0) | (rows % (self.gaps + 1) == 0)
            depth = np.where(empty, 0, depth)
        if self.fills:
            depth = filled(depth)
        if any(self.offset):
            move = np.float32([[1, 0, self.offset[0]], [0, 1, self.offset[1]]])
            depth = cv2.warpAffine(depth, move, shape[::-1], flags=cv2.INTER_NEAREST)
        return np.ascontiguousarray(depth, np.float32)


def sample_sensor(rng: np.random.Generator) -> DepthSensor:
    """Draw a depth camera: half the time stereo, a third of the time structured light."""
    kind = rng.choice(['stereo', 'structured', 'flight'], p=[.52, .34, .14])
    sensor = {'stereo': stereo, 'structured': structured_light, 'flight': time_of_flight}[kind](rng)
    offset = tuple(int(x) for x in np.clip(np.rint(rng.normal(0, .8, 2)), -2, 2))
    return replace(sensor, offset=offset)


def stereo(rng: np.random.Generator) -> DepthSensor:
    """Draw an active or passive stereo camera, such as the RealSense D400 series."""
    clipped = rng.random() < .35
    return DepthSensor(
        SensorKind.STEREO, float(rng.uniform(.045, .1)),
        step=float(rng.choice([1 / 32, 1 / 16, 1 / 8])), noise=float(rng.uniform(.01, .05)),
        waves=float(rng.uniform(.03, .14)), wave_cell=float(rng.uniform(6, 16)),
        fattening=int(rng.integers(0, 4)), smoothing=float(rng.choice([0, 1.5, 3, 4])),
        edge_loss=float(rng.uniform(0, .5)), flying=float(rng.uniform(0, .15)),
        patch=float(rng.uniform(7, 36)),
        dark_loss=float(rng.uniform(0, .5) ** 1.5), shiny_loss=float(rng.uniform(.4, 1.6)),
        glare_loss=float(rng.uniform(0, .4)), grazing=float(rng.uniform(.04, .16)),
        nearest=float(rng.uniform(.16, .35)),
        farthest=float(rng.uniform(.8, 2.0) if clipped else rng.uniform(3, 10)),
        dropout=float(rng.choice([0, .002])), fills=bool(rng.random() < .08))


def structured_light(rng: np.random.Generator) -> DepthSensor:
    """Draw a camera with a projected pattern, such as Kinect, Xtion, Carmine and the F200."""
    gaps = int(rng.integers(4, 8)) if rng.random() < .12 else 0
    return DepthSensor(
        SensorKind.STRUCTURED_LIGHT, float(.075 * rng.choice([-1, 1, 1])),
        step=1 / 8, noise=float(rng.uniform(.02, .09)), waves=float(rng.uniform(.02, .08)),
        fattening=int(rng.integers(0, 3)), edge_loss=float(rng.uniform(.4, 1)),
        edge_width=int(rng.choice([3, 5, 7, 9], p=[.15, .25, .3, .3])),
        flying=float(rng.uniform(0, .06)), patch=float(rng.uniform(8, 50)),
        dark_loss=float(rng.uniform(.2, 1.1)), shiny_loss=float(rng.uniform(.8, 2.2)),
        glare_loss=float(rng.uniform(.1, .9)), grazing=float(rng.uniform(.12, .3)),
        nearest=float(rng.choice([.3, .4, .5])), farthest=float(rng.uniform(2.5, 6)),
        coarse=int(rng.choice([1, 2], p=[.6, .4])),
        dropout=float(rng.choice([0, .003, .012], p=[.7, .2, .1])), gaps=gaps,
        fills=bool(gaps == 0 and rng.random() < .2))


def time_of_flight(rng: np.random.Generator) -> DepthSensor:
    """Draw a time-of-flight camera, such as Kinect v2, Azure Kinect and the L515."""
    return DepthSensor(
        SensorKind.TIME_OF_FLIGHT, .075, step=0.0, noise=float(rng.uniform(.03, .15)),
        waves=float(rng.uniform(0, .08)), wave_cell=float(rng.uniform(4, 10)),
        smoothing=float(rng.choice([0, 1.5])), edge_loss=float(rng.uniform(.1, .7)),
        flying=float(rng.uniform(.15, .5)), patch=float(rng.uniform(6, 40)),
        dark_loss=float(rng.uniform(.1, 1.05)),
        shiny_loss=float(rng.uniform(.8, 2)), glare_loss=float(rng.uniform(0, .4)),
        grazing=float(rng.uniform(.1, .25)), nearest=float(rng.uniform(.2, .4)),
        farthest=float(rng.uniform(3, 8)), coarse=int(rng.choice([1, 2])),
        dropout=float(rng.choice([0, .01])))
