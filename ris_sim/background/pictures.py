# SPDX-License-Identifier: Apache-2.0
"""Pictures that hang on walls, lie on tables and glow on screens, drawn at random."""
from __future__ import annotations

import colorsys
from functools import lru_cache

import cv2
import numpy as np

from ris_sim.background.surfaces import any_colour

FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX,
         cv2.FONT_HERSHEY_COMPLEX)
LETTERS = np.array(list('eeettaaoinnsrhldcumfpgwybvkxjqz'))


def eight_bit(colour: tuple[float, float, float]) -> tuple[int, int, int]:
    """Convert a colour of 0 to 1 to 0 to 255."""
    return tuple(int(255 * c) for c in colour)


def canvas(width: int, height: int, rng: np.random.Generator, vivid: float = .5) -> np.ndarray:
    """Draw a ground that changes from one colour to another."""
    first, last = (np.array(eight_bit(any_colour(rng, vivid))) for _ in range(2))
    ramp = np.linspace(0, 1, height)[:, None, None]
    ground = np.broadcast_to(first + ramp * (last - first), (height, width, 3))
    return np.ascontiguousarray(ground, np.uint8)


def words(rng: np.random.Generator, count: int) -> str:
    """Draw words of no language."""
    return ' '.join(''.join(rng.choice(LETTERS, rng.integers(2, 9))) for _ in range(count))


def lines_of_text(image: np.ndarray, box: tuple[int, int, int, int], step: int,
                  ink: tuple[int, int, int], rng: np.random.Generator) -> None:
    """Write lines of text into a box (left, top, right, bottom), ragged on the right."""
    left, top, right, bottom = box
    for y in range(top + step, bottom, step):
        if rng.random() < .12:
            continue
        text = words(rng, max(1, (right - left) // (step * 3)))
        cv2.putText(image, text, (left, y), FONTS[0], step / 34, ink, 1, cv2.LINE_AA)
        end = right - int(rng.integers(0, max(1, (right - left) // 4)))
        image[max(0, y - step):y + step // 2, end:right] = image[top, left]


def shapes(image: np.ndarray, count: int, rng: np.random.Generator, vivid: float = .7) -> None:
    """Draw discs, boxes and strokes of any colour over an image."""
    height, width = image.shape[:2]
    for _ in range(count):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        size = int(rng.uniform(.04, .35) * min(width, height)) + 1
        ink = eight_bit(any_colour(rng, vivid))
        kind = rng.integers(4)
        if kind == 0:
            cv2.circle(image, (x, y), size, ink, -1, cv2.LINE_AA)
        elif kind == 1:
            cv2.rectangle(image, (x, y), (x + 2 * size, y + size), ink, -1)
        elif kind == 2:
            cv2.ellipse(image, (x, y), (2 * size, size), float(rng.uniform(0, 180)), 0, 360, ink,
                        -1, cv2.LINE_AA)
        else:
            end = (x + int(rng.normal(0, 2 * size)), y + int(rng.normal(0, 2 * size)))
            cv2.line(image, (x, y), end, ink, max(1, size // 6), cv2.LINE_AA)


def poster(rng: np.random.Generator) -> np.ndarray:
    """Draw a poster or a photograph: a ground, shapes, at times a landscape and a title."""
    height = int(rng.choice([110, 160, 220]))
    image = canvas(160, height, rng)
    if rng.random() < .4:
        x = np.arange(160)
        for level in np.sort(rng.uniform(.3, .9, 3)):
            ridge = level * height + sum(rng.normal(0, 10) * np.sin(x / rng.uniform(6, 40) + i)
                                         for i in range(3))
            ground = np.arange(height)[:, None] > ridge[None]
            image[ground] = eight_bit(any_colour(rng, .6))
    else:
        shapes(image, int(rng.integers(2, 14)), rng)
    if rng.random() < .5:
        cv2.putText(image, words(rng, 2), (8, int(height * rng.uniform(.2, .9))),
                    FONTS[rng.integers(len(FONTS))], float(rng.uniform(.5, 1.1)),
                    eight_bit(any_colour(rng)), 2, cv2.LINE_AA)
    return image


def page(rng: np.random.Generator) -> np.ndarray:
    """Draw a printed page, a letter, a newspaper or a form."""
    paper = int(rng.integers(205, 255))
    image = np.full((230, 164, 3), (paper, paper, int(paper * rng.uniform(.9, 1))), np.uint8)
    ink = (int(rng.integers(10, 90)),) * 3
    columns = int(rng.integers(1, 4))
    top = 14
    if rng.random() < .6:
        cv2.putText(image, words(rng, 2), (10, 26), FONTS[rng.integers(len(FONTS))],
                    float(rng.uniform(.5, .9)), ink, 2, cv2.LINE_AA)
        top = 36
    width = 148 // columns
    for column in range(columns):
        left = 8 + column * width
        start = top
        if rng.random() < .4:
            shown = cv2.resize(poster(rng), (width - 8, 50))
            image[start:start + 50, left:left + width - 8] = shown
            start += 54
        lines_of_text(image, (left, start, left + width - 6, 222), int(rng.integers(6, 10)), ink,
                      rng)
    return image


def screen(rng: np.random.Generator) -> np.ndarray:
    """Draw what a monitor shows: windows, text and pictures; a third of them are off."""
    if rng.random() < .35:
        return np.full((9, 16, 3), int(rng.integers(4, 26)), np.uint8)
    image = canvas(240, 136, rng)
    shapes(image, int(rng.integers(0, 5)), rng)
    for _ in range(int(rng.integers(0, 4))):
        x, y = int(rng.integers(0, 150)), int(rng.integers(0, 80))
        right, bottom = x + int(rng.integers(60, 180)), y + int(rng.integers(40, 110))
        shade = int(rng.choice([18, 34, 240, 255]))
        cv2.rectangle(image, (x, y), (right, bottom), (shade,) * 3, -1)
        cv2.rectangle(image, (x, y), (right, y + 6), eight_bit(any_colour(rng)), -1)
        hue = colorsys.hsv_to_rgb(rng.random(), .5, .9 if shade < 90 else .3)
        lines_of_text(image, (x + 4, y + 9, min(right, 238), min(bottom, 134)), 8, eight_bit(hue),
                      rng)
    cv2.rectangle(image, (0, 130), (240, 136), (int(rng.integers(0, 255)),) * 3, -1)
    return image


def keys(rng: np.random.Generator) -> np.ndarray:
    """Draw the upper side of a keyboard."""
    body, cap = (int(rng.choice([12, 40, 200, 235])) for _ in range(2))
    if abs(body - cap) < 10:
        cap = body + 14
    image = np.full((60, 180, 3), body, np.uint8)
    for row in range(5):
        x = 3
        while x < 172:
            width = int(rng.choice([8, 8, 8, 8, 14, 20]))
            right = min(x + width, 175)
            cv2.rectangle(image, (x, 3 + 11 * row), (right, 11 + 11 * row), (cap,) * 3, -1)
            cv2.circle(image, (x + 3, 7 + 11 * row), 1, (255 - cap if cap > 99 else 220,) * 3, -1)
            x += width + 3
    return image


def spines(rng: np.random.Generator) -> np.ndarray:
    """Draw a row of book spines or binders, with titles and gaps."""
    image = np.full((90, 220, 3), int(rng.integers(5, 60)), np.uint8)
    x, broad = 0, rng.random() < .3
    while x < 218:
        width = int(rng.integers(14, 26) if broad else rng.integers(4, 15))
        top = int(rng.integers(2, 30))
        ink = eight_bit(any_colour(rng, .6))
        cv2.rectangle(image, (x, top), (x + width - 1, 90), ink, -1)
        mark = eight_bit(any_colour(rng, .3))
        y = int(rng.integers(top + 4, 60))
        bottom = y + int(rng.integers(6, 28))
        cv2.rectangle(image, (x + width // 4, y), (x + 3 * width // 4, bottom), mark, -1)
        x += width + int(rng.random() < .07) * int(rng.integers(2, 20))
    return image


def checkerboard(rng: np.random.Generator) -> np.ndarray:
    """Draw a calibration target: a checkerboard, a grid of tags or of discs."""
    kind = rng.integers(3)
    cells = int(rng.integers(5, 11))
    if kind == 0:
        board = np.indices((cells, cells + 2)).sum(axis=0) % 2 * 255
        return cv2.resize(board.astype(np.uint8), None, fx=16, fy=16,
                          interpolation=cv2.INTER_NEAREST)[..., None].repeat(3, axis=2)
    side = int(rng.integers(1, 5))
    image = np.full((side * 40, side * 40, 3), 250, np.uint8)
    for row in range(side):
        for column in range(side):
            y, x = 40 * row + 4, 40 * column + 4
            if kind == 1:
                tag = np.zeros((8, 8), np.uint8)
                tag[1:-1, 1:-1] = rng.integers(0, 2, (6, 6)) * 255
                image[y:y + 32, x:x + 32] = cv2.resize(
                    tag, (32, 32), interpolation=cv2.INTER_NEAREST)[..., None]
            else:
                cv2.circle(image, (x + 16, y + 16), 12, (10, 10, 10), -1, cv2.LINE_AA)
    return image


def outdoors(rng: np.random.Generator) -> np.ndarray:
    """Draw what a window shows: bright sky, trees and houses."""
    image = np.full((120, 120, 3), 255, np.uint8)
    image[:] = np.clip(np.array([225, 235, 250]) * rng.uniform(.8, 1.2), 0, 255)
    horizon = int(rng.integers(50, 110))
    for _ in range(12):
        x, width = int(rng.integers(0, 120)), int(rng.integers(8, 40))
        tone = colorsys.hsv_to_rgb(rng.uniform(.1, .4), rng.uniform(.05, .4), rng.uniform(.4, .95))
        cv2.ellipse(image, (x, horizon), (width, int(rng.integers(8, 40))), 0, 0, 360,
                    eight_bit(tone), -1, cv2.LINE_AA)
    image[horizon:] = eight_bit(any_colour(rng, .2))
    return image


_DRAWERS = {'poster': poster, 'page': page, 'screen': screen, 'keys': keys, 'spines': spines,
            'checkerboard': checkerboard, 'outdoors': outdoors}
# Pictures of a kind; they are drawn once, since drawing costs more than showing them.
STOCK = 160


@lru_cache(maxsize=2048)
def stocked(kind: str, number: int) -> np.ndarray:
    """Draw picture number n of a kind."""
    seed = [*kind.encode(), number]
    return _DRAWERS[kind](np.random.default_rng(seed))


def picture(kind: str, rng: np.random.Generator) -> np.ndarray:
    """Choose a picture, (h, w, 3) uint8 sRGB.

    Args:
        kind: 'poster', 'page', 'screen', 'keys', 'spines', 'checkerboard' or 'outdoors'.
        rng: to choose with.
    """
    return stocked(kind, int(rng.integers(STOCK)))
