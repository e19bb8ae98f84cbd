"""The curves of the benchmark as one picture."""
from __future__ import annotations

from collections.abc import Sequence
import math

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ris_lab.benchmark.curves import Curve

_PANEL = (520, 400)
_LEFT, _RIGHT, _TOP, _BOTTOM = 78, 22, 64, 62
_INK, _GRID = (40, 40, 40), (225, 225, 225)
_OURS, _PLAIN = (20, 110, 190), (215, 120, 20)


def draw_curves(curves: Sequence[Curve]) -> np.ndarray:
    """Return (H, W, 3) uint8 RGB: a panel for each curve, both axes logarithmic."""
    picture = Image.new('RGB', (_PANEL[0] * len(curves), _PANEL[1]), 'white')
    for number, curve in enumerate(curves):
        picture.paste(_panel(curve), (number * _PANEL[0], 0))
    return np.asarray(picture)


def _panel(curve: Curve) -> Image.Image:
    """Draw one curve."""
    panel = Image.new('RGB', _PANEL, 'white')
    draw = ImageDraw.Draw(panel)
    values = [*curve.ours, *curve.plain]
    low = 10.0 ** math.floor(math.log10(min(values)))
    high = 10.0 ** math.ceil(math.log10(max(values)))
    first, last = math.log(curve.numbers[0]), math.log(curve.numbers[-1])

    def place(number: float, seconds: float) -> tuple[float, float]:
        across = (math.log(number) - first) / (last - first)
        up = math.log(seconds / low) / math.log(high / low)
        return (_LEFT + across * (_PANEL[0] - _LEFT - _RIGHT),
                _PANEL[1] - _BOTTOM - up * (_PANEL[1] - _TOP - _BOTTOM))

    draw.text((_LEFT, 12), curve.title, _INK, _font(20))
    for power in range(round(math.log10(low)), round(math.log10(high)) + 1):
        seconds = 10.0 ** power
        draw.line([place(curve.numbers[0], seconds), place(curve.numbers[-1], seconds)], _GRID)
        draw.text((_LEFT - 8, place(curve.numbers[0], seconds)[1]), _label(seconds), _INK,
                  _font(14), anchor='rm')
    for number in curve.numbers:
        draw.line([place(number, low), place(number, high)], _GRID)
        draw.text((place(number, low)[0], _PANEL[1] - _BOTTOM + 8), f'{number:.3g}', _INK,
                  _font(14), anchor='mt')
    draw.text(((_LEFT + _PANEL[0] - _RIGHT) / 2, _PANEL[1] - 28), curve.axis, _INK, _font(15),
              anchor='mt')
    for name, colour, seconds, x in (('ours', _OURS, curve.ours, 0),
                                     ('straightforward', _PLAIN, curve.plain, 80)):
        if not seconds:
            continue
        points = [place(*pair) for pair in zip(curve.numbers, seconds, strict=True)]
        draw.line(points, colour, 3)
        for u, v in points:
            draw.ellipse([u - 4, v - 4, u + 4, v + 4], colour)
        draw.text((_LEFT + x, 40), name, colour, _font(15))
    draw.text((_PANEL[0] - _RIGHT, 40), 'CPU time', _INK, _font(15), anchor='ra')
    return panel


def _label(seconds: float) -> str:
    """Return a time as a person writes it."""
    return f'{seconds:g} s' if seconds >= 1 else f'{1000 * seconds:g} ms'


def _font(size: int) -> ImageFont.FreeTypeFont:
    """Return the font that comes with Pillow."""
    return ImageFont.load_default(size)
