"""Judge the demo's answers against the simulator's truth, and write them down."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_ros.evaluation.metrics import intersection_union, iou

IOU_NEEDED = 0.5
DISTANCE_NEEDED = 0.02


@dataclass(frozen=True)
class Outcome:
    """One command, what came back, and how near it is to the truth.

    target: name of the true object, or None where the scene has none.
    iou: with the object's visible mask, None without a mask or a target.
    distance: metres to the centroid of the object's visible surface, None without a position.
    latency: seconds from sending the command to receiving the answer.
    """

    world: str
    kind: str
    command: str
    target: str | None
    status: str
    iou: float | None
    distance: float | None
    latency: float

    @property
    def right(self) -> bool:
        """Whether the answer is the object, in place, or an honest 'not found'."""
        if self.target is None:
            return self.status == 'NOT_FOUND'
        return (self.status == 'FOUND' and self.iou is not None and self.iou >= IOU_NEEDED
                and self.distance is not None and self.distance <= DISTANCE_NEEDED)


def intersection_over_union(first: np.ndarray, second: np.ndarray) -> float:
    """Return the IoU of two (H, W) bool masks, 0 where both are empty."""
    return iou(*intersection_union(first, second))


def table(outcomes: list[Outcome]) -> str:
    """Return the outcomes as lines of text, a summary of each kind below them."""
    lines = [f'{"":2} {"world":12} {"kind":10} {"command":44} {"status":10} {"IoU":>5} '
             f'{"cm":>5} {"ms":>6}']
    for item in outcomes:
        lines.append(
            f'{"ok" if item.right else "--":2} {item.world:12} {item.kind:10} '
            f'{item.command[:44]:44} {item.status:10} {_number(item.iou, 1, "5.2f")} '
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
