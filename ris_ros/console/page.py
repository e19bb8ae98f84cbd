# SPDX-License-Identifier: Apache-2.0
"""The page of one operator."""
from __future__ import annotations

from collections.abc import Callable
from functools import partial
import json
import time
from typing import TYPE_CHECKING

from builtin_interfaces.msg import Time
from nicegui import Client, ui
from nicegui.events import GenericEventArguments, ValueChangeEventArguments

from ris_ros.console.html_parts import (
    age_text,
    overlay_svg,
    scene_html,
    status_html,
    transcript_html,
)
from ris_ros.console.status_chips import status_chips
from ris_ros.console.transcript import Mark, Overlay

if TYPE_CHECKING:
    from ris_ros.console.pages import Console

_TICK_S = 1.0
_OLD_OUTLINE_S = 3.0
_NAME_LENGTH = 30
_HISTORY = 100
_LOST = ('The connection to the console broke, and this did not come through. Give it again if you '
         'still want it.')
_MICROPHONE = """<button id="mic" type="button" aria-pressed="false" title="Hold it while you talk">
Hold to talk</button> <output id="mic-state" role="status"></output>"""


class OperatorPage:
    """The page of one operator.

    Attributes:
        client: NiceGUI's side of the browser's connection.
        who: The operator's name.
    """

    def __init__(self, console: Console, client: Client) -> None:
        self.client, self.who = client, ''
        self._console = console
        self._seen = -1
        self._drawn: Overlay | None = None
        self._size: tuple[int, int] | None = None
        self._history: list[str] = []
        self._place = 0
        self._dark = ui.dark_mode(None)
        with ui.element('header'):
            ui.html('ris<i>_ros</i>', tag='h1')
            self._status = ui.html(tag='ul').props('id=status aria-label="Status"')
            self._name = ui.input('Your name', on_change=self._rename).props(
                f'dense for=operator maxlength={_NAME_LENGTH}')
            ui.button('◐', on_click=self._toggle_dark).props(
                'flat round aria-label="Dark or light"')
        with ui.element('div').props('id=console'):
            with ui.element('section').props('id=stage'):
                ui.element('canvas').props('id=picture width=640 height=480 tabindex=0 '
                                           'role=application aria-label="Camera: arrow keys and '
                                           'Enter point"')
                self._overlay = ui.html(sanitize=False).props('id=overlay')
                ui.element('div').props('id=cross')
                self._note = ui.label().props('id=note')
            with ui.element('section').props('id=scene tabindex=0 aria-label="Things seen"'):
                self._scene_title = ui.html(tag='h2')
                self._scene = ui.html(tag='ul')
            with ui.element('section').props('id=talk'):
                with ui.element('form').props('id=command-form'):
                    self._text = ui.input(placeholder='the red mug left of the bowl').props(
                        'for=command autofocus outlined autocomplete=off aria-label="Command"'
                    ).on('keydown.up', self._older).on('keydown.down', self._newer)
                    ui.button('Send').props('type=submit id=send')
                ui.html(_MICROPHONE, sanitize=False).props('id=voice')
                self._trouble = ui.label().props('id=trouble role=alert')
                self._objects = ui.element('div').props('id=objects role=group '
                                                        'aria-label="Objects of the answer"')
                self._list = ui.html(tag='ol').props('id=transcript aria-live=polite')
        ui.on('name', self._take_name)
        ui.on('unconfirmed', self._refuse_lost)
        for name, take in (('say', self._say), ('point', self._point),
                           ('choose', self._choose_number), ('mean', self._mean)):
            ui.on(name, partial(self._take_once, take))
        ui.timer(_TICK_S, self._tick)
        self.refresh()
        self._tick()

    @property
    def is_connected(self) -> bool:
        """Whether the browser is there."""
        return self.client.has_socket_connection

    async def greet(self) -> None:
        """Take the name and the colours that this browser had the last time."""
        with self.client:
            remembered = await ui.run_javascript(
                'return [sessionStorage.getItem("ris-name") || localStorage.getItem("ris-name"), '
                'localStorage.getItem("ris-dark")]', timeout=10.0)
        if remembered is None:  # the browser has gone meanwhile
            return
        name, dark = remembered
        self._name.value = name or self._console.free_name()
        if dark:
            self._dark.value = dark == 'true'
        self._tick()

    def refresh(self) -> None:
        """Show what has come in."""
        transcript = self._console.transcript
        if self._seen != transcript.version:
            self._seen = transcript.version
            self._list.content = transcript_html(transcript.exchanges())
        self._show_scene()
        overlay, size = transcript.overlay, self._console.pictures.size
        if self._drawn is not overlay or self._size != size:
            changed = (self._drawn is None or self._drawn.id != overlay.id
                       or len(self._drawn.objects) != len(overlay.objects))
            self._drawn, self._size = overlay, size
            self._overlay.content = overlay_svg(overlay, size)
            if changed:
                self._show_objects(overlay.objects, overlay.id)
            self._show_age()

    def _show_scene(self) -> None:
        """List what the node remembers."""
        things = self._console.robot.scene.things
        seen = sum(thing.is_visible for thing in things)
        self._scene_title.content = (f'Things seen: {len(things)}, in view: {seen}'
                                     if things else 'Nothing seen yet')
        self._scene.content = scene_html(things)

    def _show_objects(self, objects: tuple[Mark, ...], answer_id: str) -> None:
        """Offer the numbered objects of an answer, where there are several, as buttons."""
        self._objects.clear()
        if len(objects) < 2:
            return
        self._objects.props['data-answer'] = answer_id
        with self._objects:
            for mark in objects:
                place = '' if mark.distance is None else f' · {mark.distance:.2f} m'
                ui.button(f'{mark.number}{place}').props(
                    f'no-caps outline data-number={mark.number}')

    def _tick(self) -> None:
        """Show how old everything is."""
        robot, pictures = self._console.robot, self._console.pictures
        node, here = robot.node_health, robot.is_present
        self._status.content = status_html(status_chips(
            robot, pictures, self._console.transcript.answered_at, self._console.operators))
        self._trouble.text = pictures.trouble or (
            node.message if here and node.level in ('warn', 'error') else
            '' if here else f'{robot.name} is not there.')
        self._show_age()
        self.refresh()

    def _show_age(self) -> None:
        """Say how old the outlines are, which stay while the picture goes on."""
        overlay = self._console.transcript.overlay
        age = time.monotonic() - overlay.since
        old = bool(overlay.marks) and age > _OLD_OUTLINE_S
        self._note.text = f'outlined {age_text(age)} ago' if old else (
            'followed' if overlay.tracked and overlay.marks else '')
        self._overlay.classes(add='old' if old else '', remove='' if old else 'old')

    def _say(self, event: GenericEventArguments) -> None:
        """Send the command that was typed."""
        text = str(event.args['text']).strip()
        if not text:
            return
        self._history = [*self._history[-_HISTORY:], text]
        self._place = len(self._history)
        self._console.robot.ask(self.who, text)

    def _older(self) -> None:
        """Show the command before the one that is shown."""
        if self._history:
            self._place = max(0, self._place - 1)
            self._text.value = self._history[self._place]

    def _newer(self) -> None:
        """Show the command after the one that is shown."""
        self._place = min(len(self._history), self._place + 1)
        self._text.value = (*self._history, '')[self._place]

    def _point(self, event: GenericEventArguments) -> None:
        """Take a click in the picture, with the words that stand in the box."""
        seconds, nanoseconds = map(int, event.args['stamp'].split())
        self._console.robot.point(
            self.who, str(event.args['text']).strip(), (int(event.args['u']), int(event.args['v'])),
            Time(sec=seconds, nanosec=nanoseconds))

    def _mean(self, event: GenericEventArguments) -> None:
        """Take a click on a thing in the list, with the words that stand in the box."""
        self._console.robot.mean(self.who, str(event.args['text']).strip(), int(event.args['id']))

    def _choose_number(self, event: GenericEventArguments) -> None:
        """Take a click on a number, in the picture or below the command."""
        self._console.robot.choose(self.who, int(event.args['number']), str(event.args['answer']))

    def _take_once(self, take: Callable[[GenericEventArguments], None],
                   event: GenericEventArguments) -> None:
        """Take a command, unless something was made of it before."""
        if self._is_new(event.args):
            take(event)

    def _refuse_lost(self, event: GenericEventArguments) -> None:
        """Tell which commands the browser has sent and this page never got."""
        for sent in event.args['commands']:
            if self._is_new(sent):
                self._console.robot.refuse(self.who, str(sent['text']), _LOST)

    def _is_new(self, sent: dict[str, object]) -> bool:
        """Confirm a command to the browser; return whether it comes for the first time."""
        command = str(sent['command'])
        ui.run_javascript(f'confirmCommand({json.dumps(command)})')
        return self._console.take_in(command)

    def _rename(self, event: ValueChangeEventArguments) -> None:
        """Take the operator's name."""
        name = ''.join(filter(str.isprintable, event.value or '')).strip()[:_NAME_LENGTH]
        self.who = name or self.who

    def _take_name(self, event: GenericEventArguments) -> None:
        """Take the name that the browser tells when it is connected again."""
        self._name.value = str(event.args['name'])

    async def _toggle_dark(self) -> None:
        """Change from dark to light, or back, and let the browser remember it."""
        is_dark = await ui.run_javascript('return document.body.classList.contains("body--dark")')
        self._dark.value = not is_dark
        ui.run_javascript(f'localStorage.setItem("ris-dark", "{str(not is_dark).lower()}")')
