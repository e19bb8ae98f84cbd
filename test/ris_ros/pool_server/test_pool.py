# SPDX-License-Identifier: Apache-2.0
"""A pool answers robots as they would answer themselves, and refuses the rest with a sentence."""
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import httpx
import numpy as np
from pool_robots import ROBOTS
import pytest

from ris_ros.frame import Frame
from ris_ros.pool.container import CONTENT_TYPE
from ris_ros.pool.fingerprint import fingerprint
from ris_ros.pool.pictures import ColourFormat
from ris_ros.pool.reply import read_reply
from ris_ros.pool.request import PoolRequest, parts_of, whole_window, write_request
from ris_ros.profile import load_profile
from ris_ros.proposals import Window

MODEL = fingerprint(load_profile('embedded'))


# One client, because each one reads all certificates of the system.
CLIENT = httpx.Client(timeout=30)


def send(pool, robot, data, path='/v1/index', **headers):
    """Send bytes as a robot; return the response."""
    return CLIENT.post(pool + path, content=data, headers={
        'Authorization': f'Bearer {ROBOTS[robot]}', 'Content-Type': CONTENT_TYPE,
        'serve-multiplexed-model-id': robot, **headers})


def request_for(frame, name='first', base='', windows=None, **values):
    """Return the bytes of a lossless request."""
    parts = parts_of(frame, windows or [whole_window(frame.size)])
    request = PoolRequest(MODEL, name, base, frame.size, frame.camera, parts, patience=30.0)
    return write_request(replace(request, **values), ColourFormat.PNG)


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
    with ThreadPoolExecutor(64) as threads, httpx.Client(timeout=60) as client:
        found = list(threads.map(lambda number: client.post(
            f'{pool}/v1/index', content=data, headers={
                'Authorization': f'Bearer {ROBOTS["robot6"]}',
                'serve-multiplexed-model-id': f'camera{number}'}), range(64)))
    assert {response.status_code for response in found} == {200, 503}


def test_the_pool_says_what_it_serves(pool):
    facts = CLIENT.get(f'{pool}/v1/pool', headers={
        'Authorization': f'Bearer {ROBOTS["robot5"]}'}).json()
    assert facts == {'version': 1, 'profile': 'embedded', 'model': MODEL, 'robot': 'robot5'}
