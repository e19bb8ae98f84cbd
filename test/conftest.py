# SPDX-License-Identifier: Apache-2.0
"""Settings that must be there before any test imports torch or rclpy."""
import os

import domain_coordinator
import pytest

# ROS traffic of the tests stays on this machine.
os.environ.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
# rclpy writes its logs below HOME and fails without one.
os.environ.setdefault('HOME', '/tmp')


def pytest_collection_modifyitems(items):
    """Mark the tests that need nodes of their own, which take the most time."""
    for item in items:
        if 'domain' in item.fixturenames:
            item.add_marker('node')


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
