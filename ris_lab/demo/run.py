# SPDX-License-Identifier: Apache-2.0
"""The demo's commands, one after the other, judged by the simulator's truth."""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ris_lab.demo.pictures import AnswerTile
from ris_lab.demo.report import CommandResult
from ris_lab.demo.session import DemoSession, WorldTruth
from ris_ros.geometry.masks import intersection_over_union
from ris_ros.image_files import file_slug, write_image
from ris_ros.msg import Candidate, Grounding
from ris_ros.overlay import outline_truth
from ris_ros.status import Status


@dataclass
class DemoRun:
    """A run of the demo.

    Attributes:
        session: Sends the commands.
        out: Folder for the pictures.
        results: One for each command so far.
        tiles: One for each answer about an image.
    """

    session: DemoSession
    out: Path
    results: list[CommandResult] = field(default_factory=list)
    tiles: list[AnswerTile] = field(default_factory=list)

    def command(self, entry: dict, truth: WorldTruth | None, world: str) -> None:
        """Send a command of the plan, judge its answer and keep its picture.

        Args:
            entry: kind, text, target (name, list of names, or None) and, where it is neither FOUND
                nor the NOT_FOUND of a command without a target, the expected status.
            truth: About the world in view; None where the camera sends no image.
            world: Name of the world.
        """
        answer, latency = self.session.ask(entry['text'], truth)
        result = judge(world, entry, answer, latency, truth)
        # 'pick it up' is a BAD_COMMAND because of the turn before it.
        has_turn_before = entry['kind'] == 'dialogue' or result.expected == 'BAD_COMMAND'
        before = self._last_command(world) if has_turn_before else ''
        self.results.append(result)
        picture = self.session.overlay(answer)
        if picture is None:
            return
        height = truth.labels.shape[0]  # below it is the overlay's caption
        if not result.right:
            outline_truth(picture[:height], truth.mask(_targets(entry)))
        verdict = 'right' if result.right else 'wrong'
        write_image(self.out / f'{world}_{len(self.results):02}_{file_slug(result.command)}_'
                    f'{verdict}.png', picture)
        self.tiles.append(AnswerTile(result, picture[:height], _in_words(answer), before))

    def _last_command(self, world: str) -> str:
        """Return the text of the last command in front of a world."""
        texts = [result.command for result in self.results if result.world == world]
        return texts[-1] if texts else ''


def judge(world: str, entry: dict, answer: Grounding, latency: float,
          truth: WorldTruth | None) -> CommandResult:
    """Compare an answer with the truth about its world."""
    iou = distance = None
    names = _targets(entry)
    status = Status(answer.status)
    if status is Status.FOUND:
        # An object that is found does not always get a position.
        status = Status(answer.position_status)
    found = _object(answer, truth.labels.shape) if names else None
    if found is not None:
        mask, position = found
        iou = intersection_over_union(mask, truth.mask(names))
        if position is not None:
            distance = min(float(np.linalg.norm(position - thing['surface_centroid']))
                           for thing in truth.named(names))
    expected = entry.get('status', 'FOUND' if names else 'NOT_FOUND')
    return CommandResult(world, entry['kind'], entry['text'], expected, status.name, iou, distance,
                         latency)


def _targets(entry: dict) -> tuple[str, ...]:
    """Return the names of the objects that a command of the plan means."""
    names = entry['target'] or ()
    return (names,) if isinstance(names, str) else tuple(names)


def _object(answer: Grounding, size: tuple[int, int]
            ) -> tuple[np.ndarray, np.ndarray | None] | None:
    """Return the (H, W) bool mask and the (3,) position, metres, of what was found or asked for.

    Both are None where the answer has no object, and the position where it is not known.
    """
    if answer.status == Grounding.ANSWERED:  # its objects are candidates alone
        if not answer.count:
            return None
        asked = answer.candidates[0]
        mask, box = np.zeros(size, bool), asked.box
        mask[box.y_offset:box.y_offset + box.height, box.x_offset:box.x_offset + box.width] = (
            np.frombuffer(asked.mask.data, np.uint8).reshape(box.height, box.width) > 0)
        return mask, _position(asked) if asked.has_position else None
    if not answer.mask.data:
        return None
    mask = np.frombuffer(answer.mask.data, np.uint8).reshape(size) > 0
    return mask, _position(answer) if answer.position_status == Grounding.FOUND else None


def _position(found: Grounding | Candidate) -> np.ndarray:
    """Return the (3,) position of an answer or a candidate, metres."""
    return np.array([found.position.x, found.position.y, found.position.z])


def _in_words(answer: Grounding) -> str:
    """Return an answer in a few words."""
    sure = f'{answer.confidence:.0%} sure'
    if answer.status == Grounding.AMBIGUOUS:
        return f'ambiguous: {answer.count} objects fit'
    if answer.status == Grounding.NOT_FOUND:
        return f'not found, {sure}'
    if answer.status == Grounding.ANSWERED:
        return f'answered: {answer.count} objects, {sure}'
    if answer.status != Grounding.FOUND:
        return Status(answer.status).name
    what = f'found, {sure}' if answer.count == 1 else f'found {answer.count}, {sure}'
    if answer.position_status != Grounding.FOUND:
        return f'{what}, no position: {Status(answer.position_status).name}'
    return f'{what}, {np.linalg.norm(_position(answer)):.2f} m away'
