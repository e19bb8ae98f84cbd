# SPDX-License-Identifier: Apache-2.0
"""Deaths of replicas."""
import ray


def kill_replicas():
    """Kill all replicas of the pool, as when a machine is lost."""
    if not ray.is_initialized():
        ray.init('auto', logging_level='error')
    names = [actor for actor in ray.util.list_named_actors(all_namespaces=True)
             if actor['name'].startswith('SERVE_REPLICA')]
    assert names
    for actor in names:
        ray.kill(ray.get_actor(actor['name'], namespace=actor['namespace']))
