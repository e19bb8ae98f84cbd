# SPDX-License-Identifier: Apache-2.0
"""Answers as pictures: what was meant in green, what was answered in red."""
from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ris_lab.evaluation.metrics import iou
from ris_lab.evaluation.results import Record
from ris_lab.evaluation.sample import Sample
from ris_ros.image_files import read_image
from ris_ros.proposals.rle import decode

_TILE = (400, 300)
_CAPTION = 40
_COLUMNS = 4
_TRUTH = (60, 230, 90)
_ANSWER = (255, 60, 60)


def contact_sheet(samples: Sequence[Sample], records: Sequence[Record]) -> np.ndarray:
    """Draw a tile for each result, in order.

    Args:
        samples: Those of the results, and perhaps others.
        records: The results, at least one.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    by_key = {key: (sample, sentence) for sample in samples
              for key, sentence in zip(sample.keys, sample.sentences, strict=True)}
    tiles = [_tile(*by_key[record['key']], record) for record in records]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % _COLUMNS)
    return np.vstack([np.hstack(tiles[start:start + _COLUMNS])
                      for start in range(0, len(tiles), _COLUMNS)])


def draw_case(sample: Sample, record: Record) -> np.ndarray:
    """Draw one result.

    Args:
        sample: Its picture and what was meant, which gets a green outline.
        record: Its answer, which is tinted red.

    Returns:
        A small (H, W, 3) uint8 RGB picture, without a caption.
    """
    picture = cv2.resize(read_image(sample.image), _TILE, interpolation=cv2.INTER_AREA)
    answer = None if record['mask'] is None else _shrink(decode(record['mask']))
    if answer is not None:
        inside = answer > 0
        picture[inside] = (0.6 * picture[inside] + 0.4 * np.array(_ANSWER)).astype(np.uint8)
    if sample.target is not None:
        _outline(picture, _shrink(sample.target()), _TRUTH, 3)
    if answer is not None:
        _outline(picture, answer, _ANSWER, 1)
    return picture


def _tile(sample: Sample, sentence: str, record: Record) -> np.ndarray:
    """Draw one result with its sentence below."""
    caption = np.zeros((_CAPTION, _TILE[0], 3), np.uint8)
    _write(caption, sentence, 16)
    _write(caption, f'IoU {iou(record["i"], record["u"]):.3f}  {record["key"]}'
           + ('' if record['mask'] is not None else '  no answer'), 33)
    return np.vstack([draw_case(sample, record), caption])


def _shrink(mask: np.ndarray) -> np.ndarray:
    """Return a (H, W) bool mask as uint8 in the size of a tile."""
    return cv2.resize(mask.astype(np.uint8), _TILE, interpolation=cv2.INTER_NEAREST)


def _outline(picture: np.ndarray, mask: np.ndarray, colour: tuple[int, int, int], width: int
             ) -> None:
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(picture, contours, -1, colour, width)


def _write(caption: np.ndarray, text: str, baseline: int) -> None:
    cv2.putText(caption, text[:62], (4, baseline), cv2.FONT_HERSHEY_SIMPLEX, 0.4,
                (255, 255, 255), 1, cv2.LINE_AA)
