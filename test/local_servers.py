# SPDX-License-Identifier: Apache-2.0
"""Ports and certificates for servers on this machine."""
import contextlib
import secrets
import socket
import subprocess

import pytest

# Below those that the system hands out by itself, and above those of Ray's workers, so that nobody
# takes one before the test does.
_PORTS = range(20_000, 32_000)


def free_ports(count):
    """Return ports that nobody uses, nor is given by chance."""
    ports = set()
    while len(ports) < count:
        port = secrets.choice(_PORTS)
        with contextlib.suppress(OSError), socket.create_server(('127.0.0.1', port)):
            ports.add(port)
    return list(ports)


def make_certificate(folder, name):
    """Make a certificate that is its own authority; return its file and that of its key.

    name: a host's name, or its IP address.
    """
    kind = 'IP' if name.replace('.', '').isdigit() else 'DNS'
    command = (f'openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={name} '
               f'-addext subjectAltName={kind}:{name} -keyout key.pem -out cert.pem')
    try:
        subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip('There is no openssl.')
    return folder / 'cert.pem', folder / 'key.pem'
