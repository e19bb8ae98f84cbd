# SPDX-License-Identifier: Apache-2.0
"""A robot goes on by itself when the pool or the link fails, and comes back by itself."""
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
import threading
import time

from loopback_proxy import LoopbackProxy
import numpy as np
from pool_robots import ROBOTS, robot_at, waited
import pytest
from replicas import kill_replicas

from ris_ros.chunks import no_pause
from ris_ros.frame import Frame
from ris_ros.index.updater import UpdateKind
from ris_ros.pool import container
from ris_ros.pool.remote_index import PoolUpdater

# Seconds; four times a node's, because the pool shares its cores with other tests.
PATIENCE = 2.0
# Within this time a robot without a reply begins its own index.
BOUND = PATIENCE + 0.5
# Bytes a second: too few for a frame in that time, enough to ask whether the pool is back.
NARROW = 5000.0


@pytest.fixture
def proxy(pool):
    proxy = LoopbackProxy(pool)
    yield proxy
    proxy.close()


@pytest.fixture
def robot(proxy, pipeline):
    """Return what indexes frames on a robot that reaches the pool by the proxy."""
    updater = robot_at(proxy.url, pipeline, 'robot16', PATIENCE)
    yield updater
    updater.close()


def wait_for(condition, seconds=300.0):
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def indexed_by_pool(robot, frame):
    """Index a frame until the pool does it; return the index."""
    found = []

    def is_there():
        if not robot.pool_fault:
            found.append(robot.renew(frame))
        return found and not found[-1].note
    wait_for(is_there)
    return found[-1]


def with_patch(frame, seed):
    """Return a frame of which a part has changed."""
    rng = np.random.default_rng(seed)
    image, depth = frame.image.copy(), frame.depth.copy()
    image[40:70, 50:90] = rng.integers(0, 256, 3)
    return Frame(image, depth, frame.camera, frame.stamp + 1)


def test_an_index_by_the_pool_is_that_of_the_robot_bit_for_bit(robot, pipeline, frames):
    update, local = indexed_by_pool(robot, frames[0]), pipeline.index(frames[0])
    assert update.kind is UpdateKind.WHOLE
    for name in ('masks', 'features', 'boxes', 'overlaps'):
        assert np.array_equal(getattr(update.scene, name), getattr(local, name))
    assert update.scene.frame is frames[0]
    assert not update.has_other_models


def test_only_what_has_changed_is_sent(robot, pipeline, frames):
    indexed_by_pool(robot, frames[1])
    before = robot.link.counts
    again = robot.update(replace(frames[1], stamp=5.0))
    assert again.kind is UpdateKind.UNCHANGED
    assert again.scene.frame.stamp == 5.0
    assert robot.link.counts == before
    frame = with_patch(frames[1], 0)
    update = robot.update(frame)
    assert (update.kind, update.note) == (UpdateKind.PART, '')
    assert robot.link.counts.sent - before.sent < before.sent / 3
    local = pipeline.index(frame)
    assert np.array_equal(update.scene.masks, local.masks)
    assert np.array_equal(update.scene.features, local.features)
    assert robot.unchanged(frame) is not None
    assert robot.unchanged(frames[1]) is None


def test_a_pool_that_has_lost_the_frame_gets_all_of_it(robot, frames):
    indexed_by_pool(robot, frames[1])
    robot._known = replace(robot._known, name='long-gone')
    update = robot.update(with_patch(frames[1], 1))
    assert (update.kind, update.note) == (UpdateKind.WHOLE, '')


@pytest.mark.parametrize('fault', ['cut', 'stalled', 'slow', 'narrow'])
def test_a_bad_link_is_done_without_in_time_until_it_is_good_again(robot, proxy, pipeline, frames,
                                                                   fault):
    indexed_by_pool(robot, frames[2])
    if fault == 'cut':
        proxy.cut()
    else:
        proxy.stalled, proxy.delay = fault == 'stalled', 5.0 * (fault == 'slow')
        proxy.rate = NARROW if fault == 'narrow' else float('inf')
    start = time.monotonic()
    update = robot.update(frames[3])
    assert waited(robot, update, start) < BOUND
    assert 'robot answered by itself, with the profile embedded' in update.note
    assert robot.pool_fault
    assert np.array_equal(update.scene.masks, pipeline.index(frames[3]).masks)
    start = time.monotonic()
    again = robot.update(with_patch(frames[3], 2))  # now without waiting for the pool at all
    assert again.note
    assert waited(robot, again, start) < PATIENCE / 2
    proxy.mend()
    wait_for(lambda: not robot.pool_fault)
    assert robot._known.scene.frame is frames[2]  # what came late was dropped
    frame = with_patch(frames[3], 3)
    update = indexed_by_pool(robot, frame)
    assert update.scene.frame is frame


def test_a_pool_that_answers_but_takes_no_frames_in_time_keeps_no_command_waiting(
        robot, proxy, pipeline, frames):
    indexed_by_pool(robot, frames[2])
    proxy.rate = NARROW
    assert robot.update(frames[3]).note
    before = robot.link.counts
    while robot.link.counts.requests < before.requests + 2:
        assert robot.pool_fault
        start = time.monotonic()
        assert robot.update(with_patch(frames[3], robot.link.counts.requests)).note
        assert time.monotonic() - start < PATIENCE
        time.sleep(0.2)  # as between commands
    assert robot.link.counts.replies == before.replies
    proxy.mend()
    wait_for(lambda: not robot.pool_fault)
    assert robot.link.counts.replies == before.replies + 1
    update = robot.update(with_patch(frames[3], 0))  # of which the pool knows the rest by now
    assert (update.kind, update.note) == (UpdateKind.PART, '')


def test_two_cameras_that_use_one_name_wait_for_each_other_and_stay_with_the_pool(
        pool, pipeline, frames):
    """The second request of a name is refused with a wait."""
    cameras = [robot_at(pool, pipeline, 'robot16', 30.0) for _ in range(2)]
    indexed_by_pool(cameras[0], frames[0])
    with ThreadPoolExecutor(2) as threads:
        for number in range(8):
            updates = list(threads.map(PoolUpdater.renew, cameras, frames[number:number + 2]))
            assert [update.note for update in updates] == ['', '']
    assert sum(one.link.counts.requests - one.link.counts.replies for one in cameras) > 0
    for one in cameras:
        one.close()


def test_a_build_that_is_not_wanted_ends_while_the_pool_keeps_it_waiting(robot, proxy, frames):
    indexed_by_pool(robot, frames[0])
    proxy.stalled = True
    calls = []

    def give_way():
        calls.append(time.monotonic())
        if len(calls) == 4:
            raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        robot.update(frames[1], give_way)
    assert calls[-1] - calls[0] < PATIENCE / 2
    assert not robot.pool_fault


def test_a_command_that_is_answered_meanwhile_does_not_count_as_lateness_of_the_pool(robot, frames):
    indexed_by_pool(robot, frames[0])
    pauses = [PATIENCE + 0.1]

    def give_way():
        if pauses:
            time.sleep(pauses.pop())
    assert robot.renew(frames[1], give_way).note == ''
    assert not pauses


def test_another_version_or_other_models_are_named(robot, frames, monkeypatch):
    monkeypatch.setattr(container, 'VERSION', 2)
    update = robot.renew(frames[0])
    assert 'Install the same version of ris_ros' in update.note
    monkeypatch.undo()
    indexed_by_pool(robot, frames[0])
    robot._terms = replace(robot._terms, model='other')
    update = robot.renew(frames[0])
    assert 'Give both the same profile' in update.note


def test_a_pool_with_an_unknown_certificate_gets_neither_token_nor_picture(
        pool, pipeline, frames, monkeypatch):
    monkeypatch.delenv('SSL_CERT_FILE')
    stranger = robot_at(pool, pipeline, 'robot16')
    update = stranger.renew(frames[0])
    assert 'CERTIFICATE_VERIFY_FAILED' in update.note
    assert stranger.link.counts.replies == 0
    stranger.close()


def test_the_time_of_the_robot_is_not_told_to_the_pool(robot, frames, monkeypatch):
    sent, send = [], robot.link.send

    def note(data, patience):
        values, arrays = container.unpack(data)
        sent.append((set(values._values), arrays))
        return send(data, patience)
    monkeypatch.setattr(robot.link, 'send', note)
    monkeypatch.setattr(time, 'time', lambda: 1e9)  # years ago
    ahead = replace(frames[0], stamp=frames[0].stamp + 600)
    first, second = indexed_by_pool(robot, frames[0]), indexed_by_pool(robot, ahead)
    assert first.scene.frame.stamp + 600 == second.scene.frame.stamp
    assert np.array_equal(first.scene.features, second.scene.features)
    (names, arrays), (_, later) = sent
    assert names == {'version', 'model', 'frame', 'base', 'size', 'depth', 'camera', 'windows',
                     'features', 'patience'}
    assert arrays.keys() == later.keys() == {'colour0', 'depth0'}
    assert all(np.array_equal(arrays[name], later[name]) for name in arrays)


def test_a_frame_without_depth_is_indexed_too(robot, pipeline, frames):
    frame = replace(frames[0], depth=None)
    update = indexed_by_pool(robot, frame)
    assert np.array_equal(update.scene.masks, pipeline.proposer.propose(frame, no_pause))


def test_no_command_is_lost_while_the_replica_dies_and_the_pool_comes_back(robot, pipeline,
                                                                           frames):
    indexed_by_pool(robot, frames[0])
    answers = []
    for number in range(30):
        if number == 10:
            kill_replicas()
        frame = replace(frames[number % 2], stamp=float(number))
        start = time.monotonic()
        update = robot.update(frame)
        assert waited(robot, update, start) < BOUND
        answers.append((pipeline.ground(update.scene, 'the red thing'), update.note))
        assert update.scene.frame is frame
    assert all(answer.message for answer, _ in answers)
    assert not any(note for _, note in answers[:10])
    assert any('by itself' in note for _, note in answers[10:])
    assert not indexed_by_pool(robot, frames[2]).note


def test_no_robot_loses_a_command_when_a_replica_dies_under_load(pool, pipeline, frames):
    robots = {name: robot_at(pool, pipeline, name, PATIENCE) for name in list(ROBOTS)[:4]}
    indexed_by_pool(robots['robot0'], frames[0])
    started = threading.Barrier(len(robots) + 1)

    def command(name):
        """Return how many frames the pool and the robot itself have indexed."""
        counts = Counter()
        for number in range(16):
            if number == 4:
                started.wait(300)
            frame = replace(frames[(number + int(name[5:])) % 4], stamp=float(number))
            update = robots[name].update(frame)
            assert update.scene.frame is frame
            assert pipeline.ground(update.scene, 'the red thing').message
            counts[bool(update.note)] += 1
        return counts
    with ThreadPoolExecutor(len(robots)) as threads:
        found = [threads.submit(command, name) for name in robots]
        started.wait(300)
        kill_replicas()
        found = [one.result() for one in found]
    assert all(sum(counts.values()) == 16 and counts[True] for counts in found)
    for robot in robots.values():
        assert not indexed_by_pool(robot, frames[3]).note
        robot.close()
