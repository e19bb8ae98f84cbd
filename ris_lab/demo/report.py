"""Judge the demo's answers against the simulator's truth, and write them down."""
from __future__ import annotations

from dataclasses import dataclass

IOU_NEEDED = 0.5
DISTANCE_NEEDED = 0.02


@dataclass(frozen=True)
class Outcome:
    """One command, what came back, and how near it is to the truth.

    expected, status: names of statuses; of what was found but not placed, why (NO_DEPTH, NO_TF).
    iou: with the visible mask of what is meant, None without a mask or a target.
    distance: metres to the centroid of its visible surface, None without a position.
    latency: seconds from sending the command to receiving the answer.
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
        """Whether the status is the expected one and, of what was found, mask and place are."""
        outlined = self.iou is not None and self.iou >= IOU_NEEDED
        placed = self.distance is not None and self.distance <= DISTANCE_NEEDED
        needed = {'FOUND': outlined and placed, 'NO_DEPTH': outlined, 'NO_TF': outlined}
        return self.status == self.expected and needed.get(self.expected, True)


def table(outcomes: list[Outcome]) -> str:
    """Return the outcomes as lines of text, a summary of each kind below them."""
    lines = [f'{"":2} {"world":12} {"kind":11} {"command":44} {"status":11} {"IoU":>5} '
             f'{"cm":>5} {"ms":>6}']
    for item in outcomes:
        lines.append(
            f'{"ok" if item.right else "--":2} {item.world:12} {item.kind:11} '
            f'{item.command[:44]:44} {item.status:11} {_number(item.iou, 1, "5.2f")} '
            f'{_number(item.distance, 100, "5.1f")} {1000 * item.latency:6.0f}')
    lines.append('')
    for kind in dict.fromkeys(item.kind for item in outcomes):
        same = [item.right for item in outcomes if item.kind == kind]
        lines.append(f'{kind}: {sum(same)} of {len(same)} right')
    return '\n'.join(lines)


def summary(outcomes: list[Outcome]) -> str:
    """Return the line that scripts read."""
    return f'demo: {sum(item.right for item in outcomes)} of {len(outcomes)} right'


def _number(value: float | None, factor: float, form: str) -> str:
    return f'{factor * value:{form}}' if value is not None else f'{"-":>5}'
