# SPDX-License-Identifier: Apache-2.0
"""Fonts from packages, and the masks of words."""
from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ris_ros.errors import RisError

# Pairs of a package and its files; all are under the SIL Open Font License 1.1 or Apache 2.0.
FILES = (
    ('font_lato', 'Lato-Black.ttf'), ('font_lato', 'Lato-Bold.ttf'),
    ('font_lato', 'Lato-BlackItalic.ttf'), ('font_lato', 'Lato-Regular.ttf'),
    ('font_source_serif_pro', 'SourceSerifPro-Black.ttf'),
    ('font_source_serif_pro', 'SourceSerifPro-BoldIt.ttf'),
    ('font_fredoka_one', 'FredokaOne-Regular.ttf'), ('font_fredoka_one', 'FredokaOne-Regular.ttf'),
    ('font_amatic_sc', 'AmaticSC-Bold.ttf'), ('font_caladea', 'Caladea-Bold.ttf'))
# Fonts whose small letters can be read.
PLAIN = (1, 3, 9)


@lru_cache(maxsize=256)
def font(number: int, size: int) -> ImageFont.FreeTypeFont:
    """Load the font FILES[number] at a size in pixels.

    Raises:
        RisError: if its package is not installed.
    """
    package, name = FILES[number]
    found = find_spec(package)
    if found is None:
        raise RisError(f'The home style prints with fonts, and the Python package {package} is '
                       'not installed: `pip install -r requirements/sim.txt`.')
    return ImageFont.truetype(str(Path(found.submodule_search_locations[0]) / 'files' / name),
                              size)


def text_mask(text: str, number: int, size: int) -> np.ndarray:
    """Draw a line of text as an (h, w) uint8 mask, cut to the ink."""
    face = font(number, size)
    left, top, right, bottom = face.getbbox(text)
    picture = Image.new('L', (max(1, right - left), max(1, bottom - top)))
    ImageDraw.Draw(picture).text((-left, -top), text, fill=255, font=face)
    return np.asarray(picture)
