# SPDX-License-Identifier: Apache-2.0
"""A robot is known by its token, and none takes the turn of another one."""
import pytest

from ris_ros.errors import RisError
from ris_ros.pool_server.access import RobotQuota, RobotRegister
from ris_ros.pool_server.refusal import Refusal, RefusalKind


class Clock:
    """Seconds that a test sets."""

    now = 0.0

    def read(self):
        """Return them."""
        return self.now


@pytest.fixture
def clock():
    return Clock()


def taken(quota, robot):
    """Tell whether a robot may send a request now."""
    try:
        with quota.turn(robot, 'camera'):
            return True
    except Refusal as refusal:
        return refusal.wait


def test_a_robot_at_30_hz_gets_its_rate_and_the_others_theirs(clock):
    quota, counts = RobotQuota(5.0, clock.read), {'fast': 0, 'slow': 0}
    for tick in range(30 * 60):
        clock.now = tick / 30
        counts['fast'] += taken(quota, 'fast') is True
        if tick % 15 == 0:
            counts['slow'] += taken(quota, 'slow') is True
    assert counts['slow'] == 120
    assert 295 <= counts['fast'] <= 306


def test_a_refused_robot_is_told_when_to_come_again(clock):
    quota = RobotQuota(2.0, clock.read)
    assert [taken(quota, 'r') for _ in range(3)] == [True, True, 0.5]
    clock.now = 0.5
    assert taken(quota, 'r') is True


def test_a_request_in_hand_keeps_the_next_one_out_even_if_it_fails(clock):
    quota = RobotQuota(100.0, clock.read)
    with quota.turn('one', 'camera'):
        with (pytest.raises(Refusal, match='after the reply') as refused,
              quota.turn('one', 'camera')):
            pass
        assert refused.value.kind is RefusalKind.TOO_MANY
        assert taken(quota, 'other') is True
        with quota.turn('one', 'second camera'):
            pass
    with pytest.raises(KeyError), quota.turn('one', 'camera'):
        raise KeyError
    assert taken(quota, 'one') is True


def test_tokens_are_read_from_a_file(tmp_path):
    path = tmp_path / 'tokens.txt'
    path.write_text('# all of them\n\nleft  abcdefghijklmnop\nright qrstuvwxyzabcdef\n')
    robots = RobotRegister.read(str(path))
    assert robots.robot_of({'authorization': 'Bearer qrstuvwxyzabcdef'}) == 'right'
    for headers in ({}, {'authorization': 'Bearer '}, {'authorization': 'Basic abcdefghijklmnop'}):
        with pytest.raises(Refusal, match='does not know'):
            robots.robot_of(headers)


@pytest.mark.parametrize(('text', 'sentence'), [
    ('left short\n', 'at least 16 characters'),
    ('left abcdefghijklmnop right\n', 'Line 1'),
    ('a/b abcdefghijklmnop\n', 'its name and its token'),
    ('# nobody\n', 'names no robot'),
])
def test_a_file_that_holds_no_tokens_is_refused(tmp_path, text, sentence):
    path = tmp_path / 'tokens.txt'
    path.write_text(text)
    with pytest.raises(RisError, match=sentence):
        RobotRegister.read(str(path))
    with pytest.raises(RisError, match='cannot be read'):
        RobotRegister.read(str(tmp_path / 'none'))


def test_without_tokens_a_robot_names_itself():
    robots = RobotRegister.read('')
    assert robots.robot_of({'x-ris-robot': 'left'}) == 'left'
    assert robots.robot_of({}) == 'robot'
    with pytest.raises(Refusal, match='names no robot'):
        robots.robot_of({'x-ris-robot': 'a b'})
