# SPDX-License-Identifier: Apache-2.0
"""The connection to Ray, for the pool and for evaluations on several machines."""
from __future__ import annotations

import os

import ray

from ris_ros.errors import RisError


def connect(address: str, cpus: int | None, store_bytes: int,
            metrics_port: int | None = None) -> None:
    """Connect to a Ray cluster, or start one; `ray.shutdown` ends either.

    Args:
        address: 'local' starts a cluster on this machine, without a dashboard and without reports
            of its use; 'auto' or 'host:port' names a running one, which keeps its own settings.
        cpus: CPUs that a local cluster may use, None for all.
        store_bytes: Shared memory of a local cluster.
        metrics_port: Port of a local cluster's metrics; None for a free one.

    Raises:
        RisError: The cluster cannot be reached.
    """
    os.environ.setdefault('RAY_USAGE_STATS_ENABLED', '0')
    options = {}
    if address == 'local':
        options = {'num_cpus': cpus, 'include_dashboard': False,
                   'object_store_memory': store_bytes, '_metrics_export_port': metrics_port}
    try:
        ray.init(address=address, log_to_driver=False, logging_level='error', **options)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise RisError(f'The Ray cluster {address!r} cannot be reached: {error}') from error
