# SPDX-License-Identifier: Apache-2.0
"""Names of colours and materials, and how they look."""
from __future__ import annotations

import colorsys

import numpy as np

from ris_sim.scene import Colour, Material

# Ranges of hue in degrees, saturation and value. The gaps keep the names apart for a human eye.
COLOURS = {
    'red': ((-9, 7), (.78, 1), (.5, .95)), 'orange': ((20, 31), (.82, 1), (.85, 1)),
    'yellow': ((47, 58), (.68, 1), (.82, 1)), 'green': ((92, 148), (.48, 1), (.3, .85)),
    'cyan': ((174, 190), (.58, 1), (.68, .97)), 'blue': ((210, 238), (.62, 1), (.38, .95)),
    'purple': ((264, 288), (.45, .9), (.38, .8)), 'pink': ((318, 344), (.28, .6), (.9, 1)),
    'brown': ((16, 28), (.5, .8), (.25, .45)), 'white': ((0, 360), (0, .06), (.9, 1)),
    'gray': ((0, 360), (0, .06), (.35, .55)), 'black': ((0, 360), (0, .2), (.03, .11))}
NATURAL = {
    'banana': ('yellow', 'yellow', 'yellow', 'green'), 'apple': ('red', 'red', 'green', 'yellow'),
    'pear': ('green', 'yellow'), 'carrot': ('orange',), 'duck': ('yellow',),
    'teddy bear': ('brown',), 'pan': ('black', 'gray')}
# Ranges of hue, saturation and value of wood, which people call brown but is lighter than paint.
WOOD = ((.058, .092), (.45, .7), (.42, .72))
MATERIALS = ('plain', 'metal', 'wood', 'striped')
# Things of Style.HOME may be transparent, too.
HOME_MATERIALS = (*MATERIALS, 'transparent')
FIXED = {
    'dark': Material((.06, .06, .07), roughness=.5),
    'white': Material((.92, .9, .86), roughness=.7),
    'metal': Material((.62, .62, .64), metallic=.8, roughness=.35),
    'leaf': Material((.15, .5, .12), (.1, .36, .08), 'noise', 60., roughness=.7)}


def sample_colour(name: str, rng: np.random.Generator) -> Colour:
    """Draw an sRGB colour of a name."""
    hue, saturation, value = (rng.uniform(*bounds) for bounds in COLOURS[name])
    return colorsys.hsv_to_rgb((hue / 360) % 1, saturation, value)


def main_surface(colour: str, material: str, rng: np.random.Generator) -> Material:
    """Draw the look of an object's main parts from the names of its colour and material."""
    rgb, seed = sample_colour(colour, rng), float(rng.uniform(0, 99))
    if material == 'metal':
        return Material(rgb, rgb, metallic=.85, roughness=rng.uniform(.12, .4), seed=seed)
    if material == 'wood':
        rgb = colorsys.hsv_to_rgb(*(rng.uniform(*bounds) for bounds in WOOD))
        dark = tuple(c * rng.uniform(.5, .7) for c in rgb)
        return Material(rgb, dark, 'wood', rng.uniform(14, 26), seed, roughness=.75)
    if material == 'striped':
        second = (.95, .95, .92) if colour != 'white' else (.12, .12, .14)
        return Material(rgb, second, 'stripes', rng.uniform(28, 55), seed, roughness=.55)
    if rng.random() < .25:
        darker = tuple(float(c) * rng.uniform(.82, .95) for c in rgb)
        return Material(rgb, darker, 'noise', rng.uniform(20, 60), seed,
                        roughness=rng.uniform(.5, .95))
    return Material(rgb, rgb, roughness=rng.uniform(.2, .9), seed=seed)


def object_surfaces(colour: str, material: str, rng: np.random.Generator) -> dict[str, Material]:
    """Draw the look of each role of an object's parts."""
    main = main_surface(colour, material, rng)
    accent_name = str(rng.choice([name for name in COLOURS if name != colour]))
    accent = Material(sample_colour(accent_name, rng), roughness=rng.uniform(.3, .8))
    return {'main': main, 'accent': accent, **FIXED}


def background_colour(rng: np.random.Generator) -> Colour:
    """Draw a colour for a table, a floor or a wall, often a tone of wood or stone."""
    if rng.random() < .55:
        return colorsys.hsv_to_rgb(rng.uniform(.04, .13), rng.uniform(.08, .6),
                                   rng.uniform(.3, .92))
    return colorsys.hsv_to_rgb(rng.random(), rng.uniform(0, .5), rng.uniform(.15, .95))
