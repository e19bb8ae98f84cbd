"""A node that indexes late, and a profile that always answers."""
import pytest
import yaml

from ris_ros.profile import PROFILES


@pytest.fixture
def slow(graph):
    """Have every command wait for a whole index of a frame that came after it."""
    assert graph.set_parameter('ris_node', 'index_policy', 'continuous').successful
    assert graph.set_parameter('ris_node', 'index_max_lag', 0.0).successful
    yield graph
    assert graph.set_parameter('ris_node', 'index_policy', 'on_change').successful
    assert graph.set_parameter('ris_node', 'index_max_lag', 0.5).successful


@pytest.fixture(scope='module')
def answering_profile(tmp_path_factory):
    """Return a profile that always answers FOUND: these tests ask about the road, not the model."""
    profile = yaml.safe_load((PROFILES / 'embedded.yaml').read_text())
    profile['decision'] = {'forced': True}
    path = tmp_path_factory.mktemp('profile') / 'answering.yaml'
    path.write_text(yaml.safe_dump(profile))
    return path
