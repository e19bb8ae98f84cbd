# SPDX-License-Identifier: Apache-2.0
"""Resumable downloads over an unreliable network."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
import http.client
import json
import logging
from pathlib import Path
import re
import shutil
import ssl
import time
from typing import BinaryIO
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from ris_ros import __version__
from ris_ros.errors import ModelError
from ris_ros.files import write_whole

Progress = Callable[[int, 'int | None'], None]
_LOGGER = logging.getLogger(__name__)
_BLOCK = 1 << 20
_NETWORK_ERRORS = (URLError, TimeoutError, ConnectionError, ssl.SSLError,
                   http.client.HTTPException)
_TRANSIENT_STATUS = (408, 425, 429)


@dataclass(frozen=True)
class Patience:
    """How long a download waits.

    Attributes:
        timeout: Seconds without a byte after which the connection counts as dead.
        attempts: Number of attempts in a row that may bring no new byte.
        longest: Longest wait between attempts, seconds; each wait is twice the one before.
        wait: Called with the seconds before the next attempt.
    """

    timeout: float = 30.0
    attempts: int = 5
    longest: float = 30.0
    wait: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Access:
    """What a server wants that gives a file only to those who have accepted its licence.

    Attributes:
        page: Where the user accepts it.
        token: Shows that the user has; '' for none.
    """

    page: str
    token: str


@dataclass(frozen=True)
class _Origin:
    """Where a partial file's bytes come from; validator: for If-Range, '' if there is none."""

    url: str
    validator: str
    size: int | None


class _TransientError(Exception):
    """The attempt failed in a way that another one may not."""


def download(url: str, part: Path, expected_size: int | None, progress: Progress,
             patience: Patience, access: Access | None = None) -> None:
    """Download a file, or the rest of one that an earlier call left.

    A small JSON file next to the partial one tells where its bytes come from.

    Args:
        url: Of the file.
        part: The partial file; in the end it holds all bytes.
        expected_size: Bytes; None if unknown.
        progress: Called with the number of bytes so far and the total, which is None if the server
            does not tell it.
        patience: How long to wait, and how often to try again.
        access: How to get at a file that not everybody is given; None for any other. Its token
            goes to the server of the URL, not to those that it redirects to.

    Raises:
        ModelError: The server refuses, or ``patience.attempts`` in a row brought nothing new. What
            arrived is kept.
    """
    furthest, failures = _length(part), 0
    while True:
        try:
            return _attempt(url, part, expected_size, progress, patience.timeout, access)
        except _TransientError as error:
            # A server that restarts and breaks off at the same place makes no progress either.
            failures = 0 if _length(part) > furthest else failures + 1
            furthest = max(furthest, _length(part))
            if failures >= patience.attempts:
                raise ModelError(
                    f'{url} could not be fetched: {error} (and {failures} attempts brought '
                    'nothing new). What arrived is kept; repeat the command to go on.') from error
            seconds = min(2.0 ** failures, patience.longest)
            _LOGGER.warning('%s: %s; trying again in %.0f s', part.name, error, seconds)
            patience.wait(seconds)
        except OSError as error:
            raise ModelError(f'{url} could not be written to {part}: {error}.') from error


def origin_path(part: Path) -> Path:
    """Return the path of the file that tells where a partial file's bytes come from."""
    return part.with_name(part.name + '.json')


def _attempt(url: str, part: Path, expected_size: int | None, progress: Progress,
             timeout: float, access: Access | None) -> None:
    """Make one request and write its bytes; raise _TransientError if it breaks off."""
    origin = _read_origin(part, url)
    start = _length(part) if origin else 0
    if origin and start and start == origin.size:
        return  # the earlier call was killed after the last byte
    headers = {'User-Agent': f'ris_ros/{__version__}'}
    if origin and start:
        headers['Range'] = f'bytes={start}-'
        if origin.validator:
            headers['If-Range'] = origin.validator
    request = Request(url, headers=headers)
    if access and access.token:
        request.add_unredirected_header('Authorization', f'Bearer {access.token}')
    try:
        with urlopen(request, timeout=timeout) as response:
            if response.status == 206:
                total = _continued_total(response, start, origin, part)
            else:
                start, total = 0, _content_length(response)
            _check_size(url, total, expected_size, start, part)
            with open(part, 'ab' if start else 'wb') as file:
                if not start:  # the old bytes are gone by now: never a new origin for old bytes
                    _write_origin(part, _Origin(url, _validator(response), total))
                _copy(response, file, start, total, expected_size, progress)
    except HTTPError as error:
        error.close()
        if access and error.code in (401, 403):
            raise _no_access(url, access) from error
        raise _refusal(url, error.code, part) from error
    except _NETWORK_ERRORS as error:
        raise _failure(url, getattr(error, 'reason', None) or error, timeout) from error


def _copy(response: http.client.HTTPResponse, file: BinaryIO, start: int, total: int | None,
          expected_size: int | None, progress: Progress) -> None:
    """Write the response's body to a file, block by block."""
    count = start
    progress(count, total)
    while block := response.read1(_BLOCK):
        file.write(block)
        file.flush()  # a killed process keeps what it had
        count += len(block)
        progress(count, total)
        if expected_size is not None and count > expected_size:
            raise ModelError(f'{response.url} sends more than the expected {expected_size} bytes; '
                             'it is another file.')
    if total is not None and count < total:
        raise _TransientError(f'the connection closed after {count} of {total} bytes')


def _continued_total(response: http.client.HTTPResponse, start: int, origin: _Origin | None,
                     part: Path) -> int | None:
    """Return the whole size from a 206; drop the part if the answer does not continue it."""
    found = re.fullmatch(r'bytes (\d+)-\d+/(\d+)', response.headers.get('Content-Range', ''))
    total = int(found[2]) if found else None
    if (not start or origin is None or not found or int(found[1]) != start or total != origin.size
            or _validator(response) not in ('', origin.validator)):
        _drop(part)
        raise _TransientError('the server continued another file')
    return total


def _check_size(url: str, total: int | None, expected: int | None, start: int,
                part: Path) -> None:
    """Raise ModelError if the size is wrong or the disk has no room for it."""
    if total is None:
        return
    if expected is not None and total != expected:
        raise ModelError(f'{url} has {total} bytes; expected {expected}. It is another file, '
                         'or the answer of a proxy or login page.')
    free = shutil.disk_usage(part.parent).free + (0 if start else _length(part))
    if total - start > free:
        raise ModelError(f'{url} needs {(total - start) / 1e6:.0f} MB, but {part.parent} has '
                         f'{free / 1e6:.0f} MB left. Make room, or set RIS_MODELS_DIR.')


def _refusal(url: str, status: int, part: Path) -> Exception:
    """Return the error for a status that brings no bytes."""
    if status == 416:
        _drop(part)
        return _TransientError('the server has no such range')
    if status >= 500 or status in _TRANSIENT_STATUS:
        return _TransientError(f'the server answered {status}')
    if status in (404, 410):
        return ModelError(f'There is no file at {url} ({status}). Correct RIS_MODELS_URL where '
                          'it is set, or give a local file with --from.')
    return ModelError(f'The server refused {url} (status {status}). Get the file another way '
                      'and give it with --from.')


def _no_access(url: str, access: Access) -> ModelError:
    """Return the error for a file that the server does not give to this user."""
    token = ('did not let your HF_TOKEN have' if access.token else 'wants to know who asks for')
    return ModelError(f'The server {token} {url}. Accept the licence at {access.page}, set '
                      'HF_TOKEN to an access token of yours and repeat the command, or give a '
                      'local copy with --from.')


def _failure(url: str, reason: Exception | str, timeout: float) -> Exception:
    """Return the error for a connection that broke or never came about."""
    if isinstance(reason, TimeoutError):
        return _TransientError(f'no byte came for {timeout:g} s')
    if isinstance(reason, ssl.SSLCertVerificationError):
        return ModelError(f'The certificate of {url} is not trusted: {reason.verify_message}. '
                          "Where it is your organisation's, name it with SSL_CERT_FILE.")
    if isinstance(reason, http.client.InvalidURL):
        return ModelError(f'{url} is not a web address: {reason}. Correct RIS_MODELS_URL.')
    return _TransientError(f'the connection failed ({reason})')


def _validator(response: http.client.HTTPResponse) -> str:
    """Return a strong ETag or a date, for If-Range."""
    etag = response.headers.get('ETag', '')
    if etag and not etag.startswith('W/'):
        return etag
    return response.headers.get('Last-Modified', '')


def _content_length(response: http.client.HTTPResponse) -> int | None:
    length = response.headers.get('Content-Length', '')
    return int(length) if length.isdigit() else None


def _length(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _drop(part: Path) -> None:
    part.unlink(missing_ok=True)
    origin_path(part).unlink(missing_ok=True)


def _read_origin(part: Path, url: str) -> _Origin | None:
    """Return the partial file's origin; None if it is unknown or another URL."""
    try:
        origin = _Origin(**json.loads(origin_path(part).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    # Without a size nothing tells whether the rest belongs to the part.
    return origin if origin.url == url and origin.size is not None else None


def _write_origin(part: Path, origin: _Origin) -> None:
    write_whole(origin_path(part), json.dumps(vars(origin)))
