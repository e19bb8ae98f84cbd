# SPDX-License-Identifier: Apache-2.0
"""The robots that the pool of the tests knows, with their tokens."""
import time

from ris_ros.index.updater import Updater
from ris_ros.pool.fingerprint import fingerprint
from ris_ros.pool.link import PoolAddress, PoolLink
from ris_ros.pool.pictures import ColourFormat
from ris_ros.pool.remote_index import PoolTerms, PoolUpdater

ROBOTS = {f'robot{number}': f'token-of-robot-{number:04}' for number in range(19)}
PATIENCE = 0.5  # as of the node
# Within this time, seconds, a robot without a reply begins its own index. How long that takes is no
# matter of the pool, and beside other tests it takes any time.
BOUND = 1.0


class OwnUpdater(Updater):
    """What indexes frames on the robot itself.

    Attributes:
        begun: When it began the last time, by time.monotonic.
    """

    begun = 0.0

    def update(self, *arguments):
        """Note the time, and index a frame."""
        self.begun = time.monotonic()
        return super().update(*arguments)

    def renew(self, *arguments):
        """Note the time, and index a whole frame."""
        self.begun = time.monotonic()
        return super().renew(*arguments)


def robot_at(url, pipeline, name, patience=PATIENCE, camera='camera'):
    """Return what indexes the frames of a camera on a robot."""
    model = fingerprint(pipeline.profile)
    link = PoolLink(PoolAddress(url, ROBOTS[name], f'{camera}-of-{name}', model))
    terms = PoolTerms(model, 128, 'embedded', False, patience, ColourFormat.PNG, 'float32', 100)
    own = OwnUpdater(pipeline.proposer, pipeline.encoder, 100)
    updater = PoolUpdater(link, own, terms)
    updater.link, updater.own = link, own
    return updater


def waited(robot, update, start):
    """Return for how many seconds from then on the robot waited for the pool."""
    return (robot.own.begun if update.note else time.monotonic()) - start
