"""The demo's commands, one after the other, and what is kept of the answers."""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from ris_lab.demo.client import DemoClient, View
from ris_lab.demo.report import Outcome
from ris_ros.geometry.masks import intersection_over_union
from ris_ros.image_files import file_slug, write_image
from ris_ros.msg import Grounding
from ris_ros.status import Status
from ris_sim.dataset import contact_sheet

_TILE = (400, 300)


@dataclass
class DemoRun:
    """Commands the node through a client; keeps outcomes, and pictures in the folder ``out``."""

    client: DemoClient
    out: Path
    outcomes: list[Outcome] = field(default_factory=list)
    _tiles: dict[str, list[np.ndarray]] = field(default_factory=dict)

    def say(self, entry: dict, view: View | None, world: str) -> None:
        """Send a command of the plan in front of a view of its world; None: there is no image.

        entry: kind, text, target (name, list of names or None) and, where it is not FOUND or the
        NOT_FOUND of what has no target, the status to be answered.
        """
        answer, latency = self.client.ask(entry['text'], view)
        self.note(_judge(world, entry, answer, latency, view), self.client.overlay(answer))

    def note(self, outcome: Outcome, picture: np.ndarray | None) -> None:
        """Keep an outcome and its picture, which no answer without an image has."""
        self.outcomes.append(outcome)
        if picture is not None:
            verdict = 'right' if outcome.right else 'wrong'
            write_image(self.out / f'{outcome.world}_{len(self.outcomes):02}_'
                        f'{file_slug(outcome.command)}_{verdict}.png', picture)
            self._tiles.setdefault(outcome.world, []).append(
                cv2.resize(picture, _TILE, interpolation=cv2.INTER_AREA))

    def write_sheets(self) -> None:
        """Write the pictures of each world as one, and all as one."""
        for world, tiles in self._tiles.items():
            write_image(self.out / f'sheet_{world}.jpg', contact_sheet(tiles))
        write_image(self.out / 'sheet.png', contact_sheet(
            [tile for tiles in self._tiles.values() for tile in tiles]))


def _judge(world: str, entry: dict, answer: Grounding, latency: float,
           view: View | None) -> Outcome:
    """Compare an answer with the truth about its world."""
    iou = distance = None
    named = entry['target'] or ()
    named = (named,) if isinstance(named, str) else tuple(named)
    status = Status(answer.status)
    if status is Status.FOUND:
        # What is found is not always placed.
        status = Status(answer.position_status)
    if named and answer.mask.data:
        targets = [thing for thing in view.things if thing['name'] in named]
        mask = np.frombuffer(answer.mask.data, np.uint8).reshape(view.labels.shape) > 0
        iou = intersection_over_union(
            mask, np.isin(view.labels, [thing['label'] for thing in targets]))
        if answer.position_status == Grounding.FOUND:
            point = answer.position.x, answer.position.y, answer.position.z
            distance = min(float(np.linalg.norm(np.subtract(point, thing['surface_centroid'])))
                           for thing in targets)
    expected = entry.get('status', 'FOUND' if named else 'NOT_FOUND')
    return Outcome(world, entry['kind'], entry['text'], expected, status.name, iou, distance,
                   latency)
