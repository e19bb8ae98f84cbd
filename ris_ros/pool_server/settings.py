# SPDX-License-Identifier: Apache-2.0
"""How a pool is deployed."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from ris_ros.errors import RisError
from ris_ros.pool.container import MOST_BYTES
from ris_ros.pool.request import MOST_PIXELS
from ris_ros.precision import check_precision
from ris_ros.setting_values import find_misfit

_RANGES = {
    'threads': (0, 256), 'replicas': (1, 1000), 'most_replicas': (0, 1000), 'cpus': (0, 256),
    'gpus': (0, 64), 'batch': (0, 256), 'batch_wait': (0, 1), 'in_hand': (1, 10_000),
    'in_hand_each': (1, 10_000), 'queue': (1, 10_000), 'rate': (0.1, 1000),
    'most_bytes': (1024, MOST_BYTES), 'most_pixels': (1024, 2 ** 24), 'kept_mb': (100, 10 ** 7),
    'read_time': (0.1, 60), 'longest_batch': (1, 3600), 'drain': (0, 600),
    'upscale_delay': (1, 3600), 'downscale_delay': (1, 86400)}
_GPU_BATCH = 8


@dataclass(frozen=True)
class PoolSettings:
    """The settings of a pool; a manifest gives them by these names.

    Attributes:
        profile: Name of a profile, or path of its YAML file.
        weights: CLIP weights file in place of the profile's own; '' for the profile's.
        device: Where the models of a replica run.
        precision: Of the image models; 'auto' for the profile's.
        threads: CPU threads of the models of a replica; 0 for torch's choice.
        replicas: Number of replicas, or the least number of them.
        most_replicas: With more than ``replicas`` Ray adds and takes away replicas by load.
        cpus: CPUs that Ray reserves for a replica.
        gpus: Share of a GPU that Ray reserves for a replica.
        batch: Most frames that are encoded together; 0 for 8 on a GPU, and for 1 on a CPU, where
            together they take as long as one after the other.
        batch_wait: How long the first of them waits for others while the models are free, seconds;
            while they are busy, it waits until they are free.
        separate: Give the crops of each frame forward passes of their own, so that features are
            the same bit for bit as those of a robot by itself.
        in_hand: Most requests that a replica has in hand, those that are still coming in included.
            How many frames wait for its models follows from what a frame takes and from the
            patience of their robots; a further one gets the answer 503 at once.
        in_hand_each: Most requests of one robot among them; each of its nodes sends one at a time.
        queue: Most requests that wait for a replica; a further one gets the answer 503.
        rate: Requests a second that one robot may send.
        tokens: File with the name and the token of each robot in a line; '' asks for none.
        open: Whether a manifest may leave out ``tokens``.
        most_bytes: The longest request.
        most_pixels: The largest frame.
        kept_mb: Megabytes of the last frames of all robots; of several replicas they lie in Ray's
            object store.
        read_time: A request whose bytes take longer to come is refused, seconds.
        longest_batch: A replica whose models take longer for a batch counts as ill, seconds.
        drain: How long a replica that is taken away may finish what it has, seconds.
        upscale_delay: Ray adds a replica after this time of load, seconds.
        downscale_delay: Ray takes one away after this time with less load, seconds.
    """

    profile: str = 'embedded'
    weights: str = ''
    device: str = 'cpu'
    precision: str = 'auto'
    threads: int = 0
    replicas: int = 1
    most_replicas: int = 0
    cpus: float = 1.0
    gpus: float = 0.0
    batch: int = 0
    batch_wait: float = 0.002
    separate: bool = False
    in_hand: int = 16
    in_hand_each: int = 4
    queue: int = 32
    rate: float = 12.0
    tokens: str = ''
    open: bool = False
    most_bytes: int = MOST_BYTES
    most_pixels: int = MOST_PIXELS
    kept_mb: int = 400
    read_time: float = 5.0
    longest_batch: float = 60.0
    drain: float = 20.0
    upscale_delay: float = 30.0
    downscale_delay: float = 600.0

    @property
    def kept_bytes(self) -> int:
        """Memory of the last frames of all robots."""
        return self.kept_mb * 10 ** 6

    @property
    def has_one_replica(self) -> bool:
        """Whether the pool never has several replicas."""
        return max(self.replicas, self.most_replicas) == 1

    @property
    def batch_size(self) -> int:
        """Most frames that are encoded together on this device."""
        return self.batch or (1 if self.device == 'cpu' else _GPU_BATCH)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> PoolSettings:
        """Make settings of what a manifest or a command line gives.

        Raises:
            RisError: A name is unknown, or a value is none of its kind and range.
        """
        names = {item.name for item in fields(cls)}
        if unknown := sorted(set(values) - names):
            raise RisError(f'The pool has no settings {", ".join(unknown)}; expected some of '
                           f'{", ".join(sorted(names))}.')
        if misfit := find_misfit(cls, dict(values), _RANGES):
            raise RisError(f'The settings of the pool cannot be used: {misfit}.')
        settings = cls(**values)
        check_precision(settings.precision)
        if 0 < settings.most_replicas < settings.replicas:
            raise RisError(f'The pool may have {settings.most_replicas} replicas at most but '
                           f'{settings.replicas} at least.')
        return settings
