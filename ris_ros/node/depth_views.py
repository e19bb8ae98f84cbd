# SPDX-License-Identifier: Apache-2.0
"""Whether depth alternates between two viewpoints, as where two nodes register it differently."""
from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Generic, TypeVar

import numpy as np

Value = TypeVar('Value')

# Among this many of the last messages, this many changes in a row to and fro are no accident.
_REMEMBERED, _CHANGES = 24, 4
# A depth image is compared at about this many pixels.
_SAMPLES = 5000
# A pixel has changed where its depth differs by more than this: metres, and a share of the depth.
_STEP_M, _STEP_SHARE = 0.02, 0.01
# Another view differs from the last in this share of the pixels, an earlier one in a fourth of it:
# noise changes as many pixels from any image to any other.
_LEAST_CHANGED, _RETURN = 0.003, 0.25
# Views that are remembered; only two of them matter.
_VIEWS = 4
# A colour has not changed where it differs by at most this, of 255, and the picture stands still
# where this share of the colours has not changed.
_COLOUR_STEP, _STILL = 24, 0.7


class Alternation(Generic[Value]):
    """Notices when the last values go to and fro between two."""

    def __init__(self) -> None:
        self._last: deque[Value] = deque(maxlen=_REMEMBERED)

    def add(self, value: Value) -> None:
        """Take note of the next value."""
        self._last.append(value)

    def clear(self) -> None:
        """Forget all values."""
        self._last.clear()

    @property
    def pair(self) -> tuple[Value, Value] | None:
        """The two values, the newest last; None where the values do not alternate."""
        values = list(self._last)
        changes = [(before, value) for before, value in pairwise(values)
                   if before != value][-_CHANGES:]
        if len(changes) < _CHANGES:
            return None
        before, newest = changes[-1]
        if all(value in (before, newest) for change in changes for value in change):
            return before, newest
        return None


@dataclass(frozen=True, eq=False)
class DepthSample:
    """Some pixels of a depth image.

    Attributes:
        metres: (h, w) float32, every ``stride``-th pixel of every ``stride``-th row.
        stride: Pixels from one sample to the next.
        stamp: The image's, seconds.
        frame_id: The image's.
        size: Height and width of the image, pixels.
        view: The number of the viewpoint that it shows.
    """

    metres: np.ndarray
    stride: int
    stamp: float
    frame_id: str
    size: tuple[int, int]
    view: int = 0

    @property
    def source(self) -> tuple[str, tuple[int, int]]:
        """What two images of one registration have in common."""
        return self.frame_id, self.size

    def changed(self, other: DepthSample) -> np.ndarray:
        """Return the (h, w) bool samples whose depth differs from that of an image of this source.

        A sample that is invalid in either image has not changed.
        """
        mine, others = self.metres, other.metres
        step = np.abs(mine - others)
        # NaN, which is invalid, too, is above nothing.
        return ((step > _STEP_M + _STEP_SHARE * np.minimum(mine, others))
                & (mine > 0) & (others > 0) & np.isfinite(step))

    def difference(self, other: DepthSample) -> float:
        """Return the share of the samples that has changed; 1 for another source."""
        return float(self.changed(other).mean()) if self.source == other.source else 1.0


class DepthViews:
    """Gives each depth image the number of its view, and notices when two views alternate."""

    def __init__(self) -> None:
        self._numbers: Alternation[int] = Alternation()
        # The last sample of each view, the newest last.
        self._views: list[DepthSample] = []
        self._count = 0

    def add(self, sample: DepthSample) -> None:
        """Take note of the next depth image."""
        view = self._view_of(sample)
        self._views = [other for other in self._views if other.view != view][1 - _VIEWS:]
        self._views.append(replace(sample, view=view))
        self._numbers.add(view)

    def clear(self) -> None:
        """Forget all images."""
        self._numbers.clear()
        self._views.clear()

    @property
    def pair(self) -> tuple[DepthSample, DepthSample] | None:
        """The last samples of the two views that alternate, the newest last; None without."""
        numbers = self._numbers.pair
        if numbers is None:
            return None
        both = [sample for sample in self._views if sample.view in numbers]
        return (both[0], both[1]) if len(both) == 2 else None

    def _view_of(self, sample: DepthSample) -> int:
        """Return the number of the view that an image shows: the last, an earlier, or a new one."""
        if self._views:
            *earlier, last = self._views
            jump = sample.difference(last)
            if jump < _LEAST_CHANGED:
                return last.view
            for other in reversed(earlier):
                if sample.difference(other) < _RETURN * jump:
                    return other.view
        self._count += 1
        return self._count


def stride_of(height: int, width: int) -> int:
    """Return the pixels from one sample to the next of a depth image of some size."""
    return max(1, round((height * width / _SAMPLES) ** 0.5))


def is_still(one: DepthSample, other: DepthSample, image: np.ndarray, later: np.ndarray) -> bool:
    """Tell whether the picture stands still where two depth images differ.

    Args:
        one: A depth image.
        other: Another one of its source.
        image: (H, W, 3) uint8, of the time of the one, in the size of the depth images.
        later: The same, of the time of the other.
    """
    changed = one.changed(other)
    if not changed.any() or not image.shape[:2] == later.shape[:2] == one.size:
        return False
    stride = one.stride
    step = np.abs(image[::stride, ::stride].astype(np.int16) - later[::stride, ::stride])
    return bool((step[changed].max(1) <= _COLOUR_STEP).mean() >= _STILL)
