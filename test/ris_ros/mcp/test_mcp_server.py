# SPDX-License-Identifier: Apache-2.0
"""The MCP server by the SDK's own client over stdio, before a real node and a simulated camera."""
import base64
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
import json
import os
import signal
import subprocess
import sys

from anyio.from_thread import start_blocking_portal
import cv2
from mcp import Client, StdioServerParameters, stdio_client
import numpy as np
from policy_checks import check
import pytest
from ros_graph import LATCHED, TIMEOUT, running
from sensor_msgs.msg import Image

from ris_ros.geometry.masks import grasp_pixel

SIZE = {'width': 320, 'height': 240}
GREEN, BLUE = (40, 220, 80), (90, 170, 255)
SERVER = [sys.executable, '-m', 'ris_ros.cli.main', 'mcp']


class Tools:
    """A client of the server, whose calls wait for their results."""

    def __init__(self, portal, client):
        self._portal, self._client = portal, client

    def names(self):
        """Return the names of all tools, and what each of them needs."""
        tools = self._portal.call(self._client.list_tools).tools
        return {tool.name: tool.input_schema.get('required', []) for tool in tools}

    def call(self, tool, **arguments):
        """Call a tool that succeeds."""
        result = self._portal.call(self._client.call_tool, tool, arguments)
        assert not result.is_error, result.content
        return result

    def fail(self, tool, **arguments):
        """Call a tool that fails; return what it says."""
        result = self._portal.call(self._client.call_tool, tool, arguments)
        assert result.is_error, result.content
        return result.content[0].text


@contextmanager
def served(domain, *arguments):
    """Run a server, and give its client."""
    environment = {**os.environ, 'ROS_DOMAIN_ID': str(domain)}
    parameters = StdioServerParameters(command=SERVER[0], args=[*SERVER[1:], *arguments],
                                       env=environment)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(
            Client(stdio_client(parameters))) as client:
        yield Tools(portal, client)


@pytest.fixture(scope='module')
def camera(domain):
    """Run a camera."""
    with running('ris_sim.node.camera', domain, seed=4, depth_noise=False, rate=3.0,
                 **SIZE) as camera:
        yield camera


@pytest.fixture(scope='module')
def labels(domain, client, camera):
    """Run a node that sees pictures; give the true labels."""
    with running('ris_ros.node.ris_node', domain, max_image_age=60.0):
        labels = client.listen(Image, 'truth/labels', LATCHED)
        client.wait(lambda: labels, 'the true labels')
        client.await_active()
        client.wait(lambda: client.ask('the ball').candidates, 'an image at the node')
        yield labels


@pytest.fixture(scope='module')
def tools(labels, domain):
    with served(domain) as tools:
        yield tools


@pytest.fixture(scope='module')
def blind(domain):
    """Run a server whose node is not there."""
    with served(domain, '--node', '/nobody/ris_node') as tools:
        yield tools


def picture(result):
    """Return what look said, and its picture in RGB."""
    said, image = result.content
    assert image.mime_type == 'image/jpeg'
    data = np.frombuffer(base64.b64decode(image.data), np.uint8)
    return said.text, cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def test_the_tools_are_listed(tools):
    assert tools.names() == {'ground': [], 'look': [], 'ask': ['question'], 'stop': []}


def test_an_object_is_found(tools):
    answer = tools.call('ground', text='the ball').structured_content
    assert answer['status'] == 'FOUND'
    thing, = answer['objects']
    assert thing['number'] == 1
    assert 0.3 < thing['position'][2] < 3
    assert 0 < thing['confidence'] <= 1
    assert answer['frame'] == 'camera_color_optical_frame'


def test_the_picture_has_the_outline_of_the_last_answer(tools):
    thing, = tools.call('ground', text='the ball').structured_content['objects']
    said, image = picture(tools.call('look'))
    assert image.shape == (240, 320, 3)
    assert "Outlined are the objects of the answer to 'the ball'" in said
    # Compressed green is not quite the same green.
    green = np.abs(image.astype(int) - GREEN).max(axis=2) < 60
    x, y, width, height = thing['box']
    rows, columns = np.nonzero(green)
    assert np.abs(np.subtract([columns.min(), rows.min(), columns.max(), rows.max()],
                              [x, y, x + width - 1, y + height - 1])).max() <= 3


def test_what_is_pointed_at_in_the_picture_is_found(tools, labels):
    image = np.frombuffer(labels[-1].data, np.uint8).reshape(SIZE['height'], SIZE['width'])
    mask = max((image == label for label in np.unique(image) if label), key=np.count_nonzero)
    u, v = map(int, grasp_pixel(mask))
    tools.call('look')
    answer = tools.call('ground', text='this', u=u, v=v).structured_content
    assert answer['status'] == 'FOUND'
    rows, columns = np.nonzero(mask)
    x, y, width, height = answer['objects'][0]['box']
    assert np.abs(np.subtract(
        [x, y, width, height],
        [columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1])).max() <= 5


def test_several_are_numbered_and_one_is_chosen(tools):
    several = tools.call('ground', text='the thing').structured_content
    assert several['status'] == 'AMBIGUOUS'
    assert [thing['number'] for thing in several['objects']][:2] == [1, 2]
    chosen = tools.call('ground', text='the second one').structured_content
    assert chosen['status'] == 'FOUND'
    assert chosen['objects'][0]['box'] == several['objects'][1]['box']


def test_a_question_is_answered(tools):
    answer = tools.call('ask', question='what do you see').structured_content
    assert answer['status'] == 'ANSWERED'
    assert answer['message'].startswith('I see ')
    assert answer['objects']
    said, image = picture(tools.call('look'))
    assert answer['message'] in said
    blue = np.abs(image.astype(int) - BLUE).max(axis=2) < 60
    for x, y, width, height in [thing['box'] for thing in answer['objects']]:
        assert blue[y:y + height, x:x + width].any()


def test_stop_is_answered(tools):
    assert tools.call('stop').content[0].text
    assert 'Nothing is outlined' in picture(tools.call('look'))[0]


@pytest.mark.parametrize(('tool', 'arguments', 'sentence'), [
    ('ground', {'text': ' '}, 'BAD_COMMAND: '),
    ('ground', {'text': 'red ' * 2500}, 'BAD_COMMAND: '),
    ('ground', {'text': 'the \0 ball'}, 'the character NUL, which cannot be sent'),
    ('ground', {'text': 5}, 'Input should be a valid string'),
    ('ground', {'text': 'this', 'u': 3}, 'A pixel needs both u and v'),
    ('ground', {'text': 'this', 'u': 320, 'v': 0}, 'outside the picture, which is 320 pixels wide'),
    ('ask', {'question': 'the ball'}, 'was taken for a command and not for a question'),
    ('ask', {}, 'Field required'),
    ('dance', {}, 'Unknown tool: dance')])
def test_bad_input_is_an_error_of_the_tool_with_a_sentence(tools, tool, arguments, sentence):
    tools.call('look')
    assert sentence in tools.fail(tool, **arguments)
    assert tools.call('ground', text='the ball').structured_content['status'] == 'FOUND'


def test_its_policy_is_its_graph_while_it_waits_for_a_picture(tools, client, camera):
    camera.send_signal(signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        try:
            looking = pool.submit(tools.call, 'look')
            check(client, 'ris_mcp', simulated_time=False)
        finally:
            camera.send_signal(signal.SIGCONT)
        assert picture(looking.result(TIMEOUT))


@pytest.mark.parametrize(('tool', 'arguments'), [
    ('ground', {'text': 'the ball'}), ('look', {}), ('ask', {'question': 'what do you see'}),
    ('stop', {})])
def test_a_node_that_is_not_there_is_told(blind, tool, arguments):
    assert '/nobody/ris_node is not there' in blind.fail(tool, **arguments)


def test_a_pixel_without_a_picture_is_told(blind):
    assert 'look first' in blind.fail('ground', text='this', u=3, v=4)


def test_nothing_but_messages_is_on_stdout_and_the_end_of_stdin_ends_it(domain):
    requests = [
        {'method': 'initialize', 'id': 1, 'params': {
            'protocolVersion': '2025-06-18', 'capabilities': {},
            'clientInfo': {'name': 'test', 'version': '1'}}},
        {'method': 'notifications/initialized'},
        {'method': 'tools/call', 'id': 2, 'params': {'name': 'stop', 'arguments': {}}}]
    process = subprocess.Popen([*SERVER, '--node', '/nobody/ris_node'], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True,
                               env={**os.environ, 'ROS_DOMAIN_ID': str(domain),
                                    'RCUTILS_LOGGING_USE_STDOUT': '1'})
    for request in requests:
        process.stdin.write(json.dumps({'jsonrpc': '2.0', **request}) + '\n')
    process.stdin.flush()
    lines = [process.stdout.readline() for _ in range(2)]
    rest, _ = process.communicate(timeout=TIMEOUT)
    assert [json.loads(line)['id'] for line in lines] == [1, 2]
    assert rest == ''
    assert process.returncode == 0
