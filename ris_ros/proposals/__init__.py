"""Proposals: an image becomes instance masks, behind one interface."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar, runtime_checkable

import numpy as np

from ris_ros.frame import Frame
from ris_ros.pause import Pause, no_pause

Survey = TypeVar('Survey')


class Proposer(Protocol):
    """Anything that finds instance masks in a frame."""

    def propose(self, frame: Frame, give_way: Pause = no_pause) -> np.ndarray:
        """Return (N, H, W) bool masks, N >= 0, none of them empty.

        give_way: called between chunks of the work, where they are long.
        """
        ...


class Window(NamedTuple):
    """A part of a picture, in pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, for indexing an (H, W, ...) array."""
        return (slice(self.y, self.y + self.height), slice(self.x, self.x + self.width))


@runtime_checkable
class PartialProposer(Protocol, Generic[Survey]):
    """A proposer that can look again at a part of a picture whose rest is as it was."""

    def survey(self, frame: Frame, give_way: Pause = no_pause) -> tuple[np.ndarray, Survey]:
        """Return the masks of `propose`, and what a later look at a part needs to know."""
        ...

    def look_again(self, frame: Frame, windows: Sequence[Window],
                   survey: Survey) -> Survey | None:
        """Return the survey of a frame that differs from that of an earlier survey in windows.

        windows: from `whole_window`.  survey: of an earlier frame from the same place.  None where
        a part of this frame cannot be judged by itself.
        """
        ...

    def propose_in(self, frame: Frame, window: Window, changed: np.ndarray,
                   survey: Survey) -> np.ndarray:
        """Return (N, H, W) bool masks of what has changed within a window of a frame.

        They are nearly those that `propose` would find there.  window: from `mask_window`.
        changed: (h, w) bool, blocks of the picture; every mask reaches into one.  survey: of this
        frame, from `look_again`.
        """
        ...

    def whole_window(self, window: Window, size: tuple[int, int]) -> Window:
        """Return the window widened to what `look_again` should see for its sake.

        size: (H, W) of the picture.
        """
        ...

    def mask_window(self, window: Window, size: tuple[int, int]) -> Window:
        """Return the window widened to where `propose_in` should look for masks within it.

        size: (H, W) of the picture.
        """
        ...
