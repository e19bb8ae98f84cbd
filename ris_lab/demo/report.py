# SPDX-License-Identifier: Apache-2.0
"""The demo's judged answers as a table, and the line that scripts read."""
from __future__ import annotations

from dataclasses import dataclass

IOU_NEEDED = 0.5
DISTANCE_NEEDED = 0.02
_LEGEND = f"""\
ok: the status is the expected one, and an object that is found has an outline with an IoU of at
least {IOU_NEEDED} with the true one and, except for NO_DEPTH and NO_TF, a position at most
{100 * DISTANCE_NEEDED:.0f} cm from its true place. --: wrong. A single -: the answer has none."""
_MOST_NAMED = 5


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
    """Return the results as lines of text, what they mean and a summary of each kind below."""
    lines = [f'{"":2} {"world":12} {"kind":11} {"command":44} {"status":11} {"IoU":>5} '
             f'{"cm":>5} {"ms":>6}']
    for item in results:
        lines.append(
            f'{"ok" if item.right else "--":2} {item.world:12} {item.kind:11} '
            f'{item.command[:44]:44} {item.status:11} {_number(item.iou, 1, "5.2f")} '
            f'{_number(item.distance, 100, "5.1f")} {1000 * item.latency:6.0f}')
    lines += [_LEGEND, '']
    for kind in dict.fromkeys(item.kind for item in results):
        same = [item.right for item in results if item.kind == kind]
        lines.append(f'{kind}: {sum(same)} of {len(same)} right')
    return '\n'.join(lines)


def summary(results: list[CommandResult]) -> str:
    """Return the line that scripts read."""
    return f'demo: {sum(item.right for item in results)} of {len(results)} right'


def wrong_ones(results: list[CommandResult]) -> list[str]:
    """Return a line for each wrong answer; of more than a few, the rest as a number."""
    wrong = [item for item in results if not item.right]
    lines = [f'wrong: {item.command!r} in front of {item.world} is {_in_words(item)}'
             for item in wrong[:_MOST_NAMED]]
    if rest := len(wrong) - len(lines):
        lines.append(f'wrong: {rest} more, with -- in the table')
    return lines


def _in_words(item: CommandResult) -> str:
    """Return what is wrong with an answer."""
    if item.status != item.expected:
        return f'{item.status}, expected {item.expected}'
    outline = 'no outline' if item.iou is None else f'IoU {item.iou:.2f}'
    place = 'no position' if item.distance is None else f'{100 * item.distance:.1f} cm off'
    return f'{item.status} with {outline}, {place}'


def _number(value: float | None, factor: float, form: str) -> str:
    return f'{factor * value:{form}}' if value is not None else f'{"-":>5}'
