# SPDX-License-Identifier: Apache-2.0
"""The page's process: web server, page and ROS client put together."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
import os
from pathlib import Path
import socket
import webbrowser

import cv2
from fastapi import FastAPI, Response
from nicegui import ui
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket
import uvicorn

from ris_ros.console.access import AccessRules, check_certificate, choose_token, is_loopback
from ris_ros.console.gate import AccessGate
from ris_ros.console.pages import Console
from ris_ros.console.pictures import PictureFeed
from ris_ros.console.robot_link import RobotLink
from ris_ros.console.sound_socket import hear_browser
from ris_ros.console.stop_process import StopProcess
from ris_ros.console.stop_server import StopSettings
from ris_ros.console.transcript import Transcript
from ris_ros.console.websockets import OrderlyWebSockets
from ris_ros.errors import RisError
from ris_ros.node.spinning import make_room_for_images

_STATIC = Path(__file__).with_name('static')
_PICTURE_S = 5.0  # a browser is told after this that there is no newer picture
_LONGEST_MESSAGE = 2 ** 17  # of a WebSocket, bytes; a pasted text of 10,000 characters fits


@dataclass(frozen=True)
class ConsoleOptions:
    """The command line of ``ris console``.

    Attributes:
        host: Address to listen on.
        port: Of the page; 0 for any that is free.
        stop_port: Of STOP; 0 for any that is free.
        ris_node: Name of ris_node, with its namespace where it has one.
        token_file: Holds the token.
        certificate: PEM file.
        key: PEM file.
        rate: The most pictures a second.
        show: Whether a browser is opened.
        ros_arguments: For ROS, from ``--ros-args`` on.
    """

    host: str = '127.0.0.1'
    port: int = 8080
    stop_port: int = 8081
    ris_node: str = 'ris_node'
    token_file: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    rate: float = 12.0
    show: bool = True
    ros_arguments: Sequence[str] = ()


def run(options: ConsoleOptions) -> int:
    """Serve the page until the process is interrupted.

    Raises:
        RisError: The token or the certificate cannot be used, or a port is taken.
    """
    check_certificate(options.certificate, options.key)
    token = choose_token(options.host, options.token_file)
    page_socket = _listen(options.host, options.port)
    stop_socket = _listen(options.host, options.stop_port)
    rules = AccessRules(token, page_socket.getsockname()[1], stop_socket.getsockname()[1],
                        options.certificate is not None)
    make_room_for_images()
    cv2.setNumThreads(1)  # a picture takes milliseconds; more threads only take the robot's cores
    stop_process = StopProcess(stop_socket, StopSettings(
        stop_socket.fileno(), options.ris_node, tuple(options.ros_arguments), rules,
        _path(options.certificate), _path(options.key)))
    try:
        address = _announce(options, rules)
        app = make_app(options, rules, stop_process, address if options.show else '')
        uvicorn.Server(uvicorn.Config(
            app, log_level='warning', access_log=False, timeout_graceful_shutdown=1,
            ws=OrderlyWebSockets, ws_max_size=_LONGEST_MESSAGE,
            ssl_certfile=_path(options.certificate) or None, ssl_keyfile=_path(options.key) or None,
        )).run([page_socket])
    except KeyboardInterrupt:  # uvicorn has ended in order, and raises it after that
        pass
    finally:
        stop_process.close()
    return 0


def make_app(options: ConsoleOptions, rules: AccessRules, stop_process: StopProcess,
             address: str) -> FastAPI:
    """Return what the page's process serves.

    Args:
        options: The command line.
        rules: What a request has to have.
        stop_process: Is watched while the page is served.
        address: Opened in a browser; '' for none.
    """
    pictures, transcript = PictureFeed(options.rate), Transcript()
    console = Console(transcript, pictures, rules.stop_port)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        console.loop = asyncio.get_running_loop()
        console.robot = RobotLink(options.ris_node, transcript, pictures, console.note_change,
                                  options.ros_arguments)
        watching = asyncio.create_task(stop_process.watch())
        if address and (os.environ.get('DISPLAY') or os.environ.get('WAYLAND_DISPLAY')):
            await asyncio.to_thread(webbrowser.open, address)
        yield
        watching.cancel()
        console.robot.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None)
    app.mount('/console', StaticFiles(directory=_STATIC))

    @app.get('/picture')
    async def picture(after: int = 0) -> Response:
        newest = await pictures.next(after, _PICTURE_S)
        if newest is None:
            return Response(status_code=204)
        return Response(newest.data, media_type='image/jpeg', headers={
            'Cache-Control': 'no-store', 'X-Number': str(newest.number),
            'X-Size': f'{newest.width} {newest.height}',
            'X-Stamp': '{} {}'.format(*newest.stamp)})

    @app.post('/stop')
    async def stop() -> dict[str, str]:
        # The page asks here only where the process of STOP does not answer.
        console.robot.ask('STOP', 'stop')
        return {'message': "STOP was sent by the page's own connection."}

    @app.websocket('/sound')
    async def sound(socket: WebSocket) -> None:
        await hear_browser(socket, console.robot.voice)

    ui.page('/')(console.show_page)
    ui.run_with(app, title='ris_ros console', dark=None, tailwind=False, favicon='🤖',
                show_welcome_message=False, reconnect_timeout=10.0,
                binding_refresh_interval=None, cache_control_directives='private, max-age=86400')
    app.add_middleware(AccessGate, rules=rules)
    return app


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except (OSError, OverflowError) as error:
        raise RisError(f'The console cannot listen on {host}, port {port}: {error}. Is another '
                       'console running? Choose others with --port and --stop-port.') from None
    return listening


def _announce(options: ConsoleOptions, rules: AccessRules) -> str:
    """Print where the page is, and return its address."""
    name = f'[{options.host}]' if ':' in options.host else options.host
    if options.host in ('0.0.0.0', '::'):
        name = socket.gethostname()
    address = f'{rules.scheme}://{name}:{rules.page_port}/'
    print(f'The console is at {address} (STOP has port {rules.stop_port}).', flush=True)
    if rules.token:
        given = options.token_file or 'RIS_CONSOLE_TOKEN' in os.environ
        print('It asks for the token that you have given.' if given else
              f'It asks for the token {rules.token}', flush=True)
    if not rules.encrypted and not is_loopback(options.host):
        print('Token, pictures and commands travel unencrypted; see --certificate.', flush=True)
    return address


def _path(path: Path | None) -> str:
    return '' if path is None else str(path)
