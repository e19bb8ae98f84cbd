# SPDX-License-Identifier: Apache-2.0
"""A server of labels over real HTTP, and a tab that asks it."""
from contextlib import contextmanager
import http.client
import json
import threading

from ris_lab.labelling.label_file import LabelFile
from ris_lab.labelling.label_server import make_server


class Tab:
    """What a tab of the browser asks for."""

    def __init__(self, port):
        self.port = port

    def ask(self, path, sent=None, method=None, **headers):
        """Return the status and the JSON (or the bytes) of an answer."""
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=60)
        body = None if sent is None else sent if isinstance(sent, bytes) else json.dumps(sent)
        connection.request(method or ('GET' if sent is None else 'PUT'), path, body, headers)
        reply = connection.getresponse()
        data = reply.read()
        connection.close()
        is_json = reply.headers['Content-Type'] == 'application/json'
        return reply.status, json.loads(data) if is_json else data


@contextmanager
def serving(folder, outlines=None):
    """Serve a folder while the block runs."""
    server = make_server(LabelFile(folder), outlines, 0)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield Tab(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
