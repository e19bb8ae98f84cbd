"""COCO run-length encoding of masks, decoded without pycocotools."""
from __future__ import annotations

import numpy as np

from ris_ros.errors import FrameError


def decode(segmentation: dict) -> np.ndarray:
    """Return the (H, W) bool mask of a COCO RLE object {'size': [H, W], 'counts': ...}.

    counts: run lengths, zeros first, in column order; a list, or COCO's compressed string.
    Raises FrameError where the object is not of that form or the runs do not fill the size.
    """
    try:
        height, width = (int(length) for length in segmentation['size'])
        counts = segmentation['counts']
        if isinstance(counts, bytes):
            counts = counts.decode('ascii')
        runs = decompress(counts) if isinstance(counts, str) else [int(run) for run in counts]
    except (KeyError, TypeError, ValueError) as error:
        raise FrameError(
            'A mask is not COCO run-length encoding; expected '
            "{'size': [height, width], 'counts': string or list of numbers}.") from error
    if sum(runs) != height * width or min(runs, default=0) < 0:
        raise FrameError(
            f'The runs of a mask cover {sum(runs)} pixels but its size is {height} x {width}.')
    values = np.arange(len(runs)) % 2 == 1
    return np.repeat(values, runs).reshape(width, height).T


def decompress(text: str) -> list[int]:
    """Return the run lengths in COCO's compressed string.

    Each number is written in groups of five bits, lowest first, one character each (code 48 and
    up); the sixth bit says that more follow and the last group's fifth bit is the sign. From
    the fourth number on, what is written is the difference from the number two before.
    Raises ValueError where the text ends inside a number.
    """
    runs: list[int] = []
    number = shift = 0
    for character in text:
        group = ord(character) - 48
        if not 0 <= group < 64:
            raise ValueError(f'{character!r} is no character of a compressed mask')
        number |= (group & 0x1F) << shift
        shift += 5
        if group & 0x20:
            continue
        if group & 0x10:
            number -= 1 << shift
        runs.append(number + runs[-2] if len(runs) > 2 else number)
        number = shift = 0
    if shift:
        raise ValueError('the compressed mask ends inside a number')
    return runs
