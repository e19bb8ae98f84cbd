# SPDX-License-Identifier: Apache-2.0
"""Several replicas serve the same robots, and are as many as the load asks for."""
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
import threading
import time

from local_servers import free_ports
import numpy as np
from pool_metrics import read_metrics, values
import pool_robots
import pytest

from ris_ros.chunks import IndexDelay
from ris_ros.frame import Frame
from ris_ros.index.updater import UpdateKind

pytest.importorskip('grpc', reason='Ray Serve is not installed (requirements/pool.txt)')


@pytest.fixture(scope='module')
def settings(tmp_path_factory):
    """Return the settings of a pool whose robots send two frames a second at most."""
    from ris_ros.pool_server.settings import PoolSettings
    tokens = tmp_path_factory.mktemp('pool') / 'tokens.txt'
    tokens.write_text(''.join(f'{name} {token}\n' for name, token in pool_robots.ROBOTS.items()))
    return PoolSettings(replicas=2, threads=1, cpus=0.5, drain=1.0, rate=2.0,
                        tokens=str(tokens))


@pytest.fixture(scope='module')
def metrics():
    """Return the port of the pool's metrics."""
    return free_ports(1)[0]


@pytest.fixture(scope='module')
def url(settings, metrics):
    """Return the address of a pool with two replicas."""
    from ris_ros.pool_server.service import PoolPlace, running_pool
    place = PoolPlace(port=free_ports(1)[0], cpus=2, metrics_port=metrics)
    with running_pool(settings, place):
        yield place.url


@pytest.fixture
def robot_at(url, pipeline):
    """Return what makes robots that send frames to the pool."""
    made = []

    def make(name, camera='camera', patience=30.0):
        made.append(pool_robots.robot_at(url, pipeline, name, patience, camera))
        return made[-1]
    yield make
    for robot in made:
        robot.close()


def with_patch(frame, number):
    """Return a later frame of which a part has changed."""
    image = frame.image.copy()
    image[40:70, 50:90] = np.random.default_rng(number).integers(0, 256, 3)
    return replace(Frame(image, frame.depth, frame.camera), stamp=float(number))


def test_a_frame_that_one_replica_has_got_is_the_base_of_a_request_to_another(
        robot_at, pipeline, frames):
    robot = robot_at('robot0')
    assert robot.renew(frames[0]).note == ''
    for number in range(10):  # Ray Serve sends each to one of two idle replicas by chance
        frame = with_patch(frames[0], number)
        update = robot.update(frame)
        assert (update.kind, update.note) == (UpdateKind.PART, '')
        local = pipeline.index(frame)
        assert np.array_equal(update.scene.masks, local.masks)
        assert np.array_equal(update.scene.features, local.features)


def test_two_cameras_with_one_token_that_send_too_much_lose_frames_and_never_the_pool(
        robot_at, frames):
    def watch(camera):
        """Look ten times a second as the node does, and command now and then."""
        robot, counts = robot_at('robot1', camera, 4.0), Counter()
        end = time.monotonic() + 240.0
        while min(counts['delayed'], counts['frame']) < 3 or counts['command'] < 2:
            assert time.monotonic() < end, counts
            number, due = counts.total(), time.monotonic() + 0.1
            is_command = number % 4 == 3
            try:
                update = robot.update(with_patch(frames[1], number), is_awaited=is_command)
            except IndexDelay as delay:
                counts['delayed'] += 1
                time.sleep(delay.seconds)
                continue
            assert update.note == ''
            counts['command' if is_command else 'frame'] += 1
            time.sleep(max(0.0, due - time.monotonic()))
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(watch, ('left', 'right')))


def wait_for(condition, seconds=300.0):
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def running():
    """Return the number of replicas that run."""
    from ray import serve

    from ris_ros.pool_server.service import APP
    states = serve.status().applications[APP].deployments['indexer'].replica_states
    return states.get('RUNNING', 0)


def test_replicas_become_more_with_the_load_of_the_same_robots_and_fewer_without(
        url, settings, metrics, robot_at, frames):
    from ray import serve

    from ris_ros.pool_server.deployment import make_app
    from ris_ros.pool_server.service import APP
    scaled = replace(settings, replicas=1, most_replicas=2, upscale_delay=1.5, downscale_delay=1.5,
                     rate=1000.0)
    serve.run(make_app(scaled), name=APP, route_prefix='/')
    wait_for(lambda: running() == 1)
    ended = threading.Event()

    def command(name):
        robot, number = robot_at(name), 0
        while not ended.is_set():
            number += 1
            assert robot.renew(replace(frames[number % 4], stamp=float(number))).note == ''
        return number

    def are_served_by_two():
        """Tell whether two replicas of this deployment have indexed frames of each robot."""
        samples = read_metrics(metrics)
        return all(len(values(samples, 'ray_ris_pool_frames_total', {'robot': name})) == 2
                   for name in names)
    names = [f'robot{number}' for number in range(2, 4)]
    with ThreadPoolExecutor(2) as threads:
        found = [threads.submit(command, name) for name in names]
        try:
            wait_for(lambda: running() == 2)
            wait_for(are_served_by_two)
        finally:
            ended.set()
    assert all(one.result() for one in found)
    wait_for(lambda: running() == 1)
