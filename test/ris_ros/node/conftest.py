# SPDX-License-Identifier: Apache-2.0
"""A node that indexes late, and a node in the test's own process."""
from node_rig import node_of_this_process
import pytest


@pytest.fixture
def slow(graph):
    """Have every command wait for a whole index of a frame that came after it."""
    assert graph.set_parameter('ris_node', 'index_policy', 'continuous').successful
    assert graph.set_parameter('ris_node', 'index_max_lag', 0.0).successful
    yield graph
    assert graph.set_parameter('ris_node', 'index_policy', 'on_change').successful
    assert graph.set_parameter('ris_node', 'index_max_lag', 0.5).successful


@pytest.fixture(scope='module')
def rig(domain, client, answering_profile):
    """Give a node in this process, whose camera is the test."""
    with node_of_this_process(domain, client, profile=answering_profile, max_image_age=3600.0,
                              mode='track') as rig:
        yield rig
