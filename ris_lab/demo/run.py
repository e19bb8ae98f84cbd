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
from ris_ros.msg import Grounding
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
    if names and answer.mask.data:
        mask = np.frombuffer(answer.mask.data, np.uint8).reshape(truth.labels.shape) > 0
        iou = intersection_over_union(mask, truth.mask(names))
        if answer.position_status == Grounding.FOUND:
            distance = min(float(np.linalg.norm(_position(answer) - thing['surface_centroid']))
                           for thing in truth.named(names))
    expected = entry.get('status', 'FOUND' if names else 'NOT_FOUND')
    return CommandResult(world, entry['kind'], entry['text'], expected, status.name, iou, distance,
                         latency)


def _targets(entry: dict) -> tuple[str, ...]:
    """Return the names of the objects that a command of the plan means."""
    names = entry['target'] or ()
    return (names,) if isinstance(names, str) else tuple(names)


def _position(answer: Grounding) -> np.ndarray:
    """Return the (3,) position of an answer, metres."""
    return np.array([answer.position.x, answer.position.y, answer.position.z])


def _in_words(answer: Grounding) -> str:
    """Return an answer in a few words."""
    sure = f'{answer.confidence:.0%} sure'
    if answer.status == Grounding.AMBIGUOUS:
        return f'ambiguous: {answer.count} objects fit'
    if answer.status == Grounding.NOT_FOUND:
        return f'not found, {sure}'
    if answer.status != Grounding.FOUND:
        return Status(answer.status).name
    what = f'found, {sure}' if answer.count == 1 else f'found {answer.count}, {sure}'
    if answer.position_status != Grounding.FOUND:
        return f'{what}, no position: {Status(answer.position_status).name}'
    return f'{what}, {np.linalg.norm(_position(answer)):.2f} m away'
