# SPDX-License-Identifier: Apache-2.0
"""What a robot loads beside a pool, and what it refuses."""
import re

import pytest

from ris_ros.errors import FrameError, ModelError, RisError
from ris_ros.node.parameters import Settings, check
from ris_ros.node.pool_loading import _seat, load_with_pool
from ris_ros.proposals.embedded import EmbeddedProposer

NOBODY = 'http://127.0.0.1:9'  # where nothing listens


def test_the_fallback_has_models_of_its_own_and_the_other_side_no_proposer():
    updater, pipeline, stand_in = load_with_pool(
        Settings(pool=NOBODY, profile='embedded', pool_fallback='home'))
    try:
        assert (pipeline.profile.name, stand_in.profile.name) == ('embedded', 'home')
        assert not isinstance(pipeline.proposer, EmbeddedProposer)
        with pytest.raises(FrameError):
            pipeline.proposer.propose(None)
    finally:
        updater.close()


def test_a_fallback_with_the_same_models_is_loaded_once():
    updater, pipeline, stand_in = load_with_pool(Settings(pool=NOBODY))
    updater.close()
    assert stand_in is None
    assert isinstance(pipeline.proposer, EmbeddedProposer)


def test_a_profile_that_looks_for_nouns_is_refused():
    with pytest.raises(ModelError, match='leave the parameter pool empty'):
        load_with_pool(Settings(pool=NOBODY, profile='open'))


@pytest.mark.parametrize('url', ['pool:8130', 'ftp://pool', 'http://', 'http://pool/path',
                                 'http://pool:port', 'https://pool:8130/?a=b', 'http://a b'])
def test_what_is_no_address_of_a_pool_is_refused(url):
    with pytest.raises(RisError, match='The parameter pool is'):
        check(Settings(pool=url))


def test_addresses_of_pools_are_taken():
    for url in ('', 'http://127.0.0.1:8130', 'https://pool/', 'https://[::1]:8130'):
        check(Settings(pool=url))


def test_each_node_has_a_seat_of_its_own():
    seats = {_seat() for _ in range(10)}
    assert len(seats) == 10
    assert all(re.fullmatch(r'[\w.-]{1,64}', seat) for seat in seats)
