# SPDX-License-Identifier: Apache-2.0
"""The elements of a label: logos, headings, text blocks, tables, bar codes, badges and bands."""
from __future__ import annotations

import colorsys

import numpy as np

from ris_sim.prints import words
from ris_sim.prints.fonts import FILES, PLAIN
from ris_sim.prints.pictures import bright
from ris_sim.prints.sheet import Sheet
from ris_sim.scene import Colour

WHITE, BLACK = (.97, .97, .95), (.06, .06, .07)


def lightness(colour: Colour) -> float:
    """Return how light a colour looks, 0 to 1."""
    return float(np.dot(colour, (.3, .59, .11)))


def contrast(colour: Colour, rng: np.random.Generator) -> Colour:
    """Draw a colour that stands out from another: white, black or a strong one."""
    if rng.random() < .55:
        return WHITE if lightness(colour) < .55 else BLACK
    for _ in range(8):
        other = colorsys.hsv_to_rgb(rng.random(), rng.uniform(.6, 1), rng.uniform(.35, 1))
        if abs(lightness(other) - lightness(colour)) > .3:
            return other
    return WHITE if lightness(colour) < .55 else BLACK


def readable(colour: Colour) -> Colour:
    """Return the ink, black or white, that can be read on a colour."""
    return WHITE if lightness(colour) < .55 else BLACK


def any_font(rng: np.random.Generator) -> int:
    """Draw the number of a font."""
    return int(rng.integers(len(FILES)))


def logo(sheet: Sheet, x: float, y: float, width: float, high: float, ground: Colour,
         rng: np.random.Generator, name: str = '') -> None:
    """Print a brand, bare or in an oval, a banner or a slanted box."""
    sheet.element()
    kind, plate = rng.integers(4), contrast(ground, rng)
    aspect = sheet.size[1] / sheet.size[0]
    turn = float(rng.choice([0, 0, 4, 8, -4]))
    if kind == 1:
        if rng.random() < .5:
            sheet.ellipse(x, y, width * aspect / 2, high / 2, contrast(plate, rng), -turn)
        sheet.ellipse(x, y, width * aspect / 2 * .94, high / 2 * .9, plate, -turn)
    elif kind == 2:
        sheet.rectangle(x - width / 2, y - high / 2, x + width / 2, y + high / 2, plate)
    elif kind == 3:
        lean = .06 * width
        left, right = x - width / 2, x + width / 2
        sheet.polygon([(left - lean, y - high / 2), (right - lean, y - high * .42),
                       (right + lean, y + high / 2), (left + lean, y + high * .42)], plate)
    colour = contrast(plate, rng) if kind else plate
    share = (1, .72, .85, .8)[kind]
    sheet.text(name or words.brand(rng), any_font(rng), x, y, width * share, high * share * .85,
               colour, turn)


def heading(sheet: Sheet, x: float, y: float, width: float, high: float, colour: Colour,
            rng: np.random.Generator, text: str = '') -> None:
    """Print what is inside: one or two words."""
    sheet.element()
    sheet.text(text or str(rng.choice(words.FOOD)), any_font(rng), x, y, width, high, colour)


def small_text(sheet: Sheet, left: float, bottom: float, right: float, top: float, colour: Colour,
               rng: np.random.Generator) -> None:
    """Print lines of small print."""
    sheet.element()
    step = float(rng.uniform(.022, .04)) * max(1.0, 250 / sheet.size[0])
    number = int(rng.choice(PLAIN))
    for y in np.arange(top - step / 2, bottom, -step):
        width = (right - left) * (1 if rng.random() < .75 else rng.uniform(.3, .9))
        count = max(1, round(width * sheet.size[1] / sheet.size[0] / step / 2.6))
        sheet.text(words.small_print(count, rng), number, left + width / 2, y, width, step * .72,
                   colour)


def table(sheet: Sheet, left: float, bottom: float, right: float, top: float,
          rng: np.random.Generator) -> None:
    """Print a table of contents: rows of a word and a number on white between lines."""
    sheet.element()
    sheet.rectangle(left, bottom, right, top, WHITE)
    rows, number = int(rng.integers(5, 11)), int(rng.choice(PLAIN))
    step, width = (top - bottom) / rows, right - left
    for i in range(rows):
        y = top - (i + .5) * step
        sheet.line([(left + .04 * width, y - step / 2), (right - .04 * width, y - step / 2)],
                   BLACK, .004)
        sheet.text(str(rng.choice(words.SMALL)), number, left + .28 * width, y, width * .4,
                   step * .6, BLACK)
        sheet.text(f'{rng.integers(1, 99)} g', number, right - .15 * width, y, width * .2,
                   step * .55, BLACK)


def bar_code(sheet: Sheet, left: float, bottom: float, right: float, top: float,
             rng: np.random.Generator) -> None:
    """Print a bar code on white."""
    sheet.element()
    sheet.rectangle(left, bottom, right, top, WHITE)
    edges = np.cumsum(rng.integers(1, 4, size=46))
    places = left + (right - left) * (.06 + .88 * edges / edges[-1])
    for start, end in places.reshape(-1, 2):
        sheet.rectangle(start, bottom + .2 * (top - bottom), end, top - .08 * (top - bottom), BLACK)


def badge(sheet: Sheet, x: float, y: float, size: float, rng: np.random.Generator) -> None:
    """Print a disc, a star or a ribbon with a word of praise."""
    sheet.element()
    colour, aspect = bright(rng), sheet.size[0] / sheet.size[1]
    if rng.random() < .5:
        sheet.ellipse(x, y, size, size, colour)
    else:
        angle = np.linspace(0, 2 * np.pi, 25)[:-1]
        radius = size * np.where(np.arange(24) % 2, 1.1, .85)
        sheet.polygon(np.c_[x + radius * np.cos(angle) * aspect, y + radius * np.sin(angle)],
                      colour)
    sheet.text(str(rng.choice(words.PRAISE)), any_font(rng), x, y, size * 1.5 * aspect, size * .8,
               readable(colour), float(rng.choice([0, 10, 15])))


def ground_pattern(sheet: Sheet, colour: Colour, rng: np.random.Generator, strength: float) -> None:
    """Print the ground's pattern: nothing, a fade, bands, a wave, stripes or dots.

    Args:
        sheet: to print on.
        colour: of the ground.
        rng: to draw with.
        strength: share of the sheet that another colour may cover, 0 to 1.
    """
    kind = rng.integers(7)
    other = contrast(colour, rng)
    x = np.linspace(0, 1, 20)
    if kind in (2, 3):
        sheet.element()
        high = strength * rng.uniform(.3, 1)
        bottom = rng.choice([0, 1 - high])
        wave = rng.uniform(0, .06) * np.sin(x * rng.uniform(3, 9) + rng.uniform(0, 6))
        edge = (bottom + high if bottom == 0 else bottom) + wave
        base = 0 if bottom == 0 else 1
        sheet.polygon([*np.c_[x, edge], (1, base), (0, base)], other)
        if rng.random() < .5:
            sheet.line(np.c_[x, edge], contrast(other, rng), .02)
    elif kind == 4:
        sheet.element()
        start = rng.uniform(-.3, .6)
        width = strength * rng.uniform(.2, .6)
        sheet.polygon([(start, 0), (start + width, 0), (start + width + .4, 1), (start + .4, 1)],
                      other)
    elif kind == 5:
        count = int(rng.integers(4, 10))
        for i in range(count):
            sheet.rectangle(i / count, 0, (i + strength * .5) / count, 1, other)
    elif kind == 6:
        for i in range(40):
            column, row = i % 8, i // 8
            sheet.ellipse((column + .5 * (row % 2) + .25) / 8, (row + .5) / 5, .03, .03, other)


def strong_pair(rng: np.random.Generator) -> tuple[Colour, Colour]:
    """Draw two colours that stand out from each other."""
    first = bright(rng) if rng.random() < .75 else (WHITE if rng.random() < .5 else BLACK)
    return first, contrast(first, rng)
