# SPDX-License-Identifier: Apache-2.0
"""A link that can be slow, narrow, stalled or cut: a proxy of TCP on this machine."""
import contextlib
import socket
import threading
import time

_BLOCK = 16384


class LoopbackProxy:
    """Passes on what comes to a port of its own.

    Attributes:
        url: Its address.
        delay: Seconds that each block of bytes waits.
        rate: Bytes a second in each direction, at most.
        stalled: Whether connections are taken and nothing is passed on.
    """

    def __init__(self, url):
        scheme, _, place = url.partition('://')
        host, _, port = place.partition(':')
        self._target = host, int(port)
        self.delay, self.rate, self.stalled = 0.0, float('inf'), False
        self._open = set()
        self._listener = socket.create_server(('127.0.0.1', 0))
        self._address = self._listener.getsockname()
        self.url = f'{scheme}://127.0.0.1:{self._address[1]}'
        self._is_cut = False
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Break all connections, and refuse new ones."""
        self._is_cut = True
        self._drop()

    def mend(self):
        """Be a good link again."""
        self._is_cut = self.stalled = False
        self.delay, self.rate = 0.0, float('inf')

    def close(self):
        """End."""
        self._listener.close()
        self._drop()

    def _drop(self):
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self):
        while True:
            try:
                robot, _ = self._listener.accept()
            except OSError:
                return
            if self._is_cut:
                robot.close()
                continue
            pool = socket.create_connection(self._target)
            self._open |= {robot, pool}
            for pair in ((robot, pool), (pool, robot)):
                threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source, sink):
        with contextlib.suppress(OSError):
            while block := source.recv(_BLOCK):
                time.sleep(self.delay + len(block) / self.rate)
                while self.stalled and not self._is_cut:
                    time.sleep(0.01)
                sink.sendall(block)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            self._open.discard(one)
