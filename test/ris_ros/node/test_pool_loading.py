# SPDX-License-Identifier: Apache-2.0
"""What a robot loads beside a pool, and what it refuses."""
import re

import pytest

from ris_ros.errors import FrameError, ModelError, RisError
from ris_ros.node.parameters import Settings, check
from ris_ros.node.pool_loading import TOKEN_VARIABLE, _seat, _token, load_with_pool
from ris_ros.pipeline import Pipeline
from ris_ros.proposals.embedded import EmbeddedProposer

NOBODY = 'http://127.0.0.1:9'  # where nothing listens


@pytest.mark.slow
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
    assert stand_in is pipeline
    assert isinstance(pipeline.proposer, EmbeddedProposer)


@pytest.mark.slow
@pytest.mark.parametrize('profile', ['embedded', 'home'])
def test_all_models_of_a_fallback_have_run_before_it_is_needed(profile, monkeypatch):
    seen = []
    index = Pipeline.index

    def note(pipeline, frame):
        seen.append((pipeline.profile.name, len(index(pipeline, frame).masks)))
    monkeypatch.setattr(Pipeline, 'index', note)
    load_with_pool(Settings(pool=NOBODY, pool_fallback=profile))[0].close()
    (name, masks), = seen
    assert name == profile
    assert masks


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


def test_the_line_end_of_a_token_is_left_out_and_what_is_no_token_is_refused(monkeypatch):
    monkeypatch.setenv(TOKEN_VARIABLE, 'secret-token-0123456789\r\n')
    assert _token() == 'secret-token-0123456789'
    for wrong in ('secret-tokän-0123456789', 'secret token'):
        monkeypatch.setenv(TOKEN_VARIABLE, wrong)
        with pytest.raises(ModelError, match='holds no token') as error:
            _token()
        assert 'secret' not in str(error.value)


def test_each_node_has_a_seat_of_its_own():
    seats = {_seat() for _ in range(10)}
    assert len(seats) == 10
    assert all(re.fullmatch(r'[\w.-]{1,64}', seat) for seat in seats)
