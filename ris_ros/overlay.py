# SPDX-License-Identifier: Apache-2.0
"""The picture of an answer: what was found, its runners-up, and a caption below the image."""
from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ris_ros.geometry.masks import as_bytes
from ris_ros.grounding.result import Candidate, Grounding
from ris_ros.status import Status

_Colour = tuple[int, int, int]  # RGB
_COLOURS = {Status.FOUND: (40, 220, 80), Status.AMBIGUOUS: (255, 190, 30),
            Status.ANSWERED: (90, 170, 255)}
_REFUSED = (250, 90, 90)
_RUNNER_UP = (255, 255, 255)
_TRUTH = (255, 0, 255)
_DARK, _CAPTION, _PALE = (0, 0, 0), (25, 25, 25), (190, 190, 190)
# What does not answer is darkened to this share of its brightness.
_DIMMED = 0.5
# The size of letters as a share of the image's width, and the least that can be read, in pixels;
# the width of a thin line as a share of the image's shorter side.
_LETTERS, _LEAST_LETTERS = 1 / 42, 11
_LINE = 1 / 400
# The caption always has this many lines, so that all pictures of a camera have one size.
_CAPTION_LINES = 3
# A line that is too long for the picture gets smaller letters before it is cut, by these shares.
_SMALLER = (1.0, 0.85, 0.7)
# The probabilities of this many objects are shown.
_CHANCES = 4


def draw_overlay(image: np.ndarray, grounding: Grounding, command: str = '',
                 truth: np.ndarray | None = None) -> np.ndarray:
    """Draw an answer.

    The objects that answer keep their colours and get an outline, green for FOUND, orange for
    AMBIGUOUS and blue for ANSWERED, and all else is darkened. Where several objects answer, each
    has the number by which a person can choose it ("the second one"). Runners-up get thin white
    outlines. The caption below the image has the command, the status with its confidence, and the
    position or the answer's message.

    Args:
        image: (H, W, 3) uint8 RGB, the image of the grounding; it is not changed.
        grounding: The answer.
        command: The text of the command.
        truth: (H, W) bool, the true object of an answer that is known to be wrong. It keeps its
            colours too and gets a magenta outline.

    Returns:
        (H + the caption's height, W, 3) uint8 RGB. The caption's height depends only on W.
    """
    colour = _COLOURS.get(grounding.status, _REFUSED)
    thin = _thin_line(image)
    picture = _dim(image, [thing.mask for thing in grounding.objects], truth)
    for candidate in grounding.candidates[grounding.count:]:
        _outline(picture, candidate.mask, _RUNNER_UP, thin, thin)
    if truth is not None:
        outline_truth(picture, truth)
    for candidate in reversed(grounding.objects):
        _outline(picture, candidate.mask, colour, 2 * thin, thin)
    if grounding.count > 1:
        picture = _number(picture, grounding.objects, colour)
    return np.vstack([picture, _draw_caption(
        image.shape[1], [command, _verdict(grounding, truth), _details(grounding)], colour)])


def outline_truth(picture: np.ndarray, truth: np.ndarray) -> None:
    """Draw a magenta outline around the true object.

    Args:
        picture: (H, W, 3) uint8 RGB; it is drawn into.
        truth: (H, W) bool.
    """
    thin = _thin_line(picture)
    _outline(picture, truth, _TRUTH, 2 * thin, thin)


def _thin_line(image: np.ndarray) -> int:
    """Return the width of a thin line in a picture of this size, in pixels."""
    return max(1, round(min(image.shape[:2]) * _LINE))


def _dim(image: np.ndarray, masks: list[np.ndarray], truth: np.ndarray | None) -> np.ndarray:
    """Return a copy of an image that is darkened outside of all masks, if there are any."""
    if not masks:
        return image.copy()
    bright = np.logical_or.reduce(masks if truth is None else [*masks, truth])
    picture = cv2.convertScaleAbs(image, alpha=_DIMMED)
    picture[bright] = image[bright]
    return picture


def _outline(picture: np.ndarray, mask: np.ndarray, colour: _Colour, width: int,
             edge: int) -> None:
    """Draw a line around a mask, with dark edges that set it off from any background."""
    inside = picture[mask]
    across = 2 * (width // 2 + edge) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (across, across))
    around = cv2.dilate(as_bytes(mask), disc)
    contours, _ = cv2.findContours(around, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(picture, contours, -1, _DARK, width + 2 * edge, cv2.LINE_AA)
    cv2.drawContours(picture, contours, -1, colour, width, cv2.LINE_AA)
    picture[mask] = inside  # a line must hide nothing of a small object


def _number(picture: np.ndarray, objects: tuple[Candidate, ...], colour: _Colour) -> np.ndarray:
    """Return a picture with the number of each object above the corner of its box."""
    drawn = Image.fromarray(picture)
    pen, size = ImageDraw.Draw(drawn), _letter_size(picture.shape[1])
    font = ImageFont.load_default(1.25 * size)
    for number, candidate in enumerate(objects, 1):
        x, y, _, _ = candidate.box
        pen.text((x, max(0, y - 1.5 * size)), str(number), colour, font,
                 stroke_width=max(1, size // 6), stroke_fill=_DARK)
    return np.array(drawn)


def _verdict(grounding: Grounding, truth: np.ndarray | None) -> str:
    """Return the status in words, with its confidence where it has one."""
    words = [grounding.status.name]
    if grounding.candidates:
        # In doubt, each object has a probability of its own, by its number.
        several = grounding.status is Status.AMBIGUOUS and grounding.count > 1
        sure = [one.confidence for one in grounding.objects] if several else [grounding.confidence]
        shown = [f'{chance:.0%}' for chance in sure[:_CHANCES]] + ['…'] * (len(sure) > _CHANCES)
        guess = '' if grounding.calibrated else ' (a guess: not calibrated)'
        words.append(f'{" / ".join(shown)} sure{guess}')
    if grounding.count > 1:
        words.append(f'{grounding.count} objects')
    if truth is not None:
        words.append('the true object is magenta')
    return ', '.join(words)


def _details(grounding: Grounding) -> str:
    """Return where the one object is, or else the answer's message."""
    if grounding.count == 1 and grounding.position is not None:
        return 'at x {:.3f}, y {:.3f}, z {:.3f} m'.format(*grounding.position)
    return grounding.message


def _draw_caption(width: int, lines: list[str], colour: _Colour) -> np.ndarray:
    """Draw lines of text below each other, the second one in a colour."""
    size = _letter_size(width)
    fonts = [ImageFont.load_default(max(_LEAST_LETTERS, share * size)) for share in _SMALLER]
    strip = Image.new('RGB', (width, round((1.4 * _CAPTION_LINES + .8) * size)), _CAPTION)
    pen = ImageDraw.Draw(strip)
    for row, (line, ink) in enumerate(zip(lines, (_RUNNER_UP, colour, _PALE), strict=True)):
        text = ' '.join(line.split())
        font = next((one for one in fonts if one.getlength(text) <= width - size), fonts[-1])
        text = _cut(text, width - size, font)
        pen.text((size // 2, round((1.4 * row + .5) * size)), text, ink, font)
    return np.array(strip)


def _letter_size(width: int) -> int:
    """Return the size of the letters in a picture of this width, in pixels."""
    return max(_LEAST_LETTERS, round(width * _LETTERS))


def _cut(text: str, width: float, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    """Cut a text to a width in pixels, with an ellipsis where something is missing."""
    if font.getlength(text) <= width:
        return text
    # Halves the doubt each time: a text of a thousand letters is measured ten times.
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if font.getlength(text[:middle] + '…') <= width:
            fits = middle
        else:
            too_long = middle
    return text[:fits] + '…'
