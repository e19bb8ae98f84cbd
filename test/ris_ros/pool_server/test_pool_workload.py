# SPDX-License-Identifier: Apache-2.0
"""A replica takes the frames that it can index in time, and refuses the others at once."""
from contextlib import ExitStack

import pytest

from ris_ros.pool_server.refusal import Refusal, RefusalKind
from ris_ros.pool_server.workload import Workload


@pytest.fixture
def workload(clock):
    """Return that of a replica whose frames take a tenth of a second."""
    workload = Workload(8, clock.read)
    run(workload, clock, 4, 0.4)
    return workload


def run(workload, clock, frames, seconds):
    """Let the models run a batch."""
    with workload.running(frames):
        clock.now += seconds


@pytest.fixture
def hands():
    """Hold places until the test ends."""
    with ExitStack() as hands:
        yield hands


def test_frames_are_taken_while_they_will_be_ready_in_time(workload, hands):
    assert workload.next_ready == 0.0
    for _ in range(5):
        hands.enter_context(workload.place(0.55))
    assert workload.next_ready == pytest.approx(0.6)
    with pytest.raises(Refusal, match=r'5 frames .* 0\.50 s, .* 0\.55 s') as refused, \
            workload.place(0.55):
        pass
    assert refused.value.kind is RefusalKind.FULL
    assert refused.value.kind.status == 503
    assert refused.value.wait == pytest.approx(0.5)
    hands.enter_context(workload.place(0.65))  # its robot waits for longer
    hands.close()
    with workload.place(0.15):
        pass


def test_a_batch_is_no_longer_than_the_first_robot_in_it_waits(workload, hands):
    assert workload.batch == 8
    hands.enter_context(workload.place(30.0))
    assert workload.batch == 8
    with workload.place(0.45):  # the second of four
        assert workload.batch == 3
    assert workload.batch == 8


def test_one_frame_is_always_taken_so_that_a_slow_batch_shuts_nobody_out(workload, clock):
    for _ in range(9):
        run(workload, clock, 1, 20.0)
    with workload.place(0.5), pytest.raises(Refusal), workload.place(0.5):
        pass
    for _ in range(5):  # fewer than were slow
        run(workload, clock, 1, 0.1)
    with workload.place(0.5), workload.place(0.5):
        assert workload.seconds == pytest.approx(0.1)


def test_the_end_of_the_batch_that_runs_is_foretold(workload, clock):
    assert workload.rest == 0.0
    with workload.running(3):
        clock.now += 0.1
        assert workload.rest == pytest.approx(0.2)
        clock.now += 0.3
        assert workload.rest == 0.0  # it takes longer
    assert workload.rest == 0.0


def test_before_the_first_frame_nothing_is_foretold(hands):
    workload = Workload(4)
    for _ in range(8):
        hands.enter_context(workload.place(0.5))
    assert workload.batch == 4
