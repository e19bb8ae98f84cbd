# SPDX-License-Identifier: Apache-2.0
"""The demo's pictures: each answer as a tile with its caption, and sheets of tiles."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ris_lab.demo.report import CommandResult
from ris_ros.image_files import write_image
from ris_sim.dataset import contact_sheet

# What a newcomer should see first: one right answer of each of these kinds.
OVERVIEW_KINDS = ('relation', 'position', 'between', 'ambiguous', 'dialogue', 'absent')
_COLUMNS = 3
_PER_SHEET = 12
_WIDTH, _OVERVIEW_WIDTH = 640, 480
_INKS = {'FOUND': (90, 225, 120), 'NO_DEPTH': (90, 225, 120), 'NO_TF': (90, 225, 120),
         'AMBIGUOUS': (255, 190, 30)}
_REFUSED, _WRONG, _PALE = (245, 110, 110), (255, 90, 255), (165, 165, 165)


@dataclass(frozen=True, eq=False)
class AnswerTile:
    """The picture of one answer, and what its caption says.

    Attributes:
        result: The command and its judged answer.
        picture: (H, W, 3) uint8 RGB, the image with the answer drawn in.
        outcome: The answer in a few words.
        before: The command of the dialogue's last turn; empty where this is no dialogue.
    """

    result: CommandResult
    picture: np.ndarray
    outcome: str
    before: str = ''

    def draw(self, width: int) -> np.ndarray:
        """Return the tile with its caption below the picture, (H, W, 3) uint8 RGB.

        Args:
            width: Of the tile, pixels; its height follows.
        """
        height = round(width * self.picture.shape[0] / self.picture.shape[1])
        size = round(width / 24)
        tile = Image.new('RGB', (width, height + 4 * size), (25, 25, 25))
        tile.paste(Image.fromarray(cv2.resize(
            self.picture, (width, height), interpolation=cv2.INTER_AREA)))
        pen = ImageDraw.Draw(tile)
        line = height + size // 2
        command = f'“{self.result.command}”'
        if self.before:
            before = f'“{self.before}” … '
            pen.text((size // 2, line), before, _PALE, ImageFont.load_default(size))
            start = size // 2 + pen.textlength(before, ImageFont.load_default(size))
        else:
            start = size // 2
        pen.text((start, line), command, 'white', ImageFont.load_default(size))
        ink = _INKS.get(self.result.status, _REFUSED)
        outcome = self.outcome
        if not self.result.right:
            ink, outcome = _WRONG, f'wrong: {outcome}; expected {self.result.expected} (magenta)'
        pen.text((size // 2, line + round(1.6 * size)), outcome, ink,
                 ImageFont.load_default(round(.85 * size)))
        return np.asarray(tile)


def write_sheets(tiles: Sequence[AnswerTile], out: Path) -> None:
    """Write sheets of all tiles of each world, and sheet.png with one tile of each of some kinds.

    Args:
        tiles: In the order of the commands.
        out: Folder for ``sheet_<world>.jpg``, or ``sheet_<world>_<number>.jpg`` where one is not
            enough, and ``sheet.png``.
    """
    for world in dict.fromkeys(tile.result.world for tile in tiles):
        drawn = [tile.draw(_WIDTH) for tile in tiles if tile.result.world == world]
        parts = [drawn[i:i + _PER_SHEET] for i in range(0, len(drawn), _PER_SHEET)]
        for number, part in enumerate(parts, 1):
            suffix = f'_{number}' if len(parts) > 1 else ''
            write_image(out / f'sheet_{world}{suffix}.jpg', contact_sheet(part, _COLUMNS))
    write_image(out / 'sheet.png', contact_sheet(
        [tile.draw(_OVERVIEW_WIDTH) for tile in _overview(tiles)], _COLUMNS))


def _overview(tiles: Sequence[AnswerTile]) -> list[AnswerTile]:
    """Return one right tile of each kind that a newcomer should see; others where some lack."""
    right = [tile for tile in tiles if tile.result.right] or list(tiles)
    chosen = [next((tile for tile in right if tile.result.kind == kind), None)
              for kind in OVERVIEW_KINDS]
    chosen = [tile for tile in chosen if tile is not None]
    others = [tile for tile in right if tile not in chosen]
    return chosen + others[:len(OVERVIEW_KINDS) - len(chosen)]
