# SPDX-License-Identifier: Apache-2.0
"""One frame for the pool: the request as it goes out, and the reply as it is read."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import time

import numpy as np

from ris_ros.frame import Frame
from ris_ros.index import regions
from ris_ros.pool.container import PoolFormatError
from ris_ros.pool.failure import FailureKind, PoolFailure
from ris_ros.pool.pictures import ColourFormat
from ris_ros.pool.reply import PoolReply, read_reply
from ris_ros.pool.request import (
    MOST_WINDOWS,
    PoolRequest,
    parts_of,
    whole_window,
    write_request,
)
from ris_ros.proposals import Window

# Where more of the picture than this has changed, all of it is sent.
_MOST_SHARE = 0.5


@dataclass(frozen=True)
class PoolTerms:
    """How the robot uses the pool.

    Attributes:
        model: Fingerprint of the models that the pool is to use.
        width: Length of their features.
        fallback: Name of the profile that the robot itself answers with.
        has_other_models: Whether its models are other ones than the pool's.
        patience: Seconds after which the robot goes on without the pool.
        colour: How colour travels.
        features: 'float32' or 'float16'.
        refresh_every: After this many frames the whole frame is sent.
    """

    model: str
    width: int
    fallback: str
    has_other_models: bool
    patience: float
    colour: ColourFormat
    features: str
    refresh_every: int


@dataclass(frozen=True, eq=False)
class PoolQuestion:
    """A request for the index of a frame, ready to be sent.

    Attributes:
        name: Of the frame.
        data: The request.
        patience: Seconds after which its reply is of no use.
        size: Height and width of the frame.
        width: Length of the features that are expected.
    """

    name: str
    data: bytes
    patience: float
    size: tuple[int, int]
    width: int

    @classmethod
    def of(cls, terms: PoolTerms, name: str, frame: Frame, windows: Sequence[Window], base: str,
           until: float) -> PoolQuestion:
        """Encode windows of a frame.

        Args:
            terms: How the pool is used.
            name: Of the frame.
            frame: The frame.
            windows: What is sent of it.
            base: Name of the earlier frame that they are put into; '' where they are the whole.
            until: When its reply is of no use any more, by time.monotonic.
        """
        parts = parts_of(frame, windows, terms.colour)
        patience = until - time.monotonic()
        data = write_request(PoolRequest(terms.model, name, base, frame.size, frame.camera, parts,
                                         terms.features, patience))
        return cls(name, data, patience, frame.size, terms.width)

    def read(self, data: bytes) -> PoolReply:
        """Read the reply; raise PoolFailure where it cannot be used."""
        try:
            return read_reply(data, self.name, self.size, self.width)
        except PoolFormatError as error:
            raise PoolFailure(FailureKind.REFUSED,
                              f'sends a reply that cannot be used. {error}') from error


class PoolTrial:
    """A frame by which the robot finds out whether the pool indexes again, while nobody waits.

    The thread of the link asks, and sets ``reply`` last; the others change ``newest`` alone.

    Attributes:
        name: Of the frame.
        newest: The newest frame that the robot has indexed itself.
        frame: The one that was sent last.
        reply: The reply to it, once one has come in time.
    """

    def __init__(self, terms: PoolTerms, name: str, frame: Frame) -> None:
        """Begin with the frame that the pool has not indexed, under a name of its own."""
        self._terms = terms
        self.name = name
        self.newest = self.frame = frame
        self.reply: PoolReply | None = None

    def question(self) -> PoolQuestion:
        """Encode the whole of the newest frame."""
        frame = self.frame = self.newest
        return PoolQuestion.of(self._terms, self.name, frame, [whole_window(frame.size)], '',
                               time.monotonic() + self._terms.patience)


def windows_to_send(blocks: np.ndarray, size: tuple[int, int]) -> list[Window] | None:
    """Return the windows to send for changed blocks; None where the whole frame is better."""
    found = regions.windows(blocks, size, _as_it_is)
    area = sum(window.width * window.height for window in found)
    return found if len(found) <= MOST_WINDOWS and area <= _MOST_SHARE * np.prod(size) else None


def _as_it_is(window: Window, size: tuple[int, int]) -> Window:
    """Widen a window by nothing: the pool has the rest of the frame."""
    return window
