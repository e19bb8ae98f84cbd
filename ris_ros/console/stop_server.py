# SPDX-License-Identifier: Apache-2.0
"""STOP: a process with a small web server and a ROS node of its own.

It shares nothing with the page's process but the settings that it gets from it, so that STOP is
heard while that process, its ROS node or another browser's request hangs.
"""
from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import itertools
import json
import os
from pathlib import Path
import signal
import socket
import ssl
import sys
import threading
import time
from typing import Any
from uuid import uuid4

from ris_ros.client import GroundingClient, WaitTimeoutError
from ris_ros.console.access import AccessRules, server_context
from ris_ros.console.transcript import console_id
from ris_ros.errors import RisError
from ris_ros.node.spinning import make_room_for_images

# ris_node answers "stop" within milliseconds, whatever it is busy with.
_ANSWER_S = 1.0
_IDLE_S = 30.0  # a browser's connection that is silent for this long is closed
_WHO_LENGTH = 30


@dataclass(frozen=True)
class StopSettings:
    """What the page's process tells the one of STOP.

    Attributes:
        descriptor: Number of the listening socket, which the process inherits.
        ris_node: Name of ris_node.
        arguments: For ROS.
        access: What a request has to have.
        certificate: PEM file; '' for HTTP.
        key: PEM file; '' where the certificate's file holds the key.
    """

    descriptor: int
    ris_node: str
    arguments: tuple[str, ...]
    access: AccessRules
    certificate: str = ''
    key: str = ''

    def to_json(self) -> str:
        """Return the settings as a line of text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> StopSettings:
        """Read what `to_json` wrote."""
        values = json.loads(text)
        return cls(**{**values, 'access': AccessRules(**values['access']),
                      'arguments': tuple(values['arguments'])})


class Stopper:
    """Says "stop" to ris_node."""

    def __init__(self, settings: StopSettings) -> None:
        self._client = GroundingClient(ris_node=settings.ris_node, node_name='ris_console_stop',
                                       arguments=settings.arguments)
        self._numbers, self._session = itertools.count(1), f'stop{uuid4().hex[:6]}'

    def is_ready(self) -> bool:
        """Return whether ris_node is there."""
        return self._client.is_present()

    def stop(self, who: str) -> tuple[bool, str]:
        """Say "stop"; return whether it was answered, and a sentence."""
        began = time.monotonic()
        id_ = console_id(self._session, next(self._numbers), who)
        try:
            answer = self._client.result(
                self._client.ground_async('stop', id_, omit_masks=True), _ANSWER_S, 'an answer')
        except WaitTimeoutError:
            return False, f'The node has not answered STOP within {_ANSWER_S:.0f} s.'
        except RisError:
            return False, 'STOP has reached nobody: the node is not there.'
        return True, f'{answer.message} ({1000 * (time.monotonic() - began):.0f} ms)'


class StopServer(ThreadingHTTPServer):
    """Serves STOP; each connection has a thread."""

    daemon_threads = True

    def __init__(self, settings: StopSettings) -> None:
        super().__init__(('', 0), partial(StopRequest, settings.access, Stopper(settings)),
                         bind_and_activate=False)
        self.socket.close()
        self.socket = socket.socket(fileno=settings.descriptor)
        self._context = server_context(Path(settings.certificate), Path(
            settings.key or settings.certificate)) if settings.certificate else None

    def get_request(self) -> tuple[socket.socket, object]:
        """Accept a connection; its thread, and not this one, waits for what the browser says."""
        connection, address = self.socket.accept()
        connection.settimeout(_IDLE_S)
        if self._context is not None:
            connection = self._context.wrap_socket(connection, server_side=True,
                                                   do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request: Any, address: Any) -> None:
        """Say nothing of a connection that broke; tell of other errors."""
        if not isinstance(sys.exc_info()[1], (OSError, ssl.SSLError)):
            super().handle_error(request, address)


class StopRequest(BaseHTTPRequestHandler):
    """Answers GET /ready and POST /stop."""

    protocol_version = 'HTTP/1.1'  # connections stay open, so that a STOP needs no new one
    disable_nagle_algorithm = True

    def __init__(self, access: AccessRules, stopper: Stopper, *rest: Any) -> None:
        self._access, self._stopper = access, stopper
        super().__init__(*rest)

    def do_GET(self) -> None:
        """Tell whether a STOP would be heard."""
        if self._may(self.path == '/ready'):
            self._reply(200, {'ready': self._stopper.is_ready()})

    def do_POST(self) -> None:
        """Say "stop"."""
        who = self._body()
        if self._may(self.path == '/stop'):
            answered, message = self._stopper.stop(who or 'STOP')
            self._reply(200 if answered else 503, {'answered': answered, 'message': message})

    def log_message(self, *_: object) -> None:
        """Log nothing."""

    def _may(self, known: bool) -> bool:
        """Return whether a request may be answered; answer those that may not."""
        host, access = self.headers.get('Host', ''), self._access
        if not access.accepts_host(host) or not access.accepts_origin(
                self.headers.get('Origin', ''), host):
            self._reply(403, {'message': 'Only the page itself may ask.'})
        elif not access.has_cookie(self.headers.get('Cookie', '')):
            self._reply(401, {'message': 'The token is missing.'})
        elif not known:
            self._reply(404, {'message': 'There is /ready and /stop.'})
        else:
            return True
        return False

    def _body(self) -> str:
        """Return the operator's name."""
        told = self.headers.get('Content-Length', '0')
        length = int(told) if told.isdecimal() else 0
        if length > 4 * _WHO_LENGTH:
            self.close_connection = True
            return ''
        name = self.rfile.read(length).decode('utf-8', 'replace')
        return ''.join(filter(str.isprintable, name))[:_WHO_LENGTH]

    def _reply(self, status: int, content: dict) -> None:
        """Send an answer as JSON, which the page may read though its port is another one."""
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.send_header('Cache-Control', 'no-store')
        if origin := self.headers.get('Origin'):
            if self._access.accepts_origin(origin, self.headers.get('Host', '')):
                self.send_header('Access-Control-Allow-Origin', origin)
                self.send_header('Access-Control-Allow-Credentials', 'true')
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Serve STOP until the page's process, which holds the other end of stdin, has ended."""
    # A terminal sends SIGINT to both; this one ends after the page's process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = StopSettings.from_json(sys.stdin.readline())
    make_room_for_images()
    server = StopServer(settings)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    os._exit(0)


if __name__ == '__main__':
    main()
