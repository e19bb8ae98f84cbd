# SPDX-License-Identifier: Apache-2.0
"""Settings of a pool come from a manifest or a command, and are checked before Ray starts."""
import pytest

from ris_ros.cli.main import main
from ris_ros.errors import RisError
from ris_ros.pool_server.settings import PoolSettings


@pytest.mark.parametrize(('values', 'sentence'), [
    ({'replica': 2}, 'no settings replica'),
    ({'replicas': 0}, 'replicas is 0'),
    ({'gpus': 'half'}, 'gpus is'),
    ({'precision': 'int4'}, 'int4'),
    ({'upscale_delay': 0}, 'upscale_delay is 0'),
    ({'replicas': 3, 'most_replicas': 2}, '2 replicas at most but 3 at least'),
])
def test_settings_that_fit_no_pool_are_refused(values, sentence):
    with pytest.raises(RisError, match=sentence):
        PoolSettings.of(values)


def test_settings_are_read_by_their_names():
    assert PoolSettings.of({'gpus': 0.5, 'replicas': 2}) == PoolSettings(gpus=0.5, replicas=2)


@pytest.mark.parametrize(('words', 'sentence'), [
    (['--host', '0.0.0.0'], '--tokens FILE'),
    (['--certificate', 'pool.pem'], 'both --certificate and --key'),
    (['--rate', '0'], 'rate is 0'),
    (['--address', 'auto', '--metrics-port', '8131'], '--metrics-export-port'),
    (['--tokens', '/nowhere/tokens.txt'], 'cannot be read'),
])
def test_the_command_says_what_is_wrong_with_its_arguments(capsys, words, sentence):
    pytest.importorskip('grpc', reason='Ray Serve is not installed (requirements/pool.txt)')
    assert main(['pool', 'serve', *words]) == 2
    assert sentence in capsys.readouterr().err
