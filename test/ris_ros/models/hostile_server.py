# SPDX-License-Identifier: Apache-2.0
"""A real HTTP server that misbehaves as a test tells it to."""
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import re
import threading


class HostileServer(ThreadingHTTPServer):
    """Serves ``content`` under every path; each request takes its behaviour from ``script``.

    An empty script means good behaviour.  ranges, tokens: the headers Range and Authorization of
    each request.
    """

    daemon_threads = True

    def __init__(self, content):
        super().__init__(('127.0.0.1', 0), _Handler)
        self.content, self.etag = content, '"one"'
        self.script, self.ranges, self.paths, self.tokens = [], [], [], []
        self.release = threading.Event()

    @property
    def url(self):
        """Return the address, without a path."""
        return f'http://127.0.0.1:{self.server_port}'

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.release.set()
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.ranges.append(self.headers.get('Range'))
        self.server.paths.append(self.path)
        self.server.tokens.append(self.headers.get('Authorization'))
        (self.server.script.pop(0) if self.server.script else good)(self)

    def log_message(self, *_):
        pass

    def answer(self, body, status=200, length=None, **headers):
        """Send a status and a body, with the length that the client is told."""
        self.send_response(status)
        if length is not None:
            self.send_header('Content-Length', str(length))
        if self.server.etag:
            self.send_header('ETag', self.server.etag)
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), value)
        self.end_headers()
        self.wfile.write(body)


def good(handler, content=None):
    """Answer as the standard asks for, with ranges while the ETag is the same."""
    content = handler.server.content if content is None else content
    asked = re.fullmatch(r'bytes=(\d+)-', handler.headers.get('Range', ''))
    if not asked or handler.headers.get('If-Range', handler.server.etag) != handler.server.etag:
        return handler.answer(content, length=len(content))
    start = int(asked[1])
    if start >= len(content):
        return handler.answer(b'', 416, length=0)
    return handler.answer(content[start:], 206, length=len(content) - start,
                          Content_Range=f'bytes {start}-{len(content) - 1}/{len(content)}')


def ignore_range(handler):
    """Send everything whatever is asked for."""
    handler.answer(handler.server.content, length=len(handler.server.content))


def ignore_if_range(handler):
    """Continue the file although it has changed."""
    del handler.headers['If-Range']
    good(handler)


def redirect(handler):
    """Send the client elsewhere, as model hosts do."""
    handler.answer(b'', 302, length=0, Location='/elsewhere')


def misplaced(handler):
    """Continue at another byte than the one asked for."""
    content = handler.server.content
    handler.answer(content[1:], 206, length=len(content) - 1,
                   Content_Range=f'bytes 1-{len(content) - 1}/{len(content)}')


def without_length(handler):
    """Send everything and close, without having told the length."""
    handler.answer(handler.server.content)


def truncate(count):
    """Return a behaviour: close after ``count`` bytes of the body."""
    return lambda handler: handler.answer(handler.server.content[:count],
                                          length=len(handler.server.content))


def stall(count):
    """Return a behaviour: send ``count`` bytes, then nothing, with the connection open."""
    def behave(handler):
        truncate(count)(handler)
        handler.server.release.wait()
    return behave


def status(code):
    """Return a behaviour: answer with a status and an error page."""
    return lambda handler: handler.answer(b'<html>no</html>', code, length=15)


def other_bytes(content):
    """Return a behaviour: serve another file."""
    return lambda handler: good(handler, content)


def redirection(url):
    """Return the behaviour that sends the client elsewhere."""
    def behave(handler):
        handler.answer(b'', 302, length=0, Location=url)
    return behave
