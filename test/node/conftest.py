"""A client in the test module's ROS domain, and a profile that always answers."""
import pytest
from ros_graph import Client
import yaml

from ris_ros.profile import PROFILES


@pytest.fixture(scope='module')
def client(domain):
    client = Client(domain)
    yield client
    client.close()


@pytest.fixture(scope='module')
def answering_profile(tmp_path_factory):
    """Return a profile that always answers FOUND: these tests ask about the road, not the model."""
    profile = yaml.safe_load((PROFILES / 'embedded.yaml').read_text())
    profile['decision'] = {'forced': True}
    path = tmp_path_factory.mktemp('profile') / 'answering.yaml'
    path.write_text(yaml.safe_dump(profile))
    return path
