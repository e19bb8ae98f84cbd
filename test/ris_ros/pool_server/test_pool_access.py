# SPDX-License-Identifier: Apache-2.0
"""A robot is known by its token, and none takes the turn of another one."""
import pytest

from ris_ros.errors import RisError
from ris_ros.pool_server.access import RobotPlaces, RobotQuota, RobotRegister
from ris_ros.pool_server.refusal import Refusal, RefusalKind


def taken(quota, robot):
    """Tell whether a robot may send a request now."""
    try:
        quota.begin(robot, 'camera', 'frame', 60.0)
    except Refusal as refusal:
        return refusal.wait
    quota.end(robot, 'camera', 'frame')
    return True


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


def test_a_request_in_hand_keeps_the_next_one_out_until_it_ends_or_its_robot_gives_up(clock):
    quota = RobotQuota(100.0, clock.read)
    quota.begin('one', 'camera', 'first', 2.0)
    with pytest.raises(Refusal, match='after the reply') as refused:
        quota.begin('one', 'camera', 'second', 2.0)
    assert refused.value.kind is RefusalKind.TOO_MANY
    assert taken(quota, 'other') is True
    quota.begin('one', 'second camera', 'first', 2.0)
    quota.end('one', 'camera', 'first')
    quota.begin('one', 'camera', 'third', 2.0)
    clock.now = 2.0
    quota.begin('one', 'camera', 'fourth', 2.0)
    quota.end('one', 'camera', 'third')  # which comes late
    assert taken(quota, 'one') is not True


def test_a_robot_has_few_requests_in_hand_at_a_time():
    places = RobotPlaces(2)
    with places.place('one'), places.place('other'):
        with places.place('one'), pytest.raises(Refusal, match='after the reply'), \
                places.place('one'):
            pass
        with places.place('one'):
            pass


def test_a_change_of_the_tokens_counts_after_some_seconds(tmp_path, clock):
    path = tmp_path / 'tokens.txt'
    path.write_text('left abcdefghijklmnop\n')
    robots = RobotRegister(str(path), clock.read)
    path.write_text('right qrstuvwxyzabcdef\n')
    clock.now = 5.0
    assert robots.robot_of({'authorization': 'Bearer qrstuvwxyzabcdef'}) == 'right'
    with pytest.raises(Refusal, match='does not know'):
        robots.robot_of({'authorization': 'Bearer abcdefghijklmnop'})
    path.write_text('right qrstuvwxyzabcdef\nwrong short\n')
    clock.now = 10.0
    assert robots.robot_of({'authorization': 'Bearer qrstuvwxyzabcdef'}) == 'right'


def test_tokens_are_read_from_a_file(tmp_path):
    path = tmp_path / 'tokens.txt'
    path.write_text('# all of them\n\nleft  abcdefghijklmnop\nright qrstuvwxyzabcdef\n')
    robots = RobotRegister(str(path))
    assert robots.robot_of({'authorization': 'Bearer qrstuvwxyzabcdef'}) == 'right'
    for headers in ({}, {'authorization': 'Bearer '}, {'authorization': 'Basic abcdefghijklmnop'}):
        with pytest.raises(Refusal, match='does not know'):
            robots.robot_of(headers)


@pytest.mark.parametrize(('text', 'sentence'), [
    ('left short\n', 'at least 16 characters'),
    ('left abcdefghijklmnop right\n', 'Line 1'),
    ('a/b abcdefghijklmnop\n', 'its name and its token'),
    ('# nobody\n', 'names no robot'),
    ('left abcdefghijklmnop\nright abcdefghijklmnop\n', 'Line 2 .* the token of another'),
])
def test_a_file_that_holds_no_tokens_is_refused(tmp_path, text, sentence):
    path = tmp_path / 'tokens.txt'
    path.write_text(text)
    with pytest.raises(RisError, match=sentence):
        RobotRegister(str(path))
    with pytest.raises(RisError, match='cannot be read'):
        RobotRegister(str(tmp_path / 'none'))


def test_without_tokens_a_robot_names_itself():
    robots = RobotRegister('')
    assert robots.robot_of({'x-ris-robot': 'left'}) == 'left'
    assert robots.robot_of({}) == 'robot'
    with pytest.raises(Refusal, match='names no robot'):
        robots.robot_of({'x-ris-robot': 'a b'})
