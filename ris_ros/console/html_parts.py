# SPDX-License-Identifier: Apache-2.0
"""The parts of the page that are plain HTML and SVG; every text from outside is escaped here."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
import time

import numpy as np

from ris_ros.console.scene_list import RememberedThing
from ris_ros.console.transcript import Exchange, Overlay
from ris_ros.status import Status

# A text that somebody has pasted must not fill the page.
_LONGEST = 300
_TONES = {Status.FOUND: 'ok', Status.AMBIGUOUS: 'warn', Status.STOPPED: 'stopped',
          Status.ANSWERED: 'ok'}
_WORDS = {Status.NOT_FOUND: 'not found', Status.NO_IMAGE: 'no image',
          Status.STALE_IMAGE: 'old image', Status.BAD_COMMAND: 'not understood',
          Status.MODEL_ERROR: 'error', Status.UNKNOWN: 'no verdict', Status.AMBIGUOUS: 'which one?'}


@dataclass(frozen=True)
class StatusChip:
    """A part of the robot with its state in a word.

    Attributes:
        name: Of the part.
        state: In a word or a number.
        tone: 'ok', 'warn', 'error' or 'absent', which gives the colour.
        detail: A sentence for whoever points at it; '' for none.
    """

    name: str
    state: str
    tone: str
    detail: str = ''


def overlay_svg(overlay: Overlay, picture_size: tuple[int, int] | None = None) -> str:
    """Return the outlines and numbers of an answer as SVG in pixels of the camera's image.

    Args:
        overlay: What is outlined.
        picture_size: Width and height of the camera's image, for an overlay that does not tell it.
    """
    size = overlay.size or picture_size
    if size is None or not overlay.marks:
        return ''
    width, height = size
    tone = _TONES.get(overlay.status, 'error')
    shapes = []
    for mark in reversed(overlay.marks):
        kind = f'object {tone}' if mark.number else 'runner-up'
        path = ''.join(_path(loop) for loop in mark.loops)
        shapes.append(f'<path class="edge" d="{path}"/><path class="{kind}" d="{path}"/>')
    if len(overlay.objects) > 1:
        letter = max(14, round(width / 26))
        for mark in overlay.objects:
            x, y = mark.box[0] + mark.box[2] / 2, max(0.7 * letter, mark.box[1] - 0.4 * letter)
            shapes.append(
                f'<g class="number {tone}" data-number="{mark.number}">'
                f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{0.7 * letter:.0f}"/>'
                f'<text x="{x:.0f}" y="{y:.0f}" font-size="{letter}">{mark.number}</text></g>')
    return (f'<svg viewBox="0 0 {width} {height}" preserveAspectRatio="none" '
            f'data-answer="{escape(overlay.id)}">{"".join(shapes)}</svg>')


def status_html(chips: Iterable[StatusChip]) -> str:
    """Return the states of all parts."""
    return ''.join(
        f'<li class="{chip.tone}" title="{escape(chip.detail)}">{escape(chip.name)} '
        f'<b>{escape(chip.state)}</b></li>' for chip in chips)


def transcript_html(exchanges: Iterable[Exchange]) -> str:
    """Return who said what and what was answered, as items of a list."""
    return ''.join(_item(exchange) for exchange in exchanges)


def scene_html(things: Iterable[RememberedThing]) -> str:
    """Return the things that the node remembers, as items of a list."""
    now = time.monotonic()
    return ''.join(_thing(thing, now) for thing in things)


def age_text(seconds: float | None) -> str:
    """Return an age in few letters."""
    if seconds is None:
        return 'none yet'
    if seconds < 10:
        return f'{seconds:.1f} s'
    return f'{seconds:.0f} s' if seconds < 120 else f'{seconds / 60:.0f} min'


def shorten(text: str) -> str:
    """Return the beginning of a long text, with its length."""
    if len(text) <= _LONGEST:
        return text
    return f'{text[:_LONGEST]}… ({len(text)} characters)'


def _item(exchange: Exchange) -> str:
    """Return one command with its answer."""
    if exchange.failed:
        tone, word = 'error', 'no answer'
    elif exchange.status is None:
        tone, word = 'open', 'asked'
    else:
        tone = _TONES.get(exchange.status, 'error')
        word = _WORDS.get(exchange.status, exchange.status.name.lower())
    when = time.strftime('%H:%M:%S', time.localtime(exchange.time))
    return (f'<li class="{tone}" data-id="{escape(exchange.id)}"><p class="said">'
            f'<b>{escape(exchange.who)}</b> '
            f'<q>{escape(shorten(exchange.text))}</q> <time>{when}</time></p>'
            f'<p><em>{word}</em> {escape(shorten(exchange.message))}</p></li>')


def _thing(thing: RememberedThing, now: float) -> str:
    """Return one thing with its number, name, distance, and when it was seen."""
    facts = [] if thing.distance is None else [f'{thing.distance:.2f} m']
    facts.append(thing.presence)
    if not thing.is_visible:
        facts.append(f'seen {age_text(now - thing.seen_at)} ago')
    detail = ''
    if thing.place is not None:
        x, y, z = thing.place
        detail = f'x {x:.2f}, y {y:.2f}, z {z:.2f} m in {thing.frame}'
    kind = 'held' if thing.held else 'seen' if thing.is_visible else 'unseen'
    held = ' <em>held</em>' if thing.held else ''
    return (f'<li class="{kind}" title="{escape(detail)}">'
            f'<button type="button" data-thing="{thing.id}"><b>{thing.id}</b> '
            f'{escape(thing.name or "thing")}{held} <small>{" · ".join(facts)}</small>'
            '</button></li>')


def _path(loop: np.ndarray) -> str:
    """Return an outline as a path of SVG; a pixel's middle is half a pixel from its corner."""
    return 'M' + 'L'.join(f'{u + .5:g} {v + .5:g}' for u, v in loop.tolist()) + 'Z'
