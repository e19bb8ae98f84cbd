"""What a frame shows where a held object should be: itself, something before it, or nothing."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from ris_ros.geometry.masks import window_around
from ris_ros.tracking.appearance import Appearance, to_hsv
from ris_ros.tracking.view import View

# Metres by which depth may differ from the object's before something else is there.
_DEPTH_MARGIN = .04
# A place whose neighbourhood looks less likely than this, of 255, to be the object is not.
_UNLIKELY = 64
# Pixels around the object that show what it is not.
_RING = 12
_ENDS = (2, 98)
# With fewer depths than that nothing is known of them.
_LEAST = 20


@dataclass(frozen=True, eq=False)
class Model:
    """What the object is known by: its colours, and the depths (nearest, farthest) it spans.

    depths is None where there is no depth.
    """

    look: Appearance
    depths: tuple[float, float] | None

    @classmethod
    def of(cls, view: View, mask: np.ndarray) -> Model:
        """Learn from an (h, w) bool mask that shows nothing else."""
        box = window_around(mask, _RING)
        return cls(Appearance.of(to_hsv(view.image[box]), mask[box]),
                   depths_in(view.depth, mask))

    @property
    def distance(self) -> float | None:
        """Metres to its middle, None where there is no depth."""
        return middle_of(self.depths)

    def learned(self, view: View, mask: np.ndarray, seen: Appearance, share: float) -> Model:
        """Return a model that goes along with light by a share, and with the distance."""
        return Model(self.look.blended(seen, share), _followed(view.depth, mask, self.depths))

    def likeness(self, view: View, mask: np.ndarray) -> float:
        """Return how like the colours in a non-empty (h, w) bool mask are to its own, 0 to 1."""
        return Model.of(view, mask).look.similarity(self.look)

    def moved(self, view: View, mask: np.ndarray, by: float = np.inf) -> Model:
        """Return a model of the same looks at the depths in a mask, at most so many metres off.

        No thicker than before: what hides a part of it is in the mask, too.
        """
        if self.depths is None:
            return Model(self.look, depths_in(view.depth, mask))
        there = middle_of(depths_in(view.depth, mask, self.depths, by, (50, 50)))
        if there is None:
            return Model(self.look, None)
        half = (self.depths[1] - self.depths[0]) / 2
        return Model(self.look, _followed(view.depth, mask, (there - half, there + half)))


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a view shows of the object.

    visible: (h, w) bool.  share: of its whole area that shows, 0 to 1.  clear: share that shows
    of the part that lies in the picture.
    likeness: of the colours there to the model's, 0 to 1.  agreement: share of it that looks,
    pixel by pixel, as the object did, 0 to 1.  seen: the colours.
    """

    visible: np.ndarray
    share: float
    clear: float
    likeness: float
    agreement: float
    seen: Appearance


class Patch:
    """The part of a view where the object should be, compared with its model pixel by pixel."""

    def __init__(self, view: View, placed: np.ndarray, model: Model) -> None:
        """Look around an (h, w) bool mask, which is not empty."""
        self._model = model
        self._size = placed.shape
        self._box = box = window_around(placed, _RING)
        self._hsv = to_hsv(view.image[box])
        ring = cv2.dilate(placed[box].view(np.uint8), np.ones((5, 5), np.uint8)) == 0
        likely = model.look.likelihood(self._hsv, Appearance.of(self._hsv, ring))
        self._likely = cv2.blur(likely, (3, 3))
        if model.depths is not None and view.depth is not None:
            # What depth says counts; colours tell where it has holes.
            depth = view.depth[box]
            valid = np.isfinite(depth) & (depth > 0)
            self._likely[valid] = np.where(_fits(depth[valid], model.depths, _DEPTH_MARGIN), 255, 0)

    def evidence(self, placed: np.ndarray, area: float,
                 agreement: Callable[[np.ndarray], float]) -> Evidence:
        """Return what shows of an object that fills an (h, w) bool mask and has a whole area.

        agreement: of an (h, w) bool mask of what shows.
        """
        inside = placed[self._box]
        # Specks are noise or print; what comes before an object is larger.
        other = cv2.morphologyEx((inside & (self._likely < _UNLIKELY)).view(np.uint8),
                                 cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)).astype(bool)
        shown = inside & ~other
        visible = np.zeros_like(placed)
        visible[self._box] = shown
        seen = Appearance.of(self._hsv, shown)
        count = np.count_nonzero(shown)
        share, clear = (min(count / max(whole, 1.0), 1.0)
                        for whole in (area, np.count_nonzero(inside)))
        return Evidence(visible, share, clear, self._model.look.similarity(seen),
                        agreement(visible), seen)


def _fits(depth: np.ndarray, depths: tuple[float, float], by: float) -> np.ndarray:
    """Return which of (N,) depths are at most so many metres off those of the object."""
    return (depth >= depths[0] - by) & (depth <= depths[1] + by)


def _followed(depth: np.ndarray | None, mask: np.ndarray,
              before: tuple[float, float] | None) -> tuple[float, float] | None:
    """Return the nearest and the farthest depth of an object that had others a frame before.

    What comes before it is often in a mask's edge already: depths that do not fit the ones before
    do not count, and the object gets no thicker.
    """
    now = depths_in(depth, mask, before, _DEPTH_MARGIN)
    if now is None or before is None:
        return before
    middle, half = middle_of(now), min(now[1] - now[0], before[1] - before[0]) / 2
    return middle - half, middle + half


def middle_of(depths: tuple[float, float] | None) -> float | None:
    """Return the middle of depths (nearest, farthest), None where none are known."""
    return None if depths is None else sum(depths) / 2


def depths_in(depth: np.ndarray | None, mask: np.ndarray,
              before: tuple[float, float] | None = None, by: float = np.inf,
              ends: tuple[float, float] = _ENDS) -> tuple[float, float] | None:
    """Return the nearest and the farthest depth in a mask, or what was known where none is.

    by: metres by which they may differ from those before.  ends: percentiles that count as such.
    """
    if depth is None:
        return None
    box = window_around(mask, 0)
    inner = cv2.erode(mask[box].view(np.uint8), np.ones((3, 3), np.uint8)) > 0
    values = depth[box][inner]
    values = values[np.isfinite(values) & (values > 0)]
    if before is not None:
        values = values[_fits(values, before, by)]
    if len(values) < _LEAST:
        return before
    near, far = np.percentile(values, ends)
    return float(near), float(far)
