# SPDX-License-Identifier: Apache-2.0
"""Settings that must be there before any test imports torch or rclpy."""
import os
from pathlib import Path

import domain_coordinator
import pytest

# ROS traffic of the tests stays on this machine.
os.environ.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
# Many small models and processes: threads that wait for each other only slow them down.
os.environ.setdefault('OMP_NUM_THREADS', '1')
# rclpy writes its logs below HOME and fails without one.
os.environ.setdefault('HOME', '/tmp')
# Ray itself gives its workers so little priority that a pool is late beside other tests.
os.environ.setdefault('RAY_worker_niceness', '0')


# The files that take longest are begun first, in this order, so that no core is idle in the end
# while another one has one of these left. Two pools are not neighbours: they take all cores.
LONGEST = (
    'ris_ros/pool_server/shared_pool/test_pool.py',
    'ris_ros/pool_server/shared_pool/test_pool_link.py',
    'ris_ros/pool_server/shared_pool/test_pool_node.py',
    'ris_ros/console/test_console.py', 'ris_ros/node/test_node_cameras.py',
    'ris_lab/demo/test_demo.py', 'ris_ros/mcp/test_mcp_server.py',
    'ris_lab/benchmark/test_node_run.py', 'ris_ros/client/test_grounding_client.py',
    'ris_lab/fuzz/test_flood.py', 'ris_lab/fleet/test_fleet_bench.py',
    'ris_ros/node/test_spinning.py', 'ris_ros/node/test_speech_node.py',
    'ris_ros/pool_server/test_pool_cluster.py', 'ris_ros/node/test_node_camera_faults.py',
    'ris_lab/evaluation/test_ray_run.py', 'ris_ros/pool_server/test_pool_replicas.py')


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give all files of a package to one process: they share what takes long to start."""
    if config.getvalue('dist') == 'loadfile':
        from whole_packages import WholePackages
        return WholePackages(config, log)


def pytest_collection_modifyitems(items):
    """Mark the tests that need nodes of their own, and put the files in the order of `LONGEST`.

    The other files follow as they are, those with nodes and those without evenly mixed: where
    nodes are waited for, a core is free for what computes.
    """
    with_nodes = {item.path for item in items if 'domain' in item.fixturenames}
    for item in items:
        if 'domain' in item.fixturenames:
            item.add_marker('node')
    longest = [Path(__file__).parent / name for name in LONGEST]
    others = dict.fromkeys(item.path for item in items if item.path not in longest)
    places = {path: place - len(longest) for place, path in enumerate(longest)}
    for kind in ([path for path in others if path in with_nodes],
                 [path for path in others if path not in with_nodes]):
        places |= {path: number / len(kind) for number, path in enumerate(kind)}
    items.sort(key=lambda item: places[item.path])


@pytest.fixture(scope='module')
def domain():
    """Return the number of a ROS domain that no other test uses at the same time."""
    with domain_coordinator.domain_id() as number:
        yield number


@pytest.fixture(scope='module')
def client(domain):
    """Return a client in the test module's ROS domain."""
    from ros_graph import Client
    client = Client(domain)
    yield client
    client.close()


@pytest.fixture(scope='module')
def answering_profile(tmp_path_factory):
    """Return a profile that always answers FOUND, for tests that are not about the model."""
    import yaml

    from ris_ros.profile import PROFILES
    profile = yaml.safe_load((PROFILES / 'embedded.yaml').read_text())
    profile['decision'] = {'forced': True}
    path = tmp_path_factory.mktemp('profile') / 'answering.yaml'
    path.write_text(yaml.safe_dump(profile))
    return path


@pytest.fixture
def own_threads():
    """Return torch's own number of threads, which is as before after the test."""
    import torch
    count = torch.get_num_threads()
    yield count
    torch.set_num_threads(count)
