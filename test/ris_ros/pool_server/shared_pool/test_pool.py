# SPDX-License-Identifier: Apache-2.0
"""A pool answers robots as they would answer themselves, and refuses the rest with a sentence."""
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache, partial
import socket
import ssl
import threading
import time

import httpx
import numpy as np
from pool_metrics import read_metrics, values
from pool_robots import ROBOTS
import pytest

from ris_ros.conversation import Conversation
from ris_ros.frame import Frame
from ris_ros.index.updater import Updater
from ris_ros.pool.container import CONTENT_TYPE
from ris_ros.pool.fingerprint import fingerprint
from ris_ros.pool.link import PoolAddress, PoolLink
from ris_ros.pool.pictures import ColourFormat
from ris_ros.pool.remote_index import PoolTerms, PoolUpdater
from ris_ros.pool.reply import read_reply
from ris_ros.pool.request import PoolRequest, parts_of, whole_window, write_request
from ris_ros.profile import load_profile
from ris_ros.proposals import Window
from ris_ros.status import Status
from ris_ros.tracking.known_object import SceneSighting
from ris_ros.tracking.scene_memory import SceneMemory
from ris_ros.tracking.tracker import Tracker

MODEL = fingerprint(load_profile('embedded'))


@cache
def client():
    """Return the one client: each one reads the certificates."""
    return httpx.Client(timeout=30)


def send(pool, robot, data, path='/v1/index', **headers):
    """Send bytes as a robot; return the response."""
    return client().post(pool + path, content=data, headers={
        'Authorization': f'Bearer {ROBOTS[robot]}', 'Content-Type': CONTENT_TYPE,
        'X-Ris-Robot': robot, **headers})


def request_for(frame, name='first', base='', windows=None, **values):
    """Return the bytes of a lossless request."""
    parts = parts_of(frame, windows or [whole_window(frame.size)], ColourFormat.PNG)
    request = PoolRequest(MODEL, name, base, frame.size, frame.camera, parts, patience=30.0)
    return write_request(replace(request, **values))


def answer(pool, robot, frame, **values):
    """Return the pool's reply to a frame."""
    return reply_in(send(pool, robot, request_for(frame, **values)), frame,
                    values.get('name', 'first'))


def reply_in(response, frame, name='first'):
    """Return the reply in a response."""
    assert response.status_code == 200, response.text
    return read_reply(response.content, name, frame.size, 128)


def test_the_pool_answers_bit_for_bit_as_the_robot_itself(pool, pipeline, frames):
    reply, local = answer(pool, 'robot0', frames[0]), pipeline.index(frames[0])
    assert len(local.masks)
    assert np.array_equal(reply.masks, local.masks)
    assert np.array_equal(reply.features, local.features)
    assert 0 < reply.times.proposing < 30


def test_what_has_changed_is_put_into_the_last_frame_of_the_same_robot(pool, pipeline, frames):
    before, later = frames[1:3]
    answer(pool, 'robot1', before, name='before')
    window = Window(20, 30, 75, 50)
    image, depth = before.image.copy(), before.depth.copy()
    image[window.slices], depth[window.slices] = later.image[window.slices], later.depth[
        window.slices]
    both = Frame(image, depth, before.camera)
    reply = answer(pool, 'robot1', both, name='both', base='before', windows=[window])
    local = pipeline.index(both)
    assert np.array_equal(reply.masks, local.masks)
    assert np.array_equal(reply.features, local.features)
    refused = send(pool, 'robot2', request_for(both, 'both', 'before', [window]))
    assert refused.status_code == 409
    assert 'send the whole frame' in refused.json()['error']


def follow(before, after):
    """Return what a robot knows of the things in a scene one picture later: ids and a track."""
    memory = SceneMemory()
    for scene in (before, after):
        memory.look(SceneSighting(scene), np.flatnonzero(~scene.parts), {})
    tracker = Tracker(before.frame, before.masks[0])
    tracker.recognise(before)
    track = tracker.follow(after.frame)
    tracker.recognise(after)
    return (memory.identify(list(after.masks), after.masks), track.status, track.mask.tobytes(),
            tracker.follow(replace(after.frame, stamp=2.0)).mask.tobytes())


def talk(pipeline, scene):
    """Return what a robot answers to a dialogue about a scene: status, and the best mask."""
    conversation = Conversation(pipeline)
    answers = [conversation.answer(scene, text, now=float(number))
               for number, text in enumerate(('the thing', 'the second one', 'the other one'))]
    return [(answer.status, None if answer.best is None else answer.best.mask.tobytes())
            for answer in answers]


def test_dialogues_and_tracks_of_16_robots_at_once_are_those_of_each_alone(pool, pipeline, frames):
    def later(frame):
        image, depth = (np.roll(each, 3, axis=1) for each in (frame.image, frame.depth))
        return Frame(image, depth, frame.camera, 1.0)

    def command(number):
        link = PoolLink(PoolAddress(pool, ROBOTS[f'robot{number}'], 'camera', MODEL))
        robot = PoolUpdater(link, Updater(pipeline.proposer, pipeline.encoder, 100), PoolTerms(
            MODEL, 128, 'embedded', False, 30.0, ColourFormat.PNG, 'float32', 100))
        updates = robot.renew(frames[number]), robot.renew(later(frames[number]))
        robot.close()
        assert not updates[0].note + updates[1].note
        return talk(pipeline, updates[0].scene), follow(*(update.scene for update in updates))
    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(command, range(16)))
    for (dialogue, tracks), frame in zip(found, frames, strict=False):
        alone = pipeline.index(frame)
        assert dialogue == talk(pipeline, alone)
        assert tracks == follow(alone, pipeline.index(later(frame)))
    statuses = {status for dialogue, _ in found for status, _ in dialogue}
    assert {Status.AMBIGUOUS, Status.FOUND} <= statuses
    assert {tracks[1] for _, tracks in found} == {Status.FOUND}
    assert len({tracks[2] for _, tracks in found}) >= 4  # four tables


def test_16_robots_at_once_each_get_the_index_of_their_own_frame(pool, pipeline, frames):
    robots = list(ROBOTS)[:16]
    requests = [request_for(frame) for frame in frames[:16]]
    with ThreadPoolExecutor(16) as threads:
        responses = list(threads.map(partial(send, pool), robots, requests))
    replies = [reply_in(*each) for each in zip(responses, frames, strict=False)]
    for frame, reply in zip(frames, replies, strict=False):
        local = pipeline.index(frame)
        assert np.array_equal(reply.masks, local.masks)
        np.testing.assert_allclose(reply.features, local.features, atol=1e-4)
    assert max(reply.times.together for reply in replies) > 1


def test_frames_that_come_while_the_models_are_busy_are_indexed_together(pool, frames):
    def look(number):
        """Look again and again; return how many frames shared a batch with the later ones."""
        found = [answer(pool, f'robot{number}', frames[number]) for _ in range(5)]
        return [reply.times.together for reply in found[1:]]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(look, range(8)))
    assert np.mean(found) > 2.5


@pytest.mark.parametrize(('values', 'status', 'sentence'), [
    ({'model': 'other'}, 412, 'Give both the same profile'),
    ({'name': 'a b'}, 400, 'letters, digits'),
    ({'base': 'long-gone'}, 409, 'send the whole frame'),
    ({'patience': 1e-9}, 400, 'from 0.01 to 60'),
])
def test_a_request_that_does_not_fit_is_refused_with_a_sentence(pool, frames, values, status,
                                                                sentence):
    response = send(pool, 'robot3', request_for(frames[3], **values))
    assert response.status_code == status
    assert sentence in response.json()['error']


@pytest.mark.parametrize(('data', 'path', 'status', 'sentence'), [
    (b'no message', '/v1/index', 400, 'safetensors container'),
    (b'', '/v1/index', 400, 'safetensors container'),
    (bytes(2 ** 21 + 1), '/v1/index', 413, 'more than 2097152 bytes'),
    (b'', '/v2/index', 404, 'expected POST /v1/index'),
])
def test_what_is_no_request_is_refused_with_a_sentence(pool, data, path, status, sentence):
    response = send(pool, 'robot3', data, path)
    assert response.status_code == status
    assert sentence in response.json()['error']


def test_a_robot_without_a_token_is_refused(pool, frames):
    for headers in ({'Authorization': 'Bearer of-nothing'}, {'Authorization': 'Basic x'}):
        response = send(pool, 'robot3', request_for(frames[3]), **headers)
        assert response.status_code == 401
        assert 'RIS_POOL_TOKEN' in response.json()['error']


def test_a_robot_has_one_request_in_the_pool_at_a_time(pool, frames):
    data = request_for(frames[4])
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(partial(send, pool), ['robot4'] * 6, [data] * 6))
    refused = [response for response in found if response.status_code == 429]
    assert {response.status_code for response in found} == {200, 429}
    assert all('after the reply' in response.json()['error'] for response in refused)
    assert all(int(response.headers['retry-after']) >= 1 for response in refused)


def test_a_full_pool_refuses_at_once_and_answers_the_others(pool, frames):
    data = request_for(frames[6])
    with ThreadPoolExecutor(64) as threads:
        found = list(threads.map(lambda number: send(
            pool, f'robot{number // 4}', data, **{'X-Ris-Robot': f'camera{number}'}), range(64)))
    assert {response.status_code for response in found} == {200, 503}


def test_a_frame_that_would_come_too_late_is_refused_at_once_and_costs_nobody_else(pool, frames):
    patient, impatient = request_for(frames[6]), request_for(frames[6], patience=0.02)
    refusals = []
    with ThreadPoolExecutor(16) as threads:
        others = [threads.submit(send, pool, f'robot{number}', patient) for number in range(16)]
        while not all(other.done() for other in others):
            response = send(pool, 'robot16', impatient)
            refusals.append((response.status_code, response.json().get('wait'), response.text)
                            if response.status_code != 200 else (200, 0, ''))
            time.sleep(0.05)
        assert {other.result().status_code for other in others} == {200}
    full = [(wait, text) for status, wait, text in refusals if status == 503]
    assert full
    assert all(wait > 0 and 'The pool is full' in text for wait, text in full)


def test_one_robot_that_floods_the_pool_leaves_the_others_their_share(pool, frames):
    data, ended, answered = request_for(frames[7]), threading.Event(), []

    def flood(number):
        while not ended.is_set():
            response = send(pool, 'robot7', data, **{'X-Ris-Robot': f'camera{number}'})
            answered.append(response.status_code)
            time.sleep(0.05)  # so that the pool, and not this computer, is what is flooded
    with ThreadPoolExecutor(8) as threads:
        list(map(partial(threads.submit, flood), range(8)))
        for _ in range(4):
            assert send(pool, 'robot8', data).status_code == 200
        ended.set()
    assert 429 in answered
    assert answered.count(200) <= 4 * 5 + 8  # four in hand, and what was in the queue


def test_a_request_that_comes_in_part_is_given_up_and_keeps_nobody_out(pool, frames):
    address = httpx.URL(pool)
    head = (f'POST /v1/index HTTP/1.1\r\nHost: pool\r\nContent-Length: 1000\r\n'
            f'X-Ris-Robot: robot9\r\nAuthorization: Bearer {ROBOTS["robot9"]}\r\n\r\nabc')
    context = ssl.create_default_context()
    with context.wrap_socket(socket.create_connection((address.host, address.port)),
                             server_hostname=address.host) as half:
        half.sendall(head.encode())
        half.settimeout(30)
        assert b' 408 ' in half.recv(200)
    assert send(pool, 'robot9', request_for(frames[8])).status_code == 200


def test_the_pool_says_what_it_serves(pool):
    facts = client().get(f'{pool}/v1/pool', headers={
        'Authorization': f'Bearer {ROBOTS["robot5"]}'}).json()
    assert facts == {'version': 1, 'profile': 'embedded', 'model': MODEL, 'robot': 'robot5',
                     'busy': 0.0, 'next': 0.0}


def test_the_metrics_tell_the_robots_apart(pool, metrics, frames):
    data = request_for(frames[9])
    reply = send(pool, 'robot17', data)
    for _ in range(2):
        send(pool, 'robot17', b'no message')
    send(pool, 'robot18', request_for(frames[9], base='long-gone'))
    send(pool, 'robot18', data, **{'Authorization': 'Bearer of-nothing'})
    end = time.monotonic() + 300
    robot = {'robot': 'robot17'}
    expected = [
        ('requests_total', 3, robot), ('requests_total', 1, {'robot': 'robot18'}),
        ('frames_total', 1, robot), ('frames_total', 0, {'robot': 'robot18'}),
        ('refusals_total', 2, {**robot, 'reason': 'bad request'}),
        ('refusals_total', 1, {'robot': 'robot18', 'reason': 'no base'}),
        ('bytes_total', len(data) + 20, {**robot, 'direction': 'in'}),
        ('bytes_total', len(reply.content), {**robot, 'direction': 'out'}),
        ('seconds_count', 1, robot)]
    found = []
    while found != [value for _, value, _ in expected]:
        assert time.monotonic() < end, found
        time.sleep(0.2)
        samples = read_metrics(metrics)
        found = [sum(values(samples, f'ray_ris_pool_{name}', tags).values())
                 for name, _, tags in expected]
    assert values(samples, 'ray_ris_pool_refusals_total',
                  {'robot': 'unknown', 'reason': 'unknown robot'})
