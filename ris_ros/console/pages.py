# SPDX-License-Identifier: Apache-2.0
"""All open pages, and what they share."""
from __future__ import annotations

import asyncio
from collections import deque

from nicegui import Client, ui

from ris_ros.console.page import OperatorPage
from ris_ros.console.pictures import PictureFeed
from ris_ros.console.robot_link import RobotLink
from ris_ros.console.transcript import Transcript

_GATHER_S = 0.015  # messages that come within this time are shown together
_REMEMBERED = 1000  # ids of commands; a browser asks for those that it sent last
_HEAD = '<link rel="stylesheet" href="/console/console.css">'
# Outside of what NiceGUI renders, so that STOP is there before the rest is, and without it.
_STOP = """<div id="stop-bar"><button id="stop" data-port="{port}" title="Key: Escape">STOP</button>
<output id="stop-state" role="alert"></output></div>
<script src="/console/stop.js"></script><script src="/console/console.js"></script>
<script src="/console/microphone.js"></script>"""


class Console:
    """What all pages share.

    Attributes:
        robot: The robot; set before the first page is asked for.
        loop: The loop in which pages live; set before the robot.
    """

    robot: RobotLink
    loop: asyncio.AbstractEventLoop

    def __init__(self, transcript: Transcript, pictures: PictureFeed, stop_port: int) -> None:
        self.transcript, self.pictures = transcript, pictures
        self._stop_port = stop_port
        self._pages: list[OperatorPage] = []
        self._refresh_is_due = False
        self._taken: deque[str] = deque(maxlen=_REMEMBERED)

    @property
    def operators(self) -> list[str]:
        """The names of all operators whose page is open."""
        return [page.who for page in self._pages if page.is_connected and page.who]

    def free_name(self) -> str:
        """Return a name that no operator has."""
        taken = {page.who for page in self._pages}
        return next(name for number in range(1, len(taken) + 2)
                    if (name := f'Operator {number}') not in taken)

    def take_in(self, command: str) -> bool:
        """Note the id of a browser's command; return whether it is new."""
        is_new = command not in self._taken
        if is_new:
            self._taken.append(command)
        return is_new

    def note_change(self) -> None:
        """Have all pages show what is new; any thread may call this."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._plan_refresh)

    async def show_page(self, client: Client) -> None:
        """Make the page of an operator."""
        ui.add_head_html(_HEAD)
        ui.add_body_html(_STOP.format(port=self._stop_port))
        page = OperatorPage(self, client)
        self._pages.append(page)
        client.on_delete(self._forget)
        await client.connected()
        await page.greet()

    def _forget(self, client: Client) -> None:
        """Forget a page that was closed."""
        self._pages = [page for page in self._pages if page.client is not client]

    def _plan_refresh(self) -> None:
        """Refresh the pages soon, together with what else comes in."""
        if not self._refresh_is_due:
            self._refresh_is_due = True
            self.loop.call_later(_GATHER_S, self._refresh)

    def _refresh(self) -> None:
        """Refresh all pages."""
        self._refresh_is_due = False
        for page in self._pages:
            page.refresh()
