# SPDX-License-Identifier: Apache-2.0
"""Serves the page to this machine alone, by Python's own HTTP server."""
from __future__ import annotations

from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import json
import mimetypes
from pathlib import Path
import re

from ris_lab.labelling.label_file import Conflict, LabelFile
from ris_lab.labelling.outlines import Outlines
from ris_lab.training.picture_cases import LEAST_ABSENT, LEAST_TARGETS
from ris_ros.errors import RisError

ADDRESS = '127.0.0.1'
_PAGE = Path(__file__).resolve().parent / 'page'
_FILES = {'/': 'label.html', '/label.js': 'label.js', '/label.css': 'label.css'}
_MOST_BYTES = 1_000_000  # of what the page sends


def make_server(labels: LabelFile, outlines: Outlines | None, port: int) -> ThreadingHTTPServer:
    """Return a server that listens already; `serve_forever` answers.

    Args:
        labels: What is shown and saved.
        outlines: Of proposals; None for a page without them.
        port: To listen at; 0 for any free one.

    Raises:
        RisError: The port is taken.
    """
    try:
        server = ThreadingHTTPServer((ADDRESS, port), partial(_Handler, labels, outlines))
    except OSError as error:
        raise RisError(f'Port {port} cannot be used ({error.strerror}); perhaps another ris label '
                       'runs. Give another --port, or 0 for any free one.') from error
    server.daemon_threads = True
    return server


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server_version = 'ris-label'
    protocol_version = 'HTTP/1.1'

    def __init__(self, labels: LabelFile, outlines: Outlines | None, *args: object) -> None:
        self._labels = labels
        self._outlines = outlines
        super().__init__(*args)

    def do_GET(self) -> None:
        """Send the page, a picture, its labels or its outlines."""
        self._answer(self._get)

    def do_PUT(self) -> None:
        """Save the labels of a picture."""
        self._answer(self._put)

    def log_message(self, *args: object) -> None:
        """Be quiet: the terminal shows what matters."""

    def _answer(self, work: object) -> None:
        """Do the work; tell mistakes in a sentence."""
        try:
            if not self._is_ours():
                self._send_json({'error': 'This page is for this machine alone.'},
                                HTTPStatus.FORBIDDEN)
            else:
                work()
        except Conflict as error:
            self._send_json({'error': str(error)}, HTTPStatus.CONFLICT)
        except (RisError, OSError) as error:
            if not isinstance(error, ConnectionError):  # the browser has gone
                self._send_json({'error': str(error)}, HTTPStatus.BAD_REQUEST)

    def _is_ours(self) -> bool:
        """Tell whether the request comes from this page: other sites may know the address."""
        port = self.server.server_address[1]
        hosts = {f'{name}:{port}' for name in (ADDRESS, 'localhost')}
        origin = self.headers.get('Origin')
        return self.headers.get('Host') in hosts and (
            origin is None or origin.removeprefix('http://') in hosts)

    def _get(self) -> None:
        if self.path in _FILES:
            self._send_file(_PAGE / _FILES[self.path])
        elif self.path == '/pictures':
            self._send_json(self._overview())
        elif number := self._number('picture'):
            self._send_file(self._labels.pictures[int(number)].path)
        elif number := self._number('labels'):
            expressions, version = self._labels.expressions(int(number))
            self._send_json({'expressions': expressions, 'version': version})
        elif number := self._number('outlines'):
            picture = self._labels.pictures[int(number)]
            self._send_json(self._outlines.of(picture) if self._outlines else [])
        else:
            self._send_json({'error': f'There is no {self.path!r:.100}.'}, HTTPStatus.NOT_FOUND)

    def _put(self) -> None:
        number = self._number('labels')
        if not number:
            self._send_json({'error': f'There is no {self.path!r:.100}.'}, HTTPStatus.NOT_FOUND)
            return
        sent = self._read_json()
        version = self._labels.save(int(number), sent['expressions'], sent['version'])
        self._send_json({'version': version, 'tally': self._labels.tally()})

    def _number(self, kind: str) -> str | None:
        """Return the number of the picture in a path such as /labels/3, as text."""
        found = re.fullmatch(rf'/{kind}/(\d{{1,6}})', self.path)
        return found[1] if found and int(found[1]) < len(self._labels.pictures) else None

    def _overview(self) -> dict[str, object]:
        """Return the pictures with the numbers of their expressions, and what a fit needs."""
        return {'folder': str(self._labels.path.parent),
                'pictures': [{'name': str(picture.entry['id']), 'height': picture.size[0],
                              'width': picture.size[1], 'labels': count}
                             for picture, count in zip(self._labels.pictures,
                                                       self._labels.counts(), strict=True)],
                'tally': self._labels.tally(), 'outlines': self._outlines is not None,
                'needed': {'targets': LEAST_TARGETS, 'absent': LEAST_ABSENT}}

    def _read_json(self) -> dict:
        """Return what the page sent."""
        length = self.headers.get('Content-Length', '')
        if not length.isdecimal() or int(length) > _MOST_BYTES:
            self.close_connection = True
            raise RisError(f'Labels of {length!r:.20} bytes; expected up to {_MOST_BYTES}.')
        try:
            sent = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError) as error:
            raise RisError(f'The labels are no JSON ({error}).') from error
        if not (isinstance(sent, dict) and isinstance(sent.get('expressions'), list)
                and isinstance(sent.get('version'), str)):
            raise RisError("Labels are an object with a list 'expressions' and a 'version'.")
        return sent

    def _send_file(self, path: Path) -> None:
        kind = mimetypes.guess_type(path.name)[0] or 'application/octet-stream'
        self._send(path.read_bytes(), f'{kind}; charset=utf-8' if kind.startswith('text') else kind)

    def _send_json(self, value: object, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(json.dumps(value).encode(), 'application/json', status)

    def _send(self, data: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(data)))
        self.send_header('Cache-Control', 'no-store')
        self.send_header('X-Content-Type-Options', 'nosniff')
        self.end_headers()
        self.wfile.write(data)
