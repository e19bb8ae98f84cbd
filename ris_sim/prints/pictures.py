# SPDX-License-Identifier: Apache-2.0
"""Pictures on packages: food, people, animals, landscapes and ornaments of simple shapes."""
from __future__ import annotations

from collections.abc import Callable
import colorsys

import cv2
import numpy as np

from ris_sim.prints.sheet import Sheet
from ris_sim.scene import Colour


def bright(rng: np.random.Generator) -> Colour:
    """Draw a bright colour."""
    return colorsys.hsv_to_rgb(rng.random(), rng.uniform(.55, 1), rng.uniform(.6, 1))


def tone(colour: Colour, factor: float) -> Colour:
    """Make a colour darker, or lighter when the factor is above 1."""
    if factor <= 1:
        return tuple(float(c) * factor for c in colour)
    return tuple(1 - (1 - float(c)) / factor for c in colour)


def fruit(sheet: Sheet, rng: np.random.Generator) -> None:
    """Print round fruit, shaded, with highlights and leaves."""
    colour = colorsys.hsv_to_rgb(rng.choice([0, .02, .08, .13, .25, .8, .95]), .85,
                                 rng.uniform(.7, 1))
    for _ in range(int(rng.integers(2, 6))):
        x, y, size = rng.uniform(.2, .8), rng.uniform(.22, .75), rng.uniform(.14, .3)
        shiny_ball(sheet, x, y, size, tone(colour, rng.uniform(.75, 1.3)))
    for _ in range(int(rng.integers(0, 4))):
        leaf(sheet, rng.uniform(.2, .8), rng.uniform(.3, .9), rng.uniform(.08, .2),
             (.15, rng.uniform(.4, .65), .12), rng)


def shiny_ball(sheet: Sheet, x: float, y: float, size: float, colour: Colour) -> None:
    """Print a shaded ball with a highlight."""
    sheet.ellipse(x, y, size, size, tone(colour, .6))
    aspect = sheet.size[0] / sheet.size[1]
    for share, factor in ((.92, .8), (.75, 1), (.5, 1.15)):
        shift = .25 * size * (1 - share)
        sheet.ellipse(x - shift * aspect, y + shift, size * share, size * share,
                      tone(colour, factor))
    sheet.ellipse(x - .35 * size * aspect, y + .4 * size, size * .16, size * .11, (1, 1, .97), 40)


def leaf(sheet: Sheet, x: float, y: float, size: float, colour: Colour,
         rng: np.random.Generator) -> None:
    """Print a leaf with a vein."""
    turn = float(rng.uniform(0, 180))
    sheet.ellipse(x, y, size, size * .38, colour, turn)
    way = np.array([np.cos(np.radians(turn)), -np.sin(np.radians(turn))]) * size
    way[0] *= sheet.size[0] / sheet.size[1]
    sheet.line([(x - way[0], y - way[1]), (x + way[0], y + way[1])], tone(colour, .7), .012)


def bowl_of_food(sheet: Sheet, rng: np.random.Generator) -> None:
    """Print a bowl full of flakes, seen from the front."""
    colour = bright(rng) if rng.random() < .6 else (.93, .93, .95)
    sheet.ellipse(.5, .52, .42, .16, tone(colour, .7))
    sheet.ellipse(.5, .54, .36, .12, (.97, .95, .88))
    flake = colorsys.hsv_to_rgb(rng.uniform(.04, .13), rng.uniform(.5, .85), rng.uniform(.6, .95))
    for _ in range(22):
        angle, far = rng.uniform(0, 2 * np.pi), np.sqrt(rng.random())
        sheet.ellipse(.5 + .3 * far * np.cos(angle) * sheet.size[0] / sheet.size[1],
                      .55 + .1 * far * np.sin(angle) + .02, rng.uniform(.03, .06),
                      rng.uniform(.02, .045), tone(flake, rng.uniform(.7, 1.25)),
                      float(rng.uniform(0, 180)))
    aspect = sheet.size[0] / sheet.size[1]
    rim = [(.5 + .42 * aspect * np.cos(a), .52 + .16 * np.sin(a))
           for a in np.linspace(np.pi, 2 * np.pi, 20)]
    base = [(.5 + .2 * aspect * np.cos(a), .18 + .05 * np.sin(a))
            for a in np.linspace(2 * np.pi, np.pi, 10)]
    sheet.polygon(rim + base, colour)
    sheet.polygon([*rim[:8], (.42, .2)], tone(colour, 1.3))


def pieces_of_food(sheet: Sheet, rng: np.random.Generator) -> None:
    """Print scattered crackers, sweets or rings."""
    colour = colorsys.hsv_to_rgb(rng.choice([.05, .08, .1, .12, rng.random()]),
                                 rng.uniform(.6, .9), rng.uniform(.7, 1))
    square, ring = rng.random() < .5, rng.random() < .4
    for _ in range(int(rng.integers(5, 12))):
        x, y, size = rng.uniform(.08, .92), rng.uniform(.08, .92), rng.uniform(.1, .2)
        shade, turn = tone(colour, rng.uniform(.8, 1.25)), rng.uniform(0, np.pi)
        if not square:
            sheet.ellipse(x, y - .015, size, size * .9, tone(shade, .55))
            sheet.ellipse(x, y, size * .95, size * .85, shade)
            if ring:
                sheet.ellipse(x, y, size * .35, size * .3, tone(shade, .5))
            continue
        corners = np.array([[np.cos(turn + a), np.sin(turn + a)]
                            for a in np.arange(4) * np.pi / 2]) * size
        corners[:, 0] *= sheet.size[0] / sheet.size[1]
        sheet.polygon(corners + np.array([x, y - .02]), tone(shade, .55))
        sheet.polygon(corners + np.array([x, y]), shade)
        sheet.ellipse(x, y, size * .12, size * .12, tone(shade, .6))


def face(sheet: Sheet, rng: np.random.Generator) -> None:
    """Print a cartoon face: a person, or an animal with ears."""
    skin = colorsys.hsv_to_rgb(rng.choice([.06, .08, .12, rng.random()]), rng.uniform(.25, .7),
                               rng.uniform(.6, 1))
    aspect = sheet.size[0] / sheet.size[1]
    ear = rng.integers(3)
    for side in (-1, 1):
        if ear == 1:
            sheet.ellipse(.5 + side * .24 * aspect, .78, .12, .14, tone(skin, .75))
        elif ear == 2:
            sheet.polygon([(.5 + side * .08 * aspect, .75), (.5 + side * .3 * aspect, .97),
                           (.5 + side * .3 * aspect, .6)], tone(skin, .75))
    if ear == 0:
        sheet.ellipse(.5, .6, .36, .36, tone(bright(rng), .5))
    sheet.ellipse(.5, .5, .34, .36, skin)
    for side in (-1, 1):
        sheet.ellipse(.5 + side * .13 * aspect, .57, .07, .08, (1, 1, 1))
        sheet.ellipse(.5 + side * .12 * aspect, .56, .035, .045, (.05, .05, .08))
    sheet.ellipse(.5, .46, .05, .04, tone(skin, .6))
    mouth = [(.5 + .17 * aspect * np.cos(a), .4 + .13 * np.sin(a))
             for a in np.linspace(np.pi, 2 * np.pi, 12)]
    sheet.polygon(mouth, (.6, .1, .12))


def landscape(sheet: Sheet, rng: np.random.Generator) -> None:
    """Print hills under a sky with a sun."""
    height, width = sheet.size
    top, low = np.float32(bright(rng)), np.float32([.95, .93, .85])
    t = np.linspace(0, 1, height)[:, None, None]
    sheet.stain(np.full((height, width), 255, np.uint8), (top * (1 - t) + low * t)
                * np.ones((1, width, 1), np.float32))
    sheet.ellipse(rng.uniform(.2, .8), rng.uniform(.6, .85), .1, .1, (1, .93, .6))
    x = np.linspace(0, 1, 24)
    hue = rng.choice([.3, .35, .6, rng.random()])
    for level in range(3):
        ridge = (.55 - .17 * level + .1 * np.sin(x * rng.uniform(3, 12) + rng.uniform(0, 6))
                 + .03 * rng.normal(size=24))
        colour = colorsys.hsv_to_rgb(hue, .4 + .2 * level, .75 - .18 * level)
        sheet.polygon([*np.c_[x, ridge], (1, 0), (0, 0)], colour)


def flower(sheet: Sheet, rng: np.random.Generator) -> None:
    """Print flowers with stems and leaves."""
    aspect = sheet.size[0] / sheet.size[1]
    for _ in range(int(rng.integers(1, 5))):
        x, y, size = rng.uniform(.2, .8), rng.uniform(.45, .8), rng.uniform(.1, .2)
        colour = bright(rng)
        sheet.line([(x, y), (.5, 0)], (.2, .5, .2), .02)
        count = int(rng.integers(5, 9))
        for i in range(count):
            a = 2 * np.pi * i / count
            sheet.ellipse(x + size * .6 * np.cos(a) * aspect, y + size * .6 * np.sin(a),
                          size * .45, size * .3, tone(colour, rng.uniform(.85, 1.2)),
                          -float(np.degrees(a)))
        sheet.ellipse(x, y, size * .3, size * .3, (.95, .8, .2))


def burst(sheet: Sheet, rng: np.random.Generator) -> None:
    """Print rays from a centre."""
    centre, count = rng.uniform(.3, .7, size=2), int(rng.integers(8, 18))
    colour = bright(rng)
    for i in range(count):
        a, b = 2 * np.pi * i / count, 2 * np.pi * (i + .5) / count
        sheet.polygon([centre, centre + 1.6 * np.array([np.cos(a), np.sin(a)]),
                       centre + 1.6 * np.array([np.cos(b), np.sin(b)])], colour)


def shapes(sheet: Sheet, rng: np.random.Generator) -> None:
    """Print abstract shapes of a few colours."""
    palette = [bright(rng) for _ in range(3)]
    for _ in range(int(rng.integers(4, 10))):
        colour = palette[rng.integers(3)]
        if rng.random() < .5:
            sheet.ellipse(*rng.uniform(0, 1, 2), *rng.uniform(.05, .35, 2), colour,
                          float(rng.uniform(0, 180)))
        else:
            sheet.polygon(rng.uniform(0, 1, (int(rng.integers(3, 5)), 2)), colour)


def photo(sheet: Sheet, rng: np.random.Generator) -> None:
    """Print a blurred photograph: soft blotches of a few tones."""
    height, width = sheet.size
    palette = np.float32([tone(bright(rng), rng.uniform(.3, 1.5)) for _ in range(4)])
    coarse = palette[rng.integers(4, size=(int(rng.integers(3, 7)), int(rng.integers(3, 7))))]
    picture = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    grain = cv2.resize(rng.random((17, 17), np.float32), (width, height),
                       interpolation=cv2.INTER_CUBIC)
    sheet.stain(np.full((height, width), 255, np.uint8),
                np.clip(picture * (.6 + .8 * grain[..., None]), 0, 1))


PICTURES: tuple[Callable, ...] = (fruit, bowl_of_food, pieces_of_food, pieces_of_food, face,
                                  landscape, flower, burst, shapes, photo)
FOOD_PICTURES: tuple[Callable, ...] = (fruit, bowl_of_food, pieces_of_food, fruit, pieces_of_food,
                                       face, flower, photo)
