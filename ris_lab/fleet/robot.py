# SPDX-License-Identifier: Apache-2.0
"""A simulated robot: a recorded stream before it, and the real client of the pool."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
import itertools
import time

from ris_ros.frame import Frame
from ris_ros.index.updater import IndexUpdate, UpdateKind, Updater
from ris_ros.pipeline import Pipeline
from ris_ros.pool.fingerprint import fingerprint
from ris_ros.pool.link import PoolAddress, PoolLink
from ris_ros.pool.pictures import ColourFormat
from ris_ros.pool.remote_index import PoolTerms, PoolUpdater
from ris_sim.rendering.renderer import Renderer
from ris_sim.streams import make_stream

TEXT = 'the red thing'
# In one of them an object moves, which changes about a tenth of the picture at a time.
_KINDS = ('moving_object', 'other_moves')
_REFRESH_EVERY = 150


class IndexSource(Enum):
    """Who made the index of a command."""

    POOL = 'pool'
    ROBOT = 'robot'
    EARLIER = 'earlier'  # nothing had changed, so that nobody did


@dataclass(frozen=True)
class CommandRecord:
    """One command of a simulated robot.

    Attributes:
        index: Seconds until its index was there.
        command: Seconds until its answer was there.
        source: Who made the index.
    """

    index: float
    command: float
    source: IndexSource


def record_streams(count: int, length: int, width: int = 640, height: int = 480
                   ) -> list[list[Frame]]:
    """Render streams of pictures with depth, seeded, for robots to look at.

    Args:
        count: Number of streams.
        length: Pictures in each.
        width: Of a picture in pixels.
        height: Likewise.
    """
    renderer = Renderer(width, height)
    return [[shot.frame for shot in make_stream(_KINDS[seed % len(_KINDS)], seed, length,
                                                5.0).shots(renderer)]
            for seed in range(count)]


def there_and_back(frames: Sequence[Frame]) -> Iterator[Frame]:
    """Give pictures of a stream for ever, each with a stamp of its own; nothing jumps."""
    turn = [*range(len(frames)), *range(len(frames) - 2, 0, -1)]
    for stamp, number in enumerate(itertools.cycle(turn), 1):
        yield replace(frames[number], stamp=float(stamp))


def own_updater(pipeline: Pipeline) -> Updater:
    """Return what a robot keeps its index up to date with by itself."""
    return Updater(pipeline.proposer, pipeline.encoder, _REFRESH_EVERY)


class FleetRobot:
    """Commands in front of one picture of its stream after the other."""

    def __init__(self, name: str, url: str, pipeline: Pipeline,
                 frames: Sequence[Frame], patience: float,
                 colour: ColourFormat = ColourFormat.JPEG) -> None:
        """Connect to nothing yet.

        Args:
            name: By which the pool knows it.
            url: Of the pool.
            pipeline: Its models, which robots may share.
            frames: What it sees, over and over.
            patience: As of the node.
            colour: How colour travels.
        """
        model = fingerprint(pipeline.profile)
        self._pipeline = pipeline
        self._frames = there_and_back(frames)
        self.link = PoolLink(PoolAddress(url, '', name, model))
        self.updater = PoolUpdater(
            self.link, own_updater(pipeline),
            PoolTerms(model, pipeline.encoder.backbone.width, pipeline.profile.name, False,
                      patience, colour, 'float32', _REFRESH_EVERY))

    def look(self, whole: bool = False) -> IndexUpdate:
        """Have the next picture indexed; ``whole`` sends all of it."""
        frame = next(self._frames)
        return (self.updater.renew if whole else self.updater.update)(frame)

    def command(self) -> CommandRecord:
        """Look at the next picture and answer a command from it."""
        start = time.perf_counter()
        update = self.look()
        indexed = time.perf_counter()
        grounding = self._pipeline.ground(update.scene, TEXT)
        assert grounding.message
        return CommandRecord(indexed - start, time.perf_counter() - start, _source(update))

    def close(self) -> None:
        """Leave the pool."""
        self.updater.close()


def _source(update: IndexUpdate) -> IndexSource:
    """Return who made an index."""
    if update.kind is UpdateKind.UNCHANGED:
        return IndexSource.EARLIER
    return IndexSource.ROBOT if update.note else IndexSource.POOL
