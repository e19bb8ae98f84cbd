# SPDX-License-Identifier: Apache-2.0
"""Whole prints: boxes, labels around bottles and cans, covers of books, pictures on mugs."""
from __future__ import annotations

import numpy as np

from ris_sim.prints import words
from ris_sim.prints.elements import (
    WHITE,
    any_font,
    badge,
    bar_code,
    contrast,
    ground_pattern,
    heading,
    logo,
    readable,
    small_text,
    table,
)
from ris_sim.prints.pictures import FOOD_PICTURES, PICTURES, tone
from ris_sim.prints.sheet import Sheet
from ris_sim.scene import Colour

# Pixels for each metre, and the greatest width or height of a panel.
DENSITY, MOST = 1300, 420


def pixels(metres: float) -> int:
    """Return how many pixels a length gets."""
    return int(np.clip(round(metres * DENSITY), 24, MOST))


def picture(sheet: Sheet, left: float, bottom: float, right: float, top: float,
            rng: np.random.Generator, choice: tuple = PICTURES) -> None:
    """Print a picture into a rectangle, on its own ground or on what is there."""
    sheet.element()
    panel = sheet.panel(left, bottom, right, top)
    if min(panel.size) < 6:
        return
    if rng.random() < .35:
        panel.rectangle(0, 0, 1, 1, contrast((.5, .5, .5), rng))
    choice[rng.integers(len(choice))](panel, rng)
    sheet.join(panel)


def front(sheet: Sheet, ground: Colour, rng: np.random.Generator, name: str, inside: str) -> None:
    """Print the front of a package: brand, contents, picture, badge."""
    ground_pattern(sheet, ground, rng, .35)
    upper = rng.random() < .75
    tall = sheet.size[0] > .9 * sheet.size[1]
    if tall:
        middle = float(rng.uniform(.28, .4))
        area = (.06, .08, .94, .58) if upper else (.06, .42, .94, .94)
        picture(sheet, *area, rng, FOOD_PICTURES)
        logo(sheet, .5, .82 if upper else .28, rng.uniform(.65, .95), middle * .6, ground, rng,
             name)
        heading(sheet, .5, .65 if upper else .12, rng.uniform(.4, .8), .1, readable(ground), rng,
                inside)
    else:
        picture(sheet, .55, .06, .97, .94, rng, FOOD_PICTURES)
        logo(sheet, .29, .68, rng.uniform(.4, .52), rng.uniform(.3, .45), ground, rng, name)
        heading(sheet, .28, .3, rng.uniform(.3, .45), .2, readable(ground), rng, inside)
    if rng.random() < .7:
        badge(sheet, rng.choice([.18, .82]), rng.choice([.12, .5, .7]), rng.uniform(.07, .12), rng)
    if rng.random() < .5:
        small_text(sheet, .1, .015, .6, .07, readable(ground), rng)


def side(sheet: Sheet, ground: Colour, rng: np.random.Generator, name: str, inside: str) -> None:
    """Print the side of a package: brand, small print, table, bar code."""
    if rng.random() < .5:
        logo(sheet, .5, .86, .85, .16, ground, rng, name)
    else:
        heading(sheet, .5, .86, .85, .12, readable(ground), rng, inside)
    low = float(rng.uniform(.3, .5))
    if rng.random() < .6:
        table(sheet, .1, low, .9, .74, rng)
    else:
        small_text(sheet, .08, low, .92, .74, readable(ground), rng)
    if rng.random() < .6:
        bar_code(sheet, .2, .06, .8, .2, rng)
    else:
        small_text(sheet, .08, .05, .92, low - .06, readable(ground), rng)


def top(sheet: Sheet, ground: Colour, rng: np.random.Generator, name: str, inside: str) -> None:
    """Print the top of a package: brand or contents once more, or nothing."""
    if rng.random() < .75:
        logo(sheet, .5, .5, .8, .6, ground, rng, name)


def box_print(extents: np.ndarray, ground: Colour, rng: np.random.Generator,
              products: tuple[str, ...] = words.FOOD) -> Sheet:
    """Print the three faces of a box, for Projection.BOX.

    Args:
        extents: (3,) x, y and z in metres.
        ground: colour of the box.
        rng: to draw with.
        products: what may be inside.
    """
    x, y, z = extents
    widths = [pixels(x), pixels(y), pixels(x)]
    high = max(pixels(z), pixels(y))
    sheet = Sheet(high, sum(widths), ground)
    name, inside = words.brand(rng), str(rng.choice(products))
    edges = np.cumsum([0, *widths]) / sum(widths)
    broad = x * z >= max(x * y, y * z) or x * y < y * z
    faces = (front, side, top) if broad else (side, side, front)
    for face, left, right in zip(faces, edges[:-1], edges[1:], strict=True):
        panel = sheet.panel(left, 0, right, 1)
        face(panel, ground, rng, name, inside)
        sheet.join(panel)
    return sheet


def wrap(radius: float, height: float, ground: Colour, rng: np.random.Generator,
         products: tuple[str, ...] = words.FOOD) -> Sheet:
    """Print a label that goes around a cylinder, for Projection.CYLINDER."""
    width = min(2 * MOST, round(2 * np.pi * radius * DENSITY))
    sheet = Sheet(pixels(height), width, ground)
    name, inside = words.brand(rng), str(rng.choice(products))
    ground_pattern(sheet, ground, rng, .4)
    faces = 2 if rng.random() < .7 else 1
    # A face fills what one sees of a cylinder at once, about a third of its girth.
    share = .34
    for i in range(faces):
        panel = sheet.panel(.08 + i * .5, 0, .08 + i * .5 + share, 1)
        front(panel, ground, rng, name, inside)
        sheet.join(panel)
    for i in range(2):
        panel = sheet.panel(.43 + i * .5, .05, min(1, .43 + i * .5 + .13), .95)
        side(panel, ground, rng, name, inside)
        sheet.join(panel)
    return sheet


def label(width: float, height: float, rng: np.random.Generator,
          body: Colour, products: tuple[str, ...] = words.FOOD) -> Sheet:
    """Print a label of its own ground colour that stands out from the body that it sticks on."""
    ground = contrast(body, rng) if rng.random() < .6 else WHITE
    sheet = Sheet(pixels(height), pixels(width), ground)
    sheet.element()
    sheet.rectangle(0, 0, 1, 1, ground)
    front(sheet, ground, rng, words.brand(rng), str(rng.choice(products)))
    return sheet


def cover(x: float, y: float, ground: Colour, rng: np.random.Generator) -> Sheet:
    """Print the cover of a book: title, author, a picture or bands."""
    sheet = Sheet(pixels(y), pixels(x), ground)
    ink = contrast(ground, rng)
    if rng.random() < .6:
        low = rng.uniform(.05, .35)
        picture(sheet, rng.choice([0, .1]), low, rng.choice([1, .9]), low + rng.uniform(.3, .5),
                rng)
    else:
        ground_pattern(sheet, ground, rng, .5)
    number, lines = any_font(rng), words.title(rng).split()
    high = rng.uniform(.08, .14)
    for i, word in enumerate(lines):
        if i == 0:
            sheet.element()
        sheet.text(word, number, .5, .9 - i * high * 1.1, .85, high, ink)
    heading(sheet, .5, .06, .6, .05, ink, rng, f'{words.brand(rng)} {words.brand(rng)}')
    return sheet


def mug_print(radius: float, height: float, ground: Colour, rng: np.random.Generator) -> Sheet:
    """Print a motif or words on opposite sides of a mug, or a pattern around it."""
    sheet = Sheet(pixels(height), min(2 * MOST, round(2 * np.pi * radius * DENSITY)), ground)
    kind = rng.integers(4)
    ink = contrast(ground, rng)
    if kind == 0:
        ground_pattern(sheet, ground, rng, .5)
    for x in (.25, .75):
        if kind == 1:
            panel = sheet.panel(x - .11, .2, x + .11, .85)
            picture(panel, 0, 0, 1, 1, rng)
            sheet.join(panel)
        elif kind == 2:
            logo(sheet, x, .5, .24, .4, ground, rng)
        else:
            heading(sheet, x, .62, .22, .2, ink, rng, str(rng.choice(words.MUGS)))
            if rng.random() < .5:
                heading(sheet, x, .38, .2, .14, ink, rng, words.brand(rng))
    return sheet


def plain_print(width: float, height: float, ground: Colour, rng: np.random.Generator) -> Sheet:
    """Print a single picture with a frame of the ground colour."""
    sheet = Sheet(pixels(height), pixels(width), ground)
    edge = float(rng.choice([.02, .08]))
    picture(sheet, edge, edge, 1 - edge, 1 - edge, rng)
    return sheet


def darker(colour: Colour) -> Colour:
    """Return a darker tone of a colour."""
    return tone(colour, .75)
