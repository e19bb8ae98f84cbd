# SPDX-License-Identifier: Apache-2.0
"""The WebSocket by which a browser sends what its microphone hears."""
from __future__ import annotations

import asyncio

from starlette.websockets import WebSocket, WebSocketDisconnect

from ris_ros.console.voice_link import VoiceLink
from ris_ros.errors import RisError

_LONGEST_S = 30.0  # an operator who holds the button for longer lets others speak
_IDLE_S = 5.0
_WHO_LENGTH = 30


async def hear_browser(socket: WebSocket, voice: VoiceLink) -> None:
    """Send on what an operator says, until the button is released.

    The browser sends the operator's name as text, and then blocks of samples; it gets one word:
    ``speak``, or a sentence that says why it is not heard.
    """
    await socket.accept()
    try:
        name = await asyncio.wait_for(socket.receive_text(), _IDLE_S)
        who = ''.join(filter(str.isprintable, name or ''))[:_WHO_LENGTH] or 'Somebody'
        voice.begin(who)
    except RisError as error:
        await _refuse(socket, str(error))
        return
    except (asyncio.TimeoutError, KeyError, WebSocketDisconnect):
        return
    try:
        await socket.send_text('speak')
        await asyncio.wait_for(_pass_on(socket, voice), _LONGEST_S)
    except asyncio.TimeoutError:
        await _refuse(socket, f'Nobody is heard for more than {_LONGEST_S:.0f} s at a time.')
    except RisError as error:
        await _refuse(socket, str(error))
    except (KeyError, WebSocketDisconnect):
        pass
    finally:
        voice.end()


async def _pass_on(socket: WebSocket, voice: VoiceLink) -> None:
    """Send blocks on until the browser closes the connection."""
    while True:
        block = await asyncio.wait_for(socket.receive_bytes(), _IDLE_S)
        voice.push(block or b'')  # None where text came


async def _refuse(socket: WebSocket, sentence: str) -> None:
    """Tell the browser why it is not heard."""
    try:
        await socket.send_text(sentence)
        await socket.close()
    except (RuntimeError, WebSocketDisconnect):
        pass  # the browser has gone meanwhile
