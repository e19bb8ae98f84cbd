# SPDX-License-Identifier: Apache-2.0
"""Put prints on the parts of things of Style.HOME."""
from __future__ import annotations

import numpy as np

from ris_sim.prints import packages, words
from ris_sim.prints.balls import ball_print
from ris_sim.prints.sheet import Sheet, ink
from ris_sim.rendering.prints import stood_up
from ris_sim.sampling.home_looks import Motif
from ris_sim.scene import Colour, Print, Projection
from ris_sim.shapes.mesh import Mesh

# Things that hold household goods; all others hold food.
HOUSEHOLD = frozenset({'wipes', 'spray bottle', 'cleaner bottle', 'pump bottle', 'spray can',
                       'tissue box', 'tube', 'glue stick', 'battery'})
# How far a label reaches around a bottle, as a share of its girth, on each side.
PATCH_WIDTH = (.2, .38)


def printed(motif: Motif, category: str, mesh: Mesh, lying: bool, ground: Colour,
            rng: np.random.Generator) -> tuple[Print, float]:
    """Draw a print for a part.

    Args:
        motif: kind of print.
        category: of the thing.
        mesh: the part.
        lying: whether the thing lies on its side.
        ground: colour of the part.
        rng: to draw with.

    Returns:
        The print, and the share of the part that keeps the ground's colour.
    """
    points = stood_up(mesh.vertices) if lying else mesh.vertices
    low, high = points.min(axis=0), points.max(axis=0)
    size = high - low
    products = words.HOUSEHOLD if category in HOUSEHOLD else words.FOOD
    radius = float(size[:2].mean() / 2)
    projection = Projection.CYLINDER
    match motif:
        case Motif.BOX:
            sheet, projection = packages.box_print(size, ground, rng, products), Projection.BOX
        case Motif.WRAP:
            sheet = packages.wrap(radius, float(size[2]), ground, rng, products)
        case Motif.PATCH:
            sheet = patches(radius, float(size[2]), ground, rng, products)
        case Motif.COVER:
            sheet, projection = cover(category, size, ground, rng, products), Projection.TOP
        case Motif.CUP:
            sheet = packages.mug_print(radius, float(size[2]), ground, rng)
        case Motif.BALL:
            sheet = ball_print(category, ground, rng)
    return (Print(sheet.image, sheet.regions, projection, tuple(low.tolist()),
                  tuple(high.tolist()), lying), ground_share(sheet, ground))


def patches(radius: float, height: float, ground: Colour, rng: np.random.Generator,
            products: tuple[str, ...]) -> Sheet:
    """Print a body with a label on its front and another, or the same, on its back."""
    sheet = Sheet(packages.pixels(height), min(2 * packages.MOST,
                                               round(2 * np.pi * radius * packages.DENSITY)),
                  ground)
    bottom, wide = rng.uniform(.08, .2), rng.uniform(*PATCH_WIDTH)
    top = bottom + rng.uniform(.32, .52)
    power = float(rng.choice([2, 3, 8, 20, 20]))
    girth = 2 * np.pi * radius
    for middle in (.25, .75):
        label = packages.label(wide * girth, (top - bottom) * height, rng, ground, products)
        sheet.stick(label, middle - wide / 2, bottom, middle + wide / 2, top, power)
    return sheet


def cover(category: str, size: np.ndarray, ground: Colour, rng: np.random.Generator,
          products: tuple[str, ...]) -> Sheet:
    """Print the upper side of a book, or of a bar, a bag or a tube."""
    x, y = float(size[0]), float(size[1])
    if category in ('book', 'notebook'):
        return packages.cover(x, y, ground, rng)
    sheet = Sheet(packages.pixels(y), packages.pixels(x), ground)
    packages.front(sheet, ground, rng, words.brand(rng), str(rng.choice(products)))
    return sheet


def wrapper(mesh: Mesh, lying: bool, ground: Colour, category: str,
            rng: np.random.Generator) -> Print:
    """Print the label that goes all around a bottle or a jar."""
    flat, _ = printed(Motif.WRAP, category, mesh, lying, ground, rng)
    # The whole label is an element on the bottle.
    return Print(flat.image, np.maximum(flat.regions, 0), flat.projection, flat.low, flat.high,
                 lying)


def ground_share(sheet: Sheet, ground: Colour) -> float:
    """Return the share of a sheet that shows the ground's colour."""
    apart = np.abs(sheet.image.astype(np.int16) - ink(ground)).max(axis=2)
    return float((apart < 24).mean())
