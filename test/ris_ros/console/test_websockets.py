# SPDX-License-Identifier: Apache-2.0
"""The end of the server while browsers come and go."""
import asyncio
import base64
import socket

import uvicorn

from ris_ros.console.websockets import OrderlyWebSockets

HELLO = (b'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
         b'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ' + base64.b64encode(b'x' * 16)
         + b'\r\n\r\n')
GOODBYE = bytes([0x88, 0x80, 0, 0, 0, 0])  # a closing frame, masked with zeros


async def hold(scope, receive, send):
    """Accept a WebSocket and keep it."""
    await receive()
    await send({'type': 'websocket.accept'})
    while (await receive())['type'] != 'websocket.disconnect':
        pass


def test_the_server_ends_in_order_where_a_browser_is_just_leaving():
    async def serve():
        listening = socket.create_server(('127.0.0.1', 0))
        server = uvicorn.Server(uvicorn.Config(hold, ws=OrderlyWebSockets, lifespan='off',
                                               log_level='error', timeout_graceful_shutdown=1))
        task = asyncio.create_task(server.serve([listening]))
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        writer.write(HELLO)
        assert b'101' in await reader.readline()
        connection, = server.server_state.connections
        # The browser's goodbye is answered, and the browser has not gone yet.
        connection.data_received(GOODBYE)
        connection.shutdown()
        server.should_exit = True
        await asyncio.wait_for(task, 30)
        writer.close()
    asyncio.run(serve())
