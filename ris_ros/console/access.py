# SPDX-License-Identifier: Apache-2.0
"""Who may use the page: host names, origins, the token, and the encryption."""
from __future__ import annotations

from dataclasses import dataclass
import hashlib
import hmac
from http.cookies import CookieError, SimpleCookie
import ipaddress
import os
from pathlib import Path
import secrets
import ssl
from urllib.parse import urlsplit

from ris_ros.errors import RisError

COOKIE = 'ris_console'
TOKEN_VARIABLE = 'RIS_CONSOLE_TOKEN'
_LEAST_CHARACTERS = 12
_LOOPBACK_NAMES = ('localhost', '127.0.0.1', '::1')


@dataclass(frozen=True)
class AccessRules:
    """What a request has to have.

    Attributes:
        token: '' asks for none, which is only for this computer.
        page_port: Of the page.
        stop_port: Of the path of STOP.
        encrypted: Whether the page is served by HTTPS.
    """

    token: str
    page_port: int
    stop_port: int
    encrypted: bool

    @property
    def cookie(self) -> str:
        """What the cookie of an operator who has given the token holds."""
        return hmac.new(self.token.encode(), COOKIE.encode(), hashlib.sha256).hexdigest()

    @property
    def scheme(self) -> str:
        """The scheme of the page's address."""
        return 'https' if self.encrypted else 'http'

    def set_cookie(self) -> str:
        """Return the header Set-Cookie for an operator who has given the token."""
        # Not for one port: the path of STOP has another one.
        secure = '; Secure' if self.encrypted else ''
        return f'{COOKIE}={self.cookie}; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000{secure}'

    def is_token(self, text: str) -> bool:
        """Return whether a text is the token."""
        return bool(self.token) and hmac.compare_digest(text.encode('utf-8', 'replace'),
                                                        self.token.encode())

    def has_cookie(self, header: str) -> bool:
        """Return whether no token is asked for, or a header Cookie shows that it was given."""
        if not self.token:
            return True
        try:
            found = SimpleCookie(header).get(COOKIE)
        except CookieError:
            return False
        return found is not None and hmac.compare_digest(found.value.encode(),
                                                         self.cookie.encode())

    def accepts_host(self, host: str) -> bool:
        """Return whether a header Host may be answered.

        Without a token only the names of this computer are, else a page from elsewhere whose name
        is made to lead here could read what it gets.
        """
        return bool(self.token) or host_name(host) in _LOOPBACK_NAMES

    def accepts_origin(self, origin: str, host: str) -> bool:
        """Return whether a request comes from the page itself, by its headers Origin and Host."""
        if not origin:
            return True
        try:
            parts = urlsplit(origin)
            port = parts.port or {'http': 80, 'https': 443}.get(parts.scheme)
        except ValueError:
            return False
        return (parts.scheme == self.scheme and parts.hostname == host_name(host)
                and port == self.page_port)

    def policy(self, host: str) -> str:
        """Return the Content-Security-Policy: nothing from elsewhere, and no page around this."""
        name = host_name(host)
        name = f'[{name}]' if ':' in name else name
        sockets = 'wss' if self.encrypted else 'ws'
        return ("default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
                "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
                "font-src 'self' data:; worker-src 'self' blob:; "
                f"connect-src 'self' {sockets}://{name}:{self.page_port} "
                f"{self.scheme}://{name}:{self.stop_port}; "
                "frame-ancestors 'none'; base-uri 'self'; form-action 'self'")


def host_name(host: str) -> str:
    """Return the name in a header Host, without the port; '' where there is none."""
    try:
        return urlsplit(f'//{host}').hostname or ''
    except ValueError:
        return ''


def is_loopback(host: str) -> bool:
    """Return whether an address to listen on is met from this computer alone."""
    if host == 'localhost':
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def choose_token(host: str, file: Path | None) -> str:
    """Return the token that the page asks for; '' for none.

    It is taken from the file, else from the environment, and else made where the page can be met
    from other computers.

    Raises:
        RisError: It is too short to be a secret, or the file cannot be read.
    """
    if file is not None:
        try:
            token = file.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise RisError(f'The token file {file} cannot be read: {error}') from None
    else:
        token = os.environ.get(TOKEN_VARIABLE, '').strip()
        if not token:
            return '' if is_loopback(host) else secrets.token_urlsafe(16)
    if len(token) < _LEAST_CHARACTERS or not token.isascii():
        raise RisError(f'The token has {len(token)} characters; expected at least '
                       f'{_LEAST_CHARACTERS}, of ASCII.')
    return token


def check_certificate(certificate: Path | None, key: Path | None) -> None:
    """Raise RisError where the files for HTTPS are not a certificate and its key."""
    if certificate is None and key is None:
        return
    if certificate is None:
        raise RisError('A key was given without a certificate; give --certificate FILE, too.')
    try:
        server_context(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise RisError(f'The certificate {certificate} cannot be used with the key '
                       f'{key or certificate}: {error}. Expected PEM files.') from None


def server_context(certificate: Path, key: Path | None) -> ssl.SSLContext:
    """Return the settings of an HTTPS server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # Without a password function OpenSSL would ask on the terminal.
    context.load_cert_chain(certificate, key, password='')
    return context
