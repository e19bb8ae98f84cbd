# SPDX-License-Identifier: Apache-2.0
"""A simulated robot: a recorded stream before it, and the real client of the pool."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
import time

from ris_ros.frame import Frame
from ris_ros.index.updater import IndexUpdate, Updater
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


@dataclass(frozen=True)
class CommandRecord:
    """One command of a simulated robot.

    Attributes:
        index: Seconds until its index was there.
        command: Seconds until its answer was there.
        by_pool: Whether the pool made the index.
    """

    index: float
    command: float
    by_pool: bool


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


class FleetRobot:
    """Commands in front of one picture of its stream after the other."""

    def __init__(self, name: str, url: str, pipeline: Pipeline,
                 frames: Sequence[Frame], patience: float, colour: ColourFormat) -> None:
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
        self._frames = frames
        self._seen = 0
        self.link = PoolLink(PoolAddress(url, '', name, model))
        self.updater = PoolUpdater(
            self.link, Updater(pipeline.proposer, pipeline.encoder, _REFRESH_EVERY),
            PoolTerms(model, pipeline.encoder.backbone.width, pipeline.profile.name, False,
                      patience, colour, 'float32', _REFRESH_EVERY))

    def look(self, whole: bool = False) -> IndexUpdate:
        """Have the next picture indexed; ``whole`` sends all of it."""
        # There and back again, so that nothing jumps.
        turn = self._seen % (2 * len(self._frames) - 2)
        number = min(turn, 2 * len(self._frames) - 2 - turn)
        self._seen += 1
        frame = replace(self._frames[number], stamp=float(self._seen))
        return (self.updater.renew if whole else self.updater.update)(frame)

    def command(self) -> CommandRecord:
        """Look at the next picture and answer a command from it."""
        start = time.perf_counter()
        update = self.look()
        indexed = time.perf_counter()
        grounding = self._pipeline.ground(update.scene, TEXT)
        assert grounding.message
        return CommandRecord(indexed - start, time.perf_counter() - start, not update.note)

    def close(self) -> None:
        """Leave the pool."""
        self.updater.close()
