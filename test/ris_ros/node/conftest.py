"""A node that indexes late."""
import pytest


@pytest.fixture
def slow(graph):
    """Have every command wait for a whole index of a frame that came after it."""
    assert graph.set_parameter('ris_node', 'index_policy', 'continuous').successful
    assert graph.set_parameter('ris_node', 'index_max_lag', 0.0).successful
    yield graph
    assert graph.set_parameter('ris_node', 'index_policy', 'on_change').successful
    assert graph.set_parameter('ris_node', 'index_max_lag', 0.5).successful
