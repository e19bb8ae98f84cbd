# SPDX-License-Identifier: Apache-2.0
"""Colours, finishes and prints of each category of Style.HOME, as a plain table."""
from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ris_sim.sampling.colours import COLOURS
from ris_sim.sampling.finishes import Finish


class Motif(Enum):
    """What is printed on a thing.

    Attributes:
        BOX: all faces of a package.
        WRAP: all around a can or a tub.
        PATCH: labels that stick on the front and the back.
        COVER: the upper side of a book, a bar or a bag.
        CUP: a motif or words on a mug.
        BALL: the seams of a ball.
    """

    BOX = 'box'
    WRAP = 'wrap'
    PATCH = 'patch'
    COVER = 'cover'
    CUP = 'cup'
    BALL = 'ball'


@dataclass(frozen=True)
class Look:
    """What things of a category look like.

    Attributes:
        colours: names that are drawn alike often; a name that is listed twice twice as often.
        finishes: of the main part, likewise.
        motif: what is printed on the main part, or None.
        share: how many of the things are printed, 0 to 1.
        stripes: whether some are striped.
        lies: whether some lie on their side.
    """

    colours: tuple[str, ...]
    finishes: tuple[Finish, ...]
    motif: Motif | None = None
    share: float = 0.0
    stripes: bool = False
    lies: bool = False


ANY = tuple(COLOURS)
VIVID = ('red', 'orange', 'yellow', 'green', 'cyan', 'blue', 'purple', 'pink', 'white')
DEVICE = ('black', 'black', 'black', 'white', 'white', 'gray', 'gray', 'red', 'blue', 'pink')
G, M, C, F, P = Finish.GLOSSY, Finish.MATT, Finish.CERAMIC, Finish.FABRIC, Finish.PAPER
PEEL, EARTH, FROST = Finish.PEEL, Finish.EARTHY, Finish.FROSTED
METAL, WOOD, CLEAR = Finish.METAL, Finish.WOOD, Finish.CLEAR
TOY = (G, G, M, WOOD)

LOOKS: dict[str, Look] = {
    'ball': Look(VIVID, (G, M, M, F), Motif.WRAP, .25, stripes=True),
    'cube': Look(ANY, TOY, Motif.BOX, .15, stripes=True),
    'box': Look((*ANY, 'brown', 'white'), (P, P, P, G, M), Motif.BOX, .75, lies=True),
    'cylinder': Look(ANY, (*TOY, METAL), stripes=True, lies=True),
    'cone': Look(ANY, TOY, stripes=True), 'pyramid': Look(ANY, TOY, stripes=True),
    'ring': Look(ANY, (*TOY, METAL), stripes=True),
    'mug': Look((*ANY, 'white', 'white', 'white', 'blue', 'red'), (C, C, C, C, M, METAL),
                Motif.CUP, .45, stripes=True),
    'bowl': Look((*ANY, 'white', 'white', 'cyan', 'red'), (C, C, C, G, M, METAL, WOOD, CLEAR),
                 Motif.CUP, .12, stripes=True),
    'plate': Look((*ANY, 'white', 'white', 'white', 'white'), (C, C, C, G, M), None),
    'bottle': Look(('', '', *ANY), (CLEAR, CLEAR, G, G, G, M, METAL, FROST), Motif.PATCH, .85,
                   lies=True),
    'can': Look((*ANY, 'red', 'white'), (G, G, METAL), Motif.WRAP, .9, lies=True),
    'banana': Look(('yellow', 'yellow', 'yellow', 'yellow', 'green'), (EARTH, PEEL)),
    'duck': Look(('yellow', 'yellow', 'yellow', 'pink', 'blue', 'red', 'black'), (G, M)),
    'book': Look(ANY, (P, P, G), Motif.COVER, .95),
    'vase': Look(('', *ANY, 'white'), (C, C, C, CLEAR, METAL), Motif.CUP, .15, stripes=True,
                 lies=True),
    'apple': Look(('red', 'red', 'green', 'green', 'yellow'), (PEEL,)),
    'pear': Look(('green', 'green', 'yellow', 'brown'), (PEEL, EARTH)),
    'carrot': Look(('orange',), (EARTH, PEEL)),
    'hammer': Look(('brown', 'black', 'red', 'blue', 'yellow', 'orange'), (WOOD, WOOD, M, G)),
    'screwdriver': Look(('red', 'yellow', 'blue', 'black', 'orange', 'green'), (G, M)),
    'marker': Look(ANY, (G, M), Motif.WRAP, .0),
    'toy car': Look((*VIVID, 'black', 'gray'), (G, G, METAL)),
    'brick': Look((*VIVID, 'gray', 'black', 'brown'), (G,)),
    'teddy bear': Look(('brown', 'brown', 'brown', 'white', 'gray', 'pink'), (F,)),
    'pan': Look(('black', 'black', 'gray', 'red', 'blue'), (M, METAL)),
    'jar': Look(('', '', '', 'white', 'green', 'brown', 'red', 'blue'), (CLEAR, CLEAR, CLEAR, C, G),
                Motif.PATCH, .8),
    'cup': Look((*VIVID, 'white', 'gray', 'black', 'brown'), (G, G, M, P, P, FROST, METAL),
                Motif.CUP, .4, stripes=True, lies=True),
    'glass': Look(('', '', '', '', 'green', 'blue', 'brown', 'pink'), (CLEAR,), lies=True),
    'wine glass': Look(('',), (CLEAR,)),
    'jug': Look(('', 'white', 'blue', 'red', 'green', 'yellow', 'cyan'), (G, G, FROST, CLEAR, C),
                Motif.PATCH, .25),
    'kettle': Look(('white', 'black', 'gray', 'red', 'blue'), (G, METAL, METAL, M)),
    'teapot': Look((*ANY, 'white'), (C, C, C, METAL), Motif.CUP, .2),
    'pot': Look(('gray', 'black', 'red', 'blue', 'white', 'green', 'orange'), (METAL, METAL, C, M)),
    'lid': Look((*ANY, 'gray', 'white'), (G, M, METAL, CLEAR)),
    'spoon': Look(('gray', 'gray', 'brown', *VIVID), (METAL, METAL, METAL, WOOD, G)),
    'fork': Look(('gray', 'gray', *VIVID), (METAL, METAL, METAL, G)),
    'knife': Look(('black', 'black', 'brown', 'red', 'white', 'green', 'gray'),
                  (M, G, WOOD, METAL)),
    'spatula': Look(('black', 'red', 'brown', 'green', 'cyan', 'gray', 'orange', 'blue'),
                    (M, G, WOOD)),
    'whisk': Look(('gray', 'black', 'red', 'green'), (METAL, METAL, M)),
    'ladle': Look(('gray', 'black', 'brown', 'red'), (METAL, METAL, M, WOOD)),
    'cutting board': Look(('brown', 'brown', 'white', 'green', 'red', 'blue'), (WOOD, WOOD, M)),
    'tray': Look(ANY, (G, M, WOOD, METAL)),
    'food container': Look(('', *VIVID), (FROST, FROST, G, M, CLEAR)),
    'salt shaker': Look(('', 'white', 'red', 'brown', 'black'), (CLEAR, CLEAR, C, WOOD)),
    'cereal box': Look((*VIVID, 'brown', 'red', 'blue'), (P,), Motif.BOX, 1, lies=True),
    'milk carton': Look((*VIVID, 'white', 'blue'), (P,), Motif.BOX, 1, lies=True),
    'tin': Look((*VIVID, 'blue', 'gray', 'black'), (G, METAL), Motif.WRAP, .95),
    'chips can': Look((*VIVID, 'red', 'green'), (P, G), Motif.WRAP, 1, lies=True),
    'coffee can': Look((*VIVID, 'blue', 'black', 'brown'), (G, P), Motif.WRAP, .95),
    'wipes': Look(('white', 'cyan', 'blue', 'green', 'yellow', 'orange'), (G, M), Motif.PATCH, .95,
                  lies=True),
    'tub': Look((*VIVID, 'white'), (G, M), Motif.WRAP, .85),
    'tube': Look((*VIVID, 'white', 'white'), (G, M), Motif.COVER, .9),
    'spray bottle': Look(('', 'white', 'blue', 'green', 'cyan', 'yellow', 'red', 'gray'),
                         (G, G, M, FROST, CLEAR), Motif.PATCH, .9, lies=True),
    'cleaner bottle': Look((*VIVID, 'white', 'white', 'black', 'blue'), (G, G, M, FROST),
                           Motif.PATCH, .95, lies=True),
    'pump bottle': Look(('', *VIVID, 'black', 'brown'), (G, M, C, CLEAR, FROST), Motif.PATCH, .75),
    'spray can': Look((*ANY,), (G, METAL), Motif.WRAP, .9, lies=True),
    'snack bag': Look((*VIVID, 'black'), (G,), Motif.COVER, 1),
    'chocolate bar': Look((*VIVID, 'brown', 'black'), (G, P), Motif.COVER, 1),
    'tissue box': Look((*VIVID, 'white'), (P,), Motif.BOX, .9),
    'sugar box': Look((*VIVID, 'yellow', 'brown'), (P,), Motif.BOX, 1, lies=True),
    'egg carton': Look(('gray', 'gray', 'brown', 'yellow', 'pink', 'green'), (EARTH, P)),
    'orange': Look(('orange',), (PEEL,)), 'lemon': Look(('yellow',), (PEEL,)),
    'lime': Look(('green',), (PEEL,)),
    'peach': Look(('orange', 'orange', 'red', 'pink', 'yellow'), (EARTH, EARTH, PEEL)),
    'plum': Look(('purple', 'purple', 'black', 'red'), (PEEL,)),
    'strawberry': Look(('red',), (PEEL,)),
    'grapes': Look(('green', 'purple', 'black', 'red'), (PEEL,)),
    'pineapple': Look(('brown', 'yellow', 'orange'), (EARTH,)),
    'avocado': Look(('green', 'green', 'black'), (EARTH,)),
    'tomato': Look(('red', 'red', 'red', 'orange', 'green'), (PEEL,)),
    'potato': Look(('brown', 'brown', 'yellow'), (EARTH,)),
    'onion': Look(('brown', 'orange', 'purple', 'white'), (PEEL,)),
    'bell pepper': Look(('red', 'green', 'yellow', 'orange'), (PEEL,)),
    'chili': Look(('red', 'red', 'green', 'orange'), (PEEL,)),
    'cucumber': Look(('green',), (PEEL,)), 'zucchini': Look(('green',), (PEEL, EARTH)),
    'eggplant': Look(('purple', 'purple', 'black'), (PEEL,)),
    'broccoli': Look(('green',), (EARTH,)), 'corn': Look(('yellow',), (PEEL,)),
    'mushroom': Look(('white', 'brown', 'brown'), (EARTH,)), 'garlic': Look(('white',), (EARTH,)),
    'bread': Look(('brown', 'brown', 'orange'), (EARTH,)),
    'egg': Look(('white', 'brown', 'brown'), (EARTH, PEEL)),
    'donut': Look(('pink', 'brown', 'white', 'yellow', 'purple'), (G, PEEL)),
    'cake': Look(('white', 'pink', 'brown', 'yellow'), (EARTH, PEEL)),
    'sandwich': Look(('brown', 'orange'), (EARTH,)),
    'sponge': Look(('yellow', 'yellow', 'green', 'blue', 'pink', 'orange'), (EARTH,)),
    'soap': Look(('white', 'pink', 'green', 'yellow', 'brown', 'purple'), (M, PEEL)),
    'toothbrush': Look(VIVID, (G,)),
    'brush': Look((*VIVID, 'brown', 'black'), (WOOD, G, M)),
    'paper roll': Look(('white',), (P, EARTH), lies=False),
    'towel': Look((*ANY, 'white', 'white'), (F,), stripes=True),
    'bucket': Look((*VIVID, 'gray', 'black'), (G, M, METAL)),
    'candle': Look(('white', 'white', 'red', 'green', 'purple', 'pink', 'blue'), (M, PEEL)),
    'comb': Look(('black', 'brown', 'pink', 'blue', 'red', 'white'), (G,)),
    'drill': Look(('orange', 'red', 'green', 'yellow', 'blue', 'cyan', 'black'), (M, G)),
    'clamp': Look(('black', 'orange', 'red', 'blue', 'yellow'), (G, M)),
    'tape': Look(('gray', 'gray', 'brown', 'white', 'yellow', 'blue', 'black', 'red', 'green'),
                 (G, M, FROST)),
    'tape measure': Look(('yellow', 'yellow', 'black', 'orange', 'red', 'blue'), (M, G),
                         Motif.PATCH, .0),
    'pliers': Look(('red', 'blue', 'yellow', 'orange', 'black', 'green'), (G, M)),
    'wrench': Look(('gray', 'gray', 'gray', 'black'), (METAL,)),
    'saw': Look(('brown', 'black', 'red', 'yellow', 'orange', 'blue'), (WOOD, M)),
    'flashlight': Look(('black', 'black', 'gray', 'red', 'yellow', 'blue'), (G, M, METAL)),
    'bolt': Look(('gray', 'gray', 'yellow', 'black'), (METAL,)),
    'nut': Look(('gray', 'gray', 'yellow'), (METAL,)),
    'battery': Look(('black', 'gray', 'green', 'yellow', 'blue'), (G, METAL), Motif.WRAP, .6),
    'padlock': Look(('yellow', 'gray', 'black', 'blue', 'red'), (METAL, METAL, M)),
    'light bulb': Look(('', 'white', 'white'), (CLEAR, G, M)),
    'glue stick': Look(('yellow', 'white', 'red', 'blue', 'orange'), (G,), Motif.WRAP, .8,
                       lies=True),
    'scissors': Look(('black', 'red', 'orange', 'blue', 'green', 'yellow', 'purple'), (G, M)),
    'stapler': Look(DEVICE, (G, M, METAL)), 'pen': Look((*ANY, 'black', 'blue'), (G, METAL)),
    'pencil': Look(('yellow', 'yellow', *ANY), (G,)),
    'notebook': Look(ANY, (P, M), Motif.COVER, .6),
    'eraser': Look(('blue', 'pink', 'green', 'white', 'red', 'black'), (M, P)),
    'ruler': Look(('', 'yellow', 'brown', 'gray', 'green', 'white'), (CLEAR, WOOD, METAL, G)),
    'calculator': Look(('black', 'black', 'gray', 'white', 'blue', 'pink'), (M,)),
    'mouse': Look(DEVICE, (G, M)), 'keyboard': Look(('black', 'black', 'white', 'gray'), (M,)),
    'phone': Look((*DEVICE, 'green', 'purple'), (G,)),
    'remote': Look(('black', 'black', 'black', 'gray', 'white'), (M, G)),
    'laptop': Look(('gray', 'gray', 'black', 'white'), (M, METAL)),
    'tablet': Look(('black', 'gray', 'white'), (G, METAL)),
    'headphones': Look(DEVICE, (M, G)), 'camera': Look(('black', 'black', 'gray', 'red'), (M,)),
    'game controller': Look(('black', 'white', 'gray', 'blue', 'red'), (M, G)),
    'usb stick': Look(DEVICE, (G, M)), 'charger': Look(('black', 'white'), (M, G)),
    'speaker': Look(('black', 'black', 'brown', 'white', 'gray', 'blue', 'red'), (M, WOOD, F)),
    'clock': Look((*VIVID, 'black', 'gray'), (G, METAL)),
    'lamp': Look((*VIVID, 'white', 'black'), (F, M, G)),
    'pen holder': Look((*ANY, 'black'), (G, M, METAL, WOOD, C), Motif.CUP, .25),
    'photo frame': Look(('brown', 'black', 'white', 'gray', 'yellow'), (WOOD, WOOD, M, METAL)),
    'envelope': Look(('white', 'white', 'brown', 'blue', 'pink', 'red'), (P,)),
    'glasses': Look(('black', 'black', 'brown', 'red', 'blue', 'gray'), (G, METAL)),
    'key': Look(('gray', 'gray', 'yellow'), (METAL,)),
    'wallet': Look(('brown', 'brown', 'black', 'red', 'blue'), (EARTH, M)),
    'watch': Look(('black', 'brown', 'gray', 'blue', 'red', 'white'), (EARTH, M, METAL)),
    'shoe': Look((*ANY, 'white', 'black', 'brown'), (F, F, M)),
    'hat': Look(('brown', 'white', 'black', 'yellow', 'gray', 'blue'), (F,)),
    'cap': Look((*ANY, 'black', 'blue', 'red'), (F,)),
    'basket': Look(('brown', 'brown', 'white', 'yellow'), (WOOD, EARTH)),
    'bag': Look(('brown', 'brown', 'white', 'black', *VIVID), (P, P, F, EARTH), Motif.BOX, .35),
    'umbrella': Look((*ANY, 'black', 'black'), (F,)),
    'tennis ball': Look(('yellow', 'green'), (F,), Motif.BALL, 1),
    'football': Look(('white',), (G, M), Motif.BALL, 1),
    'baseball': Look(('white',), (M,), Motif.BALL, 1), 'golf ball': Look(('white',), (G,)),
    'basketball': Look(('orange', 'brown'), (M, EARTH), Motif.BALL, 1),
    'toy dog': Look(('brown', 'brown', 'white', 'gray', 'black', 'yellow'), (F, F, M)),
    'toy horse': Look(('brown', 'brown', 'white', 'black', 'pink', 'gray'), (M, F, WOOD)),
    'dinosaur': Look(('green', 'green', 'green', 'orange', 'blue', 'purple', 'brown', 'red'),
                     (M, G, F)),
    'bunny': Look(('white', 'gray', 'brown', 'pink', 'blue'), (F,)),
    'toy train': Look((*VIVID, 'black'), (G, M, WOOD)),
    'toy truck': Look((*VIVID, 'gray'), (G, M)), 'toy airplane': Look((*VIVID, 'gray'), (G, M)),
    'dice': Look(('white', 'white', 'red', 'blue', 'green', 'black'), (G,)),
    'puzzle cube': Look(('black',), (G,)),
    'doll': Look(VIVID, (M, F), stripes=True),
    'plant': Look(('brown', 'white', 'orange', 'black', 'blue', 'green'), (C, M, EARTH)),
    'flower': Look(('red', 'red', 'yellow', 'pink', 'white', 'purple', 'orange'), (EARTH,)),
}
