# SPDX-License-Identifier: Apache-2.0
"""Balls of sports as prints, for Projection.CYLINDER."""
from __future__ import annotations

import numpy as np
from trimesh import creation

from ris_sim.prints.sheet import Sheet
from ris_sim.scene import Colour

HEIGHT, WIDTH = 180, 360


def directions() -> np.ndarray:
    """Return the (HEIGHT, WIDTH, 3) directions from a ball's centre to the texels of its print."""
    angle = (np.arange(WIDTH) + .5) / WIDTH * 2 * np.pi - np.pi
    z = 1 - 2 * (np.arange(HEIGHT) + .5) / HEIGHT
    flat = np.sqrt(1 - z * z)[:, None]
    return np.stack([flat * np.cos(angle), flat * np.sin(angle),
                     np.repeat(z[:, None], WIDTH, axis=1)], axis=-1)


def near_curve(curve: np.ndarray, width: float) -> np.ndarray:
    """Mark the texels within an angle, radians, of a curve of (N, 3) points on the unit ball."""
    near = (directions().reshape(-1, 3) @ curve.T).max(axis=1) > np.cos(width)
    return (near.reshape(HEIGHT, WIDTH) * 255).astype(np.uint8)


def seam() -> np.ndarray:
    """Return (N, 3) points of the seam of a tennis ball or baseball."""
    t = np.linspace(0, 2 * np.pi, 240)
    a, b = .75, .25
    curve = np.c_[a * np.cos(t) + b * np.cos(3 * t), a * np.sin(t) - b * np.sin(3 * t),
                  2 * np.sqrt(a * b) * np.sin(2 * t)]
    return curve / np.linalg.norm(curve, axis=1, keepdims=True)


def ball_print(category: str, ground: Colour, rng: np.random.Generator) -> Sheet | None:
    """Print a ball of a sport, or return None when the category has a plain ball."""
    sheet = Sheet(HEIGHT, WIDTH, ground)
    sheet.element()
    if category == 'tennis ball':
        sheet.stain(near_curve(seam(), .07), (.95, .95, .9))
    elif category == 'baseball':
        points = seam()
        for shift in (-.1, .1):
            away = np.cross(points, np.gradient(points, axis=0))
            away /= np.linalg.norm(away, axis=1, keepdims=True)
            sheet.stain(near_curve((points + shift * away)[::6]
                                   / np.linalg.norm(points + shift * away, axis=1)[::6, None],
                                   .035), (.75, .08, .1))
        sheet.stain(near_curve(points, .015), (.7, .65, .6))
    elif category == 'basketball':
        t = np.linspace(0, 2 * np.pi, 200)
        circle = np.c_[np.cos(t), np.sin(t), 0 * t]
        bow = np.c_[.62 + 0 * t, .785 * np.cos(t), .785 * np.sin(t)]
        for curve in (circle, circle[:, [0, 2, 1]], bow, bow * [-1, 1, 1]):
            sheet.stain(near_curve(curve, .03), (.05, .04, .04))
    elif category == 'football':
        corners = creation.icosahedron().vertices
        corners = corners / np.linalg.norm(corners, axis=1, keepdims=True)
        spots = directions().reshape(-1, 3) @ corners.T
        spots.sort(axis=1)
        dark = (spots[:, -1] > .925).reshape(HEIGHT, WIDTH)
        lines = (spots[:, -2] - spots[:, -3] < .012) & (spots[:, -1] < .925)
        sheet.stain((lines.reshape(HEIGHT, WIDTH) * 255).astype(np.uint8), (.25, .25, .25))
        sheet.stain((dark * 255).astype(np.uint8),
                    (.05, .05, .06) if rng.random() < .7 else (.1, .2, .6))
    else:
        return None
    return sheet
