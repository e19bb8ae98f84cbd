# SPDX-License-Identifier: Apache-2.0
"""The demo's judged answers as a table, and the line that scripts read."""
from __future__ import annotations

from dataclasses import dataclass

IOU_NEEDED = 0.5
DISTANCE_NEEDED = 0.02


@dataclass(frozen=True)
class CommandResult:
    """One command and its judged answer.

    Attributes:
        world: Name of the world in view.
        kind: Kind of the command, such as 'attribute'.
        command: Its text.
        expected: Name of the right status.
        status: Name of the answer's status; NO_DEPTH or NO_TF where the object is found, but has
            no position.
        iou: Of the answer's mask and the visible part of the true object; None without a mask or
            a true object.
        distance: Metres from the position to the centroid of its visible surface; None without a
            position.
        latency: Seconds from sending the command to receiving the answer.
    """

    world: str
    kind: str
    command: str
    expected: str
    status: str
    iou: float | None
    distance: float | None
    latency: float

    @property
    def right(self) -> bool:
        """Whether status, mask and position are right, as far as the expected status has them."""
        outlined = self.iou is not None and self.iou >= IOU_NEEDED
        placed = self.distance is not None and self.distance <= DISTANCE_NEEDED
        needed = {'FOUND': outlined and placed, 'NO_DEPTH': outlined, 'NO_TF': outlined,
                  'ANSWERED': outlined and placed}
        return self.status == self.expected and needed.get(self.expected, True)


def table(results: list[CommandResult]) -> str:
    """Return the results as lines of text, a summary of each kind below them."""
    lines = [f'{"":2} {"world":12} {"kind":11} {"command":44} {"status":11} {"IoU":>5} '
             f'{"cm":>5} {"ms":>6}']
    for item in results:
        lines.append(
            f'{"ok" if item.right else "--":2} {item.world:12} {item.kind:11} '
            f'{item.command[:44]:44} {item.status:11} {_number(item.iou, 1, "5.2f")} '
            f'{_number(item.distance, 100, "5.1f")} {1000 * item.latency:6.0f}')
    lines.append('')
    for kind in dict.fromkeys(item.kind for item in results):
        same = [item.right for item in results if item.kind == kind]
        lines.append(f'{kind}: {sum(same)} of {len(same)} right')
    return '\n'.join(lines)


def summary(results: list[CommandResult]) -> str:
    """Return the line that scripts read."""
    return f'demo: {sum(item.right for item in results)} of {len(results)} right'


def _number(value: float | None, factor: float, form: str) -> str:
    return f'{factor * value:{form}}' if value is not None else f'{"-":>5}'
