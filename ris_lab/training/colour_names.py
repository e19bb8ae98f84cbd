# SPDX-License-Identifier: Apache-2.0
"""What people call a colour: the words that fit one surely, and those that may.

A word has examples in sRGB, after what speakers of English agree on in colour naming (Berlin and
Kay, Basic Color Terms, 1969; X11 and CSS for the names of shades). It fits what is near one of them
in CIELAB.
"""
from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

Rgb = tuple[float, float, float]

# Hexadecimal sRGB of examples of the basic colours, which share out all colours.
_BASIC = {
    'red': 'e60d0d b30d0d d93326 8c0810 cc1a33 ff4040',
    'orange': 'ff8c00 f27319 ffa64d d96608 ff7f50',
    'yellow': 'fff21a f2d933 fff280 e6bf1a fff8b0 d4b830',
    'green': '1a9933 4dcc4d 0d591f 8ccc80 b3e6a6 80bf1a 59732e 99b38c 2e8b57 a8d8a0 1f4d2e',
    'cyan': '33cccc 1a999e 80ded9 008080 59bfb3 40e0d0 a0e8e4',
    'blue': '1a33d9 0d1a73 3366cc 6699f2 99c7f2 0f1a47 4d6699 b8d4f0 1e90ff 203a6e',
    'purple': '801a99 591a80 994dbf bf99e0 66407f 8a2be2 d0b8ea',
    'pink': 'ff99bf f266a6 ffccd9 e6338c f2a6a6 ffb6c1',
    'brown': '734520 593319 996638 8c4d26 402614 b38559 a0522d',
    'beige': 'e6d4b3 d1b88c ecdfc0 d9c7ad',
    'white': 'ffffff f2f2ee e6e6e6 fffaf0 f0f4f8',
    'gray': 'bfbfbf 999999 808080 666666 4d4d4d 8a9099 99938a',
    'black': '000000 1a1a1a 1a1a24 241c1a 0a140f',
}
# Beige has no colour of its own in the simulation, and is called brown, white or yellow, too.
BASIC = tuple(name for name in _BASIC if name != 'beige')
_BEIGE_TOO = frozenset({'brown', 'white', 'yellow'})
# Examples of shades, each with the basic colours that it is a kind of.
_SHADES = {
    'navy': ('0d1a59 0a1440 14286e', 'blue'), 'navy blue': ('0d1a59 0a1440 14286e', 'blue'),
    'dark blue': ('0d1a73 142d80 0a1440 203a6e', 'blue'),
    'light blue': ('8cc4f2 add8e6 99c7f2 b8d4f0 70b8e8', 'blue cyan'),
    'sky blue': ('70b8e8 87ceeb 8cc4f2', 'blue cyan'),
    'teal': ('008080 1a7373 1a8c8c', 'cyan'), 'aqua': ('40e0e0 66e6e6 33cccc', 'cyan'),
    'light green': ('99e68c b3e6a6 8ccc80 a8d8a0', 'green'),
    'pale green': ('b3e6a6 c0e8b8 a8d8a0', 'green'),
    'dark green': ('0d591f 144d24 1f4d2e', 'green'), 'olive': ('73732e 808000 59662e', 'green'),
    'lime': ('99e61a a6ff33 80e01a', 'green'), 'lime green': ('99e61a a6ff33 80e01a', 'green'),
    'maroon': ('800d1a 66101a 7a1428', 'red brown'), 'dark red': ('8c0810 800d1a 990d0d', 'red'),
    'beige': ('e6d4b3 d9c7ad ecdfc0', 'brown white yellow'),
    'cream': ('fffdd0 f7efd0 f5ecd2', 'white yellow'),
    'tan': ('d2b48c c4a070 d1b88c', 'brown'), 'light brown': ('b38559 c49a6c a67c52', 'brown'),
    'dark brown': ('402614 4d2e19 33200f', 'brown'),
    'light pink': ('ffccd9 ffb6c1 ffd6e0', 'pink'), 'magenta': ('e61a99 cc1a8c ff33b8', 'pink'),
    'lavender': ('d0b8ea c8b0e8 bf99e0', 'purple'),
    'light gray': ('c7c7c7 bfbfbf d1d1d1', 'gray white'),
    'light grey': ('c7c7c7 bfbfbf d1d1d1', 'gray white'),
    'dark gray': ('4d4d4d 404040 595959', 'gray black'),
    'dark grey': ('4d4d4d 404040 595959', 'gray black'),
    'silver': ('c0c0c4 b0b0b4 d0d0d4', 'gray white'),
    'gold': ('d4af37 c9a227 e0b840', 'yellow brown'),
    'salmon': ('fa8072 f29483', 'pink orange'), 'peach': ('ffcba4 fcc8a0', 'orange pink'),
}
SHADES = tuple(_SHADES)
# Distances in CIELAB: another basic colour may be meant if its examples are this much farther at
# most; a shade fits up to one distance from its examples and may fit up to the other.
_CLEAR_LEAD = 10.0
_SHADE_FITS, _SHADE_MAY_FIT = 9.0, 26.0


@lru_cache(maxsize=100_000)
def colour_words(rgb: Rgb) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words that surely fit an sRGB colour in 0..1, and those that may fit it."""
    lab = _lab(np.float32([rgb]))
    distances = {name: float(np.linalg.norm(examples - lab, axis=1).min())
                 for name, examples in _basic_examples().items()}
    near = sorted(distances, key=distances.get)
    close = {name for name in near if distances[name] <= distances[near[0]] + _CLEAR_LEAD}
    sure, perhaps = ({near[0]}, set()) if len(close) == 1 else (set(), close)
    for name in sure | perhaps:
        perhaps = perhaps | _BEIGE_TOO if name == 'beige' else perhaps
    for name, examples in _shade_examples().items():
        distance = float(np.linalg.norm(examples - lab, axis=1).min())
        if distance <= _SHADE_FITS:
            sure.add(name)
        elif distance <= _SHADE_MAY_FIT:
            perhaps.add(name)
    return frozenset(sure), frozenset(perhaps - sure)


def parents(word: str) -> frozenset[str]:
    """Return the basic colours that a shade is a kind of."""
    return frozenset(_SHADES[word][1].split())


def sample_colour(rng: np.random.Generator) -> Rgb:
    """Draw an sRGB colour near the example of some word."""
    words = [*_basic_examples(), *_shade_examples()]
    word = words[int(rng.integers(len(words)))]
    texts = (_BASIC[word] if (word in _BASIC and rng.random() < 0.5) or word not in _SHADES
             else _SHADES[word][0]).split()
    colour = np.array(_rgb(texts[int(rng.integers(len(texts)))])) + rng.normal(0, 0.04, 3)
    return tuple(np.clip(colour, 0.01, 1).round(3).tolist())


@lru_cache(maxsize=1)
def _basic_examples() -> dict[str, np.ndarray]:
    return {name: _lab(np.float32([_rgb(text) for text in texts.split()]))
            for name, texts in _BASIC.items()}


@lru_cache(maxsize=1)
def _shade_examples() -> dict[str, np.ndarray]:
    return {name: _lab(np.float32([_rgb(text) for text in texts.split()]))
            for name, (texts, _) in _SHADES.items()}


def _rgb(text: str) -> Rgb:
    return tuple(int(text[place:place + 2], 16) / 255 for place in (0, 2, 4))


def _lab(colours: np.ndarray) -> np.ndarray:
    """Return (N, 3) CIELAB of (N, 3) float32 sRGB in 0..1."""
    return cv2.cvtColor(colours[None], cv2.COLOR_RGB2LAB)[0]
