# SPDX-License-Identifier: Apache-2.0
"""Lets no request through, and no WebSocket, that the rules of access do not allow."""
from __future__ import annotations

import asyncio
from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ris_ros.console.access import AccessRules

_LOGIN = '/login'
_WRONG_S = 0.5  # a wrong token is answered after this
_LONGEST_FORM = 1000
_LOGIN_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Console: token</title>
<style>:root{color-scheme:light dark}body{font:1.1rem system-ui,sans-serif;display:grid;
place-items:center;min-height:90vh}form{display:grid;gap:.8rem;width:min(22rem,90vw)}
input,button{font:inherit;padding:.6rem}b{color:#d33}</style></head><body><form method="post"
action="/login"><label for="token">The token that <code>ris console</code> has printed:</label>
<input id="token" name="token" type="password" autocomplete="current-password" autofocus required>
<button>Enter</button><b role="alert">WRONG</b></form></body></html>"""


class AccessGate:
    """An ASGI middleware around everything that the page's process serves."""

    def __init__(self, app: ASGIApp, rules: AccessRules) -> None:
        self._app, self._rules = app, rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, or answer it."""
        if scope['type'] not in ('http', 'websocket'):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = await self._refusal(scope, headers, receive)
        if refusal is None:
            await self._app(scope, receive, self._with_policy(headers, send))
        elif scope['type'] == 'websocket':
            await receive()
            await send({'type': 'websocket.close', 'code': 1008, 'reason': 'not allowed'})
        else:
            await refusal(scope, receive, self._with_policy(headers, send))

    async def _refusal(self, scope: Scope, headers: Headers, receive: Receive) -> Response | None:
        """Return the answer to a request that is not handed on."""
        host, origin = headers.get('host', ''), headers.get('origin', '')
        if not self._rules.accepts_host(host):
            return PlainTextResponse(
                f'The console is not for the name {host!r}; open it as localhost, or start it '
                'with a token.', HTTPStatus.FORBIDDEN)
        if not self._rules.accepts_origin(origin, host):
            return PlainTextResponse('Only the page itself may ask.', HTTPStatus.FORBIDDEN)
        if scope['path'] == _LOGIN and scope['type'] == 'http':
            return await self._log_in(scope, receive)
        if self._rules.has_cookie(headers.get('cookie', '')):
            return None
        if scope['path'] == '/' and scope['type'] == 'http':
            if given := parse_qs(scope['query_string'].decode('latin-1')).get('token'):
                return await self._enter(given[0])
            return RedirectResponse(_LOGIN, HTTPStatus.SEE_OTHER)
        return PlainTextResponse('The token is missing.', HTTPStatus.UNAUTHORIZED)

    async def _log_in(self, scope: Scope, receive: Receive) -> Response:
        """Show the form for the token, or take the token from it."""
        if scope['method'] != 'POST':
            return HTMLResponse(_LOGIN_PAGE.replace('WRONG', ''))
        body = b''
        async for chunk in Request(scope, receive).stream():
            body += chunk
            if len(body) > _LONGEST_FORM:
                return PlainTextResponse('The form is too long.', HTTPStatus.BAD_REQUEST)
        return await self._enter(parse_qs(body.decode('latin-1')).get('token', [''])[0])

    async def _enter(self, token: str) -> Response:
        """Answer somebody who has given a token."""
        if not self._rules.is_token(token):
            await asyncio.sleep(_WRONG_S)
            return HTMLResponse(_LOGIN_PAGE.replace('WRONG', 'This is not the token.'),
                                HTTPStatus.UNAUTHORIZED)
        return RedirectResponse('/', HTTPStatus.SEE_OTHER,
                                {'Set-Cookie': self._rules.set_cookie()})

    def _with_policy(self, headers: Headers, send: Send) -> Send:
        """Return a send that adds the headers of security to each answer."""
        policy = self._rules.policy(headers.get('host', ''))

        async def send_with_policy(message: Message) -> None:
            if message['type'] == 'http.response.start':
                added = MutableHeaders(scope=message)
                added['Content-Security-Policy'] = policy
                added['X-Content-Type-Options'] = 'nosniff'
                added['Referrer-Policy'] = 'same-origin'
            await send(message)
        return send_with_policy
