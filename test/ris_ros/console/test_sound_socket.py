# SPDX-License-Identifier: Apache-2.0
"""What a browser says over its WebSocket, and what comes of it on the topics, over real DDS."""
from contextlib import contextmanager

from fastapi import FastAPI, WebSocket
import pytest
from starlette.testclient import TestClient
from std_msgs.msg import Bool, UInt8MultiArray

from ris_ros.console.sound_socket import hear_browser
from ris_ros.console.transcript import Transcript
from ris_ros.console.voice_link import VoiceLink
from ris_ros.msg import Heard

BLOCK = bytes(range(200))


class Page:
    """The part of a console that hears browsers, and what it publishes."""

    def __init__(self, client):
        self.client, self.trouble, self.transcript = client, '', Transcript()
        self.voice = VoiceLink(client.node, '', self.transcript, lambda: None, self._trouble)
        self.speech = client.node.create_publisher(Heard, 'ris_speech/heard', 10)
        app = FastAPI()

        @app.websocket('/sound')
        async def sound(socket: WebSocket):
            await hear_browser(socket, self.voice)
        self._browser = TestClient(app)

    def _trouble(self):
        return self.trouble

    @contextmanager
    def talking(self, name):
        """Connect as an operator; give the socket and what it was told first."""
        with self._browser.websocket_connect('/sound') as socket:
            socket.send_text(name)
            yield socket, socket.receive_text()

    def mishear(self, text):
        """Let the speech node say what it has understood, and wait until it is in the list."""
        self.client.wait(self.speech.get_subscription_count, 'a listener')
        self.speech.publish(Heard(text=text, accepted=False, reason='No.'))
        self.client.wait(self.transcript.exchanges, 'the words')
        return self.transcript.exchanges()[0]


@pytest.fixture(scope='module')
def page(client):
    return Page(client)


@pytest.fixture
def audio(page):
    """Listen to the sound, as the speech node does."""
    page.trouble = ''
    blocks = page.client.listen(UInt8MultiArray, 'audio')
    page.client.wait(page.voice._audio.get_subscription_count, 'a listener')
    return blocks


def test_without_a_speech_node_nobody_is_heard(page):
    with page.talking('Ann') as (_, said):
        assert 'No speech node listens to this page' in said


def test_sound_comes_through_while_the_button_is_held(page, audio):
    button = page.client.listen(Bool, 'push_to_talk')
    page.client.wait(page.voice._button.get_subscription_count, 'a listener')
    with page.talking('Ann') as (socket, said):
        assert said == 'speak'
        for _ in range(3):
            socket.send_bytes(BLOCK)
        page.client.wait(lambda: len(audio) == 3, 'the sound')
        assert [bytes(block.data) for block in audio] == [BLOCK] * 3
    page.client.wait(lambda: len(button) == 2, 'the button')
    assert [message.data for message in button] == [True, False]


def test_one_operator_speaks_at_a_time(page, audio):
    with page.talking('Ann'):
        with page.talking('Bo') as (_, said):
            assert said == 'Ann is speaking.'
    with page.talking('Bo') as (_, said):
        assert said == 'speak'


def test_what_a_speech_node_complains_of_is_told(page, audio):
    page.trouble = 'The engine is not installed.'
    with page.talking('Ann') as (_, said):
        assert said == 'The speech node cannot listen: The engine is not installed.'


def test_half_a_sample_is_refused_and_the_next_one_may_speak(page, audio):
    with page.talking('Ann') as (socket, _):
        socket.send_bytes(b'odd')
        assert 'odd number of bytes' in socket.receive_text()
    with page.talking('Ann') as (_, said):
        assert said == 'speak'


def test_what_was_not_understood_stands_in_the_list_with_its_reason(page, audio):
    with page.talking('Ann\n' + 'x' * 99):
        exchange = page.mishear('give me uh')
    assert (exchange.who, exchange.text, exchange.message) == (
        'Ann' + 'x' * 27 + ', by voice', 'give me uh', 'No.')
