# SPDX-License-Identifier: Apache-2.0
"""COCO's run-length encoding of masks: checked here, decoded by pycocotools.

pycocotools checks next to nothing: of runs that do not fill the mask it returns memory that it
never wrote, and some malformed input ends the process.
"""
from __future__ import annotations

import numpy as np
from pycocotools import mask as coco

from ris_ros.errors import FrameError

# pycocotools counts pixels with 32 bits.
_MOST_PIXELS = 2 ** 31
_MOST_BITS = 60  # of a run in a compressed mask


def decode(segmentation: dict) -> np.ndarray:
    """Decode a COCO RLE object.

    Args:
        segmentation: {'size': [H, W], 'counts': run lengths}. The runs are in column order and
            begin with zeros; they are a list of numbers or COCO's compressed string.

    Returns:
        (H, W) bool.

    Raises:
        FrameError: The object is of another form, or its runs do not fill the size.
    """
    try:
        height, width = (int(length) for length in segmentation['size'])
        counts = segmentation['counts']
        if isinstance(counts, bytes):
            counts = counts.decode('ascii')
        runs = decompress(counts) if isinstance(counts, str) else [int(run) for run in counts]
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise FrameError(
            'A mask is not COCO run-length encoding; expected '
            "{'size': [height, width], 'counts': string or list of numbers}.") from error
    if sum(runs) != height * width or min(runs, default=0) < 0:
        raise FrameError(
            f'The runs of a mask cover {sum(runs)} pixels but its size is {height} x {width}.')
    if min(height, width) < 0 or height * width >= _MOST_PIXELS:
        raise FrameError(f'A mask has the size {height} x {width}; expected a picture of fewer '
                         f'than {_MOST_PIXELS} pixels.')
    encoded = coco.frPyObjects({'size': [height, width], 'counts': runs}, height, width)
    return coco.decode(encoded).astype(bool)


def decompress(text: str) -> list[int]:
    """Read the run lengths in COCO's compressed string.

    Each number is written in groups of five bits, lowest first, one character each (code 48 and
    up); the sixth bit says that more follow and the last group's fifth bit is the sign. From
    the fourth number on, what is written is the difference from the number two before.

    Source: `rleToString` of the COCO API (maskApi.c).

    Raises:
        ValueError: The text holds another character or ends inside a number.
    """
    runs: list[int] = []
    number = shift = 0
    for character in text:
        group = ord(character) - 48
        if not 0 <= group < 64:
            raise ValueError(f'{character!r} is no character of a compressed mask')
        if shift > _MOST_BITS:
            raise ValueError('a number of the compressed mask is longer than any run')
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
