# SPDX-License-Identifier: Apache-2.0
"""What things of Style.HOME are made of, and the surfaces of their lesser parts."""
from __future__ import annotations

import colorsys
from enum import Enum

import numpy as np

from ris_sim.sampling.colours import WOOD
from ris_sim.scene import Colour, Material

# As people use the words in the light of a room: ranges of hue in degrees, saturation and value;
# each name has one or more of them, drawn with the weight in front.
HOME_COLOURS = {
    'red': ((5, (-8, 8), (.72, .98), (.45, .9)), (1, (-12, 2), (.65, .9), (.3, .48))),
    'orange': ((1, (17, 33), (.75, 1), (.8, 1)),),
    'yellow': ((4, (44, 58), (.62, 1), (.78, 1)), (1, (46, 58), (.4, .62), (.85, 1))),
    'green': ((4, (85, 158), (.42, 1), (.2, .8)), (1, (80, 150), (.2, .42), (.6, .92)),
              (1, (66, 90), (.5, .95), (.45, .85))),
    'cyan': ((1, (168, 194), (.45, 1), (.45, .95)),),
    'blue': ((3, (205, 236), (.6, 1), (.4, .9)), (2, (210, 240), (.5, .95), (.14, .36)),
             (1, (204, 222), (.35, .6), (.75, .98))),
    'purple': ((1, (260, 292), (.3, .85), (.3, .8)),),
    'pink': ((3, (316, 348), (.25, .6), (.85, 1)), (1, (320, 342), (.6, .8), (.8, 1))),
    'brown': ((3, (14, 30), (.45, .8), (.2, .45)), (1, (22, 34), (.35, .55), (.45, .62))),
    'white': ((4, (0, 360), (0, .04), (.86, .99)), (1, (28, 55), (.04, .12), (.84, .97))),
    'gray': ((1, (0, 360), (0, .07), (.32, .62)),),
    'black': ((1, (0, 360), (0, .25), (.025, .13)),)}


class Finish(Enum):
    """What the main part of a thing is made of; the value is the material that people name."""

    GLOSSY = 'plain', 0
    MATT = 'plain', 1
    CERAMIC = 'plain', 2
    FABRIC = 'plain', 3
    PAPER = 'plain', 4
    PEEL = 'plain', 5
    EARTHY = 'plain', 6
    FROSTED = 'plain', 7
    METAL = 'metal', 0
    WOOD = 'wood', 0
    CLEAR = 'transparent', 0

    @property
    def word(self) -> str:
        """The material's name, one of colours.HOME_MATERIALS."""
        return self.value[0]


def home_colour(name: str, rng: np.random.Generator) -> Colour:
    """Draw an sRGB colour of a name; '' gives that of clear glass."""
    if not name:
        return (float(rng.uniform(.9, .97)), float(rng.uniform(.94, .98)),
                float(rng.uniform(.93, .98)))
    ranges = HOME_COLOURS[name]
    weights = np.array([each[0] for each in ranges], float)
    _, *bounds = ranges[int(rng.choice(len(ranges), p=weights / weights.sum()))]
    hue, saturation, value = (rng.uniform(*bound) for bound in bounds)
    return colorsys.hsv_to_rgb((hue / 360) % 1, saturation, value)


def finished(rgb: Colour, finish: Finish, rng: np.random.Generator) -> Material:
    """Draw a surface of a colour and a finish."""
    seed = float(rng.uniform(0, 99))
    shade = float(rng.uniform(.74, .95))
    darker = tuple(float(c) * shade for c in rgb)
    match finish:
        case Finish.GLOSSY:
            return Material(rgb, rgb, roughness=float(rng.uniform(.25, .45)), seed=seed,
                            coat=float(rng.uniform(.3, .9)))
        case Finish.MATT:
            return Material(rgb, darker, str(rng.choice(['plain', 'plain', 'noise'])),
                            float(rng.uniform(20, 70)), seed, roughness=float(rng.uniform(.6, .95)),
                            coat=float(rng.uniform(0, .12)))
        case Finish.CERAMIC:
            texture = str(rng.choice(['plain', 'plain', 'plain', 'noise', 'speckle']))
            return Material(rgb, darker, texture, float(rng.uniform(20, 60)), seed,
                            roughness=float(rng.uniform(.25, .4)), coat=float(rng.uniform(.7, 1)))
        case Finish.FABRIC:
            return Material(rgb, darker, str(rng.choice(['weave', 'noise', 'speckle'])),
                            float(rng.uniform(60, 220)), seed, roughness=1.0,
                            sheen=float(rng.uniform(.25, .8)))
        case Finish.PAPER:
            return Material(rgb, darker, str(rng.choice(['plain', 'noise'])),
                            float(rng.uniform(10, 40)), seed, roughness=float(rng.uniform(.7, 1)),
                            coat=float(rng.choice([0, .1, .3])))
        case Finish.PEEL:
            return Material(rgb, peel_tone(rgb, rng), 'noise', float(rng.uniform(15, 60)), seed,
                            roughness=float(rng.uniform(.3, .5)), coat=float(rng.uniform(.35, .95)))
        case Finish.EARTHY:
            return Material(rgb, darker, str(rng.choice(['noise', 'speckle'])),
                            float(rng.uniform(25, 80)), seed, roughness=float(rng.uniform(.8, 1)),
                            sheen=float(rng.uniform(0, .25)))
        case Finish.FROSTED:
            return Material(rgb, rgb, roughness=float(rng.uniform(.35, .6)), seed=seed,
                            transmission=float(rng.uniform(.18, .5)),
                            coat=float(rng.uniform(.2, .6)))
        case Finish.METAL:
            # Metal shows what it mirrors, so that its own colour has to be lighter than paint.
            rgb = tuple(float(c) ** .6 for c in rgb)
            return Material(rgb, tuple(float(c) * .9 for c in rgb), 'scratched',
                            float(rng.uniform(20, 60)), seed, metallic=float(rng.uniform(.75, .95)),
                            roughness=float(rng.uniform(.12, .42)), coat=float(rng.uniform(0, .4)))
        case Finish.WOOD:
            tint = colorsys.hsv_to_rgb(*(rng.uniform(*bounds) for bounds in WOOD))
            grain = tuple(c * float(rng.uniform(.55, .78)) for c in tint)
            return Material(tint, grain, 'wood', float(rng.uniform(14, 40)), seed,
                            roughness=float(rng.uniform(.6, .85)), coat=float(rng.choice([0, .2])))
        case Finish.CLEAR:
            # Light passes several walls, each of which tints it again.
            rgb = tuple(float(c) ** .45 for c in rgb)
            return Material(rgb, rgb, roughness=.15, seed=seed, coat=1.0,
                            transmission=float(rng.uniform(.82, .96)))


def peel_tone(rgb: Colour, rng: np.random.Generator) -> Colour:
    """Return the second colour of a fruit: a neighbouring hue, lighter or darker."""
    hue, saturation, value = colorsys.rgb_to_hsv(*rgb)
    return colorsys.hsv_to_rgb((hue + rng.uniform(-.02, .045)) % 1,
                               saturation * float(rng.uniform(.75, 1)),
                               min(1.0, value * float(rng.uniform(.8, 1.2))))


# The lesser parts: name of the colour, sRGB and finish. A name of '' counts for no colour.
ROLE_LOOKS: dict[str, tuple[tuple[str, Colour, Finish], ...]] = {
    'dark': (('black', (.05, .05, .055), Finish.MATT), ('black', (.08, .08, .085), Finish.GLOSSY)),
    'rubber': (('black', (.07, .07, .075), Finish.EARTHY),
               ('gray', (.2, .2, .21), Finish.EARTHY)),
    'white': (('white', (.93, .93, .91), Finish.GLOSSY), ('white', (.9, .9, .87), Finish.MATT)),
    'metal': (('gray', (.66, .66, .68), Finish.METAL), ('gray', (.52, .53, .55), Finish.METAL)),
    'brass': (('yellow', (.75, .58, .25), Finish.METAL),),
    'leaf': (('green', (.16, .42, .12), Finish.PEEL), ('green', (.3, .52, .2), Finish.EARTHY)),
    'stalk': (('green', (.55, .7, .38), Finish.EARTHY),),
    'cream': (('white', (.93, .87, .7), Finish.EARTHY),),
    'dough': (('brown', (.8, .58, .3), Finish.EARTHY), ('brown', (.7, .45, .22), Finish.EARTHY)),
    'meat': (('brown', (.33, .17, .1), Finish.EARTHY),),
    'cheese': (('yellow', (.98, .75, .2), Finish.PEEL),),
    'cherry': (('red', (.75, .05, .08), Finish.PEEL),),
    'soil': (('brown', (.2, .13, .09), Finish.EARTHY),),
    'cardboard': (('brown', (.68, .53, .37), Finish.PAPER),),
    'flap': (('white', (.84, .84, .8), Finish.PAPER),),
    'wood': (('brown', (.7, .5, .3), Finish.WOOD),),
    'paper': (('white', (.93, .91, .85), Finish.PAPER), ('white', (.88, .84, .72), Finish.PAPER)),
    'bristle': (('white', (.9, .9, .85), Finish.FABRIC), ('black', (.1, .1, .1), Finish.FABRIC)),
    'red': (('red', (.78, .07, .08), Finish.GLOSSY),),
    'yellow': (('yellow', (.95, .8, .12), Finish.GLOSSY),),
    'orange': (('orange', (.96, .45, .06), Finish.GLOSSY),),
    'screen_blue': (('blue', (.08, .25, .75), Finish.GLOSSY),),
    'brown': (('brown', (.35, .2, .11), Finish.FABRIC),),
    'pink': (('pink', (.95, .66, .7), Finish.FABRIC),),
    'skin': (('', (.9, .7, .56), Finish.MATT), ('', (.5, .33, .24), Finish.MATT)),
    'hair': (('black', (.1, .07, .05), Finish.MATT), ('brown', (.35, .2, .1), Finish.MATT),
             ('yellow', (.85, .7, .35), Finish.MATT), ('orange', (.6, .25, .1), Finish.MATT)),
    'pip': (('black', (.05, .05, .05), Finish.MATT),),
    'display': (('gray', (.6, .66, .58), Finish.GLOSSY), ('black', (.1, .12, .1), Finish.GLOSSY)),
    'face': (('white', (.93, .93, .93), Finish.GLOSSY), ('black', (.06, .06, .08), Finish.GLOSSY),
             ('blue', (.1, .15, .35), Finish.GLOSSY)),
    'key': (('black', (.07, .07, .08), Finish.MATT), ('gray', (.75, .75, .76), Finish.MATT)),
    'glass': (('black', (.05, .06, .09), Finish.GLOSSY),),
    'glass_pane': (('black', (.06, .08, .1), Finish.GLOSSY), ('', (.35, .45, .5), Finish.GLOSSY)),
    'drink': (('', (.16, .08, .04), Finish.GLOSSY), ('', (.55, .36, .2), Finish.GLOSSY),
              ('', (.6, .28, .06), Finish.GLOSSY)),
    'liquid': (('', (.95, .6, .1), Finish.GLOSSY), ('', (.2, .07, .04), Finish.GLOSSY),
               ('', (.93, .92, .88), Finish.GLOSSY), ('', (.7, .1, .1), Finish.GLOSSY),
               ('', (.75, .5, .25), Finish.GLOSSY), ('', (.85, .75, .3), Finish.GLOSSY),
               ('', (.4, .1, .25), Finish.GLOSSY)),
}


def role_surface(role: str, rng: np.random.Generator) -> tuple[str, Material]:
    """Draw the look of a lesser part, with the name of its colour."""
    if role == 'glassware':
        return '', finished(home_colour('', rng), Finish.CLEAR, rng)
    if role == 'dark_glass':
        shade = tuple(float(rng.uniform(.12, .3)) for _ in range(3))
        return '', Material(shade, shade, roughness=.2, coat=1.0, transmission=.55)
    name, rgb, finish = ROLE_LOOKS[role][rng.integers(len(ROLE_LOOKS[role]))]
    level = float(rng.uniform(.88, 1.1))
    rgb = tuple(min(1.0, c * level) for c in rgb)
    return name, finished(rgb, finish, rng)
