# SPDX-License-Identifier: Apache-2.0
"""Which images are of now, and which sentence tells what is wrong with the others."""
import pytest

from ris_ros.node.image_clock import ImageClock
from ris_ros.node.parameters import LiveSettings, Settings

WALL = 1795872456.0


def fault(stamp, now, is_simulated=False, refusal='', **settings):
    clock = ImageClock(LiveSettings(Settings(**settings)), lambda: now, lambda: is_simulated)
    return clock.fault(stamp, refusal)


@pytest.mark.parametrize('age', [0.0, 1.99, -.49])
@pytest.mark.parametrize(('now', 'is_simulated'), [(WALL, False), (42.0, True), (WALL, True)])
def test_image_of_now_is_no_fault(age, now, is_simulated):
    assert fault(now - age, now, is_simulated) == ''


@pytest.mark.parametrize(('stamp', 'now', 'is_simulated', 'parts'), [
    (WALL - 3, WALL, False, ['3.0 s old; at most 2.0 s', 'Is the camera running?']),
    (WALL - 50000, WALL, False, ['50000.0 s old; at most 2.0 s', 'Is the camera running?']),
    (WALL + 30, WALL, False, ['30.0 s ahead', '1795872486.0', '1795872456.0', 'system time',
                              'use_sim_time is false']),
    (95.0, 5.0, True, ['90.0 s ahead', '95.0 s', '5.0 s', 'simulated time', 'use_sim_time is true',
                       'Has the clock jumped back']),
    (42.0, WALL, False, ['two clocks', '42.0 s', '1795872456.0 s (system time, use_sim_time is '
                         'false)', 'Set use_sim_time to true']),
    (WALL, 42.0, True, ['two clocks', '1795872456.0 s', '42.0 s (simulated time, use_sim_time is '
                        'true)', 'to false for those of a camera']),
    (WALL, 0.0, True, ['clock stands at 0', '/clock', 'use_sim_time is true']),
    (0.0, 0.0, True, ['clock stands at 0', '/clock', 'use_sim_time is true']),
])
def test_image_of_another_time_is_a_fault_that_names_the_clocks(stamp, now, is_simulated, parts):
    sentence = fault(stamp, now, is_simulated)
    assert all(part in sentence for part in parts), sentence


def test_how_far_a_stamp_may_be_ahead_is_a_parameter():
    assert fault(WALL + 5, WALL, max_image_lead=6.0) == ''
    assert 'at most 4.0 s (parameter max_image_lead)' in fault(WALL + 5, WALL, max_image_lead=4.0)


def test_refusal_of_newer_images_is_told_of_only_where_it_matters():
    assert fault(WALL, WALL, refusal='The image is empty.') == ''
    assert fault(WALL - 3, WALL, refusal='The image is empty.').endswith(
        'Newer images were refused: The image is empty.')
