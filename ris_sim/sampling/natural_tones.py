# SPDX-License-Identifier: Apache-2.0
"""The tones of things whose colour nature or use gives: a brown egg is no brown paint."""
from __future__ import annotations

import colorsys

import numpy as np

from ris_sim.scene import Colour

# Hue in degrees, saturation and value of a category's colour word.
TONES = {
    ('banana', 'yellow'): ((45, 55), (.6, .9), (.82, .98)),
    ('banana', 'green'): ((68, 88), (.5, .8), (.55, .8)),
    ('apple', 'red'): ((-8, 8), (.7, .92), (.5, .85)),
    ('apple', 'green'): ((74, 95), (.5, .8), (.55, .8)),
    ('apple', 'yellow'): ((48, 60), (.5, .75), (.8, .95)),
    ('pear', 'green'): ((62, 85), (.4, .7), (.6, .82)),
    ('pear', 'yellow'): ((46, 58), (.45, .7), (.78, .92)),
    ('pear', 'brown'): ((24, 38), (.45, .65), (.45, .65)),
    ('carrot', 'orange'): ((18, 30), (.75, .95), (.82, 1)),
    ('orange', 'orange'): ((22, 36), (.8, .98), (.9, 1)),
    ('lemon', 'yellow'): ((48, 56), (.6, .88), (.88, 1)),
    ('lime', 'green'): ((76, 105), (.5, .85), (.3, .65)),
    ('peach', 'orange'): ((18, 32), (.5, .75), (.85, .98)),
    ('peach', 'red'): ((0, 14), (.6, .78), (.65, .85)),
    ('peach', 'pink'): ((0, 14), (.35, .5), (.88, .98)),
    ('peach', 'yellow'): ((36, 46), (.5, .7), (.9, .98)),
    ('plum', 'purple'): ((285, 325), (.4, .65), (.22, .45)),
    ('plum', 'black'): ((250, 300), (.25, .4), (.1, .18)),
    ('plum', 'red'): ((340, 358), (.65, .85), (.4, .6)),
    ('strawberry', 'red'): ((-6, 8), (.82, .96), (.65, .9)),
    ('grapes', 'green'): ((66, 84), (.35, .55), (.6, .78)),
    ('grapes', 'purple'): ((280, 325), (.35, .6), (.2, .4)),
    ('grapes', 'red'): ((335, 355), (.5, .7), (.35, .55)),
    ('pineapple', 'brown'): ((26, 38), (.55, .75), (.4, .6)),
    ('pineapple', 'yellow'): ((38, 48), (.6, .8), (.65, .85)),
    ('pineapple', 'orange'): ((28, 38), (.65, .85), (.6, .8)),
    ('avocado', 'green'): ((75, 110), (.4, .7), (.15, .38)),
    ('tomato', 'red'): ((-4, 12), (.8, .95), (.6, .92)),
    ('tomato', 'green'): ((70, 95), (.4, .65), (.5, .7)),
    ('potato', 'brown'): ((28, 40), (.35, .55), (.55, .76)),
    ('potato', 'yellow'): ((40, 48), (.38, .55), (.76, .9)),
    ('onion', 'brown'): ((24, 36), (.5, .75), (.55, .78)),
    ('onion', 'orange'): ((24, 34), (.6, .8), (.75, .9)),
    ('onion', 'purple'): ((305, 335), (.4, .6), (.35, .55)),
    ('bell pepper', 'green'): ((90, 125), (.6, .9), (.25, .5)),
    ('chili', 'green'): ((85, 120), (.55, .85), (.3, .55)),
    ('cucumber', 'green'): ((90, 125), (.45, .75), (.22, .45)),
    ('zucchini', 'green'): ((88, 125), (.4, .7), (.2, .42)),
    ('eggplant', 'purple'): ((270, 305), (.4, .65), (.15, .3)),
    ('broccoli', 'green'): ((90, 125), (.4, .65), (.25, .45)),
    ('corn', 'yellow'): ((44, 52), (.6, .85), (.88, .98)),
    ('mushroom', 'brown'): ((24, 36), (.35, .55), (.42, .66)),
    ('bread', 'brown'): ((26, 36), (.5, .72), (.5, .78)),
    ('bread', 'orange'): ((28, 36), (.55, .75), (.75, .88)),
    ('sandwich', 'brown'): ((28, 36), (.55, .72), (.62, .82)),
    ('sandwich', 'orange'): ((28, 36), (.6, .75), (.78, .9)),
    ('egg', 'brown'): ((20, 32), (.28, .48), (.68, .88)),
    ('donut', 'brown'): ((16, 28), (.55, .75), (.2, .4)),
    ('cake', 'brown'): ((16, 28), (.5, .72), (.2, .4)),
    ('tennis ball', 'yellow'): ((58, 70), (.55, .8), (.85, .98)),
    ('tennis ball', 'green'): ((66, 82), (.55, .8), (.75, .92)),
    ('basketball', 'orange'): ((16, 26), (.7, .85), (.65, .88)),
    ('basketball', 'brown'): ((16, 26), (.6, .75), (.42, .58)),
    ('plant', 'orange'): ((14, 24), (.5, .7), (.6, .8)),
    ('plant', 'brown'): ((14, 24), (.5, .65), (.4, .6)),
    ('box', 'brown'): ((26, 36), (.3, .5), (.55, .76)),
    ('bag', 'brown'): ((26, 36), (.3, .5), (.55, .78)),
    ('envelope', 'brown'): ((28, 38), (.3, .45), (.65, .8)),
    ('egg carton', 'brown'): ((24, 36), (.2, .4), (.5, .7)),
    ('teddy bear', 'brown'): ((20, 34), (.4, .65), (.3, .62)),
    ('toy dog', 'brown'): ((22, 34), (.4, .65), (.3, .65)),
    ('toy horse', 'brown'): ((18, 30), (.45, .7), (.25, .5)),
    ('toy dog', 'yellow'): ((36, 46), (.4, .6), (.75, .9)),
    ('padlock', 'yellow'): ((42, 48), (.5, .7), (.55, .75)),
    ('key', 'yellow'): ((42, 48), (.45, .65), (.55, .75)),
    ('nut', 'yellow'): ((42, 48), (.45, .65), (.55, .75)),
    ('bolt', 'yellow'): ((42, 48), (.4, .6), (.55, .75)),
}


def natural_tone(category: str, colour: str, rng: np.random.Generator) -> Colour | None:
    """Draw the sRGB tone of a category's colour, or return None when any tone of it will do."""
    tone = TONES.get((category, colour))
    if tone is None:
        return None
    hue, saturation, value = (rng.uniform(*bounds) for bounds in tone)
    return colorsys.hsv_to_rgb((hue / 360) % 1, saturation, value)
