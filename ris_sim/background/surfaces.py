# SPDX-License-Identifier: Apache-2.0
"""How the surfaces of a room look, drawn at random."""
from __future__ import annotations

import colorsys

import numpy as np

from ris_sim.scene import Colour, Material, Print, Projection

SKINS = ((.95, .78, .67), (.88, .68, .54), (.76, .55, .41), (.58, .39, .28), (.38, .25, .18),
         (.27, .18, .13))


def painted(colour: Colour, rng: np.random.Generator, low: float = .35,
            high: float = .9) -> Material:
    """Return a plain surface of a colour, sRGB, with a roughness between bounds."""
    return Material(colour, colour, roughness=float(rng.uniform(low, high)))


def gray(rng: np.random.Generator, low: float, high: float) -> Colour:
    """Draw a gray with a slight tint."""
    level = rng.uniform(low, high)
    return tuple(float(np.clip(level * tint, 0, 1)) for tint in rng.uniform(.95, 1.05, 3))


def any_colour(rng: np.random.Generator, vivid: float = .5) -> Colour:
    """Draw a colour of rooms: mostly gray, black, white, beige and brown; a share is vivid."""
    if rng.random() < vivid:
        return colorsys.hsv_to_rgb(rng.random(), rng.uniform(.25, .95), rng.uniform(.15, .95))
    if rng.random() < .5:
        return gray(rng, .04, .95)
    return colorsys.hsv_to_rgb(rng.uniform(.04, .13), rng.uniform(.08, .6), rng.uniform(.15, .9))


def plastic(rng: np.random.Generator, vivid: float = .3) -> Material:
    """Draw plastic: often black, gray or white."""
    return painted(any_colour(rng, vivid), rng)


def dark(rng: np.random.Generator) -> Material:
    """Draw black or dark gray plastic."""
    return painted(gray(rng, .03, .16), rng, .3, .8)


def light(rng: np.random.Generator) -> Material:
    """Draw white or light gray paint."""
    return painted(gray(rng, .75, .97), rng, .4, .9)


def shining(rng: np.random.Generator) -> Material:
    """Draw a lamp's shade or bulb that is lit."""
    warm = (1.0, float(rng.uniform(.8, 1)), float(rng.uniform(.55, 1)))
    return Material(warm, warm, roughness=.8, emission=float(rng.uniform(.8, 4)))


def steel(rng: np.random.Generator) -> Material:
    """Draw bare, chromed or painted metal."""
    kind = rng.random()
    if kind < .4:
        return Material(gray(rng, .5, .75), metallic=.85, roughness=float(rng.uniform(.15, .45)))
    return dark(rng) if kind < .7 else painted(any_colour(rng, .25), rng)


def timber(rng: np.random.Generator) -> Material:
    """Draw wood of any tone, from birch to ebony, or paint over it."""
    if rng.random() < .2:
        return painted(any_colour(rng, .25), rng)
    rgb = colorsys.hsv_to_rgb(rng.uniform(.045, .11), rng.uniform(.2, .7), rng.uniform(.2, .92))
    second = tuple(float(c) * float(rng.uniform(.6, .92)) for c in rgb)
    texture = 'oak' if rng.random() < .6 else 'wood'
    return Material(rgb, second, texture, float(rng.uniform(4, 18)), float(rng.uniform(0, 99)),
                    roughness=float(rng.uniform(.35, .9)))


def fabric(rng: np.random.Generator) -> Material:
    """Draw cloth: plain, woven, striped, chequered or mottled."""
    texture = str(rng.choice(
        ['plain', 'weave', 'noise', 'stripes', 'gingham', 'speckle', 'plaid', 'flowers', 'carpet'],
        p=[.25, .3, .12, .1, .04, .06, .05, .03, .05]))
    colour = any_colour(rng, .55)
    second = (any_colour(rng) if rng.random() < .3
              else tuple(float(c) * float(rng.uniform(.5, .9)) for c in colour))
    return Material(colour, second, texture, float(rng.uniform(8, 60)), float(rng.uniform(0, 99)),
                    roughness=.95, sheen=float(rng.choice([0, .3, .6])))


def skin(rng: np.random.Generator) -> Material:
    """Draw a skin colour."""
    colour = np.array(SKINS[rng.integers(len(SKINS))]) * rng.uniform(.9, 1.1)
    colour = tuple(float(c) for c in np.clip(colour, 0, 1))
    return Material(colour, tuple(c * .92 for c in colour), 'noise', 40., float(rng.uniform(0, 99)),
                    roughness=float(rng.uniform(.45, .7)))


def hair(rng: np.random.Generator) -> Material:
    """Draw a hair colour."""
    colour = colorsys.hsv_to_rgb(rng.uniform(.03, .12), rng.uniform(.1, .7), rng.uniform(.04, .6))
    return Material(colour, tuple(c * .6 for c in colour), 'noise', 90., roughness=.6)


def leaves(rng: np.random.Generator) -> Material:
    """Draw a green of leaves."""
    colour = colorsys.hsv_to_rgb(rng.uniform(.22, .4), rng.uniform(.35, .8), rng.uniform(.15, .6))
    return Material(colour, tuple(c * .7 for c in colour), 'noise', 50., float(rng.uniform(0, 99)),
                    roughness=float(rng.uniform(.4, .8)))


def pictured(image: np.ndarray, x: float, z: float, y: float, low: float,
             rng: np.random.Generator, projection: Projection = Projection.FRONT,
             depth: float = .1, emission: float = 0.0) -> Material:
    """Return a surface with a picture.

    Args:
        image: (h, w, 3) uint8 sRGB.
        x: width of the printed part in metres; its middle is at x = 0.
        z: its height.
        y: its place along y.
        low: height of its lowest edge.
        rng: draws its gloss.
        projection: how the picture comes onto the part.
        depth: of the part along y.
        emission: light that it gives off.
    """
    where = Print(image, np.zeros(image.shape[:2], np.uint8), projection,
                  (-x / 2, y - depth / 2, low), (x / 2, y + depth / 2, low + z))
    mean = tuple(float(c) for c in image.reshape(-1, 3).mean(axis=0) / 255)
    return Material(mean, mean, roughness=float(rng.uniform(.25, .9)), print=where,
                    emission=emission)
